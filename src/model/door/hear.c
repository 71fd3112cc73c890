/* Which door an event is of, and what it means there. */
#include "model/door/priv.h"

/* So long after a reason that came too late others may. */
static const ward_ns tardy = 4 * 3600 * WARD_NS_PER_S;

static uint32_t number(const struct ward_event *e, uint32_t field)
{
	const struct ward_value *v = ward_event_get(e, field);
	uint64_t n = 0;

	if (v && v->kind == WARD_VALUE_INT)
		n = v->i > 0 ? (uint64_t)v->i : 0;
	else if (v && v->kind == WARD_VALUE_STR && !ward_str_u64(v->s, &n))
		n = 0;
	return n > WARD_DOOR_COUNT_MAX ? WARD_DOOR_COUNT_MAX : (uint32_t)n;
}

static bool is_over(const struct ward_event *e)
{
	struct ward_str s = ward_event_str(e, WARD_FIELD_STATE);

	return ward_str_eqz(s, "off") || ward_str_eqz(s, "normal");
}

static bool goes(const struct ward_event *e, const char *way)
{
	return ward_str_eqz(ward_event_str(e, WARD_FIELD_DIRECTION), way);
}

static enum ward_door_input meaning(const struct ward_doors *d, const struct ward_event *e)
{
	unsigned in = 0;

	if (e->class == d->silent || e->class == d->offline)
		return ward_str_eq(ward_event_str(e, WARD_FIELD_WARD_ASSET),
			       ward_event_str(e, WARD_FIELD_WARD_DOOR))
			       ? WARD_DOOR_IN_LOST
			       : WARD_DOOR_IN_N;
	while (in < WARD_DOOR_IN_N && d->class_of[in] != e->class)
		in++;
	if ((in == WARD_DOOR_IN_TAMPERED || in == WARD_DOOR_IN_FAILED) && is_over(e))
		return WARD_DOOR_IN_RESTORED;
	if (in == WARD_DOOR_IN_GRANT && goes(e, "out"))
		return WARD_DOOR_IN_EXIT;
	if (in == WARD_DOOR_IN_PASSED && (!goes(e, "in") || !number(e, WARD_FIELD_PERSONS)))
		return WARD_DOOR_IN_N;
	return (enum ward_door_input)in;
}

bool ward_doors_knows(const struct ward_doors *d, uint32_t class)
{
	for (size_t i = 0; i < WARD_DOOR_IN_N; i++)
		if (d->class_of[i] == class && class != WARD_NONE)
			return true;
	return class == d->silent || class == d->offline;
}

/* Numbers name doors too: `"door": 12`. buf: for those. */
static struct ward_str text_of(const struct ward_event *e, uint32_t field, struct ward_wr *buf)
{
	const struct ward_value *v = ward_event_get(e, field);

	if (v && v->kind == WARD_VALUE_INT) {
		ward_wr_i64(buf, v->i);
		return ward_wr_text(buf);
	}
	return v ? ward_event_str(e, field) : WARD_STR("");
}

/* How it is called in this event; without room for that, as it was called before. */
static enum ward_err call(struct ward_doors *d, struct ward_str said, struct ward_door_held *h)
{
	enum ward_err err = ward_intern_put(&d->text, said, &h->name);

	if (err != WARD_ERR_LIMIT)
		return err;
	h->name = d->door[h->door].said_as;
	h->field = d->door[h->door].said_field;
	if (h->name == WARD_NONE) {
		d->stats.n_unplaced++;
		h->door = WARD_NONE;
	}
	return WARD_OK;
}

/* Which door, and how it is called. */
static enum ward_err name_door(
	struct ward_doors *d, const struct ward_event *e, struct ward_door_held *h)
{
	static const uint32_t field[] = {WARD_FIELD_DOOR, WARD_FIELD_READER, WARD_FIELD_SENSOR};
	struct ward_str key = ward_event_str(e, WARD_FIELD_WARD_DOOR), said = WARD_STR("");
	uint8_t number[24];
	struct ward_wr w = ward_wr_fixed(number, sizeof(number));

	h->door = WARD_NONE;
	for (size_t i = 0; i < WARD_ARRAY_LEN(field) && !said.len; i++) {
		said = text_of(e, field[i], &w);
		h->field = field[i];
	}
	if (!key.len)
		key = h->field == WARD_FIELD_SENSOR ? WARD_STR("") : said;
	if (!key.len || !said.len || key.len > WARD_DOOR_NAME_MAX || said.len > WARD_DOOR_NAME_MAX)
		return WARD_OK;
	enum ward_err err = ward_door_at(d, key, &h->door);

	return err || h->door == WARD_NONE ? err : call(d, said, h);
}

/* Whose badge it was, and where, if that can be judged by. */
static void name_badge(
	const struct ward_doors *d, const struct ward_event *e, struct ward_door_held *h)
{
	const struct ward_value *untrusted = ward_event_get(e, WARD_FIELD_WARD_TIME_UNTRUSTED);
	struct ward_str badge = ward_event_str(e, WARD_FIELD_BADGE),
			door = ward_event_str(e, WARD_FIELD_WARD_DOOR);
	bool judged = d->model && door.len && e->class == d->class_of[WARD_DOOR_IN_GRANT] &&
		      !(untrusted && untrusted->kind == WARD_VALUE_BOOL && untrusted->b);

	h->node = judged ? ward_model_find(d->model, door) : WARD_NONE;
	if (h->node != WARD_NONE && badge.len && badge.len <= sizeof(h->badge.text))
		memcpy(h->badge.text, badge.p, badge.len);
}

/* A reason that came too late, of an opening that had none: so it will be with others. Who invents
 * one can't do so before the opening, which was told of. */
static void excuse(struct ward_doors *d, uint32_t door, ward_ns time)
{
	struct ward_door *x = &d->door[door];
	ward_ns from;

	if (x->breach == INT64_MIN || !ward_sub(time, d->rules->skew, &from) || x->breach < from ||
		x->breach > ward_door_later(time, x->class->enter))
		return;
	d->stats.n_tardy += x->late < x->breach;
	x->late = ward_door_later(d->clock, tardy);
	x->tells &= (uint8_t)~WARD_DOOR_TELLS_EXITS;
}

static enum ward_err hold(struct ward_doors *d, const struct ward_event *e, ward_ns time)
{
	enum ward_door_input in = meaning(d, e);
	struct ward_door_held h = {.key = time,
		.time = time,
		.id = e->id,
		.persons = number(e, WARD_FIELD_PERSONS),
		.wide = number(e, d->suspected_field),
		.input = (uint8_t)in};

	if (in == WARD_DOOR_IN_N)
		return WARD_OK;
	enum ward_err err = name_door(d, e, &h);

	if (err || h.door == WARD_NONE)
		return err;
	name_badge(d, e, &h);
	bool reason = in == WARD_DOOR_IN_GRANT || in == WARD_DOOR_IN_EXIT;

	if (reason && !ward_sub(time, d->rules->skew, &h.key))
		h.key = time;
	if (time <= d->released) {
		d->stats.n_late++;
		if (reason)
			excuse(d, h.door, time);
		return WARD_OK;
	}
	h.key = h.key <= d->released ? time : h.key;
	d->stats.n_taken++;
	return ward_door_hold(d, &h);
}

enum ward_err ward_doors_event(struct ward_doors *d, const struct ward_event *e, ward_ns time,
	ward_ns clock, ward_doors_sink sink, void *ctx)
{
	enum ward_err err = ward_doors_tick(d, clock, sink, ctx);

	return err || !ward_doors_knows(d, e->class) ? err : hold(d, e, time);
}
