/* Correlations: sums, averages, percentiles, and whether a window meets its condition. */
#include "detect/corr.h"

#include <stdlib.h>

bool ward_milli(struct ward_str s, int64_t *ret, bool *ret_exact)
{
	char text[64], *end = NULL;
	long double v;

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!s.p[i] || !strchr("0123456789+-.eE", s.p[i]))
			return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	v = strtold(text, &end) * 1000;
	if (end != text + s.len || v != v)
		return false;
	bool far = !(v > -9.2e18L && v < 9.2e18L);

	v = v < -9.2e18L ? -9.2e18L : v > 9.2e18L ? 9.2e18L : v;
	*ret = (int64_t)(v < 0 ? v - 0.5L : v + 0.5L);
	long double off = v - (long double)*ret;

	if (ret_exact)
		*ret_exact = !far && off > -1e-6L && off < 1e-6L;
	return true;
}

/* num/den (den > 0) against the bounds: below, within, above, or what it must not be. Sums of
 * thousandths are exact up to 2^64. */
enum side { BELOW, WITHIN, ABOVE, FORBIDDEN };

static enum side side_of(const struct ward_corr *c, long double num, long double den)
{
	long double low = (long double)c->low.milli * den, high = (long double)c->high.milli * den,
		    no = (long double)c->no.milli * den;

	if (c->low.given && !(c->low.strict ? num > low : num >= low))
		return BELOW;
	if (c->high.given && !(c->high.strict ? num < high : num <= high))
		return ABOVE;
	return c->no.given && !(num < no) && !(num > no) ? FORBIDDEN : WITHIN;
}

static enum side count_side(const struct ward_corr *c, uint64_t n)
{
	return n < c->min ? BELOW : n > c->max ? ABOVE : n == c->not_count ? FORBIDDEN : WITHIN;
}

bool ward_metric_sum(const struct ward_corr *c, long double milli)
{
	return side_of(c, milli, 1) == WITHIN;
}

/* Somewhere between the two: it holds where one of them does, or where what is between them may,
 * and is known where both are in one place. */
static void between(enum side a, enum side b, struct ward_verdict *ret)
{
	ret->holds = a == WITHIN || b == WITHIN || a != b;
	ret->partial = ret->holds && a != b;
}

/* ---- percentiles ---- */

struct number {
	uint64_t value;
	uint64_t n;
};

static int by_value(const void *a, const void *b)
{
	uint64_t x = ((const struct number *)a)->value, y = ((const struct number *)b)->value;

	return x < y ? -1 : x > y;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = (int64_t)((const struct number *)a)->value,
		y = (int64_t)((const struct number *)b)->value;

	return x < y ? -1 : x > y;
}

/* The nearest rank among n that are sorted. */
static int64_t rank_of(const struct number *v, uint64_t total, unsigned percentile)
{
	uint64_t rank = total / 100 * percentile + (total % 100 * percentile + 99) / 100;

	while (rank > v->n)
		rank -= (v++)->n;
	return (int64_t)v->value;
}

/* Each value's share of all, in percent: those that meet the condition are the evidence. */
static void shares(const struct ward_corr *c, struct number *v, size_t n, uint64_t total,
	bool *left_out, const struct ward_entry *e, struct ward_verdict *ret)
{
	size_t n_value = 0;

	for (size_t i = 0; i < n; i++) {
		if (n_value && v[n_value - 1].value == v[i].value)
			v[n_value - 1].n += v[i].n;
		else
			v[n_value++] = v[i];
	}
	for (size_t i = 0; i < n; i++) {
		const struct number key = {e[i].value, 0};
		const struct number *k = bsearch(&key, v, n_value, sizeof(*v), by_value);

		WARD_ASSERT(k); /* each value is among them */
		bool in = side_of(c, (long double)k->n * 100000, (long double)total) == WITHIN;

		ret->holds |= in;
		if (left_out)
			left_out[i] = !in;
	}
}

static enum ward_err percentile(const struct ward_mem *mem, const struct ward_corr *c,
	const struct ward_entry *e, size_t n, bool *left_out, struct ward_verdict *ret)
{
	struct number *v = ward_mem_alloc(mem, n * sizeof(*v));
	uint64_t total = 0;
	bool whole = true;
	ward_ns until;

	if (!v)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct number){e[i].value, ward_entry_n(&e[i])};
		total += v[i].n;
		whole &= ward_add(e[0].time, c->timespan, &until) &&
			 ward_entry_until(&e[i]) <= until;
	}
	qsort(v, n, sizeof(*v), c->percentile ? by_number : by_value);
	if (c->percentile) {
		enum side low = side_of(c, (long double)rank_of(v, total, c->percentile), 1);

		for (size_t i = 0; i < n; i++)
			v[i] = (struct number){
				e[i].bundle ? (uint64_t)e[i].bundle->top : e[i].value,
				ward_entry_n(&e[i])};
		qsort(v, n, sizeof(*v), by_number);
		between(low, side_of(c, (long double)rank_of(v, total, c->percentile), 1), ret);
	} else {
		shares(c, v, n, total, left_out, e, ret);
	}
	ret->partial |= ret->holds && !whole;
	ward_mem_free(mem, v, n * sizeof(*v));
	return WARD_OK;
}

/* ---- counts, sums, averages ---- */

struct amount {
	uint64_t n;
	long double sum;
};

static enum side amount_side(const struct ward_corr *c, const struct amount *a)
{
	return c->type == WARD_CORR_COUNT ? count_side(c, a->n)
	       : c->type == WARD_CORR_SUM ? side_of(c, a->sum, 1)
	       : a->n                     ? side_of(c, a->sum, (long double)a->n)
					  : BELOW;
}

enum ward_err ward_metric_holds(const struct ward_mem *mem, const struct ward_corr *c,
	const struct ward_entry *entry, struct ward_window w, bool *left_out,
	struct ward_verdict *ret)
{
	struct amount all = {0, 0}, sure = {0, 0};
	ward_ns until;

	*ret = (struct ward_verdict){false, false};
	if (c->type == WARD_CORR_PERCENTILE)
		return percentile(mem, c, &entry[w.from], w.to - w.from, left_out, ret);
	if (!ward_add(entry[w.from].time, c->timespan, &until))
		until = WARD_NS_NEVER;
	for (size_t i = w.from; i < w.to; i++) {
		const struct ward_entry *e = &entry[i];
		struct amount a = {ward_entry_n(e),
			e->bundle ? e->bundle->sum : (long double)(int64_t)e->value};

		if (e->rule >= ward_corr_n_wanted(c))
			return WARD_OK; /* what must not come */
		all = (struct amount){all.n + a.n, all.sum + a.sum};
		if (ward_entry_until(e) <= until)
			sure = (struct amount){sure.n + a.n, sure.sum + a.sum};
	}
	if (c->type == WARD_CORR_COUNT || c->type == WARD_CORR_SUM || c->type == WARD_CORR_AVG)
		between(amount_side(c, &sure), amount_side(c, &all), ret);
	else
		ret->holds = count_side(c, ward_window_size(c, entry, w)) == WITHIN;
	return WARD_OK;
}

/* ---- for the explanation ---- */

static int64_t rounded(long double v)
{
	v = v < -9.2e18L ? -9.2e18L : v > 9.2e18L ? 9.2e18L : v;
	return (int64_t)(v < 0 ? v - 0.5L : v + 0.5L);
}

/* The share of the most frequent value. */
static int64_t most_of(const struct number *v, size_t n, uint64_t total)
{
	uint64_t most = 0, own = 0;

	for (size_t i = 0; i < n; i++) {
		own = i && v[i - 1].value == v[i].value ? own + v[i].n : v[i].n;
		most = own > most ? own : most;
	}
	return rounded((long double)most * 100000 / (long double)total);
}

static enum ward_err percentile_milli(const struct ward_mem *mem, const struct ward_corr *c,
	const struct ward_entry *e, size_t n, int64_t *ret)
{
	struct number *v = ward_mem_alloc(mem, n * sizeof(*v));
	uint64_t total = 0;

	if (!v)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct number){e[i].value, ward_entry_n(&e[i])};
		total += v[i].n;
	}
	qsort(v, n, sizeof(*v), c->percentile ? by_number : by_value);
	*ret = c->percentile ? rank_of(v, total, c->percentile) : most_of(v, n, total);
	ward_mem_free(mem, v, n * sizeof(*v));
	return WARD_OK;
}

enum ward_err ward_metric_milli(const struct ward_mem *mem, const struct ward_corr *c,
	const struct ward_entry *entry, struct ward_window w, int64_t *ret)
{
	struct amount all = {0, 0};

	if (c->type == WARD_CORR_PERCENTILE)
		return percentile_milli(mem, c, &entry[w.from], w.to - w.from, ret);
	for (size_t i = w.from; i < w.to; i++) {
		const struct ward_entry *e = &entry[i];

		all.n += ward_entry_n(e);
		all.sum += e->bundle ? e->bundle->sum : (long double)(int64_t)e->value;
	}
	*ret = rounded(c->type == WARD_CORR_AVG && all.n ? all.sum / (long double)all.n : all.sum);
	return WARD_OK;
}
