#include "detect/window.h"

int ward_entry_cmp(const struct ward_entry *a, const struct ward_entry *b)
{
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return ward_id_cmp(a->id, b->id);
}

static bool within(const struct ward_corr *c, ward_ns from, ward_ns to)
{
	int64_t d;

	return ward_sub(to, from, &d) && d <= c->timespan;
}

struct ward_window ward_window_at(
	const struct ward_corr *c, const struct ward_entry *entry, size_t n, size_t i)
{
	size_t to = i;

	while (to < n && within(c, entry[i].time, entry[to].time))
		to++;
	return (struct ward_window){i, to};
}

bool ward_window_begins(const struct ward_corr *c, const struct ward_entry *e)
{
	return e->rule < ward_corr_n_wanted(c) && !e->guest;
}

/* What is inside of a window that moves. */
struct inside {
	uint32_t have[64]; /* of each member */
	size_t n, distinct;
	long double sum;
};

static void enter(const struct ward_corr *c, struct inside *in, const struct ward_entry *e)
{
	if (e->rule >= ward_corr_n_wanted(c))
		return;
	in->n++;
	in->distinct += in->have[e->rule]++ == 0;
	in->sum += (long double)(int64_t)e->value;
}

static void leave(const struct ward_corr *c, struct inside *in, const struct ward_entry *e)
{
	if (e->rule >= ward_corr_n_wanted(c))
		return;
	in->n--;
	in->distinct -= --in->have[e->rule] == 0;
	in->sum -= (long double)(int64_t)e->value;
}

static bool met(const struct ward_corr *c, const struct inside *in)
{
	return c->type == WARD_CORR_SUM     ? ward_metric_sum(c, in->sum)
	       : c->type == WARD_CORR_COUNT ? in->n >= c->min
					    : in->distinct >= c->min;
}

/* Two indices that only move forward. */
static size_t first_count(
	const struct ward_corr *c, const struct ward_entry *entry, size_t n, size_t from)
{
	struct inside in = {.n = 0};
	size_t to = from;

	for (size_t i = from; i < n; i++) {
		while (to < n && within(c, entry[i].time, entry[to].time))
			enter(c, &in, &entry[to++]);
		if (ward_window_begins(c, &entry[i]) && met(c, &in))
			return i;
		leave(c, &in, &entry[i]);
	}
	return n;
}

/* Of a value its first entry inside counts. Two of one value never have one time (ward_corr_put).
 */
static size_t first_value(
	const struct ward_corr *c, const struct ward_entry *entry, size_t n, size_t from)
{
	size_t distinct = 0, to = from;

	for (size_t i = from; i < n; i++) {
		for (; to < n && within(c, entry[i].time, entry[to].time); to++)
			distinct += entry[to].before < entry[i].time;
		if (distinct >= c->min)
			return i;
		distinct -= !within(c, entry[i].time, entry[i].after);
	}
	return n;
}

bool ward_window_beat(const struct ward_corr *c, const struct ward_entry *e, ward_ns *ret_mean,
	uint64_t *ret_jitter)
{
	size_t last = (size_t)c->min - 1;
	ward_ns mean, worst = 0;
	int64_t whole;

	if (!ward_sub(e[last].time, e[0].time, &whole) || whole / (int64_t)last < WARD_NS_PER_S)
		return false;
	mean = whole / (int64_t)last;
	for (size_t i = 0; i < last; i++) {
		ward_ns off = e[i + 1].time - e[i].time - mean; /* neither is more than whole */

		off = off < 0 ? -off : off;
		if (off / (mean / 1000) > (ward_ns)c->jitter)
			return false;
		worst = off > worst ? off : worst;
	}
	*ret_mean = mean;
	*ret_jitter = (uint64_t)(worst / (mean / 1000));
	return true;
}

static size_t first_even(
	const struct ward_corr *c, const struct ward_entry *entry, size_t n, size_t from)
{
	ward_ns mean;
	uint64_t jitter;

	for (size_t i = from; i < n && c->min <= n - i; i++)
		if (within(c, entry[i].time, entry[i + (size_t)c->min - 1].time) &&
			ward_window_beat(c, &entry[i], &mean, &jitter))
			return i;
	return n;
}

size_t ward_window_size(
	const struct ward_corr *c, const struct ward_entry *entry, struct ward_window w)
{
	size_t n = 0;

	struct inside in = {.n = 0};

	for (size_t i = w.from; i < w.to && c->type != WARD_CORR_VALUE; i++)
		enter(c, &in, &entry[i]);
	if (c->type != WARD_CORR_VALUE)
		return c->type == WARD_CORR_TEMPORAL ? in.distinct : in.n;
	for (size_t i = w.from; i < w.to; i++)
		n += entry[i].before < entry[w.from].time;
	return n;
}

size_t ward_window_complete(
	const struct ward_corr *c, const struct ward_entry *entry, struct ward_window w)
{
	struct inside in = {.n = 0};
	size_t values = 0, next = 0;

	for (size_t i = w.from; i < w.to && !ward_corr_tumbles(c); i++) {
		bool ok;

		enter(c, &in, &entry[i]);
		values += entry[i].before < entry[w.from].time;
		next += entry[i].rule == next;
		ok = c->type == WARD_CORR_VALUE     ? values >= c->min
		     : c->type == WARD_CORR_ORDERED ? next >= c->min
						    : met(c, &in);
		if (ok)
			return i;
	}
	return w.to - 1;
}

/* From the end: done[k] is the earliest time by which the members k, k+1 … can have come in order,
 * beginning at or after the entry looked at. */
static size_t first_ordered(
	const struct ward_corr *c, const struct ward_entry *entry, size_t n, size_t from)
{
	ward_ns done[64];
	size_t last = (size_t)c->min - 1, found = n;

	for (size_t k = 0; k < WARD_ARRAY_LEN(done); k++)
		done[k] = WARD_NS_NEVER;
	for (size_t i = n; i-- > from;) {
		size_t k = entry[i].rule;

		if (k > last)
			continue;
		done[k] = k == last ? entry[i].time : done[k + 1];
		if (k == 0 && ward_window_begins(c, &entry[i]) && done[0] != WARD_NS_NEVER &&
			within(c, entry[i].time, done[0]))
			found = i;
	}
	return found;
}

bool ward_window_by_entry(const struct ward_corr *c)
{
	return c->type == WARD_CORR_COUNT || c->type == WARD_CORR_VALUE ||
	       c->type == WARD_CORR_TEMPORAL || c->type == WARD_CORR_ORDERED;
}

bool ward_window_next(const struct ward_corr *c, const struct ward_entry *entry, size_t n,
	size_t from, struct ward_window *ret)
{
	if (ward_window_by_entry(c) && n - from < c->min) /* most groups, always */
		return false;
	size_t i = c->type == WARD_CORR_ORDERED ? first_ordered(c, entry, n, from)
		   : c->type == WARD_CORR_VALUE ? first_value(c, entry, n, from)
		   : c->jitter                  ? first_even(c, entry, n, from)
						: first_count(c, entry, n, from);

	if (i >= n)
		return false;
	*ret = ward_window_at(c, entry, n, i);
	return true;
}
