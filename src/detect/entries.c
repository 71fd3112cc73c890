/* Correlations: the entries of a group. */
#include "detect/corr.h"
#include "detect/tail.h"

enum { NEAR = 64 };

void ward_entry_fini(struct ward_detector *det, struct ward_entry *e)
{
	ward_mem_free(det->mem, e->text, (size_t)e->subject_len + e->actor_len + e->carry_len);
	ward_mem_free(det->mem, e->why, e->why_len);
	ward_mem_free(det->mem, e->ids, e->n_id * sizeof(*e->ids));
	ward_mem_free(det->mem, e->bundle, e->bundle ? sizeof(*e->bundle) : 0);
}

void ward_entry_leave(struct ward_detector *det, struct ward_group_state *g, struct ward_entry *e)
{
	if (e->n_id)
		ward_origin_drop(det, g, e->id);
	ward_entry_fini(det, e);
}

size_t ward_corr_room(const struct ward_detector *det, const struct ward_corr *c)
{
	size_t max = ward_limit(det->lim, WARD_LIMIT_DETECT_WINDOW);

	/* As many values as the condition asks for, with what a full group keeps of each. */
	return c->type == WARD_CORR_VALUE && c->min > max / 4 && c->min <= max ? (size_t)c->min * 4
									       : max;
}

/* value_sum: what the group's positive numbers make, at the least as much as any window's. */
static void count_most(
	struct ward_group_state *g, const struct ward_corr *c, const struct ward_entry *e, int sign)
{
	long double v = e->bundle ? e->bundle->sum : (long double)(int64_t)e->value;

	if (c->type != WARD_CORR_SUM)
		return;
	g->negative |= (int64_t)e->value < 0 || v < 0;
	g->most += v > 0 ? sign * v : 0;
}

void ward_corr_drop(struct ward_detector *det, struct ward_group_state *g, size_t n)
{
	ward_tail_drop(det, g, n);
	for (size_t i = 0; i < n; i++) {
		count_most(g, det->rs->rule[g->rule]->corr, &g->entry[i], -1);
		ward_entry_leave(det, g, &g->entry[i]);
	}
	if (g->n > n)
		memmove(g->entry, g->entry + n, (g->n - n) * sizeof(*g->entry));
	g->n -= n;
}

static bool counts_events(const struct ward_corr *c)
{
	return c->type == WARD_CORR_COUNT || c->type >= WARD_CORR_SUM;
}

size_t ward_corr_first_from(const struct ward_group_state *g, ward_ns time)
{
	size_t lo = 0, hi = g->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (g->entry[mid].time < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Behind all that are not after it. Mostly near the end: what comes late is late by little. */
static size_t place_of(const struct ward_group_state *g, const struct ward_entry *e)
{
	size_t lo = g->n, hi = g->n;

	/* It stands behind lo and not behind hi. */
	for (size_t step = 1; lo > 0 && ward_entry_cmp(e, &g->entry[lo - 1]) < 0; step *= 2) {
		hi = lo - 1;
		lo = hi > step ? hi - step : 0;
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ward_entry_cmp(e, &g->entry[mid]) < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static bool is_one(
	const struct ward_corr *c, const struct ward_entry *a, const struct ward_entry *b)
{
	return ward_id_eq(a->id, b->id) && a->value == b->value &&
	       (counts_events(c) || a->rule == b->rule);
}

/* The same event again, beside its place: delivered twice, or by another member where only events
 * count. */
static bool is_known(const struct ward_corr *c, const struct ward_group_state *g,
	const struct ward_entry *e, size_t at)
{
	for (size_t i = at; i-- > 0 && g->entry[i].time == e->time;)
		if (is_one(c, &g->entry[i], e))
			return true;
	for (size_t i = at; i < g->n && g->entry[i].time == e->time; i++)
		if (is_one(c, &g->entry[i], e))
			return true;
	return false;
}

/* An entry goes: windows with it say so in the end. */
static void outdate(struct ward_group_state *g, const struct ward_corr *c, ward_ns time)
{
	int64_t d;

	for (size_t i = 0; i < g->n_shown; i++) {
		struct ward_shown *s = &g->shown[i];

		if (s->start <= time && ward_sub(time, s->start, &d) && d <= c->timespan)
			s->stale = true;
	}
}

/* The last entry before `end` of this time and value; SIZE_MAX: it is gone. */
static size_t find_value(const struct ward_group_state *g, size_t end, ward_ns time, uint64_t value)
{
	size_t found = SIZE_MAX;

	for (size_t i = ward_corr_first_from(g, time); i < end && g->entry[i].time == time; i++)
		if (g->entry[i].value == value)
			found = i;
	return found;
}

/* The last entry of a value but for the new one, which is of no table yet. */
static size_t last_of(const struct ward_group_state *g, size_t at, const struct ward_value_last *v)
{
	size_t p = find_value(g, g->n, v->time, v->value);

	return p == at ? find_value(g, at, v->time, v->value) : p;
}

/* The first entry behind `at` of this time and value; SIZE_MAX: there is none. */
static size_t next_of(const struct ward_group_state *g, size_t at, ward_ns time, uint64_t value)
{
	size_t i = ward_corr_first_from(g, time);

	for (i = i > at ? i : at + 1; i < g->n && g->entry[i].time == time; i++)
		if (g->entry[i].value == value)
			return i;
	return SIZE_MAX;
}

/* The entries of its value on both sides of the one at `at`; SIZE_MAX: there is none. What is near
 * is looked through; else one goes from the value's last entry back, so that other values don't
 * count. */
struct sides {
	size_t before, after;
};

static struct sides sides_of(const struct ward_group_state *g, size_t at)
{
	struct sides s = {SIZE_MAX, SIZE_MAX};
	uint64_t value = g->entry[at].value;
	const struct ward_value_last *last =
		g->values.n_slot ? ward_values_find(&g->values, value) : NULL;
	size_t i = at, k = at + 1;

	if (g->values.n_slot && !last)
		return s;
	while (i > 0 && (!last || (at - i < NEAR && at < g->n - 1)) &&
		g->entry[i - 1].value != value)
		i--;
	while (k < g->n && (!last || k - at < NEAR) && g->entry[k].value != value)
		k++;
	if (i > 0 && g->entry[i - 1].value == value)
		s.before = i - 1;
	if (k < g->n && g->entry[k].value == value)
		s.after = k;
	if (!last || (s.before != SIZE_MAX && (s.after != SIZE_MAX || k == g->n)))
		return s;
	if (s.before != SIZE_MAX) {
		s.after = next_of(g, at, g->entry[s.before].after, value);
		return s;
	}
	for (size_t p = last_of(g, at, last); p != SIZE_MAX && p != at;) {
		if (p < at) {
			s.before = p;
			break;
		}
		s.after = p;
		p = g->entry[p].before == INT64_MIN ? SIZE_MAX
						    : find_value(g, p, g->entry[p].before, value);
		if (p == at) /* of one time: it stands before it already */
			p = at > 0 ? find_value(g, at, g->entry[at].time, value) : SIZE_MAX;
	}
	return s;
}

/* Ties the entry to those of the same value on both sides; gives the one before. */
static size_t tie(struct ward_group_state *g, size_t at)
{
	struct ward_entry *e = &g->entry[at];
	struct sides s = sides_of(g, at);

	e->before = s.before != SIZE_MAX ? g->entry[s.before].time : INT64_MIN;
	e->after = s.after != SIZE_MAX ? g->entry[s.after].time : WARD_NS_NEVER;
	if (s.before != SIZE_MAX)
		g->entry[s.before].after = e->time;
	if (s.after != SIZE_MAX)
		g->entry[s.after].before = e->time;
	return s.before;
}

/* Text and ids of its own: the caller's are in memory that goes. */
static enum ward_err copy_out(struct ward_detector *det, struct ward_entry *e)
{
	size_t len = (size_t)e->subject_len + e->actor_len + e->carry_len;
	char *text = len ? ward_mem_alloc(det->mem, len) : NULL;
	char *why = e->why_len ? ward_mem_alloc(det->mem, e->why_len) : NULL;
	struct ward_id *ids = e->n_id ? ward_mem_alloc(det->mem, e->n_id * sizeof(*ids)) : NULL;
	struct ward_bundle *bundle = e->bundle ? ward_mem_alloc(det->mem, sizeof(*bundle)) : NULL;

	if ((len && !text) || (e->why_len && !why) || (e->n_id && !ids) || (e->bundle && !bundle)) {
		ward_mem_free(det->mem, text, len);
		ward_mem_free(det->mem, why, why ? e->why_len : 0);
		ward_mem_free(det->mem, ids, e->n_id * sizeof(*ids));
		ward_mem_free(det->mem, bundle, bundle ? sizeof(*bundle) : 0);
		return WARD_ERR_NOMEM;
	}
	if (bundle)
		*bundle = *e->bundle;
	e->bundle = bundle;
	if (len)
		memcpy(text, e->text, len);
	if (ids)
		memcpy(ids, e->ids, e->n_id * sizeof(*ids));
	if (why)
		memcpy(why, e->why, e->why_len);
	e->text = text;
	e->why = why;
	e->ids = ids;
	return WARD_OK;
}

static void put_at(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_entry *e, size_t at)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	size_t before = SIZE_MAX;

	memmove(&g->entry[at + 1], &g->entry[at], (g->n - at) * sizeof(*e));
	g->entry[at] = *e;
	g->n++;
	count_most(g, c, e, 1);
	if (c->type == WARD_CORR_VALUE)
		before = tie(g, at);
	ward_tail_add(det, g, at, before);
	if (e->bundle && !g->bundled) {
		g->bundled = true;
		ward_tail_forget(det, g);
	}
}

enum ward_err ward_corr_put(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_entry *e, bool *ret)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	struct ward_entry copy = *e;
	size_t at = place_of(g, e);

	*ret = false;
	if (is_known(c, g, e, at))
		return WARD_OK;
	enum ward_err err = ward_mem_more(
		det->mem, &g->entry, g->n, &g->cap, sizeof(copy), ward_corr_room(det, c));

	if (!err)
		err = ward_tail_room(det, g);
	if (!err)
		err = copy_out(det, &copy);
	if (!err && copy.n_id) {
		err = ward_origin_add(det, g, copy.id);
		if (err)
			ward_entry_fini(det, &copy);
	}
	if (err)
		return err;
	put_at(det, g, &copy, at);
	if (at == 0)
		ward_due_set(det, g, ward_due_time(c, g));
	*ret = true;
	return WARD_OK;
}

/* Ties the two neighbours of the same value to each other. */
static void untie(struct ward_group_state *g, size_t at)
{
	const struct ward_entry *e = &g->entry[at];
	size_t before = e->before == INT64_MIN ? SIZE_MAX : find_value(g, at, e->before, e->value);
	size_t after = e->after == WARD_NS_NEVER ? SIZE_MAX : next_of(g, at, e->after, e->value);

	if (before != SIZE_MAX)
		g->entry[before].after = e->after;
	if (after != SIZE_MAX)
		g->entry[after].before = e->before;
}

bool ward_corr_take(
	struct ward_detector *det, struct ward_group_state *g, struct ward_id id, ward_ns time)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	size_t at = ward_corr_first_from(g, time);
	bool found = false;

	/* With several values it is there several times. */
	while (at < g->n && g->entry[at].time == time) {
		if (!ward_id_eq(g->entry[at].id, id)) {
			at++;
			continue;
		}
		if (c->type == WARD_CORR_VALUE)
			untie(g, at);
		outdate(g, c, time);
		count_most(g, c, &g->entry[at], -1);
		ward_entry_leave(det, g, &g->entry[at]);
		memmove(&g->entry[at], &g->entry[at + 1], (g->n - at - 1) * sizeof(*g->entry));
		g->n--;
		found = true;
	}
	if (!found)
		return false;
	ward_tail_forget(det, g);
	if (g->n == 0)
		ward_due_set(det, g, ward_due_time(c, g));
	return true;
}
