/* Events into the order of time, and through the table of each expectation. */
#include "detect/point/priv.h"

#include <math.h>

enum { ARENA_MAX = 1 << 20 };

static const char *const class_name[WARD_WATCH_KIND_N] = {
	[WARD_WATCH_RATE] = "point.rate",
	[WARD_WATCH_STUCK] = "point.stuck",
	[WARD_WATCH_DRIFT] = "point.drift",
	[WARD_WATCH_PEER] = "point.peer",
	[WARD_WATCH_RELATION] = "point.relation",
};

enum ward_err ward_watch_new(const struct ward_points *points, const struct ward_model *model,
	struct ward_names *names, const struct ward_limits *lim, const struct ward_mem *mem,
	struct ward_watch **ret)
{
	struct ward_watch *w = ward_mem_alloc(mem, sizeof(*w));

	if (!w)
		return WARD_ERR_NOMEM;
	*w = (struct ward_watch){.points = points,
		.model = model,
		.names = names,
		.lim = lim,
		.mem = mem,
		.clock = INT64_MIN,
		.released = INT64_MIN,
		.source = ward_name(names, WARD_STR("points")),
		.unexplained = ward_name(names, WARD_STR("point.unexplained")),
		.forced = ward_name(names, WARD_STR("point.forced")),
		.unread = ward_name(names, WARD_STR("point.unread")),
		.field_since = ward_name(names, WARD_STR("since")),
		.field_explanation = ward_name(names, WARD_STR("explanation")),
		.field_slots = ward_name(names, WARD_STR("explanation.slots")),
		.field_evidence = ward_name(names, WARD_STR("evidence")),
		.field_kind = ward_name(names, WARD_STR("point.kind")),
		.field_usual = ward_name(names, WARD_STR("usual")),
		.field_limit = ward_name(names, WARD_STR("limit")),
		.field_by = ward_name(names, WARD_STR("off_by")),
		.field_peer = ward_name(names, WARD_STR("peer")),
		.field_other = ward_name(names, WARD_STR("peer_value")),
		.field_sign = ward_name(names, WARD_STR("sign")),
		.field_place = ward_name(names, WARD_STR("point.place")),
		.field_quality = ward_name(names, WARD_STR("quality")),
		.field_modbus_unit = ward_name(names, WARD_STR("modbus.unit")),
		.field_logon_type = ward_name(names, WARD_STR("LogonType"))};
	for (size_t i = 0; i < WARD_WATCH_KIND_N; i++)
		w->kind_class[i] =
			class_name[i] ? ward_name(names, ward_str_z(class_name[i])) : WARD_NONE;
	ward_arena_init(&w->arena, mem, ARENA_MAX);
	enum ward_err err = ward_watch_build(w);

	if (err) {
		ward_watch_free(w);
		return err;
	}
	*ret = w;
	return WARD_OK;
}

void ward_watch_free(struct ward_watch *w)
{
	if (!w)
		return;
	ward_arena_fini(&w->arena);
	ward_mem_free(w->mem, w->class_is, w->n_class);
	ward_mem_free(w->mem, w->gauge, w->n * sizeof(*w->gauge));
	ward_mem_free(w->mem, w->expect, w->n_expect * sizeof(*w->expect));
	ward_mem_free(w->mem, w->dues, w->n_expect * sizeof(*w->dues));
	ward_mem_free(w->mem, w->user, w->n_user * sizeof(*w->user));
	ward_mem_free(w->mem, w->acted, w->n_actor * sizeof(*w->acted));
	ward_mem_free(w->mem, w->actor, w->cap_actor * sizeof(*w->actor));
	ward_mem_free(w->mem, w->actor_of, w->cap_actor_of * sizeof(*w->actor_of));
	ward_mem_free(w->mem, w->actor_at, (w->n + 1) * sizeof(*w->actor_at));
	ward_mem_free(w->mem, w->held, w->cap_held * sizeof(*w->held));
	ward_mem_free(w->mem, w, sizeof(*w));
}

ward_ns ward_watch_later(ward_ns t, ward_ns by)
{
	ward_ns sum;

	return ward_add(t, by, &sum) ? sum : WARD_NS_NEVER;
}

double ward_watch_seconds(ward_ns a, ward_ns b)
{
	ward_ns d;

	return ward_sub(b, a, &d) && d > 0 ? (double)d / (double)WARD_NS_PER_S : 0;
}

double ward_watch_usual(const struct ward_watch *w, uint32_t point)
{
	const struct ward_bms_point *p = ward_points_at(w->points, point);
	const struct ward_gauge *g = &w->gauge[point];

	if (!isnan(p->mean))
		return p->mean;
	return g->seconds >= WARD_WATCH_LEARN_S ? g->sum / g->seconds : NAN;
}

/* ---- one step ---- */

/* So long it has to be so before it is told, and before it is over. */
static ward_ns wait(const struct ward_watch *w, const struct ward_expect *x, bool over)
{
	const struct ward_bms_point *p = ward_points_at(w->points, x->point);

	switch ((enum ward_watch_kind)x->kind) {
	case WARD_WATCH_LOW:
	case WARD_WATCH_HIGH:
	case WARD_WATCH_PEER:
		return p->confirm;
	case WARD_WATCH_RATE:
		return over ? p->rate.per : 0;
	case WARD_WATCH_RELATION:
		return over ? p->confirm : p->relation[x->relation].within;
	case WARD_WATCH_STUCK:
	case WARD_WATCH_DRIFT:
	case WARD_WATCH_KIND_N:
	default:
		return 0;
	}
}

static enum ward_err await(struct ward_watch *w, uint32_t expect, ward_ns time, bool over)
{
	ward_ns length = wait(w, &w->expect[expect], over);

	if (!length)
		return ward_watch_step(w, expect, WARD_EXPECT_IN_TIME, time);
	ward_watch_set_due(w, expect, ward_watch_later(time, length));
	return WARD_OK;
}

static enum ward_err act(
	struct ward_watch *w, uint32_t expect, enum ward_expect_act what, ward_ns time)
{
	struct ward_expect *x = &w->expect[expect];

	switch (what) {
	case WARD_EXPECT_DO_BEGIN:
		x->since = time;
		x->first = w->gauge[x->point].id;
		return await(w, expect, time, false);
	case WARD_EXPECT_DO_WAIT:
		return await(w, expect, time, true);
	case WARD_EXPECT_DO_STOP:
		ward_watch_set_due(w, expect, WARD_NS_NEVER);
		return WARD_OK;
	case WARD_EXPECT_DO_TELL:
		ward_watch_set_due(w, expect, WARD_NS_NEVER);
		return x->told ? WARD_OK : ward_watch_say(w, expect, false, time);
	case WARD_EXPECT_DO_END:
		ward_watch_set_due(w, expect, WARD_NS_NEVER);
		return x->told ? WARD_OK : ward_watch_say(w, expect, true, time);
	case WARD_EXPECT_DO_NOTHING:
	case WARD_EXPECT_DO_N:
	default:
		return WARD_OK;
	}
}

enum ward_err ward_watch_step(
	struct ward_watch *w, uint32_t expect, enum ward_expect_input in, ward_ns time)
{
	struct ward_expect *x = &w->expect[expect];
	struct ward_expect_row row = ward_expect_step((enum ward_expect_state)x->state, in);

	x->state = (uint8_t)row.next;
	enum ward_err err = act(w, expect, row.act, time);

	if (x->state == WARD_EXPECT_FINE) {
		x->told = false;
		x->by = 0;
	}
	return err;
}

/* ---- in the order of time ---- */

static enum ward_err time_over(struct ward_watch *w)
{
	uint32_t expect = w->dues[0];
	ward_ns due = w->expect[expect].due;

	ward_watch_set_due(w, expect, WARD_NS_NEVER);
	return ward_watch_step(w, expect, WARD_EXPECT_IN_TIME, due);
}

static enum ward_err gone(struct ward_watch *w, uint32_t point, ward_ns time)
{
	struct ward_gauge *g = &w->gauge[point];
	enum ward_err err = WARD_OK;

	g->heard = false;
	for (uint32_t i = 0; i < g->n_expect && !err; i++) {
		w->expect[g->expect + i].says = false;
		err = ward_watch_step(w, g->expect + i, WARD_EXPECT_IN_LOST, time);
	}
	for (uint32_t i = 0; i < g->n_user && !err; i++)
		err = ward_watch_step(w, w->user[g->user + i], WARD_EXPECT_IN_LOST, time);
	return err;
}

/* With a controller all points that it gave are lost. */
static enum ward_err device_gone(struct ward_watch *w, const struct ward_watch_held *h)
{
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < w->n && !err; i++)
		if (w->gauge[i].heard && w->gauge[i].device == h->device)
			err = gone(w, i, h->time);
	return err;
}

static enum ward_err take_one(struct ward_watch *w, const struct ward_watch_held *h)
{
	switch ((enum ward_watch_what)h->what) {
	case WARD_WATCH_VALUE:
		return ward_watch_value(w, h);
	case WARD_WATCH_GONE:
		return gone(w, h->at, h->time);
	case WARD_WATCH_DEVICE_GONE:
		return device_gone(w, h);
	case WARD_WATCH_ACT:
	default:
		w->acted[h->at] = h->time > w->acted[h->at] ? h->time : w->acted[h->at];
		return WARD_OK;
	}
}

static enum ward_err take(struct ward_watch *w, ward_ns until)
{
	size_t max = ward_limit(w->lim, WARD_LIMIT_POINT_HELD);
	enum ward_err err = WARD_OK;

	while (!err) {
		ward_ns due = w->n_due ? w->expect[w->dues[0]].due : WARD_NS_NEVER;
		bool event = w->n_held && (w->held[0].time <= until || w->n_held > max);

		/* What comes when the time is over still comes in time. */
		if (due != WARD_NS_NEVER && (due <= until || event) &&
			!(event && w->held[0].time <= due)) {
			err = time_over(w);
		} else if (event) {
			struct ward_watch_held h = ward_watch_pop(w);

			w->stats.n_hurried += h.time > until;
			w->released = h.time > w->released ? h.time : w->released;
			if (!ward_id_eq(h.id, w->last))
				err = take_one(w, &h);
			w->last = h.id;
		} else {
			break;
		}
	}
	w->released = until > w->released ? until : w->released;
	return err;
}

enum ward_err ward_watch_tick(struct ward_watch *w, ward_ns now, ward_watch_sink sink, void *ctx)
{
	ward_ns until = w->clock;

	w->sink = sink;
	w->ctx = ctx;
	if (now == WARD_NS_NEVER) {
		for (size_t i = 0; i < w->n_held; i++)
			until = w->held[i].time > until ? w->held[i].time : until;
		return take(w, until);
	}
	w->clock = now > w->clock ? now : w->clock;
	return ward_sub(w->clock, ward_points_hold(w->points), &until) ? take(w, until) : WARD_OK;
}

/* ---- when an event is taken ---- */

static bool is_of_point(const struct ward_watch_held *h)
{
	return h->what == WARD_WATCH_VALUE || h->what == WARD_WATCH_GONE;
}

/* Its own time, but never in the future. Of a sensor whose clock is behind by more than `hold` the
 * next value that is newer than all before is put where values are taken next. False: it is late.
 */
static bool place(struct ward_watch *w, struct ward_watch_held *h, ward_ns time)
{
	struct ward_gauge *g = is_of_point(h) ? &w->gauge[h->at] : NULL;
	ward_ns own = time > w->clock ? w->clock : time;
	bool newer = g && own > g->own;

	h->time = own;
	if (own <= w->released) {
		if (!newer)
			return false;
		h->time = ward_watch_later(g->placed > w->released ? g->placed : w->released, 1);
		g->placed = h->time;
	}
	if (newer)
		g->own = own;
	return true;
}

/* A clock that stands still makes every value late. */
static enum ward_err late(struct ward_watch *w, const struct ward_watch_held *h)
{
	struct ward_gauge *g = is_of_point(h) ? &w->gauge[h->at] : NULL;

	w->stats.n_late++;
	if (h->what == WARD_WATCH_ACT && h->time > w->acted[h->at])
		w->acted[h->at] = h->time;
	/* What is older was told twice, or was long on the way. */
	if (!g || h->time != g->own || ++g->n_late != WARD_WATCH_LATE_N)
		return WARD_OK;
	return ward_watch_say_unread(w, h->at, WARD_WATCH_LATE, WARD_STR(""), w->clock);
}

enum ward_err ward_watch_event(struct ward_watch *w, const struct ward_event *e, ward_ns time,
	ward_ns clock, ward_watch_sink sink, void *ctx)
{
	struct ward_watch_held h;
	enum ward_err err = ward_watch_tick(w, clock, sink, ctx);
	bool heard = false;

	if (!err)
		err = ward_watch_hear(w, e, time, &h, &heard);
	if (err || !heard)
		return err;
	if (is_of_point(&h) && w->gauge[h.at].n_held >= ward_watch_share(w)) {
		w->stats.n_flooded++;
		return WARD_OK;
	}
	if (!place(w, &h, time))
		return late(w, &h);
	w->stats.n_taken++;
	return ward_watch_hold(w, &h);
}

struct ward_watch_stats ward_watch_stats(const struct ward_watch *w)
{
	return w->stats;
}
