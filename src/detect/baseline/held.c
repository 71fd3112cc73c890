/* Events that wait, so that a profile sees them in the order of their time whatever the order they
 * come in, as long as none comes more than a minute behind another. */
#include "detect/baseline/priv.h"

enum { FIELDS_MAX = 256, ARENA_MAX = 4 << 20 };

/* ---- which fields ---- */

static void want(struct ward_baseline *b, uint32_t field)
{
	for (size_t i = 0; i < b->n_field; i++)
		if (b->field[i] == field)
			return;
	if (b->n_field < FIELDS_MAX)
		b->field[b->n_field++] = field;
}

static void want_parts(struct ward_baseline *b, const struct ward_bl_parts *p)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->part[i].n_alt; k++)
			want(b, p->part[i].alt[k]);
}

static void want_conds(struct ward_baseline *b, const struct ward_bl_cond *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		want(b, c[i].field);
}

enum ward_err ward_bl_held_init(struct ward_baseline *b)
{
	/* What a detection names. */
	static const uint32_t always[] = {WARD_FIELD_WARD_ASSET, WARD_FIELD_WARD_DOOR,
		WARD_FIELD_WARD_ROOM, WARD_FIELD_WARD_NETWORK, WARD_FIELD_WARD_ACTOR,
		WARD_FIELD_WARD_TIME_UNTRUSTED};

	b->latest = b->released = INT64_MIN;
	ward_arena_init(&b->held_arena, b->mem, ARENA_MAX);
	if (!b->profiles->ordered)
		return WARD_OK;
	b->field = ward_mem_alloc(b->mem, FIELDS_MAX * sizeof(*b->field));
	if (!b->field)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < WARD_ARRAY_LEN(always); i++)
		want(b, always[i]);
	for (size_t i = 0; i < b->profiles->n; i++) {
		const struct ward_bl_profile *p = &b->profiles->p[i];

		if (!p->ordered)
			continue;
		want_conds(b, p->when, p->n_when);
		want_conds(b, p->unless, p->n_unless);
		want_parts(b, &p->key);
		want_parts(b, &p->peers);
		for (size_t d = 0; d < p->n_dim; d++) {
			want_parts(b, &p->dim[d].of);
			want_parts(b, &p->dim[d].by);
		}
	}
	return WARD_OK;
}

static void forget(struct ward_baseline *b, struct ward_bl_held *h)
{
	b->bytes -= h->len;
	ward_mem_free(b->mem, h->bytes, h->len);
}

void ward_bl_held_fini(struct ward_baseline *b)
{
	for (size_t i = 0; i < b->n_held; i++)
		forget(b, &b->held[i]);
	ward_mem_free(b->mem, b->held, b->cap_held * sizeof(*b->held));
	if (b->field)
		ward_mem_free(b->mem, b->field, FIELDS_MAX * sizeof(*b->field));
	ward_arena_fini(&b->held_arena);
}

/* ---- the heap ---- */

static bool before(const struct ward_bl_held *x, const struct ward_bl_held *y)
{
	return x->time != y->time ? x->time < y->time : ward_id_cmp(x->id, y->id) < 0;
}

static void push(struct ward_baseline *b, struct ward_bl_held x)
{
	size_t i = b->n_held++;

	for (; i && before(&x, &b->held[(i - 1) / 2]); i = (i - 1) / 2)
		b->held[i] = b->held[(i - 1) / 2];
	b->held[i] = x;
}

static struct ward_bl_held pop(struct ward_baseline *b)
{
	struct ward_bl_held first = b->held[0], last = b->held[--b->n_held];
	size_t i = 0;

	for (size_t child; (child = 2 * i + 1) < b->n_held; i = child) {
		if (child + 1 < b->n_held && before(&b->held[child + 1], &b->held[child]))
			child++;
		if (!before(&b->held[child], &last))
			break;
		b->held[i] = b->held[child];
	}
	if (b->n_held)
		b->held[i] = last;
	return first;
}

static enum ward_err keep(
	struct ward_baseline *b, ward_ns time, struct ward_id id, struct ward_slice bytes)
{
	size_t max = ward_limit(b->profiles->lim, WARD_LIMIT_BASELINE_HELD);
	enum ward_err err =
		ward_mem_more(b->mem, &b->held, b->n_held, &b->cap_held, sizeof(*b->held), max + 1);
	uint8_t *copy = err ? NULL : ward_mem_alloc(b->mem, bytes.len);

	if (!copy)
		return err ? err : WARD_ERR_NOMEM;
	memcpy(copy, bytes.p, bytes.len);
	b->bytes += bytes.len;
	push(b, (struct ward_bl_held){time, id, copy, (uint32_t)bytes.len});
	return WARD_OK;
}

/* ---- in ---- */

static struct ward_value cut(struct ward_arena *a, struct ward_value v)
{
	struct ward_value *item;

	if ((v.kind == WARD_VALUE_STR || v.kind == WARD_VALUE_NUM) && v.s.len > WARD_BL_TEXT_MAX) {
		v.kind = WARD_VALUE_STR;
		v.s.len = WARD_BL_TEXT_MAX;
		while (v.s.len && !ward_utf8_valid(ward_str_bytes(v.s), NULL))
			v.s.len--;
	}
	if (v.kind != WARD_VALUE_LIST)
		return v;
	v.n = v.n < WARD_BL_ITEMS_MAX ? v.n : WARD_BL_ITEMS_MAX;
	item = ward_arena_array(a, v.n, sizeof(*item));
	if (!item)
		return (struct ward_value){.kind = WARD_VALUE_NULL};
	for (uint32_t i = 0; i < v.n; i++) {
		item[i] = v.item[i];
		if (item[i].kind == WARD_VALUE_STR || item[i].kind == WARD_VALUE_NUM)
			item[i].s.len = item[i].s.len < WARD_BL_TEXT_MAX ? item[i].s.len : 0;
	}
	v.item = item;
	return v;
}

enum ward_err ward_bl_hold(struct ward_baseline *b, bool *ret)
{
	struct ward_event e;
	uint8_t buf[WARD_BL_HELD_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	enum ward_err err = WARD_OK;

	/* The end of time is no time that could be saved. */
	*ret = b->time > b->released && b->time != INT64_MAX;
	if (!*ret) {
		b->stats.n_late++;
		return WARD_OK;
	}
	ward_arena_reset(&b->held_arena);
	ward_event_init(&e, &b->held_arena);
	e.id = b->e->id;
	e.time = b->e->time;
	e.seen = b->e->seen;
	e.source = b->e->source;
	e.class = b->e->class;
	for (size_t i = 0; i < b->n_field && !err; i++) {
		const struct ward_value *v = ward_event_get(b->e, b->field[i]);

		if (v)
			err = ward_event_set(&e, b->field[i], cut(&b->held_arena, *v));
	}
	if (err)
		return err;
	ward_event_encode(&e, b->profiles->names, &w);
	*ret = !ward_wr_bad(&w);
	return *ret ? keep(b, b->time, e.id, ward_wr_slice(&w)) : WARD_OK;
}

enum ward_err ward_bl_hold_bytes(struct ward_baseline *b, ward_ns time, struct ward_slice bytes)
{
	struct ward_event e;

	ward_arena_reset(&b->held_arena);
	enum ward_err err =
		ward_event_decode(bytes, b->profiles->names, &b->held_arena, b->profiles->lim, &e);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	if (b->n_held >= ward_limit(b->profiles->lim, WARD_LIMIT_BASELINE_HELD))
		return WARD_ERR_LIMIT;
	b->latest = time > b->latest ? time : b->latest;
	return keep(b, time, e.id, bytes);
}

/* ---- out ---- */

static enum ward_err give(struct ward_baseline *b)
{
	struct ward_bl_held h = pop(b);
	struct ward_event e;
	uint64_t mask = 0;

	ward_arena_reset(&b->held_arena);
	enum ward_err err = ward_event_decode((struct ward_slice){h.bytes, h.len},
		b->profiles->names, &b->held_arena, b->profiles->lim, &e);

	forget(b, &h);
	b->released = h.time;
	if (!err)
		err = ward_bl_mask(b, e.class, &mask);
	if (err)
		return err;
	b->e = &e;
	b->time = h.time;
	err = ward_bl_look(b, mask & b->profiles->ordered);
	b->e = NULL;
	return err;
}

enum ward_err ward_bl_release(struct ward_baseline *b, ward_ns until)
{
	size_t max = ward_limit(b->profiles->lim, WARD_LIMIT_BASELINE_HELD);
	ward_ns due = INT64_MIN;
	enum ward_err err = WARD_OK;

	if (until == WARD_NS_NEVER)
		due = INT64_MAX;
	else if (until > INT64_MIN)
		(void)ward_sub(until, WARD_BL_HOLD_S * WARD_NS_PER_S, &due);
	while (!err && b->n_held && (b->held[0].time <= due || b->n_held > max)) {
		b->stats.n_hurried += b->held[0].time > due;
		err = give(b);
	}
	return err;
}
