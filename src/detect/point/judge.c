/* One value against what is expected of it. */
#include "detect/point/priv.h"

#include <math.h>

/* What an expectation makes of a value: nothing, that it is, or is not as expected. */
enum verdict { KEEP, IN, OUT };

static enum verdict off(struct ward_expect *x, double by)
{
	x->by = by > x->by ? by : x->by;
	return OUT;
}

/* Between in and out nothing happens to what was told; what was not is as expected. */
static enum verdict between(const struct ward_expect *x)
{
	return x->state == WARD_EXPECT_DOUBT ? IN : KEEP;
}

static enum verdict judge_range(const struct ward_bms_point *p, struct ward_expect *x, double value)
{
	if (x->kind == WARD_WATCH_HIGH)
		return value > p->high                ? off(x, value - p->high)
		       : value <= p->high - p->margin ? IN
						      : between(x);
	return value < p->low                ? off(x, p->low - value)
	       : value >= p->low + p->margin ? IN
					     : between(x);
}

/* ---- rate ---- */

static int64_t part_of(ward_ns time, ward_ns per)
{
	ward_ns length = per / WARD_WATCH_PARTS > 0 ? per / WARD_WATCH_PARTS : 1;

	return time / length - (time % length < 0);
}

static void put_part(struct ward_gauge *g, int64_t part, double value)
{
	struct ward_span *s = &g->part[(uint64_t)part % WARD_WATCH_PARTS];

	if (s->part != part)
		*s = (struct ward_span){part, value, value};
	s->low = value < s->low ? value : s->low;
	s->high = value > s->high ? value : s->high;
}

static enum verdict judge_rate(const struct ward_bms_point *p, struct ward_gauge *g,
	struct ward_expect *x, double value, ward_ns time)
{
	int64_t now = part_of(time, p->rate.per);
	double most = 0;

	for (size_t i = 0; i < WARD_WATCH_PARTS; i++) {
		const struct ward_span *s = &g->part[i];

		if (s->part == INT64_MIN || s->part > now || s->part <= now - WARD_WATCH_PARTS)
			continue;
		most = value - s->low > most ? value - s->low : most;
		most = s->high - value > most ? s->high - value : most;
	}
	put_part(g, now, value);
	return most > p->rate.by ? off(x, most) : IN;
}

/* ---- stuck ---- */

static enum verdict judge_stuck(
	const struct ward_bms_point *p, struct ward_gauge *g, double value, ward_ns time)
{
	/* Of a sensor that was not heard for half of the time nothing is known. */
	bool gap = !g->heard || ward_watch_later(g->time, p->stuck / 2) < time;

	g->low = value < g->low ? value : g->low;
	g->high = value > g->high ? value : g->high;
	if (!gap && g->high - g->low <= p->noise)
		return ward_watch_later(g->still, p->stuck) <= time ? OUT : KEEP;
	g->low = g->high = value;
	g->still = time;
	return gap ? KEEP : IN;
}

/* ---- drift ---- */

static double clamp(double v, double most)
{
	return v > most ? most : v > 0 ? v : 0;
}

/* CUSUM (Page 1954) of the deviation over time: what lies within half of `by` counts back, and a
 * mean that is off by `by` for `per` is told. */
static enum verdict judge_drift(const struct ward_watch *w, const struct ward_bms_point *p,
	struct ward_gauge *g, struct ward_expect *x, ward_ns time)
{
	double mean = ward_watch_usual(w, x->point), half = p->drift.by / 2;
	double per = (double)p->drift.per / (double)WARD_NS_PER_S, most = half * per;
	double s = g->heard ? ward_watch_seconds(g->time, time) : 0;

	if (isnan(mean))
		return KEEP;
	/* A pause counts as an eighth of the time at most. */
	s = s > per / 8 ? per / 8 : s;
	/* The value that was there until now. */
	g->up = clamp(g->up + (g->value - mean - half) * s, 2 * most);
	g->down = clamp(g->down + (mean - g->value - half) * s, 2 * most);
	if (g->up > most || g->down > most)
		return off(x, fabs(g->value - mean));
	return g->up <= 0 && g->down <= 0 ? IN : KEEP;
}

/* ---- of two points ---- */

/* Are both known, of about the same time? */
static bool are_fresh(const struct ward_gauge *a, const struct ward_gauge *b, ward_ns longest)
{
	return a->heard && b->heard && ward_watch_later(a->time, longest) >= b->time &&
	       ward_watch_later(b->time, longest) >= a->time;
}

static enum verdict judge_two(
	const struct ward_watch *w, const struct ward_bms_point *p, struct ward_expect *x)
{
	const struct ward_gauge *g = &w->gauge[x->point], *other;

	if (x->kind == WARD_WATCH_PEER) {
		other = &w->gauge[p->peer];
		if (!are_fresh(g, other, ward_point_fresh(p)))
			return KEEP;
		double apart = fabs(g->value - other->value);

		return apart > p->tolerance              ? off(x, apart)
		       : apart <= p->tolerance * 4.0 / 5 ? IN
							 : between(x);
	}
	const struct ward_point_relation *r = &p->relation[x->relation];

	other = &w->gauge[r->when];
	/* Who tells only changes stands by what was said until lost. */
	if (!g->heard || !other->heard)
		return KEEP;
	if (!ward_point_holds(r->when_op, other->value, r->when_than) ||
		ward_point_holds(r->op, g->value, r->than))
		return IN;
	return off(x, fabs(g->value - r->than));
}

/* ---- a value ---- */

static enum ward_err step(struct ward_watch *w, uint32_t expect, enum verdict v, ward_ns time)
{
	return v == KEEP ? WARD_OK
			 : ward_watch_step(w, expect,
				   v == IN ? WARD_EXPECT_IN_IN : WARD_EXPECT_IN_OUT, time);
}

/* What does not look at other points; before the new value takes the old one's place where the
 * time between the two counts. */
static enum verdict judge_one(
	struct ward_watch *w, struct ward_expect *x, const struct ward_watch_held *h)
{
	const struct ward_bms_point *p = ward_points_at(w->points, x->point);
	struct ward_gauge *g = &w->gauge[x->point];

	switch ((enum ward_watch_kind)x->kind) {
	case WARD_WATCH_LOW:
	case WARD_WATCH_HIGH:
		return judge_range(p, x, h->value);
	case WARD_WATCH_RATE:
		return judge_rate(p, g, x, h->value, h->time);
	case WARD_WATCH_STUCK:
		return judge_stuck(p, g, h->value, h->time);
	case WARD_WATCH_DRIFT:
		return judge_drift(w, p, g, x, h->time);
	case WARD_WATCH_PEER:
	case WARD_WATCH_RELATION:
	case WARD_WATCH_KIND_N:
	default:
		return KEEP;
	}
}

static bool is_explained(const struct ward_watch *w, uint32_t point, ward_ns since)
{
	const struct ward_bms_point *p = ward_points_at(w->points, point);
	ward_ns from;

	if (!ward_sub(since, p->actor, &from))
		from = INT64_MIN + 1;
	for (uint32_t i = w->actor_at[point]; i < w->actor_at[point + 1]; i++)
		if (w->acted[w->actor_of[i]] >= from)
			return true;
	return false;
}

/* Its sensor says so itself: then nothing is to be said; until it says something else, and it is
 * still so. What it said counts as long as it goes on measuring, and is out of the range or repeats
 * it. */
static enum ward_err judge_told(
	struct ward_watch *w, uint32_t expect, enum verdict v, const struct ward_watch_held *h)
{
	struct ward_expect *x = &w->expect[expect];
	bool was = x->told, says = x->kind == WARD_WATCH_HIGH ? h->high : h->low;

	if (x->kind > WARD_WATCH_HIGH)
		return WARD_OK;
	if (h->state || (v == IN && !says))
		x->says = h->state && says;
	if (v != OUT)
		return WARD_OK;
	/* What was said of it here is ended here. */
	x->told = x->says && (was || x->state != WARD_EXPECT_BAD);
	return was && !x->told && x->state == WARD_EXPECT_BAD
		       ? ward_watch_say(w, expect, false, h->time)
		       : WARD_OK;
}

/* A change that nobody made; told once in `actor`. */
static enum ward_err judge_change(struct ward_watch *w, const struct ward_watch_held *h)
{
	const struct ward_bms_point *p = ward_points_at(w->points, h->at);
	struct ward_gauge *g = &w->gauge[h->at];

	if (!p->actor || !w->model || !g->known || fabs(h->value - g->value) <= p->noise ||
		is_explained(w, h->at, g->time) ||
		(g->unexplained != INT64_MIN &&
			ward_watch_later(g->unexplained, p->actor) > h->time))
		return WARD_OK;
	g->unexplained = h->time;
	return ward_watch_say_unexplained(w, h);
}

/* The mean of a week of values in their range. */
static void learn_usual(struct ward_watch *w, const struct ward_watch_held *h)
{
	struct ward_gauge *g = &w->gauge[h->at];
	double s = g->heard ? ward_watch_seconds(g->time, h->time) : 0;

	for (uint32_t i = 0; i < g->n_expect; i++) {
		const struct ward_expect *x = &w->expect[g->expect + i];

		if (x->kind <= WARD_WATCH_HIGH && x->state != WARD_EXPECT_FINE)
			return;
	}
	if (g->seconds >= WARD_WATCH_LEARN_S)
		return;
	s = s > 3600 ? 3600 : s;
	g->sum += g->value * s;
	g->seconds += s;
}

enum ward_err ward_watch_value(struct ward_watch *w, const struct ward_watch_held *h)
{
	struct ward_gauge *g = &w->gauge[h->at];
	enum verdict verdict[WARD_WATCH_KIND_N + WARD_POINT_RELATIONS_MAX];
	enum ward_err err = judge_change(w, h);

	if (!err && g->forced != h->forced)
		err = ward_watch_say_forced(w, h);
	if (err)
		return err;
	learn_usual(w, h);
	for (uint32_t i = 0; i < g->n_expect; i++)
		verdict[i] = judge_one(w, &w->expect[g->expect + i], h);
	g->value = h->value;
	g->time = h->time;
	g->id = h->id;
	g->heard = g->known = true;
	g->device = h->device;
	g->n_late = 0;
	if (g->unread != WARD_WATCH_READ)
		err = ward_watch_say_unread(w, h->at, WARD_WATCH_READ, WARD_STR(""), h->time);
	for (uint32_t i = 0; i < g->n_expect && !err; i++) {
		struct ward_expect *x = &w->expect[g->expect + i];

		if (x->kind >= WARD_WATCH_PEER)
			verdict[i] = judge_two(w, ward_points_at(w->points, x->point), x);
		err = judge_told(w, g->expect + i, verdict[i], h);
		if (!err)
			err = step(w, g->expect + i, verdict[i], h->time);
	}
	for (uint32_t i = 0; i < g->n_user && !err; i++) {
		uint32_t expect = w->user[g->user + i];
		struct ward_expect *x = &w->expect[expect];

		err = step(
			w, expect, judge_two(w, ward_points_at(w->points, x->point), x), h->time);
	}
	return err;
}
