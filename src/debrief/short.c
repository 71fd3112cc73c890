/* What falls short, with the reason and what to look at. */
#include "debrief/tell.h"

static void put_sign(struct debrief_tell *x, const struct ward_debrief_step *step,
	const struct ward_debrief_sign *s)
{
	struct debrief_text at, after, within;
	const struct ward_word_slot slot[] = {{"threat", debrief_threat(x, s->truth->threat)},
		{"on", debrief_node(x, s->truth->node)},
		{"at", debrief_clock(&at, step->step->real)},
		{"span", debrief_span(&after, x->lang, s->after)},
		{"within", debrief_span(&within, x->lang, s->truth->within)},
		{"title", ward_lang_text(x->lang, s->title)}};
	const char *text = NULL;

	if (s->seen == WARD_DEBRIEF_MISSED)
		text = WARD_TEXT("Not seen, at {at}: {threat}, {on}. See whether a source watches "
				 "it, and whether a rule tells it (ward rules coverage).");
	else if (s->seen == WARD_DEBRIEF_LATE)
		text = WARD_TEXT(
			"Late, at {at}: {threat}, {on} was told after {span}, asked for "
			"are {within}. See how long the rule “{title}” waits, and what it "
			"is made of (of measured values: `confirm` and `within` of points.csv, "
			"`hold` of content/points.yml).");
	else if (s->seen == WARD_DEBRIEF_INVISIBLE)
		text = WARD_TEXT("Invisible, at {at}: {threat}, {on}. No source of the hospital "
				 "is of a kind that could notice it.");
	else if (!s->linked && x->s->scenario->expect.incidents)
		text = WARD_TEXT("Not linked, at {at}: “{title}” ({threat}, {on}) was told, and "
				 "is not in the story's incident. See what lies between them in "
				 "the directory: rooms, doors, networks, relations.");
	if (!text)
		return;
	ward_say_text(&x->line, debrief_say(x, text), slot, WARD_ARRAY_LEN(slot));
	debrief_put(x, WARD_DOC_ITEM);
}

static void put_unnamed(struct debrief_tell *x)
{
	for (size_t i = 0; i < x->s->n_unnamed; i++) {
		const struct ward_debrief_unnamed *u = &x->s->unnamed[i];

		if (u->rule.len)
			WARD_SAY(&x->line, x->lang,
				WARD_TEXT("Named by the scenario, and silent: the rule {rule}."),
				{"rule", u->rule});
		else
			WARD_SAY(&x->line, x->lang,
				WARD_TEXT("Named by the scenario, and not told, or not in its "
					  "time: {threat}, {on}."),
				{"threat", debrief_threat(x, u->truth->threat)},
				{"on", debrief_node(x, u->truth->node)});
		debrief_put(x, WARD_DOC_ITEM);
	}
}

static void put_strangers(struct debrief_tell *x)
{
	for (size_t i = 0; i < x->s->n_stranger; i++) {
		const struct ward_debrief_stranger *s = &x->s->stranger[i];

		WARD_SAY(&x->line, x->lang,
			s->incident
				? WARD_TEXT("An incident that is not of the story: {title}, {on}.")
				: WARD_TEXT("In the incident, and not of the story: {title}, "
					    "{on}."),
			{"title", ward_lang_text(x->lang, s->title)}, {"on", s->on});
		debrief_put(x, WARD_DOC_ITEM);
	}
}

static void put_care(struct debrief_tell *x)
{
	for (size_t i = 0; i < x->s->n_care; i++) {
		const struct ward_debrief_care *c = &x->s->care[i];
		struct debrief_text lo, hi;

		if (c->hit == c->forecast)
			continue;
		WARD_SAY(&x->line, x->lang,
			c->hit ? WARD_TEXT("Overlooked: {service} is hit, and was said to be so "
					   "with {lo} to {hi}. See what the directory says it "
					   "needs, and how surely that falls.")
			       : WARD_TEXT("Invented: {service} is spared, and was said to be hit "
					   "with at least {lo}. See whether something protects or "
					   "replaces what it needs."),
			{"service", debrief_node(x, c->node)},
			{"lo", debrief_percent(&lo, x->lang, c->lo_micro)},
			{"hi", debrief_percent(&hi, x->lang, c->hi_micro)});
		debrief_say_why(x, c);
		debrief_put(x, WARD_DOC_ITEM);
	}
}

static void put_told(struct debrief_tell *x)
{
	for (size_t i = 0; i < x->s->n_role; i++) {
		const struct ward_debrief_role *r = &x->s->role[i];
		struct debrief_text after, within;

		if (r->held || r->open)
			continue;
		WARD_SAY(&x->line, x->lang,
			r->recipient.len
				? WARD_TEXT("{role}: told after {span}, asked for are {within}.")
				: WARD_TEXT("{role}: not told. See which level and kind of "
					    "incidents recipients.yml tells this role of."),
			{"role", debrief_node(x, r->truth->role)},
			{"span", debrief_span(&after, x->lang, r->after)},
			{"within", debrief_span(&within, x->lang, r->truth->within)});
		debrief_put(x, WARD_DOC_ITEM);
	}
}

/* Marks that have no part of their own above. */
static void put_mark(struct debrief_tell *x, enum ward_debrief_mark_id m)
{
	const struct ward_debrief_mark *k = &x->s->mark[m];
	struct debrief_text value, threshold;

	if (k->held)
		return;
	WARD_SAY(&x->line, x->lang, WARD_TEXT("{what}: {value}, asked for are {amount}."),
		{"what", debrief_say(x, debrief_mark_text(m))},
		{"value", debrief_amount(&value, x->lang, m, k->value)},
		{"amount", debrief_amount(&threshold, x->lang, m, k->threshold)});
	debrief_put(x, WARD_DOC_ITEM);
}

void debrief_put_short(struct debrief_tell *x)
{
	static const enum ward_debrief_mark_id alone[] = {WARD_DEBRIEF_INCIDENTS, WARD_DEBRIEF_KIND,
		WARD_DEBRIEF_PLAYBOOKS, WARD_DEBRIEF_SPARED, WARD_DEBRIEF_TO_INCIDENT,
		WARD_DEBRIEF_FALSE_ALARMS};
	size_t n;

	ward_doc_put(x->d, WARD_DOC_HEADING, debrief_say(x, WARD_TEXT("What falls short")));
	n = x->d->n;
	for (size_t i = 0; i < WARD_ARRAY_LEN(alone); i++)
		put_mark(x, alone[i]);
	for (size_t i = 0; i < x->s->n_step; i++)
		for (size_t k = 0; k < x->s->step[i].n_sign; k++)
			put_sign(x, &x->s->step[i], &x->s->step[i].sign[k]);
	put_unnamed(x);
	put_strangers(x);
	put_mark(x, WARD_DEBRIEF_FORECAST);
	debrief_put_times(x);
	if (x->s->scenario->expect.knows_care)
		put_care(x);
	put_told(x);
	if (x->d->n == n)
		ward_doc_put(x->d, WARD_DOC_TEXT, debrief_say(x, WARD_TEXT("Nothing.")));
}
