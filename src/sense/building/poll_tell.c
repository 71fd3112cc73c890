#include "sense/building/poll_tell.h"

#include "event/classes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ARENA_BYTES = 1 << 20, NUMBER_LEN = 64, REFUSED_EVERY_S = 60 };

void ward_poll_tell_init(struct ward_poll_tell *t, const struct ward_mem *mem,
	struct ward_names *names, struct ward_counters *counters, struct ward_str source,
	uint64_t epoch)
{
	*t = (struct ward_poll_tell){.names = names,
		.counters = counters,
		.source = source,
		.source_name = ward_name(names, source),
		.quality = ward_name(names, WARD_STR("quality")),
		.unit = ward_name(names, WARD_STR("modbus.unit")),
		.origin = ward_event_origin(source, epoch)};
	ward_arena_init(&t->arena, mem, ARENA_BYTES);
}

void ward_poll_tell_fini(struct ward_poll_tell *t)
{
	ward_arena_fini(&t->arena);
}

enum ward_err ward_poll_tell_begin(struct ward_poll_tell *t, const char *class,
	const struct ward_poll_device *d, ward_ns wall, struct ward_event *ret)
{
	enum ward_err err = WARD_OK;

	ward_arena_reset(&t->arena);
	ward_event_init(ret, &t->arena);
	ret->id = ward_event_id_at(&t->origin, t->seq++, 0);
	ret->time = ret->seen = wall;
	ret->source = t->source_name;
	ret->class = ward_name(t->names, ward_str_z(class));
	if (d->ip.len)
		err = ward_event_set(ret, WARD_FIELD_SRC_IP, ward_value_str(d->ip));
	if (!err && d->has_instance)
		err = ward_event_set(
			ret, WARD_FIELD_BACNET_DEVICE, ward_value_int((int64_t)d->instance));
	if (!err && d->has_unit)
		err = ward_event_set(ret, t->unit, ward_value_int(d->unit));
	return err;
}

enum ward_err ward_poll_tell_put(struct ward_poll_tell *t, const struct ward_event *e)
{
	ward_count_name(t->counters, "poll.events", 1);
	return t->sink.put(t->sink.ctx, e);
}

static bool as_double(struct ward_value v, double *ret)
{
	char text[NUMBER_LEN], *end;

	if (v.kind == WARD_VALUE_INT) {
		*ret = (double)v.i;
		return true;
	}
	if (v.kind != WARD_VALUE_NUM || !v.s.len || v.s.len >= sizeof(text))
		return false;
	memcpy(text, v.s.p, v.s.len);
	text[v.s.len] = 0;
	*ret = strtod(text, &end);
	return *end == 0;
}

struct ward_value ward_poll_tell_scaled(
	const struct ward_poll_point *p, struct ward_value v, char buf[32])
{
	bool same = p->scale > 1 || p->scale < 1 || p->offset > 0 || p->offset < 0 ? false : true;
	double d;

	if (same || !as_double(v, &d))
		return v;
	d = d * p->scale + p->offset;
	if (!isfinite(d))
		return (struct ward_value){.kind = WARD_VALUE_NULL};
	/* ten digits: more than any transducer has, fewer than where a double's noise begins */
	int n = snprintf(buf, 32, "%.10g", d);
	int64_t whole;
	struct ward_value scaled = {.s = {buf, (size_t)n}};

	scaled.kind = ward_number_kind(scaled.s, &whole);
	if (scaled.kind == WARD_VALUE_INT)
		scaled.i = whole;
	return scaled;
}

static const char *const quality_word[] = {"good", "uncertain", "bad"};

enum ward_err ward_poll_tell_reading(struct ward_poll_tell *t, const struct ward_poll_device *d,
	const struct ward_poll_reading *r, ward_ns wall)
{
	struct ward_event e;
	char buf[32];
	enum ward_err err =
		ward_poll_tell_begin(t, ward_class_info(WARD_CLASS_FIELD_POINT)->name, d, wall, &e);
	struct ward_value v = ward_poll_tell_scaled(r->point, r->value, buf);

	if (!err)
		err = ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(r->point->id));
	if (!err && v.kind != WARD_VALUE_NULL)
		err = ward_event_set(&e, WARD_FIELD_VALUE, v);
	if (!err && r->point->unit.len)
		err = ward_event_set(&e, WARD_FIELD_UNIT, ward_value_str(r->point->unit));
	if (!err)
		err = ward_event_set(
			&e, t->quality, ward_value_str(ward_str_z(quality_word[r->quality])));
	if (!err && r->reason)
		err = ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(ward_str_z(r->reason)));
	ward_count_name(t->counters, "poll.readings", 1);
	return err ? err : ward_poll_tell_put(t, &e);
}

enum ward_err ward_poll_tell_online(
	struct ward_poll_tell *t, const struct ward_poll_device *d, ward_ns wall)
{
	struct ward_event e;
	enum ward_err err = ward_poll_tell_begin(
		t, ward_class_info(WARD_CLASS_FIELD_ONLINE)->name, d, wall, &e);

	return err ? err : ward_poll_tell_put(t, &e);
}

enum ward_err ward_poll_tell_offline(
	struct ward_poll_tell *t, const struct ward_poll_device *d, ward_ns length, ward_ns wall)
{
	struct ward_event e;
	enum ward_err err = ward_poll_tell_begin(
		t, ward_class_info(WARD_CLASS_FIELD_OFFLINE)->name, d, wall, &e);

	if (!err)
		err = ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(WARD_STR("unanswered")));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_DURATION_NS, ward_value_int(length));
	return err ? err : ward_poll_tell_put(t, &e);
}

enum ward_err ward_poll_tell_refused(struct ward_poll_tell *t, const struct ward_poll_device *d,
	const char *reason, struct ward_poll_refused *r, ward_ns wall)
{
	struct ward_event e;
	enum ward_err err;

	ward_count_name(t->counters, reason, 1);
	r->n++;
	if (r->told && wall >= r->at && wall - r->at < REFUSED_EVERY_S * WARD_NS_PER_S)
		return WARD_OK;
	err = ward_poll_tell_begin(t, ward_class_info(WARD_CLASS_FIELD_REFUSED)->name, d, wall, &e);
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_REASON, ward_value_str(ward_str_z(reason)));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_LOST, ward_value_int((int64_t)r->n));
	if (err)
		return err;
	*r = (struct ward_poll_refused){.at = wall, .told = true};
	return ward_poll_tell_put(t, &e);
}
