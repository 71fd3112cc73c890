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

	/* What comes after one of `not_after` counts for nothing. */
	while (to < n && (!c->within || entry[to].rule < ward_corr_n_wanted(c)) &&
		within(c, ward_entry_until(&entry[i]), entry[to].time))
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
	size_t distinct;
	uint64_t n;
	long double sum;
};

static void enter(const struct ward_corr *c, struct inside *in, const struct ward_entry *e)
{
	if (e->rule >= ward_corr_n_wanted(c))
		return;
	in->n += ward_entry_n(e);
	in->distinct += in->have[e->rule]++ == 0;
	in->sum += e->bundle ? e->bundle->sum : (long double)(int64_t)e->value;
}

static void leave(const struct ward_corr *c, struct inside *in, const struct ward_entry *e)
{
	if (e->rule >= ward_corr_n_wanted(c))
		return;
	in->n -= ward_entry_n(e);
	in->distinct -= --in->have[e->rule] == 0;
	in->sum -= e->bundle ? e->bundle->sum : (long double)(int64_t)e->value;
}

static bool met(const struct ward_corr *c, const struct inside *in)
{
	return c->type == WARD_CORR_SUM     ? ward_metric_sum(c, in->sum)
	       : c->type == WARD_CORR_COUNT ? in->n >= c->min
					    : in->distinct >= c->min;
}

/* Where a window is looked for. */
struct search {
	const struct ward_entry *entry;
	size_t n, from;
	ward_ns last; /* no window begins later */
};

static bool may_begin(const struct search *s, size_t i)
{
	return i < s->n && s->entry[i].time <= s->last;
}

/* Two indices that only move forward. */
static size_t first_count(const struct ward_corr *c, const struct search *s)
{
	const struct ward_entry *entry = s->entry;
	struct inside in = {.n = 0};
	size_t to = s->from;

	for (size_t i = s->from; may_begin(s, i); i++) {
		while (to < s->n && within(c, ward_entry_until(&entry[i]), entry[to].time))
			enter(c, &in, &entry[to++]);
		if (ward_window_begins(c, &entry[i]) && met(c, &in))
			return i;
		leave(c, &in, &entry[i]);
	}
	return s->n;
}

/* Until when an entry of `not_after` has others count for nothing; INT64_MIN: it is none. */
static ward_ns quiet_until(const struct ward_corr *c, const struct ward_entry *e)
{
	ward_ns until;

	if (e->rule < ward_corr_n_wanted(c))
		return INT64_MIN;
	return ward_add(ward_entry_until(e), c->within, &until) ? until : WARD_NS_NEVER;
}

/* Each entry begins a window that no entry of `not_after` came soon before. */
static size_t first_not_after(const struct ward_corr *c, const struct search *s)
{
	ward_ns quiet = INT64_MIN, far;

	if (!may_begin(s, s->from))
		return s->n;
	for (size_t i = s->from; i-- > 0;) {
		ward_ns until = quiet_until(c, &s->entry[i]);

		quiet = until > quiet ? until : quiet;
		/* A bundle is no longer than the timespan. */
		if (ward_sub(s->entry[s->from].time, s->entry[i].time, &far) &&
			far / 2 > ward_corr_keeps(c))
			break;
	}
	for (size_t i = s->from, at = i; may_begin(s, i); i++) {
		/* What came at the same instant came before. */
		for (; at < s->n && s->entry[at].time <= s->entry[i].time; at++) {
			ward_ns until = quiet_until(c, &s->entry[at]);

			quiet = until > quiet ? until : quiet;
		}
		if (ward_window_begins(c, &s->entry[i]) && s->entry[i].time > quiet)
			return i;
	}
	return s->n;
}

void ward_window_settle(const struct ward_corr *c, struct ward_group_state *g, size_t n)
{
	for (size_t i = 0; c->within && i < n; i++) {
		ward_ns until = quiet_until(c, &g->entry[i]);

		for (size_t k = n; k < g->n && g->entry[k].time <= until; k++)
			g->entry[k].guest = true;
	}
}

/* Of a value its first entry inside counts. */
static size_t first_value(const struct ward_corr *c, const struct search *s)
{
	const struct ward_entry *entry = s->entry;
	size_t distinct = 0, to = s->from;

	for (size_t i = s->from; may_begin(s, i); i++) {
		for (; to < s->n && within(c, entry[i].time, entry[to].time); to++)
			distinct += entry[to].before < entry[i].time;
		if (distinct >= c->min)
			return i;
		distinct -= !within(c, entry[i].time, entry[i].after);
	}
	return s->n;
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

static size_t first_even(const struct ward_corr *c, const struct search *s)
{
	ward_ns mean;
	uint64_t jitter;

	for (size_t i = s->from; may_begin(s, i) && c->min <= s->n - i; i++)
		if (within(c, s->entry[i].time, s->entry[i + (size_t)c->min - 1].time) &&
			ward_window_beat(c, &s->entry[i], &mean, &jitter))
			return i;
	return s->n;
}

size_t ward_window_weight(const struct ward_group_state *g, struct ward_window w)
{
	size_t n = w.to - w.from;

	for (size_t i = w.from; g->bundled && i < w.to; i++)
		n += (size_t)ward_entry_n(&g->entry[i]) - 1;
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
		return c->type == WARD_CORR_TEMPORAL ? in.distinct : (size_t)in.n;
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

/* Where the first window begins that is complete with entry `at`: what stands behind a later one
 * that begins stands behind it, too. */
static size_t first_before(const struct ward_corr *c, const struct search *s, size_t at)
{
	size_t lo = s->from, hi = at;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (within(c, s->entry[mid].time, s->entry[at].time))
			hi = mid;
		else
			lo = mid + 1;
	}
	while (lo < at && (s->entry[lo].rule != 0 || !ward_window_begins(c, &s->entry[lo])))
		lo++;
	return s->entry[lo].time <= s->last ? lo : s->n;
}

/* mark[k] is the latest beginning of entries of the members 0 to k in order. The first entry that
 * completes them within the timespan says where the first window begins. */
static size_t first_ordered(const struct ward_corr *c, const struct search *s)
{
	ward_ns mark[64], beyond = WARD_NS_NEVER;
	size_t last = (size_t)c->min - 1;

	for (size_t k = 0; k < WARD_ARRAY_LEN(mark); k++)
		mark[k] = INT64_MIN;
	if (s->last != WARD_NS_NEVER && !ward_add(s->last, c->timespan, &beyond))
		beyond = WARD_NS_NEVER;
	for (size_t i = s->from; i < s->n && s->entry[i].time <= beyond; i++) {
		size_t k = s->entry[i].rule;

		if (k > last)
			continue;
		if (k == 0 && ward_window_begins(c, &s->entry[i]))
			mark[0] = s->entry[i].time;
		else if (k > 0)
			mark[k] = mark[k - 1];
		if (k == last && mark[k] != INT64_MIN && within(c, mark[k], s->entry[i].time))
			return first_before(c, s, i);
	}
	return s->n;
}

bool ward_window_by_entry(const struct ward_corr *c)
{
	return c->type == WARD_CORR_COUNT || c->type == WARD_CORR_VALUE ||
	       c->type == WARD_CORR_TEMPORAL || c->type == WARD_CORR_ORDERED;
}

bool ward_window_next(const struct ward_corr *c, const struct ward_group_state *g, size_t from,
	ward_ns last, struct ward_window *ret)
{
	const struct search s = {g->entry, g->n, from, last};

	if (ward_window_by_entry(c) && !g->bundled && g->n - from < c->min) /* most groups */
		return false;
	size_t i = c->type == WARD_CORR_ORDERED ? first_ordered(c, &s)
		   : c->type == WARD_CORR_VALUE ? first_value(c, &s)
		   : c->jitter                  ? first_even(c, &s)
		   : c->within                  ? first_not_after(c, &s)
						: first_count(c, &s);

	if (i >= g->n)
		return false;
	*ret = ward_window_at(c, g->entry, g->n, i);
	return true;
}
