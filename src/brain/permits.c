/* Works permits: what is expected of a detection, and the set's part of a checkpoint. */
#include "brain/priv.h"

#include "model/permit/file.h"

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

/* Who shows it to people goes by these rows. p == NULL: that all follow. Their ids are made of what
 * they follow from. */
static void tell(struct ward_brain *b, struct ward_id of, ward_ns at, const struct ward_permit *p)
{
	struct ward_json j = ward_json_on(&b->json);
	struct ward_idgen g;
	char text[WARD_ID_TEXT];

	ward_idgen_init(&g, "ward permit row");
	ward_idgen_id(&g, of);
	ward_idgen_str(&g, p ? p->id : WARD_STR(""));
	struct ward_id id = ward_idgen_final(&g);

	ward_id_text(id, text);
	ward_wr_reset(&b->json);
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "permit");
	ward_json_key(&j, "id");
	ward_json_z(&j, text);
	ward_json_key(&j, "revision");
	ward_json_u64(&j, 1);
	ward_json_key(&j, "time");
	ward_json_time(&j, at);
	if (p)
		ward_permit_to_row(p, b->c.model, &j);
	else
		ward_permit_to_reset_row(&j);
	ward_json_obj_end(&j);
	ward_brain_put(b, WARD_OUTPUT_PERMIT, id, 1, at);
}

/* What people decided stands whatever the file says. */
static void begin_anew(struct ward_brain *b, const struct ward_event *e)
{
	ward_permits_clear_told(b->permits);
	tell(b, e->id, e->time, NULL);
	for (size_t i = 0; i < ward_permits_n(b->permits); i++)
		tell(b, e->id, e->time, ward_permits_at(b->permits, i));
}

/* The file does not say that somebody ended it at the desk. */
static void keep_end(const struct ward_brain *b, struct ward_permit *p)
{
	const struct ward_permit *known = ward_permits_find(b->permits, p->id);

	if (!known || !known->decided || known->ended >= p->ended)
		return;
	p->ended = known->ended;
	p->ended_by = known->ended_by;
	p->decided = true;
}

const char *ward_brain_works(struct ward_brain *b, const struct ward_decision *d,
	struct ward_str args, struct ward_arena *a)
{
	const struct ward_permit_in in = {b->c.model, b->c.lim, b->c.mem, NULL};
	char id[WARD_ID_TEXT];
	const char *why = NULL;

	ward_id_text(d->id, id);
	const struct ward_permit_wish wish = {
		ward_str_z(id), d->subject, d->role, d->text, args, d->at};
	enum ward_err err = ward_permit_wish_take(&in, &wish, a, b->permits, &why);

	if (err == WARD_ERR_NOMEM)
		b->err = err;
	if (err)
		return why ? why : "there are as many permits as the limit model.permits allows";
	tell(b, d->id, d->at, ward_permits_find(b->permits, wish.id));
	return NULL;
}

const char *ward_brain_works_end(struct ward_brain *b, const struct ward_decision *d)
{
	const struct ward_permit *known = ward_permits_find(b->permits, d->subject);

	if (!known)
		return "there is no such permit any more";
	if (known->ended <= d->at || known->until <= d->at)
		return "the permit is over already";
	struct ward_permit p = *known;

	p.ended = d->at;
	p.ended_by = d->role;
	p.decided = true;
	enum ward_err err = ward_permits_put(b->permits, &p, NULL);

	if (err) {
		b->err = err;
		return "there is not enough memory";
	}
	tell(b, d->id, d->at, ward_permits_find(b->permits, d->subject));
	return NULL;
}

enum ward_err ward_brain_permit_event(struct ward_brain *b, const struct ward_event *e)
{
	struct ward_permit p;

	if (ward_permit_is_reset(e, b->c.names)) {
		begin_anew(b, e);
		return b->err;
	}
	enum ward_err err = ward_permit_of_event(e, b->c.names, b->c.model, &p);

	if (err == WARD_ERR_MALFORMED) {
		ward_count_name(b->c.counters, "brain.permit_refused", 1);
		return WARD_OK;
	}
	if (err)
		return err;
	p.decided = false; /* only the desk says so */
	keep_end(b, &p);
	err = ward_brain_permit(b, &p);
	if (!err && ward_permits_find(b->permits, p.id))
		tell(b, e->id, e->time, &p);
	return err ? err : b->err;
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
