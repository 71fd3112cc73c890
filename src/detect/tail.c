#include "detect/tail.h"

#include "detect/memo.h"

static bool within(const struct ward_corr *c, ward_ns from, ward_ns to)
{
	int64_t d;

	return from != INT64_MIN && ward_sub(to, from, &d) && d <= c->timespan;
}

/* The first entry within the timespan that ends at `time`. */
static size_t first_within(
	const struct ward_corr *c, const struct ward_group_state *g, ward_ns time)
{
	size_t lo = 0, hi = g->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (within(c, g->entry[mid].time, time))
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static bool has_marks(const struct ward_corr *c)
{
	return c->type == WARD_CORR_TEMPORAL || c->type == WARD_CORR_ORDERED;
}

static size_t mark_bytes(const struct ward_corr *c)
{
	return ward_corr_n_wanted(c) * sizeof(ward_ns);
}

/* temporal: the time of each member's last entry. In order: the latest beginning of entries of the
 * members 0 to k in order. Entries come by time. */
static void mark(const struct ward_corr *c, struct ward_tail *t, const struct ward_entry *e)
{
	if (e->rule >= ward_corr_n_wanted(c))
		return;
	ward_ns at = c->type == WARD_CORR_TEMPORAL || e->rule == 0 ? e->time : t->mark[e->rule - 1];

	if (at > t->mark[e->rule])
		t->mark[e->rule] = at;
}

static void mark_all(const struct ward_corr *c, struct ward_group_state *g)
{
	g->tail.rough = false;
	for (size_t i = 0; i < ward_corr_n_wanted(c); i++)
		g->tail.mark[i] = INT64_MIN;
	for (size_t i = 0; i < g->n; i++)
		mark(c, &g->tail, &g->entry[i]);
}

static bool has_sum(const struct ward_corr *c, const struct ward_group_state *g)
{
	return c->type == WARD_CORR_SUM || c->type == WARD_CORR_VALUE ||
	       (c->type == WARD_CORR_COUNT && g->bundled);
}

/* What an entry adds; of a value the last entry counts. */
static long double number(const struct ward_corr *c, const struct ward_entry *e)
{
	if (e->rule >= ward_corr_n_wanted(c))
		return 0;
	return c->type == WARD_CORR_VALUE ? e->after == WARD_NS_NEVER
	       : c->type == WARD_CORR_COUNT
		       ? (long double)ward_entry_n(e)
		       : (e->bundle ? e->bundle->sum : (long double)(int64_t)e->value);
}

/* Sums up what is within the timespan of the entry at the end. Thousandths are exact. */
static void sum_up(const struct ward_corr *c, struct ward_group_state *g)
{
	struct ward_tail *t = &g->tail;
	ward_ns time = g->entry[g->n - 1].time;

	for (; t->from < g->n - 1 && !within(c, ward_entry_until(&g->entry[t->from]), time);
		t->from++)
		t->sum -= number(c, &g->entry[t->from]);
}

static size_t n_recent(const struct ward_corr *c, const struct ward_group_state *g, ward_ns time)
{
	size_t n = 0;

	for (size_t i = 0; i < ward_corr_n_wanted(c); i++)
		n += within(c, g->tail.mark[i], time);
	return n;
}

static bool even(const struct ward_corr *c, const struct ward_group_state *g)
{
	ward_ns mean;
	uint64_t jitter;

	return g->n >= c->min && ward_window_beat(c, &g->entry[g->n - c->min], &mean, &jitter);
}

/* A late one counts as if it came now, and all that may stand behind it. */
static void mark_late(const struct ward_corr *c, struct ward_tail *t, const struct ward_entry *e)
{
	mark(c, t, e);
	for (size_t k = e->rule + 1; c->type == WARD_CORR_ORDERED && k < ward_corr_n_wanted(c); k++)
		if (t->mark[k - 1] > t->mark[k])
			t->mark[k] = t->mark[k - 1];
	t->rough |= c->type == WARD_CORR_ORDERED;
}

static bool is_in_order(
	const struct ward_corr *c, struct ward_group_state *g, const struct ward_entry *e)
{
	bool may = e->rule + 1 == c->min && within(c, g->tail.mark[e->rule], e->time);

	if (!may || !g->tail.rough)
		return may;
	mark_all(c, g);
	return within(c, g->tail.mark[e->rule], e->time);
}

bool ward_tail_may(
	const struct ward_corr *c, struct ward_group_state *g, const struct ward_entry *e)
{
	const struct ward_entry *last = &g->entry[g->n - 1];
	int64_t start;

	if (!ward_id_eq(last->id, e->id) || last->value != e->value || last->rule != e->rule ||
		!ward_sub(e->time, c->timespan, &start))
		return true;
	switch (c->type) {
	case WARD_CORR_COUNT:
		if (g->bundled)
			return g->tail.sum >= (long double)c->min;
		return c->jitter ? even(c, g) : g->n - first_within(c, g, e->time) >= c->min;
	case WARD_CORR_VALUE:
		return g->tail.sum >= (long double)c->min;
	case WARD_CORR_TEMPORAL:
		return !g->tail.mark || n_recent(c, g, e->time) >= c->min;
	case WARD_CORR_ORDERED:
		return !g->tail.mark || is_in_order(c, g, e);
	case WARD_CORR_SUM:
		return g->negative || ward_metric_sum(c, g->tail.sum);
	case WARD_CORR_AVG:
	case WARD_CORR_PERCENTILE:
		break; /* judged at the end */
	}
	return true;
}

enum ward_err ward_tail_room(struct ward_detector *det, struct ward_group_state *g)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	enum ward_err err = WARD_OK;

	if (has_marks(c) && !g->tail.mark && g->n + 1 >= c->min) {
		g->tail.mark = ward_mem_alloc(det->mem, mark_bytes(c));
		if (!g->tail.mark)
			return WARD_ERR_NOMEM;
		mark_all(c, g);
	}
	if (c->type == WARD_CORR_VALUE && g->n >= WARD_VALUES_FROM)
		err = g->values.n_slot ? ward_values_room(&g->values, det->mem)
				       : ward_values_init(&g->values, det->mem, det->scan.memo.seed,
						 g->entry, g->n);
	return err;
}

void ward_tail_add(struct ward_detector *det, struct ward_group_state *g, size_t at, size_t before)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;
	const struct ward_entry *e = &g->entry[at];

	if (g->values.n_slot)
		ward_values_add(&g->values, e);
	if (g->tail.mark && at == g->n - 1)
		mark(c, &g->tail, e);
	else if (g->tail.mark)
		mark_late(c, &g->tail, e);
	if (!has_sum(c, g))
		return;
	/* One that comes late stands among those that were summed up, or before them. */
	if (at >= g->tail.from) {
		g->tail.sum += number(c, e);
		if (before != SIZE_MAX && before >= g->tail.from && e->after == WARD_NS_NEVER)
			g->tail.sum -= 1; /* it was the last of its value */
	} else {
		g->tail.from++;
	}
	sum_up(c, g);
}

void ward_tail_drop(struct ward_detector *det, struct ward_group_state *g, size_t n)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;

	for (size_t i = 0; i < n && g->values.n_slot; i++)
		ward_values_drop(&g->values, &g->entry[i]);
	for (size_t i = g->tail.from; i < n && has_sum(c, g); i++)
		g->tail.sum -= number(c, &g->entry[i]);
	g->tail.from = g->tail.from > n ? g->tail.from - n : 0;
}

void ward_tail_forget(struct ward_detector *det, struct ward_group_state *g)
{
	const struct ward_corr *c = det->rs->rule[g->rule]->corr;

	ward_values_fini(&g->values, det->mem);
	if (g->tail.mark)
		ward_mem_free(det->mem, g->tail.mark, mark_bytes(c));
	g->tail = (struct ward_tail){.mark = NULL};
	for (size_t i = 0; i < g->n && has_sum(c, g); i++)
		g->tail.sum += number(c, &g->entry[i]);
	if (g->n > 0 && has_sum(c, g))
		sum_up(c, g);
}
