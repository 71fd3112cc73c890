#include "event/event.h"

/* No event holds more, whatever event.fields says for input: enrichment adds to it. */
enum { FIELD_MAX = 4096 };

void ward_event_init(struct ward_event *e, struct ward_arena *arena)
{
	*e = (struct ward_event){.arena = arena};
}

const struct ward_value *ward_event_get(const struct ward_event *e, uint32_t name)
{
	for (size_t i = 0; i < e->n_field; i++)
		if (e->field[i].name == name)
			return &e->field[i].v;
	return NULL;
}

struct ward_str ward_event_str(const struct ward_event *e, uint32_t name)
{
	const struct ward_value *v = ward_event_get(e, name);

	if (v && (v->kind == WARD_VALUE_STR || v->kind == WARD_VALUE_NUM))
		return v->s;
	return (struct ward_str){NULL, 0};
}

enum ward_err ward_event_room(struct ward_event *e, size_t n)
{
	size_t cap = e->cap_field ? e->cap_field : 16;

	if (n > FIELD_MAX || e->n_field > FIELD_MAX - n)
		return WARD_ERR_LIMIT;
	if (e->cap_field >= e->n_field + n)
		return WARD_OK;
	while (cap < e->n_field + n)
		cap *= 2;
	struct ward_field *field = ward_arena_array(e->arena, cap, sizeof(*field));

	if (!field)
		return WARD_ERR_NOMEM;
	if (e->n_field)
		memcpy(field, e->field, e->n_field * sizeof(*field));
	e->field = field;
	e->cap_field = cap;
	return WARD_OK;
}

enum ward_err ward_event_set(struct ward_event *e, uint32_t name, struct ward_value v)
{
	for (size_t i = 0; i < e->n_field; i++) {
		if (e->field[i].name == name) {
			e->field[i].v = v;
			return WARD_OK;
		}
	}
	enum ward_err err = ward_event_room(e, 1);

	if (err != WARD_OK)
		return err;
	e->field[e->n_field++] = (struct ward_field){name, v};
	return WARD_OK;
}

/* Copies the text of a scalar, if it has any. */
static enum ward_err copy_scalar(
	const struct ward_value *v, struct ward_arena *arena, struct ward_value *ret)
{
	*ret = *v;
	if (v->kind != WARD_VALUE_STR && v->kind != WARD_VALUE_NUM && v->kind != WARD_VALUE_RAW)
		return WARD_OK;
	ret->s = ward_arena_str(arena, v->s);
	return ret->s.p ? WARD_OK : WARD_ERR_NOMEM;
}

static enum ward_err settle_scalar(struct ward_arena *arena, struct ward_value *v)
{
	if (v->kind != WARD_VALUE_RAW)
		return WARD_OK;
	struct ward_str s = ward_raw_text(arena, v->s);

	if (!s.p)
		return WARD_ERR_NOMEM;
	*v = ward_value_str(s);
	return WARD_OK;
}

enum ward_err ward_value_settle(struct ward_arena *arena, struct ward_value *v)
{
	enum ward_err err = WARD_OK;

	if (v->kind != WARD_VALUE_LIST)
		return settle_scalar(arena, v);
	/* The items are the event's own. */
	for (uint32_t i = 0; i < v->n && !err; i++)
		err = settle_scalar(arena, (struct ward_value *)(uintptr_t)&v->item[i]);
	return err;
}

enum ward_err ward_event_settle(struct ward_event *e)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < e->n_field && !err; i++)
		err = ward_value_settle(e->arena, &e->field[i].v);
	return err;
}

static enum ward_err copy_value(
	const struct ward_value *v, struct ward_arena *arena, struct ward_value *ret)
{
	if (v->kind != WARD_VALUE_LIST)
		return copy_scalar(v, arena, ret);
	struct ward_value *item = ward_arena_array(arena, v->n, sizeof(*item));
	enum ward_err err;

	if (!item)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < v->n; i++)
		if ((err = copy_scalar(&v->item[i], arena, &item[i])) != WARD_OK)
			return err;
	*ret = (struct ward_value){.kind = WARD_VALUE_LIST, .n = v->n, .item = item};
	return WARD_OK;
}

enum ward_err ward_event_copy(
	const struct ward_event *src, struct ward_arena *arena, struct ward_event *ret)
{
	struct ward_event e = *src;
	enum ward_err err;

	e.arena = arena;
	e.json = (struct ward_str){NULL, 0};
	e.cap_field = src->n_field;
	e.field = ward_arena_array(arena, src->n_field, sizeof(*e.field));
	if (!e.field)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < src->n_field; i++) {
		e.field[i].name = src->field[i].name;
		err = copy_value(&src->field[i].v, arena, &e.field[i].v);
		if (err != WARD_OK)
			return err;
	}
	*ret = e;
	return WARD_OK;
}

struct ward_event_origin ward_event_origin(struct ward_str source, uint64_t epoch)
{
	struct ward_event_origin o;
	struct ward_idgen g;

	ward_idgen_init(&g, "event");
	ward_idgen_str(&g, source);
	ward_idgen_u64(&g, epoch);
	struct ward_id id = ward_idgen_final(&g);

	_Static_assert(sizeof(o.key) == sizeof(id.b), "an id's bytes are the key");
	memcpy(o.key, id.b, sizeof(o.key));
	return o;
}

struct ward_id ward_event_id_at(const struct ward_event_origin *o, uint64_t seq, uint32_t index)
{
	uint8_t place[sizeof(seq) + sizeof(index)];
	struct ward_wr w = ward_wr_fixed(place, sizeof(place));

	ward_wr_be64(&w, seq);
	ward_wr_be32(&w, index);
	return ward_id_keyed(o->key, ward_wr_slice(&w));
}

struct ward_id ward_event_id(struct ward_str source, uint64_t epoch, uint64_t seq, uint32_t index)
{
	struct ward_event_origin o = ward_event_origin(source, epoch);

	return ward_event_id_at(&o, seq, index);
}
