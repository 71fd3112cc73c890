/* What is remembered of doors, to bytes and back: names as texts, since numbers are this process's.
 */
#include "model/door/priv.h"

#include <stdlib.h>

enum { SAVE_VERSION = 1, DOORS_MAX = 1 << 24 };

static struct ward_str text_at(const struct ward_doors *d, uint32_t i)
{
	return i == WARD_NONE ? WARD_STR("") : ward_intern_at(&d->text, i);
}

static void put_name(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(s));
}

static void save_door(const struct ward_doors *d, uint32_t i, struct ward_wr *w)
{
	const struct ward_door *x = &d->door[i];
	uint32_t n =
		x->n_evidence < WARD_DOOR_EVIDENCE_MAX ? x->n_evidence : WARD_DOOR_EVIDENCE_MAX;

	put_name(w, ward_intern_at(&d->key, i));
	put_name(w, text_at(d, x->said_as));
	ward_wr_be32(w, x->said_field);
	ward_wr_u8(w, x->state);
	ward_wr_u8(w, x->tells);
	ward_wr_u8(w, x->more);
	ward_wr_be64(w, (uint64_t)x->allowed);
	ward_wr_be64(w, (uint64_t)x->since);
	ward_wr_be64(w, (uint64_t)x->due);
	ward_wr_be32(w, x->grants);
	ward_wr_be32(w, x->exits);
	ward_wr_be32(w, x->passes);
	ward_wr_be32(w, x->most);
	ward_wr_varint(w, x->n_evidence);
	for (uint32_t k = 0; k < n; k++)
		ward_wr_bytes(w, x->evidence[k].b, sizeof(x->evidence[k].b));
}

static int held_cmp(const void *a, const void *b)
{
	return ward_door_before(a, b) ? -1 : ward_door_before(b, a) ? 1 : 0;
}

static void save_held(const struct ward_doors *d, struct ward_wr *w)
{
	struct ward_door_held *h = ward_mem_alloc(d->mem, d->n_held * sizeof(*h));

	w->bad |= d->n_held && !h;
	ward_wr_varint(w, d->n_held);
	if (!h)
		return;
	memcpy(h, d->held, d->n_held * sizeof(*h));
	qsort(h, d->n_held, sizeof(*h), held_cmp);
	for (size_t i = 0; i < d->n_held; i++) {
		put_name(w, ward_intern_at(&d->key, h[i].door));
		put_name(w, text_at(d, h[i].name));
		ward_wr_be32(w, h[i].field);
		ward_wr_be64(w, (uint64_t)h[i].key);
		ward_wr_be64(w, (uint64_t)h[i].time);
		ward_wr_bytes(w, h[i].id.b, sizeof(h[i].id.b));
		ward_wr_be32(w, h[i].persons);
		ward_wr_u8(w, h[i].input);
	}
	ward_mem_free(d->mem, h, d->n_held * sizeof(*h));
}

void ward_doors_save(const struct ward_doors *d, struct ward_wr *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < d->n_door; i++)
		n += i >= d->n_model || d->door[i].tells || d->door[i].state;
	ward_wr_u8(w, SAVE_VERSION);
	ward_wr_be64(w, (uint64_t)d->clock);
	ward_wr_be64(w, (uint64_t)d->released);
	ward_wr_bytes(w, d->last.b, sizeof(d->last.b));
	ward_wr_varint(w, n);
	for (uint32_t i = 0; i < d->n_door; i++)
		if (i >= d->n_model || d->door[i].tells || d->door[i].state)
			save_door(d, i, w);
	save_held(d, w);
}

/* ---- back ---- */

static bool get_id(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(ret->b));

	if (s.p)
		memcpy(ret->b, s.p, sizeof(ret->b));
	return s.p != NULL;
}

static struct ward_str get_name(struct ward_rd *r, size_t max)
{
	struct ward_slice s = ward_rd_lv(r, max);

	if (s.len && !ward_utf8_valid(s, NULL))
		r->bad = true;
	return (struct ward_str){(const char *)s.p, s.len};
}

/* Key, how it is called, field: as a door and an event that waits both begin. */
static enum ward_err get_who(struct ward_doors *d, struct ward_rd *r, struct ward_door_held *ret)
{
	struct ward_str key = get_name(r, WARD_DOOR_NAME_MAX),
			said = get_name(r, WARD_DOOR_NAME_MAX);

	ret->field = ward_rd_be32(r);
	if (ward_rd_bad(r) || !key.len)
		return WARD_ERR_MALFORMED;
	ret->name = WARD_NONE;
	if (said.len && ret->field != WARD_FIELD_DOOR && ret->field != WARD_FIELD_READER &&
		ret->field != WARD_FIELD_SENSOR)
		return WARD_ERR_MALFORMED;
	enum ward_err err = said.len ? ward_intern_put(&d->text, said, &ret->name) : WARD_OK;

	if (!err)
		err = ward_door_at(d, key, &ret->door);
	return !err && ret->door == WARD_NONE ? WARD_ERR_LIMIT : err;
}

static enum ward_err load_door(struct ward_doors *d, struct ward_rd *r)
{
	struct ward_door_held who = {0};
	enum ward_err err = get_who(d, r, &who);

	if (err)
		return err;
	struct ward_door *x = &d->door[who.door];

	x->said_as = who.name;
	x->said_field = who.field;
	x->state = ward_rd_u8(r);
	x->tells = ward_rd_u8(r);
	x->more = ward_rd_u8(r) != 0;
	x->allowed = (ward_ns)ward_rd_be64(r);
	x->since = (ward_ns)ward_rd_be64(r);
	ward_ns due = (ward_ns)ward_rd_be64(r);

	x->grants = ward_rd_be32(r);
	x->exits = ward_rd_be32(r);
	x->passes = ward_rd_be32(r);
	x->most = ward_rd_be32(r);
	uint64_t n = ward_rd_varint(r);

	if (ward_rd_bad(r) || x->state >= WARD_DOOR_STATE_N || x->tells > WARD_DOOR_TELLS_ALL ||
		x->grants > WARD_DOOR_COUNT_MAX || x->exits > WARD_DOOR_COUNT_MAX ||
		x->passes > WARD_DOOR_COUNT_MAX || x->most > WARD_DOOR_COUNT_MAX ||
		n >= (uint64_t)2 * WARD_DOOR_EVIDENCE_MAX ||
		(due != WARD_NS_NEVER && x->said_as == WARD_NONE))
		return WARD_ERR_MALFORMED;
	x->n_evidence = (uint32_t)n;
	for (uint32_t k = 0; k < n && k < WARD_DOOR_EVIDENCE_MAX; k++)
		if (!get_id(r, &x->evidence[k]))
			return WARD_ERR_MALFORMED;
	return ward_door_set_due(d, who.door, due);
}

static enum ward_err load_held(struct ward_doors *d, struct ward_rd *r)
{
	struct ward_door_held h = {0};
	enum ward_err err = get_who(d, r, &h);

	if (err)
		return err;
	h.key = (ward_ns)ward_rd_be64(r);
	h.time = (ward_ns)ward_rd_be64(r);
	if (!get_id(r, &h.id))
		return WARD_ERR_MALFORMED;
	h.persons = ward_rd_be32(r);
	h.input = ward_rd_u8(r);
	if (ward_rd_bad(r) || h.name == WARD_NONE || h.persons > WARD_DOOR_COUNT_MAX ||
		h.input >= WARD_DOOR_IN_TIME || h.input == WARD_DOOR_IN_BREACH)
		return WARD_ERR_MALFORMED;
	return ward_door_hold(d, &h);
}

enum ward_err ward_doors_load(struct ward_doors *d, struct ward_rd *r)
{
	enum ward_err err = WARD_OK;

	if (ward_rd_u8(r) != SAVE_VERSION)
		return WARD_ERR_MALFORMED;
	d->clock = (ward_ns)ward_rd_be64(r);
	d->released = (ward_ns)ward_rd_be64(r);
	if (!get_id(r, &d->last))
		return WARD_ERR_MALFORMED;
	uint64_t n = ward_rd_varint(r);

	for (uint64_t i = 0; i < n && n < DOORS_MAX && !err; i++)
		err = load_door(d, r);
	if (err || ward_rd_bad(r) || n >= DOORS_MAX)
		return err ? err : WARD_ERR_MALFORMED;
	n = ward_rd_varint(r);
	if (n > ward_limit(d->lim, WARD_LIMIT_DOOR_HELD) + 1)
		return WARD_ERR_LIMIT;
	for (uint64_t i = 0; i < n && !err; i++)
		err = load_held(d, r);
	if (!err && (ward_rd_bad(r) || ward_rd_left(r)))
		err = WARD_ERR_MALFORMED;
	return err;
}
