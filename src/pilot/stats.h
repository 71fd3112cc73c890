/* Statistics of small samples, without assumptions about how values are spread.
 *
 * Every interval is exact: of 95 % at least, two-sided, whatever n is, if what is counted came one
 * by one. INFINITY is a value as any other: what never came is longer than all that came. NaN is
 * never given. Pure. */
#ifndef WARD_PILOT_STATS_H
#define WARD_PILOT_STATS_H

#include "base/mem.h"

enum {
	WARD_STATS_FEWEST = 6,   /* values of which a median has an interval of 95 % */
	WARD_STATS_CLAIM = 20,   /* with fewer pairs nothing is said beyond them */
	WARD_STATS_RANKED = 200, /* differences that the test of ranks takes */
};

struct ward_stats_span {
	bool known;
	double lo, hi;
};

/* A median with the middle half and its interval: between order statistics (binomial, exact).
 * n == 0: nothing else is known. */
struct ward_stats_median {
	size_t n;
	double median, q1, q3;
	struct ward_stats_span span;
};
/* Sorts v. O(n log n). */
struct ward_stats_median ward_stats_median(double *v, size_t n);

/* k of n as a share with its interval (Clopper and Pearson 1934). k <= n, n > 0. O(n). */
struct ward_stats_share {
	uint64_t k, n;
	double share;
	struct ward_stats_span span;
};
struct ward_stats_share ward_stats_share(uint64_t k, uint64_t n);

/* k counted in `time` units as a rate with its interval (Poisson; Garwood 1936). time > 0.
 * O(sqrt(k)). */
struct ward_stats_rate {
	uint64_t k;
	double time, rate;
	struct ward_stats_span span;
};
struct ward_stats_rate ward_stats_rate(uint64_t k, double time);

/* Differences of pairs: their median, and two two-sided tests that it is 0, both exact. */
struct ward_stats_pairs {
	struct ward_stats_median diff;
	size_t n_less, n_more, n_same;
	double sign; /* p of the sign test */
	bool ranked; /* and of Wilcoxon's signed ranks (1945): midranks where they tie, ties with 0
			left out; not of more than WARD_STATS_RANKED, nor where a difference is
			infinite: how large it is nobody knows, so it has no rank */
	double ranks;
};
/* Sorts diff, which holds no NaN, rounded to millionths. NOMEM. O(n^3) in the differences that are
 * not 0. */
WARD_MUST_CHECK enum ward_err ward_stats_pairs(
	double *diff, size_t n, const struct ward_mem *mem, struct ward_stats_pairs *ret);

/* How far two agree beyond chance (Cohen 1960), of counts n[a][b], row-major, k grades each:
 * 1 is always. False: there is nothing, or all is one grade, of which nothing can be said. */
bool ward_stats_kappa(const uint64_t *n, size_t k, double *ret);

#endif
