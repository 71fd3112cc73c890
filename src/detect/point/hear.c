/* Which point an event is of, and what it means there. */
#include "detect/point/priv.h"

#include "base/hash.h"

#include <math.h>
#include <stdlib.h>

/* What is greater is no measured value. */
static const double value_max = WARD_POINT_VALUE_MAX;

enum { CLASSES_MAX = 1 << 20, NUMBER_BYTES_MAX = 64 };

static bool is_below(struct ward_str s, const char *top)
{
	return ward_str_starts(s, ward_str_z(top));
}

static enum ward_watch_class class_of(const struct ward_watch *w, struct ward_str s)
{
	if (ward_str_eqz(s, "field.point") || ward_str_eqz(s, "power.state") || is_below(s, "env."))
		return WARD_WATCH_CLASS_VALUE;
	if (ward_str_eqz(s, "field.silent") || ward_str_eqz(s, "field.offline"))
		return WARD_WATCH_CLASS_GONE;
	if (ward_str_eqz(s, "host.login") || ward_str_eqz(s, "net.login"))
		return WARD_WATCH_CLASS_LOGIN;
	if (ward_points_is_command(w->points, s))
		return WARD_WATCH_CLASS_WRITE;
	return WARD_WATCH_CLASS_OTHER;
}

/* Found out once for each class; beyond the table (or without memory) each time. */
static enum ward_watch_class known(struct ward_watch *w, uint32_t class)
{
	if (class >= w->n_class && class < CLASSES_MAX) {
		size_t n = class + 64;
		uint8_t *more = ward_mem_resize(w->mem, w->class_is, w->n_class, n);

		if (more) {
			memset(more + w->n_class, WARD_WATCH_CLASS_UNKNOWN, n - w->n_class);
			w->class_is = more;
			w->n_class = n;
		}
	}
	if (class >= w->n_class)
		return class_of(w, ward_name_text(w->names, class));
	if (w->class_is[class] == WARD_WATCH_CLASS_UNKNOWN)
		w->class_is[class] = (uint8_t)class_of(w, ward_name_text(w->names, class));
	return (enum ward_watch_class)w->class_is[class];
}

/* By its id, else by its source and KIND/SENSOR, as its topic has it. */
static uint32_t point_of(const struct ward_watch *w, const struct ward_event *e)
{
	struct ward_str point = ward_event_str(e, WARD_FIELD_POINT),
			sensor = ward_event_str(e, WARD_FIELD_SENSOR);
	struct ward_str source = ward_name_text(w->names, e->source);
	uint32_t at = point.len ? ward_points_by_id(w->points, source, point) : WARD_NONE;
	char buf[WARD_POINT_TEXT_MAX];
	struct ward_wr wr = ward_wr_fixed(buf, sizeof(buf));

	if (at != WARD_NONE || !point.len || !sensor.len)
		return at;
	ward_wr_str(&wr, point);
	ward_wr_ch(&wr, '/');
	ward_wr_str(&wr, sensor);
	if (ward_wr_bad(&wr))
		return WARD_NONE;
	return ward_points_by_address(w->points, source, ward_wr_text(&wr));
}

static bool number(const struct ward_value *v, double *ret)
{
	char text[NUMBER_BYTES_MAX + 1];

	if (!v || (v->kind != WARD_VALUE_INT && v->kind != WARD_VALUE_NUM))
		return false;
	if (v->kind == WARD_VALUE_INT) {
		*ret = (double)v->i;
		return fabs(*ret) <= value_max;
	}
	if (v->s.len > NUMBER_BYTES_MAX)
		return false;
	memcpy(text, v->s.p, v->s.len);
	text[v->s.len] = '\0';
	*ret = strtod(text, NULL);
	return isfinite(*ret) && fabs(*ret) <= value_max;
}

/* The controller that an event is of; 0: it has none. */
static uint64_t device_of(const struct ward_watch *w, const struct ward_event *e)
{
	const uint32_t field[] = {
		WARD_FIELD_SRC_IP, WARD_FIELD_BACNET_DEVICE, w->field_modbus_unit};
	char buf[3 * WARD_POINT_TEXT_MAX];
	struct ward_wr wr = ward_wr_fixed(buf, sizeof(buf));

	if (!ward_event_str(e, WARD_FIELD_SRC_IP).len)
		return 0;
	ward_wr_lv(&wr, ward_str_bytes(ward_name_text(w->names, e->source)));
	for (size_t i = 0; i < WARD_ARRAY_LEN(field); i++) {
		const struct ward_value *v = ward_event_get(e, field[i]);

		if (v && v->kind == WARD_VALUE_INT)
			ward_wr_printf(&wr, "%lld", (long long)v->i);
		else
			ward_wr_str(&wr, ward_event_str(e, field[i]));
		ward_wr_ch(&wr, '|');
	}
	if (ward_wr_bad(&wr))
		return 0;
	uint64_t hash = ward_siphash((struct ward_seed){0}, wr.p, wr.len);

	return hash ? hash : 1;
}

/* The states that its sensor gives itself are those of the class that the point's range has; what
 * it only measures repeats the last one. */
static void hear_state(
	const struct ward_watch *w, const struct ward_event *e, struct ward_watch_held *ret)
{
	const struct ward_bms_point *p = ward_points_at(w->points, ret->at);
	struct ward_str state = ward_event_str(e, WARD_FIELD_STATE),
			class = ward_name_text(w->names, e->class);

	if (!state.len)
		return;
	bool high = ward_str_eq(class, p->high_class), low = ward_str_eq(class, p->low_class);

	ret->state = high || low;
	ret->high = (high || !low) && ward_str_eq(state, p->high_state);
	ret->low = (low || !high) && ward_str_eq(state, p->low_state);
}

static enum ward_err hear_value(struct ward_watch *w, const struct ward_event *e, ward_ns time,
	struct ward_watch_held *ret, bool *ret_heard)
{
	struct ward_str quality = ward_event_str(e, w->field_quality),
			unit = ward_event_str(e, WARD_FIELD_UNIT),
			why = ward_event_str(e, WARD_FIELD_REASON);
	bool doubt = ward_str_eqz(quality, "uncertain");

	ret->at = point_of(w, e);
	if (ret->at == WARD_NONE)
		return WARD_OK;
	const struct ward_bms_point *p = ward_points_at(w->points, ret->at);

	ret->device = device_of(w, e);
	/* What its controller knows to be wrong says as much as silence. */
	if (quality.len && !doubt && !ward_str_eqz(quality, "good")) {
		w->stats.n_unread++;
		ret->what = WARD_WATCH_GONE;
		*ret_heard = true;
		return WARD_OK;
	}
	if (!number(ward_event_get(e, WARD_FIELD_VALUE), &ret->value)) {
		w->stats.n_unread++;
		return WARD_OK;
	}
	if (unit.len && p->unit.len && !ward_str_eq(unit, p->unit)) {
		w->stats.n_unread++;
		return ward_watch_say_unread(w, ret->at, WARD_WATCH_UNIT, unit, time);
	}
	hear_state(w, e, ret);
	ret->forced = ward_str_eqz(why, "overridden") || ward_str_eqz(why, "out-of-service");
	ret->what = WARD_WATCH_VALUE;
	*ret_heard = true;
	return WARD_OK;
}

/* Of a point, or of a controller. */
static bool hear_gone(
	const struct ward_watch *w, const struct ward_event *e, struct ward_watch_held *ret)
{
	ret->at = point_of(w, e);
	ret->what = WARD_WATCH_GONE;
	if (ret->at != WARD_NONE || ward_event_str(e, WARD_FIELD_POINT).len)
		return ret->at != WARD_NONE;
	ret->at = 0;
	ret->device = device_of(w, e);
	ret->what = WARD_WATCH_DEVICE_GONE;
	return ret->device != 0;
}

static int node_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static bool hear_act(const struct ward_watch *w, struct ward_str thing, struct ward_watch_held *ret)
{
	uint32_t node = thing.len && w->n_actor ? ward_model_find(w->model, thing) : WARD_NONE;
	const uint32_t *at = node == WARD_NONE
				     ? NULL
				     : bsearch(&node, w->actor, w->n_actor, sizeof(node), node_cmp);

	if (!at)
		return false;
	ret->at = (uint32_t)(at - w->actor);
	ret->what = WARD_WATCH_ACT;
	return true;
}

/* Somebody who sits there: what a program logs in for each minute explains nothing. */
static bool is_session(const struct ward_watch *w, const struct ward_event *e)
{
	struct ward_str service = ward_event_str(e, WARD_FIELD_SERVICE);
	const struct ward_value *type = ward_event_get(e, w->field_logon_type);
	/* Windows: at the console, unlocked, from afar, with what was remembered. */
	bool sits = !type || type->kind != WARD_VALUE_INT || type->i == 2 || type->i == 7 ||
		    type->i == 10 || type->i == 11;

	return ward_str_eqz(ward_event_str(e, WARD_FIELD_LOGIN_OUTCOME), "ok") && sits &&
	       (!service.len || ward_points_is_session(w->points, service));
}

enum ward_err ward_watch_hear(struct ward_watch *w, const struct ward_event *e, ward_ns time,
	struct ward_watch_held *ret, bool *ret_heard)
{
	*ret = (struct ward_watch_held){.id = e->id};
	*ret_heard = false;
	switch (known(w, e->class)) {
	case WARD_WATCH_CLASS_VALUE:
		return e->source == w->source ? WARD_OK : hear_value(w, e, time, ret, ret_heard);
	case WARD_WATCH_CLASS_GONE:
		*ret_heard = hear_gone(w, e, ret);
		return WARD_OK;
	case WARD_WATCH_CLASS_WRITE:
		*ret_heard = hear_act(w, ward_event_str(e, WARD_FIELD_WARD_PEER_ASSET), ret);
		return WARD_OK;
	case WARD_WATCH_CLASS_LOGIN:
		*ret_heard = is_session(w, e) &&
			     hear_act(w, ward_event_str(e, WARD_FIELD_WARD_ASSET), ret);
		return WARD_OK;
	case WARD_WATCH_CLASS_UNKNOWN:
	case WARD_WATCH_CLASS_OTHER:
	default:
		return WARD_OK;
	}
}
