/* A score as a document: at a glance, step by step, who was told. Care is in care_tell.c, what
 * falls short in short.c. */
#include "debrief/tell.h"

#include <stdio.h>

enum { LINE_BYTES = 16 << 10 };

struct ward_str debrief_say(const struct debrief_tell *x, const char *english)
{
	return ward_lang_text(x->lang, ward_str_z(english));
}

struct ward_str debrief_node(const struct debrief_tell *x, uint32_t node)
{
	return ward_model_node(x->s->scenario->model, node)->name;
}

struct ward_str debrief_threat(const struct debrief_tell *x, uint32_t threat)
{
	return ward_lang_text(
		x->lang, ward_threats_at(ward_model_threats(x->s->scenario->model), threat)->name);
}

void debrief_put(struct debrief_tell *x, enum ward_doc_kind kind)
{
	ward_doc_put(x->d, kind, ward_wr_text(&x->line));
	if (ward_wr_bad(&x->line))
		x->d->err = WARD_ERR_NOMEM;
	ward_wr_reset(&x->line);
}

static void put_marks(struct debrief_tell *x)
{
	const struct ward_debrief_score *s = x->s;

	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("What")),
			debrief_say(x, WARD_TEXT("Found")), debrief_say(x, WARD_TEXT("Asked for")),
			debrief_say(x, WARD_TEXT("Held to"))},
		4);
	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++) {
		enum ward_debrief_mark_id id = (enum ward_debrief_mark_id)m;
		const struct ward_debrief_mark *k = &s->mark[m];
		struct debrief_text value, threshold;

		if (!k->known)
			continue;
		WARD_SAY(&x->line, x->lang,
			ward_debrief_mark_at_least(id) ? WARD_TEXT("at least {amount}")
						       : WARD_TEXT("at most {amount}"),
			{"amount", debrief_amount(&threshold, x->lang, id, k->threshold)});
		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){debrief_say(x, debrief_mark_text(id)),
				debrief_amount(&value, x->lang, id, k->value),
				ward_wr_text(&x->line),
				debrief_say(x, k->held ? WARD_TEXT("yes") : WARD_TEXT("no"))},
			4);
		ward_wr_reset(&x->line);
	}
}

static struct ward_str seen_text(struct debrief_tell *x, const struct ward_debrief_step *s)
{
	static const char *const text[WARD_DEBRIEF_SEEN_N] = {
		[WARD_DEBRIEF_SEEN] = WARD_TEXT("seen after {span}"),
		[WARD_DEBRIEF_LATE] = WARD_TEXT("late, after {span}"),
		[WARD_DEBRIEF_MISSED] = WARD_TEXT("missed"),
		[WARD_DEBRIEF_INVISIBLE] = WARD_TEXT("no sensor can see it"),
		[WARD_DEBRIEF_QUIET] = WARD_TEXT("no sign is asked for")};
	struct debrief_text span;

	WARD_SAY(
		&x->line, x->lang, text[s->seen], {"span", debrief_span(&span, x->lang, s->after)});
	return ward_wr_text(&x->line);
}

/* The first sign that was told: the rule, and whose events made it. */
static struct ward_str seen_by(
	const struct debrief_tell *x, const struct ward_debrief_step *s, struct debrief_text *t)
{
	const struct ward_debrief_sign *first = NULL;
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	for (size_t k = 0; k < s->n_sign; k++)
		if (s->sign[k].seen <= WARD_DEBRIEF_LATE &&
			(!first || s->sign[k].after < first->after))
			first = &s->sign[k];
	if (!first)
		return WARD_STR("");
	ward_wr_str(&w, ward_lang_text(x->lang, first->title));
	if (first->sensors.len) {
		ward_wr_z(&w, " (");
		ward_wr_str(&w, first->sensors);
		ward_wr_ch(&w, ')');
	}
	return ward_wr_bad(&w) ? first->rule : ward_wr_text(&w);
}

static void put_steps(struct debrief_tell *x)
{
	if (!x->s->n_step)
		return;
	ward_doc_put(x->d, WARD_DOC_HEADING, debrief_say(x, WARD_TEXT("Step by step")));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("When")),
			debrief_say(x, WARD_TEXT("What happens")),
			debrief_say(x, WARD_TEXT("Phase")), debrief_say(x, WARD_TEXT("Seen")),
			debrief_say(x, WARD_TEXT("First sign (by)"))},
		5);
	for (size_t i = 0; i < x->s->n_step; i++) {
		const struct ward_debrief_step *s = &x->s->step[i];
		struct debrief_text at, by;

		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){debrief_clock(&at, s->step->real), s->step->note,
				debrief_say(x, debrief_phase_text(s->step->truth->phase)),
				seen_text(x, s), seen_by(x, s, &by)},
			5);
		ward_wr_reset(&x->line);
	}
}

/* By the physics of the hospital, which know nothing of the forecast. */
static void put_reckoned(struct debrief_tell *x)
{
	const struct ward_debrief_saved *s = &x->s->saved;
	struct debrief_text nobody, plan, late, first;
	const struct ward_word_slot slot[] = {{"nobody", debrief_span(&nobody, x->lang, s->nobody)},
		{"plan", debrief_span(&plan, x->lang, s->plan)},
		{"late", debrief_span(&late, x->lang, s->late)},
		{"first", debrief_span(&first, x->lang, s->first)}};

	ward_say_text(&x->line,
		debrief_say(
			x, WARD_TEXT("By the hospital's physics, services are away for {nobody} "
				     "together within a day if nobody acts; {plan} if works "
				     "follow the plan from when somebody is told; {late} if "
				     "they begin unaided; {first} if what failed first is "
				     "repaired first.")),
		slot, WARD_ARRAY_LEN(slot));
	debrief_put(x, WARD_DOC_TEXT);
}

/* By the forecast alone. */
static void put_saved(struct debrief_tell *x)
{
	const struct ward_debrief_saved *s = &x->s->saved;
	struct debrief_text told, unaided, lost, alert, order;
	const struct ward_word_slot slot[] = {{"told", debrief_span(&told, x->lang, s->told)},
		{"unaided", debrief_span(&unaided, x->lang, s->unaided)},
		{"lost", debrief_span(&lost, x->lang, s->lost)},
		{"alert", debrief_span(&alert, x->lang, s->alert)},
		{"order", debrief_span(&order, x->lang, s->order)}};

	if (!s->known)
		return;
	ward_doc_put(x->d, WARD_DOC_HEADING,
		debrief_say(x, WARD_TEXT("What it saves, by Ward's own forecast")));
	ward_say_text(&x->line,
		debrief_say(x, WARD_TEXT("Somebody is told after {told}; by themselves people "
					 "would notice after {unaided}, when a service is gone. "
					 "Services are away for {lost} together if works begin "
					 "when told; {alert} longer if they begin unaided; "
					 "{order} longer if what failed first is repaired first.")),
		slot, WARD_ARRAY_LEN(slot));
	debrief_put(x, WARD_DOC_TEXT);
	if (s->reckoned)
		put_reckoned(x);
}

/* What it cost care to wait until somebody decided. */
static void put_contained(struct debrief_tell *x)
{
	const struct ward_debrief_saved *s = &x->s->saved;
	struct debrief_text at, lost, told, away, plan, nobody;
	const struct ward_word_slot slot[] = {{"at", debrief_span(&at, x->lang, s->contained)},
		{"lost", debrief_span(&lost, x->lang, s->contained_lost)},
		{"told", debrief_span(&told, x->lang, s->lost)},
		{"away", debrief_span(&away, x->lang, s->contained_away)},
		{"plan", debrief_span(&plan, x->lang, s->plan)},
		{"nobody", debrief_span(&nobody, x->lang, s->nobody)}};

	if (!s->known || !s->decided)
		return;
	ward_say_text(&x->line,
		debrief_say(x, WARD_TEXT("It was contained after {at}. By the forecast, services "
					 "are away for {lost} together with works from then on; "
					 "{told} with works from when somebody was told.")),
		slot, WARD_ARRAY_LEN(slot));
	debrief_put(x, WARD_DOC_TEXT);
	if (!s->reckoned)
		return;
	ward_say_text(&x->line,
		debrief_say(
			x, WARD_TEXT("By the hospital's physics: {away}; {plan} with works from "
				     "when somebody was told; {nobody} if nobody acts.")),
		slot, WARD_ARRAY_LEN(slot));
	debrief_put(x, WARD_DOC_TEXT);
}

static struct ward_str decider(
	struct debrief_tell *x, const struct ward_debrief_decision *k, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	if (!k->policy)
		return k->who;
	WARD_SAY(&w, x->lang, WARD_TEXT("{who} (by policy)"), {"who", k->who});
	return ward_wr_bad(&w) ? k->who : ward_wr_text(&w);
}

static struct ward_str begun_text(
	struct debrief_tell *x, const struct ward_debrief_decision *k, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	bool said, named = ward_debrief_names(x->s, k->of, &said);

	WARD_SAY(&w, x->lang,
		!said   ? WARD_TEXT("begins the playbook {what}")
		: named ? WARD_TEXT("begins the playbook {what}, which answers it")
			: WARD_TEXT("begins the playbook {what}, which is none that answers it"),
		{"what", ward_lang_text(x->lang, k->playbook_name)});
	return ward_wr_text(&w);
}

static struct ward_str decided_text(
	struct debrief_tell *x, const struct ward_debrief_decision *k, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	const char *text = k->what == WARD_DEBRIEF_CONTAINED ? WARD_TEXT("contains it: works begin")
			   : k->what == WARD_DEBRIEF_ACKNOWLEDGED ? WARD_TEXT("acknowledges")
			   : k->what == WARD_DEBRIEF_DID          ? WARD_TEXT("does {what}")
			   : k->what == WARD_DEBRIEF_REFUSED
				   ? WARD_TEXT("refuses that something is done to {what}")
			   : k->action.lock ? WARD_TEXT("approves that {what} is locked")
					    : WARD_TEXT("approves that {what} is cut off");

	if (k->what == WARD_DEBRIEF_BEGAN)
		return begun_text(x, k, t);
	WARD_SAY(&w, x->lang, text,
		{"what", k->action.on == WARD_NONE ? k->of : debrief_node(x, k->action.on)});
	return ward_wr_text(&w);
}

static void put_decisions(struct debrief_tell *x)
{
	if (!x->s->n_decision)
		return;
	ward_doc_put(x->d, WARD_DOC_HEADING,
		debrief_say(x, WARD_TEXT("What was decided, and what it did to care")));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("After")),
			debrief_say(x, WARD_TEXT("Who")), debrief_say(x, WARD_TEXT("Decision"))},
		3);
	for (size_t i = 0; i < x->s->n_decision; i++) {
		const struct ward_debrief_decision *k = &x->s->decision[i];
		struct debrief_text after, who, what;

		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){debrief_span(&after, x->lang, k->after),
				decider(x, k, &who), decided_text(x, k, &what)},
			3);
	}
	put_contained(x);
}

static void put_roles(struct debrief_tell *x)
{
	if (!x->s->n_role)
		return;
	ward_doc_put(x->d, WARD_DOC_HEADING, debrief_say(x, WARD_TEXT("Who is told")));
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("Role")),
			debrief_say(x, WARD_TEXT("By way of")), debrief_say(x, WARD_TEXT("After")),
			debrief_say(x, WARD_TEXT("Asked for"))},
		4);
	for (size_t i = 0; i < x->s->n_role; i++) {
		const struct ward_debrief_role *r = &x->s->role[i];
		struct debrief_text after, within;

		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){debrief_node(x, r->truth->role),
				r->recipient.len ? r->recipient
				: r->open        ? debrief_say(x,
							   WARD_TEXT("not yet; the play was over before"))
						 : debrief_say(x, WARD_TEXT("not told")),
				r->recipient.len ? debrief_span(&after, x->lang, r->after)
						 : WARD_STR(""),
				r->truth->within ? debrief_span(&within, x->lang, r->truth->within)
						 : WARD_STR("")},
			4);
	}
	if (!x->s->scenario->expect.response.len)
		return;
	ward_wr_str(&x->line, debrief_say(x, WARD_TEXT("What is right to do")));
	ward_say_colon(&x->line, x->lang);
	ward_wr_str(&x->line, x->s->scenario->expect.response);
	debrief_put(x, WARD_DOC_TEXT);
}

void ward_debrief_tell(
	const struct ward_debrief_score *s, struct ward_lang *lang, struct ward_doc *d)
{
	struct debrief_tell x = {s, lang, d, ward_wr_grow(ward_mem_heap(), LINE_BYTES)};

	ward_doc_put(d, WARD_DOC_TITLE, s->scenario->title);
	ward_wr_str(&x.line, ward_model_hospital(s->scenario->model)->name);
	if (s->scenario->synthetic) {
		ward_wr_ch(&x.line, ' ');
		ward_wr_str(&x.line, debrief_say(&x, WARD_TEXT("(synthetic)")));
	}
	debrief_put(&x, WARD_DOC_TEXT);
	ward_doc_put(d, WARD_DOC_TEXT, s->scenario->story);
	ward_doc_put(d, s->held ? WARD_DOC_TEXT : WARD_DOC_STRONG,
		debrief_say(&x,
			s->held ? WARD_TEXT("Held: all that the truth of this scenario asks for.")
				: WARD_TEXT("Something falls short; what and why is said "
					    "at the end.")));
	put_marks(&x);
	put_steps(&x);
	debrief_put_care(&x);
	put_saved(&x);
	put_roles(&x);
	put_decisions(&x);
	debrief_put_worth(&x);
	debrief_put_beside(&x);
	debrief_put_short(&x);
	ward_doc_end(d, debrief_say(&x, WARD_TEXT("There was no room for more.")));
	ward_wr_fini(&x.line);
}

void ward_debrief_tell_head(struct ward_lang *lang, struct ward_doc *d)
{
	const struct debrief_tell x = {NULL, lang, d, {0}};

	ward_doc_row(d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(&x, WARD_TEXT("Scenario")),
			debrief_say(&x, WARD_TEXT("Signs in time")),
			debrief_say(&x, WARD_TEXT("Incident after")),
			debrief_say(&x, WARD_TEXT("Care, F-score")),
			debrief_say(&x, WARD_TEXT("Falls short"))},
		5);
}

/* A mark's value; empty where it is not known. */
static struct ward_str value_of(
	const struct debrief_tell *x, enum ward_debrief_mark_id m, struct debrief_text *t)
{
	const struct ward_debrief_mark *k = &x->s->mark[m];

	return k->known ? debrief_amount(t, x->lang, m, k->value) : WARD_STR("–");
}

void ward_debrief_tell_row(
	const struct ward_debrief_score *s, struct ward_lang *lang, struct ward_doc *d)
{
	struct debrief_tell x = {s, lang, d, ward_wr_grow(ward_mem_heap(), LINE_BYTES)};
	struct debrief_text signs, incident, care;

	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++) {
		if (s->mark[m].held)
			continue;
		if (x.line.len)
			ward_say_semicolon(&x.line, lang);
		ward_wr_str(
			&x.line, debrief_say(&x, debrief_mark_text((enum ward_debrief_mark_id)m)));
	}
	if (s->held)
		ward_wr_str(&x.line, debrief_say(&x, WARD_TEXT("nothing")));
	ward_doc_row(d, WARD_DOC_ROW,
		(struct ward_str[]){s->scenario->title, value_of(&x, WARD_DEBRIEF_SIGNS, &signs),
			value_of(&x, WARD_DEBRIEF_TO_INCIDENT, &incident),
			value_of(&x, WARD_DEBRIEF_CARE, &care), ward_wr_text(&x.line)},
		5);
	ward_wr_fini(&x.line);
}
