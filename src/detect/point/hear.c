/* Which point an event is of, and what it means there. */
#include "detect/point/priv.h"

#include <math.h>
#include <stdlib.h>

/* What is greater is no measured value. */
static const double value_max = WARD_POINT_VALUE_MAX;

enum { CLASSES_MAX = 1 << 20, NUMBER_BYTES_MAX = 64 };

static bool is_below(struct ward_str s, const char *top)
{
	return ward_str_starts(s, ward_str_z(top));
}

static enum ward_watch_class class_of(struct ward_str s)
{
	if (ward_str_eqz(s, "field.point") || ward_str_eqz(s, "power.state") || is_below(s, "env."))
		return WARD_WATCH_CLASS_VALUE;
	if (ward_str_eqz(s, "field.silent") || ward_str_eqz(s, "field.offline"))
		return WARD_WATCH_CLASS_GONE;
	if (ward_str_eqz(s, "host.login") || ward_str_eqz(s, "net.login"))
		return WARD_WATCH_CLASS_LOGIN;
	if (is_below(s, "net.") && ward_str_find(s, WARD_STR("write")) != SIZE_MAX)
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
		return class_of(ward_name_text(w->names, class));
	if (w->class_is[class] == WARD_WATCH_CLASS_UNKNOWN)
		w->class_is[class] = (uint8_t)class_of(ward_name_text(w->names, class));
	return (enum ward_watch_class)w->class_is[class];
}

/* By its id, else by its source and KIND/SENSOR, as its topic has it. */
static uint32_t point_of(const struct ward_watch *w, const struct ward_event *e)
{
	struct ward_str point = ward_event_str(e, WARD_FIELD_POINT),
			sensor = ward_event_str(e, WARD_FIELD_SENSOR);
	uint32_t at = point.len ? ward_points_find(w->points, point) : WARD_NONE;
	char buf[WARD_POINT_TEXT_MAX];
	struct ward_wr wr = ward_wr_fixed(buf, sizeof(buf));

	if (at != WARD_NONE || !point.len || !sensor.len)
		return at;
	ward_wr_str(&wr, point);
	ward_wr_ch(&wr, '/');
	ward_wr_str(&wr, sensor);
	if (ward_wr_bad(&wr))
		return WARD_NONE;
	at = ward_points_at_address(
		w->points, ward_name_text(w->names, e->source), ward_wr_text(&wr));
	/* Recordings call their source by its kind. */
	return at != WARD_NONE ? at
			       : ward_points_at_address(w->points, WARD_STR(""), ward_wr_text(&wr));
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

static bool hear_value(
	struct ward_watch *w, const struct ward_event *e, struct ward_watch_held *ret)
{
	struct ward_str quality = ward_event_str(e, w->field_quality), state;

	ret->at = point_of(w, e);
	if (ret->at == WARD_NONE)
		return false;
	if (!number(ward_event_get(e, WARD_FIELD_VALUE), &ret->value) ||
		(quality.len && !ward_str_eqz(quality, "good"))) {
		w->stats.n_unread++;
		return false;
	}
	const struct ward_bms_point *p = ward_points_at(w->points, ret->at);

	state = ward_event_str(e, WARD_FIELD_STATE);
	ret->high = state.len && ward_str_eq(state, p->high_state);
	ret->low = state.len && ward_str_eq(state, p->low_state);
	ret->what = WARD_WATCH_VALUE;
	return true;
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

bool ward_watch_hear(struct ward_watch *w, const struct ward_event *e, struct ward_watch_held *ret)
{
	*ret = (struct ward_watch_held){.id = e->id};
	switch (known(w, e->class)) {
	case WARD_WATCH_CLASS_VALUE:
		return e->source != w->source && hear_value(w, e, ret);
	case WARD_WATCH_CLASS_GONE:
		ret->at = point_of(w, e);
		ret->what = WARD_WATCH_GONE;
		return ret->at != WARD_NONE;
	case WARD_WATCH_CLASS_WRITE:
		return hear_act(w, ward_event_str(e, WARD_FIELD_WARD_PEER_ASSET), ret);
	case WARD_WATCH_CLASS_LOGIN:
		return ward_str_eqz(ward_event_str(e, WARD_FIELD_LOGIN_OUTCOME), "ok") &&
		       hear_act(w, ward_event_str(e, WARD_FIELD_WARD_ASSET), ret);
	case WARD_WATCH_CLASS_UNKNOWN:
	case WARD_WATCH_CLASS_OTHER:
	default:
		return false;
	}
}
