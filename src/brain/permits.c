/* Works permits: what is expected of a detection, and the set's part of a checkpoint. */
#include "brain/priv.h"

void ward_brain_permitted(
	struct ward_brain *b, struct ward_detection *d, char buf[WARD_BRAIN_BECAUSE_MAX])
{
	const struct ward_permit_sign sign = {
		d->place, d->asset, d->threat, d->actor, d->first, d->last};
	struct ward_permit_answer a = ward_permits_judge(b->permits, &sign);
	struct ward_wr w = ward_wr_fixed(buf, WARD_BRAIN_BECAUSE_MAX);

	if (!a.permit || d->stage != WARD_STAGE_LIVE)
		return;
	d->permit = (struct ward_permitted){.id = a.permit->id,
		.who = a.permit->who,
		.from = a.permit->from,
		.until = a.permit->until,
		.expected = a.miss == WARD_PERMIT_COVERS};
	if (d->permit.expected) {
		ward_count_name(b->c.counters, "brain.expected", 1);
		return;
	}
	ward_permit_say_miss(b->c.model, a.permit, &sign, a.miss, &w);
	d->permit.why = ward_str_z(ward_permit_miss_name(a.miss));
	d->permit.because = ward_wr_text(&w);
}

enum ward_err ward_brain_permit(struct ward_brain *b, const struct ward_permit *p)
{
	bool news;
	enum ward_err err = ward_permits_put(b->permits, p, &news);

	if (err == WARD_ERR_LIMIT) {
		ward_count_name(b->c.counters, "brain.permit_limit", 1);
		return WARD_OK;
	}
	if (!err && news)
		ward_count_name(b->c.counters, "brain.permits", 1);
	return err;
}

enum ward_err ward_brain_permit_event(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_permit p;

	if (ward_permit_is_reset(e, b->c.names)) {
		ward_permits_clear(b->permits);
		return WARD_OK;
	}
	enum ward_err err = ward_permit_of_event(e, b->c.names, b->c.model, &p);

	if (err == WARD_ERR_MALFORMED) {
		ward_count_name(b->c.counters, "brain.permit_refused", 1);
		return WARD_OK;
	}
	return err ? err : ward_brain_permit(b, &p);
}

enum ward_err ward_brain_permits_from(struct ward_brain *to, const struct ward_brain *from)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < ward_permits_n(from->permits); i++)
		err = ward_brain_permit(to, ward_permits_at(from->permits, i));
	return err;
}

/* varint permits, in order of id; each as an event with its length. */
void ward_brain_permits_save(struct ward_brain *b, struct ward_wr *w)
{
	struct ward_wr one = ward_wr_grow(b->c.mem, WARD_BRAIN_PART_MAX);

	ward_wr_varint(w, ward_permits_n(b->permits));
	for (size_t i = 0; i < ward_permits_n(b->permits); i++) {
		struct ward_event e;

		ward_arena_reset(&b->scratch);
		ward_event_init(&e, &b->scratch);
		e.source = ward_name(b->c.names, WARD_STR("supervisor"));
		if (ward_permit_to_event(
			    ward_permits_at(b->permits, i), b->c.model, b->c.names, &e) != WARD_OK)
			w->bad = true;
		ward_wr_reset(&one);
		ward_event_encode(&e, b->c.names, &one);
		w->bad |= ward_wr_bad(&one);
		ward_wr_lv(w, ward_wr_slice(&one));
	}
	ward_arena_reset(&b->scratch);
	ward_wr_fini(&one);
}

enum ward_err ward_brain_permits_load(struct ward_brain *b, struct ward_rd *r)
{
	uint64_t n = ward_rd_varint(r);
	enum ward_err err = WARD_OK;

	for (uint64_t i = 0; !err && i < n && !ward_rd_bad(r); i++) {
		struct ward_slice bytes = ward_rd_lv(r, WARD_BRAIN_PART_MAX);
		struct ward_event e;
		struct ward_permit p;

		ward_arena_reset(&b->scratch);
		if (ward_rd_bad(r))
			break;
		err = ward_event_decode(bytes, b->c.names, &b->scratch, b->c.lim, &e);
		if (!err)
			err = ward_permit_of_event(&e, b->c.names, b->c.model, &p);
		if (!err)
			err = ward_permits_put(b->permits, &p, NULL);
	}
	if (!err && ward_rd_bad(r))
		err = WARD_ERR_MALFORMED;
	return err == WARD_ERR_NOMEM || err == WARD_ERR_LIMIT || !err ? err : WARD_ERR_MALFORMED;
}
