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
	if (end != text + s.len || !(v > -9.2e18L && v < 9.2e18L))
		return false;
	*ret = (int64_t)(v < 0 ? v - 0.5L : v + 0.5L);
	long double off = v - (long double)*ret;

	if (ret_exact)
		*ret_exact = off > -1e-6L && off < 1e-6L;
	return true;
}

/* num/den (den > 0) against the bounds. Sums of thousandths are exact up to 2^64. */
static bool meets(const struct ward_corr *c, long double num, long double den)
{
	long double low = (long double)c->low.milli * den, high = (long double)c->high.milli * den,
		    no = (long double)c->no.milli * den;

	if (c->low.given && !(c->low.strict ? num > low : num >= low))
		return false;
	if (c->high.given && !(c->high.strict ? num < high : num <= high))
		return false;
	return !c->no.given || num < no || num > no;
}

bool ward_metric_sum(const struct ward_corr *c, long double milli)
{
	return meets(c, milli, 1);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = (int64_t) * (const uint64_t *)a, y = (int64_t) * (const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* How often v is among the sorted. */
static size_t count_of(const uint64_t *sorted, size_t n, uint64_t v)
{
	size_t lo = 0, hi = n, first;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (sorted[mid] < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (first = lo; lo < n && sorted[lo] == v; lo++)
		;
	return lo - first;
}

/* Of numbers the nearest rank; else each value's share of all, in percent: those that meet the
 * condition are the evidence. */
static enum ward_err percentile(const struct ward_mem *mem, const struct ward_corr *c,
	const struct ward_entry *e, size_t n, bool *left_out, bool *ret)
{
	uint64_t *v = ward_mem_alloc(mem, n * sizeof(*v));

	if (!v)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		v[i] = e[i].value;
	qsort(v, n, sizeof(*v), c->percentile ? by_number : by_value);
	*ret = false;
	if (c->percentile)
		*ret = meets(c, (long double)(int64_t)v[(n * c->percentile + 99) / 100 - 1], 1);
	for (size_t i = 0; i < n && !c->percentile; i++) {
		bool in =
			meets(c, (long double)count_of(v, n, e[i].value) * 100000, (long double)n);

		*ret |= in;
		if (left_out)
			left_out[i] = !in;
	}
	ward_mem_free(mem, v, n * sizeof(*v));
	return WARD_OK;
}

enum ward_err ward_metric_holds(const struct ward_mem *mem, const struct ward_corr *c,
	const struct ward_entry *entry, struct ward_window w, bool *left_out, bool *ret)
{
	size_t n = w.to - w.from, size;
	long double sum = 0;

	if (c->type == WARD_CORR_PERCENTILE)
		return percentile(mem, c, &entry[w.from], n, left_out, ret);
	for (size_t i = w.from; i < w.to; i++) {
		*ret = false;
		if (entry[i].rule >= ward_corr_n_wanted(c))
			return WARD_OK; /* what must not come */
		sum += (long double)(int64_t)entry[i].value;
	}
	if (c->type == WARD_CORR_SUM || c->type == WARD_CORR_AVG) {
		*ret = meets(c, sum, c->type == WARD_CORR_AVG ? (long double)n : 1);
		return WARD_OK;
	}
	size = ward_window_size(c, entry, w);
	*ret = size >= c->min && size <= c->max && size != c->not_count;
	return WARD_OK;
}
