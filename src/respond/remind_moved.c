/* What was sent to an authority, and the record says otherwise since, though nobody said a word: by
 * the rows that are kept (exchange/past.h), as the console compares it (law/draft). */
#include "respond/remind.h"
#include "respond/request.h"

#include "law/draft/draft.h"

enum { ARENA_BYTES = 64 << 20 };

/* What the hospital's own people may read: by that the drafts were made. */
static enum ward_err gather(struct ward_respond *r, const struct ward_id *incident, ward_ns now,
	struct ward_arena *a, struct ward_exchange *ret)
{
	const struct ward_offer_past_of of = {.incident = *incident};
	const struct ward_share_ask own = {.recipient = WARD_STR("own")};
	struct ward_exchange_ask ask = {.model = r->o.model, .at = now};
	struct ward_shared did = {.mem = r->o.mem};
	struct ward_diag diag;
	enum ward_err err = ward_offer_past_gather_one(r->past, &of, &ask, a, ret);

	ward_diag_init(&diag, r->o.mem);
	if (!err)
		err = ward_share(r->o.sharing, &own, ret, r->o.mem, &diag, &did);
	ward_shared_fini(&did);
	ward_diag_fini(&diag);
	return err;
}

static enum ward_err compare(struct ward_respond *r, const struct ward_id *incident,
	const struct ward_law_case *c, struct ward_law_record *rec, ward_ns now)
{
	struct ward_report report = {.n_step = 0};
	const struct ward_draft_ask ask = {
		.law = r->o.law, .c = c, .record = rec, .report = &report};
	struct ward_arena a;

	ward_arena_init(&a, r->o.mem, ARENA_BYTES);
	enum ward_err err = gather(r, incident, now, &a, &report.x);

	report.i = err ? NULL : report.x.incident;
	for (size_t i = 0; i < c->n && !err; i++)
		if (c->said[i].say == WARD_LAW_SAY_SENT && c->said[i].is == WARD_LAW_YES)
			err = ward_draft_record_moved(
				&ask, &c->said[i], &rec->moved[c->said[i].of]);
	ward_arena_fini(&a);
	return err;
}

void respond_law_moved(struct ward_respond *r, struct moved *m, const struct ward_law_case *c,
	struct ward_law_record *rec, ward_ns now)
{
	bool any = false;

	for (size_t i = 0; i < c->n; i++)
		any |= c->said[i].say == WARD_LAW_SAY_SENT && c->said[i].value_len;
	if (!any || !r->past || !r->o.model)
		return;
	int64_t changed = ward_offer_past_changed(r->past, m->incident);

	if (!m->looked || m->changed != changed || m->words != r->law.rows.len) {
		enum ward_err err = compare(r, &m->incident, c, rec, now);

		if (err) /* what is not kept any more can't be compared; else it is tried again */
			memset(rec->moved, 0, sizeof(rec->moved));
		if (err && err != WARD_ERR_NOT_FOUND)
			respond_count(r, "respond.law_not_compared");
		m->looked = !err || err == WARD_ERR_NOT_FOUND;
		m->changed = changed;
		m->words = r->law.rows.len;
		memcpy(m->moved, rec->moved, sizeof(m->moved));
	}
	memcpy(rec->moved, m->moved, sizeof(m->moved));
}

bool ward_respond_compares(const struct ward_respond_opts *o)
{
	for (size_t i = 0; o->law && i < o->law->n_remind; i++)
		for (size_t k = 0; k < o->n_listener; k++)
			if (respond_has_role(&o->listener[k], o->law->remind[i]))
				return true;
	return false;
}
