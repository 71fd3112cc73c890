#include "sense/log/skew.h"

#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
	ward_ns x = *(const ward_ns *)a, y = *(const ward_ns *)b;

	return (x > y) - (x < y);
}

bool ward_skew_median(const struct ward_skew *s, ward_ns *ret)
{
	ward_ns sorted[WARD_SKEW_RECORDS];
	size_t n = s->n < WARD_SKEW_RECORDS ? (size_t)s->n : WARD_SKEW_RECORDS;

	if (!n)
		return false;
	memcpy(sorted, s->lag, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_size);
	*ret = sorted[n / 2];
	return true;
}

bool ward_skew_take(
	struct ward_skew *s, ward_ns seen, ward_ns time, ward_ns bound, ward_ns *ret_median)
{
	ward_ns lag, median;

	if (!ward_sub(seen, time, &lag))
		lag = seen > time ? INT64_MAX : INT64_MIN;
	s->lag[s->n++ % WARD_SKEW_RECORDS] = lag;
	if (s->n % WARD_SKEW_RECORDS != 0 || !ward_skew_median(s, &median))
		return false;
	ward_ns limit = s->off ? bound / 2 : bound;
	bool off = median > limit || median < -limit;

	if (off == s->off)
		return false;
	s->off = off;
	*ret_median = median;
	return true;
}
