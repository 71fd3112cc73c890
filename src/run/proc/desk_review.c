#include "run/proc/desk_review.h"

#include "base/diag.h"
#include "conf/conf.h"

#include <stdio.h>

static struct desk_review *find(struct desk_reviews *r, struct ward_id id)
{
	for (size_t i = 0; i < r->n && i < DESK_REVIEWS; i++)
		if (ward_id_eq(r->of[i].id, id))
			return &r->of[i];
	return NULL;
}

static void asked(struct desk_reviews *r, const struct ward_store_row *row,
	const struct ward_conf *c, struct ward_id incident)
{
	struct desk_review *x;

	if (!ward_str_eqz(ward_conf_word(ward_conf_get(c, "args"), "emergency"), "yes") ||
		find(r, row->id))
		return;
	x = &r->of[r->n % DESK_REVIEWS];
	r->forgotten += r->n++ >= DESK_REVIEWS && !x->done;
	*x = (struct desk_review){.id = row->id, .incident = incident, .at = row->time};
	(void)snprintf(x->person, sizeof(x->person), "%.*s",
		WARD_STR_ARG(ward_str_sub(ward_conf_word(c, "person"), 0, WARD_DECISION_SUBJECT)));
}

static void reviewed(struct desk_reviews *r, const struct ward_conf *c, struct ward_id incident)
{
	struct ward_id id;
	bool one = ward_id_parse(ward_conf_word(ward_conf_get(c, "args"), "of"), &id);

	for (size_t i = 0; i < r->n && i < DESK_REVIEWS; i++)
		if (ward_id_eq(r->of[i].incident, incident) &&
			(!one || ward_id_eq(r->of[i].id, id)))
			r->of[i].done = true;
}

void desk_review_take(struct desk_reviews *r, const struct ward_store_row *row,
	const struct ward_limits *lim, struct ward_arena *scratch)
{
	const struct ward_conf *c = NULL;
	struct ward_diag diag;
	struct ward_id incident;

	r->after = row->row;
	if (row->kind != WARD_ROW_DECISION)
		return;
	ward_arena_reset(scratch);
	ward_diag_init(&diag, ward_mem_heap());
	bool bad = ward_conf_json(scratch, lim, WARD_STR("row"), 1, ward_str_bytes(row->json),
			   &diag, &c) != WARD_OK;

	ward_diag_fini(&diag);
	if (bad) {
		r->unread++;
		return;
	}
	struct ward_str what = ward_conf_word(c, "what");

	if (!ward_id_parse(ward_conf_word(c, "subject"), &incident))
		return;
	/* a name is told before the brain says whether it takes it */
	if (ward_str_eqz(what, ward_decision_name(WARD_DECISION_REVEAL)))
		asked(r, row, c, incident);
	else if (ward_str_eqz(ward_conf_word(c, "taken"), "true") &&
		 ward_str_eqz(what, ward_decision_name(WARD_DECISION_REVEAL_REVIEW)))
		reviewed(r, c, incident);
}

enum ward_err desk_review_check(const struct desk_reviews *r, struct ward_id incident,
	const struct ward_id *of, struct ward_str person)
{
	bool any = false;

	for (size_t i = 0; i < r->n && i < DESK_REVIEWS; i++) {
		const struct desk_review *x = &r->of[i];

		if (!ward_id_eq(x->incident, incident) || (of && !ward_id_eq(x->id, *of)))
			continue;
		if (ward_str_eqz(person, x->person))
			return WARD_ERR_DENIED;
		any = true;
	}
	return any ? WARD_OK : WARD_ERR_NOT_FOUND;
}

struct desk_review *desk_review_late(
	struct desk_reviews *r, const struct ward_law *law, ward_ns now)
{
	for (size_t i = 0; i < r->n && i < DESK_REVIEWS; i++) {
		struct desk_review *x = &r->of[i];
		ward_ns due;

		if (!x->done && !x->told && ward_law_review_due(law, x->at, &due) == WARD_OK &&
			now > due)
			return x;
	}
	return NULL;
}
