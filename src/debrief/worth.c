/* What decisions prevented in a play, and what that was worth to care: the story as it would have
 * gone beside the one that was played. */
#include "debrief/tell.h"

static const char *did_text(enum ward_lead_decided d)
{
	static const char *const text[WARD_LEAD_N] = {
		[WARD_LEAD_CONTAINED] = WARD_TEXT("contains {what}"),
		[WARD_LEAD_ACKNOWLEDGED] = WARD_TEXT("{what} acknowledges"),
		[WARD_LEAD_PLAYBOOK] = WARD_TEXT("begins the playbook {what}"),
		[WARD_LEAD_DECIDED] = WARD_TEXT("does {what}")};

	return text[d];
}

/* "contains Building management", and by whom. */
static struct ward_str decision_text(struct debrief_tell *x, const struct ward_branch *b)
{
	uint32_t node = ward_model_find(x->s->scenario->model, b->of);

	ward_wr_reset(&x->line);
	WARD_SAY(&x->line, x->lang, did_text(b->decided),
		{"what", node == WARD_NONE ? b->of : debrief_node(x, node)});
	return ward_wr_text(&x->line);
}

static struct ward_str who_text(
	const struct debrief_tell *x, const struct ward_worth_branch *b, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));

	if (!b->by.len)
		return debrief_say(x, WARD_TEXT("by Ward's record"));
	if (!b->policy)
		return b->by;
	WARD_SAY(&w, x->lang, WARD_TEXT("{who} (by policy)"), {"who", b->by});
	return ward_wr_bad(&w) ? b->by : ward_wr_text(&w);
}

/* How much less services were away; a decision may also cost something. */
static struct ward_str saved_text(
	const struct debrief_tell *x, const struct ward_worth_branch *b, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct debrief_text span;

	if (!x->s->worth->reckoned || !b->says)
		return debrief_say(x, WARD_TEXT("the story does not say"));
	ward_ns saved = ward_worth_saved(x->s->worth, b);

	if (saved >= 0)
		return debrief_span(t, x->lang, saved);
	WARD_SAY(&w, x->lang, WARD_TEXT("none: {span} more"),
		{"span", debrief_span(&span, x->lang, -saved)});
	return ward_wr_text(&w);
}

static void put_branches(struct debrief_tell *x)
{
	const struct ward_worth *w = x->s->worth;

	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("At")),
			debrief_say(x, WARD_TEXT("Who")), debrief_say(x, WARD_TEXT("Decision")),
			debrief_say(x, WARD_TEXT("What became of it")),
			debrief_say(x, WARD_TEXT("Saves by itself"))},
		5);
	for (size_t i = 0; i < w->n_branch; i++) {
		const struct ward_worth_branch *b = &w->branch[i];
		struct debrief_text at, who, saved;

		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){debrief_clock(&at, b->decided < 0 ? 0 : b->decided),
				who_text(x, b, &who), decision_text(x, b->is), b->is->note,
				saved_text(x, b, &saved)},
			5);
	}
	ward_wr_reset(&x->line);
}

static void put_prevented(struct debrief_tell *x)
{
	const struct ward_worth *w = x->s->worth;
	bool any = false;

	for (size_t i = 0; i < w->n_branch; i++)
		for (size_t k = 0; k < w->branch[i].n_prevented; k++) {
			const struct ward_worth_branch *b = &w->branch[i];
			const struct ward_step *s = &w->step[b->prevented[k]];
			struct debrief_text at, who;

			if (!any)
				ward_doc_row(x->d, WARD_DOC_HEAD,
					(struct ward_str[]){
						debrief_say(x, WARD_TEXT("In the story at")),
						debrief_say(x, WARD_TEXT("Prevented")),
						debrief_say(x, WARD_TEXT("Phase")),
						debrief_say(x, WARD_TEXT("By")),
						debrief_say(x, WARD_TEXT("Decision"))},
					5);
			any = true;
			ward_doc_row(x->d, WARD_DOC_ROW,
				(struct ward_str[]){debrief_clock(&at, s->real), s->note,
					debrief_say(x, debrief_phase_text(s->truth->phase)),
					who_text(x, b, &who), decision_text(x, b->is)},
				5);
		}
	ward_wr_reset(&x->line);
}

static struct ward_str fate_text(const struct debrief_tell *x, const struct ward_worth_service *s,
	enum ward_worth_way way, struct debrief_text *t)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	struct debrief_text at, away;

	if (!s->hit[way])
		return debrief_say(x, WARD_TEXT("not hit"));
	WARD_SAY(&w, x->lang, WARD_TEXT("hit after {at}, for {span}"),
		{"at", debrief_span(&at, x->lang, s->at[way])},
		{"span", debrief_span(&away, x->lang, s->away[way])});
	return ward_wr_text(&w);
}

static void put_services(struct debrief_tell *x)
{
	const struct ward_worth *w = x->s->worth;

	if (!w->n_service)
		return;
	ward_doc_row(x->d, WARD_DOC_HEAD,
		(struct ward_str[]){debrief_say(x, WARD_TEXT("Service")),
			debrief_say(x, WARD_TEXT("Without these decisions")),
			debrief_say(x, WARD_TEXT("As it was played"))},
		3);
	for (size_t i = 0; i < w->n_service; i++) {
		const struct ward_worth_service *s = &w->service[i];
		uint32_t node = ward_model_find(x->s->scenario->model, s->service);
		struct debrief_text without, played;

		ward_doc_row(x->d, WARD_DOC_ROW,
			(struct ward_str[]){node == WARD_NONE ? s->service : debrief_node(x, node),
				fate_text(x, s, WARD_WORTH_WITHOUT, &without),
				fate_text(x, s, WARD_WORTH_PLAYED, &played)},
			3);
	}
}

static void put_sums(struct debrief_tell *x)
{
	const struct ward_worth *w = x->s->worth;
	ward_ns without = w->away[WARD_WORTH_WITHOUT], played = w->away[WARD_WORTH_PLAYED];
	struct debrief_text a, b, c;

	if (!w->reckoned) {
		ward_doc_put(x->d, WARD_DOC_TEXT,
			debrief_say(x, WARD_TEXT("The story does not say what any of that does to "
						 "the hospital, so nobody can say what it was "
						 "worth to care.")));
		return;
	}
	WARD_SAY(&x->line, x->lang,
		played <= without
			? WARD_TEXT("By the hospital's physics and the time of the story, services "
				    "would have been away for {without} together within a day "
				    "without these decisions; as it was played, {played}: "
				    "{difference} saved.")
			: WARD_TEXT("By the hospital's physics and the time of the story, services "
				    "would have been away for {without} together within a day "
				    "without these decisions; as it was played, {played}: "
				    "{difference} more."),
		{"without", debrief_span(&a, x->lang, without)},
		{"played", debrief_span(&b, x->lang, played)},
		{"difference", debrief_span(&c, x->lang,
				       played <= without ? without - played : played - without)});
	debrief_put(x, WARD_DOC_TEXT);
}

void debrief_put_worth(struct debrief_tell *x)
{
	if (!x->s->worth)
		return;
	if (!x->s->worth->n_branch) {
		if (x->s->n_decision)
			ward_doc_put(x->d, WARD_DOC_TEXT,
				debrief_say(x, WARD_TEXT("No decision changed what happened in the "
							 "story.")));
		return;
	}
	ward_doc_put(x->d, WARD_DOC_HEADING,
		debrief_say(x, WARD_TEXT("What decisions prevented, and what that was worth")));
	put_sums(x);
	put_branches(x);
	put_prevented(x);
	put_services(x);
}
