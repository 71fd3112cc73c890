/* What is remembered of doors, to bytes and back: names as texts, since numbers are this process's.
 */
#include "model/door/priv.h"

#include <stdlib.h>

enum { SAVE_VERSION = 5, DOORS_MAX = 1 << 24 };

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
	ward_wr_u8(w, x->shut);
	ward_wr_be64(w, (uint64_t)x->allowed);
	ward_wr_be64(w, (uint64_t)x->waits);
	ward_wr_be64(w, (uint64_t)x->breach);
	ward_wr_be64(w, (uint64_t)x->late);
	ward_wr_be64(w, (uint64_t)x->since);
	ward_wr_be64(w, (uint64_t)x->due);
	ward_wr_be32(w, x->grants);
	ward_wr_be32(w, x->exits);
	ward_wr_be32(w, x->passes);
	ward_wr_be32(w, x->most);
	ward_wr_be32(w, x->wide);
	ward_wr_u8(w, x->agreed);
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
		ward_wr_be32(w, h[i].wide);
		ward_wr_u8(w, h[i].input);
		ward_wr_be32(w, h[i].node);
		ward_wr_bytes(w, h[i].badge.text, sizeof(h[i].badge.text));
	}
	ward_mem_free(d->mem, h, d->n_held * sizeof(*h));
}

struct placed {
	struct ward_badge_key key;
	struct ward_badge b;
};

static int placed_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ward_badge_key));
}

static void save_badges(const struct ward_doors *d, struct ward_wr *w)
{
	struct placed *p = ward_mem_alloc(d->mem, d->badges.n * sizeof(*p));
	const void *key;
	void *val;
	size_t n = 0, at = 0;

	w->bad |= d->badges.n && !p;
	ward_wr_varint(w, d->badges.n);
	if (!p)
		return;
	while (ward_tab_next(&d->badges, &at, &key, &val)) {
		memcpy(&p[n].key, key, sizeof(p[n].key));
		memcpy(&p[n++].b, val, sizeof(p->b));
	}
	qsort(p, n, sizeof(*p), placed_cmp);
	for (size_t i = 0; i < n; i++) {
		ward_wr_bytes(w, p[i].key.text, sizeof(p[i].key.text));
		ward_wr_be64(w, (uint64_t)p[i].b.time);
		ward_wr_be32(w, p[i].b.node);
		ward_wr_be64(w, (uint64_t)p[i].b.told);
		ward_wr_bytes(w, p[i].b.id.b, sizeof(p[i].b.id.b));
	}
	ward_mem_free(d->mem, p, d->badges.n * sizeof(*p));
}

void ward_doors_save(const struct ward_doors *d, struct ward_wr *w)
{
	ward_wr_u8(w, SAVE_VERSION);
	ward_wr_be64(w, (uint64_t)d->clock);
	ward_wr_be64(w, (uint64_t)d->released);
	ward_wr_be64(w, (uint64_t)d->sweep_at);
	ward_wr_bytes(w, d->last.b, sizeof(d->last.b));
	ward_wr_varint(w, d->n_door);
	for (uint32_t i = 0; i < d->n_door; i++)
		save_door(d, i, w);
	save_held(d, w);
	save_badges(d, w);
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
	x->shut = ward_rd_u8(r) != 0;
	x->allowed = (ward_ns)ward_rd_be64(r);
	x->waits = (ward_ns)ward_rd_be64(r);
	x->breach = (ward_ns)ward_rd_be64(r);
	x->late = (ward_ns)ward_rd_be64(r);
	x->since = (ward_ns)ward_rd_be64(r);
	ward_ns due = (ward_ns)ward_rd_be64(r);

	x->grants = ward_rd_be32(r);
	x->exits = ward_rd_be32(r);
	x->passes = ward_rd_be32(r);
	x->most = ward_rd_be32(r);
	x->wide = ward_rd_be32(r);
	x->agreed = ward_rd_u8(r);
	uint64_t n = ward_rd_varint(r);

	if (ward_rd_bad(r) || x->state >= WARD_DOOR_STATE_N || x->tells > WARD_DOOR_TELLS_ALL ||
		x->grants > WARD_DOOR_COUNT_MAX || x->exits > WARD_DOOR_COUNT_MAX ||
		x->passes > WARD_DOOR_COUNT_MAX || x->most > WARD_DOOR_COUNT_MAX ||
		x->wide > WARD_DOOR_COUNT_MAX || x->agreed > WARD_DOOR_AGREED ||
		n >= (uint64_t)2 * WARD_DOOR_EVIDENCE_MAX ||
		(due != WARD_NS_NEVER && x->said_as == WARD_NONE))
		return WARD_ERR_MALFORMED;
	x->n_evidence = (uint32_t)n;
	for (uint32_t k = 0; k < n && k < WARD_DOOR_EVIDENCE_MAX; k++)
		if (!get_id(r, &x->evidence[k]))
			return WARD_ERR_MALFORMED;
	return ward_door_set_due(d, who.door, due);
}

/* Of a door of the model; an empty name may be of none. */
static bool get_badge(
	const struct ward_doors *d, struct ward_rd *r, uint32_t node, struct ward_badge_key *ret)
{
	const uint8_t *p = ward_rd_take(r, sizeof(ret->text));

	if (!p)
		return false;
	memcpy(ret->text, p, sizeof(ret->text));
	size_t n = strnlen(ret->text, sizeof(ret->text));

	for (size_t i = n; i < sizeof(ret->text); i++)
		if (ret->text[i])
			return false;
	if (!ward_utf8_valid((struct ward_slice){p, n}, NULL))
		return false;
	return node == WARD_NONE ? n == 0
				 : d->model && node < ward_model_n(d->model) &&
					   ward_model_node(d->model, node)->kind == WARD_NODE_DOOR;
}

static enum ward_err load_badge(struct ward_doors *d, struct ward_rd *r)
{
	struct ward_rd ahead = *r; /* the name is judged with what stands behind it */
	struct ward_badge_key key;
	struct ward_badge b = {0};
	void *val;

	ward_rd_skip(r, sizeof(key.text));
	b.time = (ward_ns)ward_rd_be64(r);
	b.node = ward_rd_be32(r);
	b.told = (ward_ns)ward_rd_be64(r);
	if (!get_id(r, &b.id) || !get_badge(d, &ahead, b.node, &key) || !key.text[0])
		return WARD_ERR_MALFORMED;
	enum ward_err err = ward_tab_put(&d->badges, &key, &val, NULL);

	if (!err)
		memcpy(val, &b, sizeof(b));
	return err;
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
	h.wide = ward_rd_be32(r);
	h.input = ward_rd_u8(r);
	h.node = ward_rd_be32(r);
	if (!get_badge(d, r, h.node, &h.badge))
		return WARD_ERR_MALFORMED;
	if (ward_rd_bad(r) || h.name == WARD_NONE || h.persons > WARD_DOOR_COUNT_MAX ||
		h.wide > WARD_DOOR_COUNT_MAX || h.input >= WARD_DOOR_IN_TIME ||
		h.input == WARD_DOOR_IN_BREACH)
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
	d->sweep_at = (ward_ns)ward_rd_be64(r);
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
	n = err ? 0 : ward_rd_varint(r);
	for (uint64_t i = 0; i < n && !err && !ward_rd_bad(r); i++)
		err = load_badge(d, r);
	if (!err && (ward_rd_bad(r) || ward_rd_left(r)))
		err = WARD_ERR_MALFORMED;
	return err;
}
