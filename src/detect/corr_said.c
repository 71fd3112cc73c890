/* Correlations: is there nothing new to say of an entry that came? Mostly so, and found out without
 * looking through its group. */
#include "detect/corr.h"
#include "detect/tail.h"

static bool is_inside(const struct ward_corr *c, ward_ns start, ward_ns time)
{
	int64_t d;

	return start <= time && ward_sub(time, start, &d) && d <= c->timespan;
}

/* The newest window that was said and stands; NULL: none. */
static struct ward_shown *newest(const struct ward_group_state *g)
{
	struct ward_shown *s = NULL;

	for (size_t i = 0; i < g->n_shown; i++)
		if (!g->shown[i].withdrawn && (!s || g->shown[i].start > s->start))
			s = &g->shown[i];
	return s;
}

/* The one that stands and reaches the time; NULL: none. */
static struct ward_shown *around(
	const struct ward_corr *c, const struct ward_group_state *g, ward_ns time)
{
	for (size_t i = 0; i < g->n_shown; i++)
		if (!g->shown[i].withdrawn && is_inside(c, g->shown[i].start, time))
			return &g->shown[i];
	return NULL;
}

/* One more in a window: by less than what makes a revision? */
static bool is_few(struct ward_shown *s)
{
	return ++s->now < 2 * s->n;
}

/* Is too little near the time for a window, whatever came last? */
static bool is_lonely(const struct ward_corr *c, const struct ward_group_state *g, ward_ns time)
{
	ward_ns from, to;

	if (c->type == WARD_CORR_SUM)
		return !g->negative && !ward_metric_sum(c, g->most);
	if (c->type == WARD_CORR_VALUE && g->values.n_slot && g->values.n < c->min)
		return true;
	if (g->bundled || !ward_sub(time, c->timespan, &from) ||
		!ward_add(time, c->timespan, &to) || to == WARD_NS_NEVER)
		return false;
	return ward_corr_first_from(g, to + 1) - ward_corr_first_from(g, from) < c->min;
}

/* Even intervals: does the entry neither break a window's row nor make another? O(c->min^2), mostly
 * O(c->min). */
static bool is_even_said(
	const struct ward_corr *c, const struct ward_group_state *g, const struct ward_entry *e)
{
	size_t at = ward_corr_first_from(g, e->time), min = (size_t)c->min;
	ward_ns mean;
	uint64_t uneven;

	while (at < g->n && !ward_id_eq(g->entry[at].id, e->id))
		at++;
	for (size_t i = at >= min ? at - min + 1 : 0; i <= at && i < g->n; i++) {
		const struct ward_shown *s = around(c, g, g->entry[i].time);
		bool begins = s && ward_id_eq(s->first, g->entry[i].id);

		/* One that begins here is broken or goes on; one that could begin is new. */
		if (begins && i < at)
			return false;
		if (!begins && (!s || s->start >= g->entry[i].time) && min <= g->n - i &&
			g->entry[i + min - 1].time - g->entry[i].time <= c->timespan &&
			ward_window_beat(c, &g->entry[i], &mean, &uneven))
			return false;
	}
	struct ward_shown *s = around(c, g, e->time);

	return !s || (s->start < e->time && is_few(s));
}

/* An entry came behind which there are others: is nothing new to be said? It is so when too few are
 * near it, or when it only adds to a window that stands, and nothing before that window can begin
 * one with it. O(log entries). What those above were told depends on what met the condition. */
static bool is_late_said(
	const struct ward_corr *c, const struct ward_group_state *g, const struct ward_entry *e)
{
	struct ward_shown *s;
	ward_ns from;

	if (is_lonely(c, g, e->time))
		return true;
	if (g->negative || g->bundled || !ward_sub(e->time, c->timespan, &from))
		return false;
	if (c->jitter)
		return is_even_said(c, g, e);
	s = around(c, g, e->time);
	if (!s || s->start == e->time || (s->told && e->time <= s->told_time))
		return false;
	size_t first = ward_corr_first_from(g, s->start);

	if (first > 0 && g->entry[first - 1].time >= from &&
		!around(c, g, g->entry[first - 1].time))
		return false;
	return is_few(s);
}

bool ward_corr_is_said(
	const struct ward_corr *c, struct ward_group_state *g, const struct ward_entry *e)
{
	const struct ward_entry *last = &g->entry[g->n - 1];
	struct ward_shown *s = newest(g);

	if (c->within) /* what came may also end a window, or take one back */
		return false;
	if (!ward_id_eq(last->id, e->id) || last->value != e->value || last->rule != e->rule)
		return is_late_said(c, g, e);
	if (!s || (s->start <= e->time && !is_inside(c, s->start, e->time)))
		return !ward_tail_may(c, g, e);
	if (g->negative || !is_inside(c, s->start, e->time))
		return false; /* a sum may fall, and rise again before this window */
	return s->start < e->time && is_few(s);
}
