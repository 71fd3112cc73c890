/* Statistics of small samples, against published examples and against enumeration. */
#include "pilot/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void near(double got, double want, double by)
{
	if (!(fabs(got - want) <= by))
		fail_msg("%.6f instead of %.6f", got, want);
}

/* Between which order statistics the median lies with 95 % at least: of the values 1 … n. */
static void test_median(void **state)
{
	static const struct {
		size_t n;
		double lo, hi;
	} row[] = {{6, 1, 6}, {8, 1, 8}, {9, 2, 8}, {12, 3, 10}, {20, 6, 15}, {100, 40, 61}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		double v[100];

		for (size_t k = 0; k < row[i].n; k++)
			v[k] = (double)(row[i].n - k);
		struct ward_stats_median m = ward_stats_median(v, row[i].n);

		near(m.median, ((double)row[i].n + 1) / 2, 1e-12);
		assert_true(m.span.known);
		near(m.span.lo, row[i].lo, 1e-12);
		near(m.span.hi, row[i].hi, 1e-12);
	}
	double few[] = {3, 1, 2, INFINITY, INFINITY};
	struct ward_stats_median m = ward_stats_median(few, 5);

	assert_false(m.span.known); /* 2/32 is more than 5 % */
	near(m.median, 3, 1e-12);
	assert_true(isinf(m.q3));
	assert_int_equal(ward_stats_median(NULL, 0).n, 0);
}

/* Clopper and Pearson 1934, and Poisson's after Garwood 1936: limits as tables have them. */
static void test_exact(void **state)
{
	static const struct {
		uint64_t k, n;
		double lo, hi;
	} share[] = {{0, 10, 0, 0.308497}, {1, 10, 0.002529, 0.445016}, {5, 10, 0.187086, 0.812914},
		{10, 20, 0.271958, 0.728042}, {10, 10, 0.691503, 1}, {1, 1, 0.025, 1}};
	static const struct {
		uint64_t k;
		double lo, hi;
	} rate[] = {{0, 0, 3.688879}, {1, 0.025318, 5.571643}, {2, 0.242209, 7.224688},
		{3, 0.618672, 8.767273}, {10, 4.795389, 18.390356}, {100, 81.363991, 121.626794}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(share); i++) {
		struct ward_stats_share s = ward_stats_share(share[i].k, share[i].n);

		near(s.span.lo, share[i].lo, 2e-6);
		near(s.span.hi, share[i].hi, 2e-6);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(rate); i++) {
		struct ward_stats_rate r = ward_stats_rate(rate[i].k, 2);

		near(r.rate, (double)rate[i].k / 2, 1e-12);
		near(r.span.lo, rate[i].lo / 2, 2e-6);
		near(r.span.hi, rate[i].hi / 2, 2e-6);
	}
	/* of many it is the normal one */
	near(ward_stats_rate(4000000000, 1).span.lo, 4e9 - 1.959964 * sqrt(4e9), 5);
	near(ward_stats_rate(4000000000, 1).span.hi, 4e9 + 1.959964 * sqrt(4e9), 5);
}

/* How often an interval holds the share of which the cases are: never less than it says. */
static void test_covers(void **state)
{
	static const double p[] = {0.002, 0.017, 0.05, 0.3, 0.5, 0.9, 0.998};
	static const unsigned n[] = {1, 6, 10, 83};

	(void)state;
	for (size_t j = 0; j < WARD_ARRAY_LEN(n); j++) {
		for (size_t i = 0; i < WARD_ARRAY_LEN(p); i++) {
			double held = 0;

			for (unsigned k = 0; k <= n[j]; k++) {
				struct ward_stats_share s = ward_stats_share(k, n[j]);
				double is = exp(lgamma(n[j] + 1.0) - lgamma(k + 1.0) -
						lgamma(n[j] - k + 1.0) + k * log(p[i]) +
						(n[j] - k) * log(1 - p[i]));

				held += s.span.lo <= p[i] && p[i] <= s.span.hi ? is : 0;
			}
			if (held < 0.95 - 1e-9)
				fail_msg("%u of %f: %f", n[j], p[i], held);
		}
	}
}

/* Hollander and Wolfe 1973, page 29: a scale of depression before and after, V = 40. */
static void test_published(void **state)
{
	static const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
	static const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
	double diff[9];
	struct ward_stats_pairs p;

	(void)state;
	for (size_t i = 0; i < 9; i++)
		diff[i] = after[i] - before[i];
	assert_int_equal(ward_stats_pairs(diff, 9, ward_mem_heap(), &p), WARD_OK);
	assert_true(p.ranked);
	near(p.ranks, 0.0390625, 1e-9);
	near(p.sign, 2 * (1 + 9 + 36) / 512.0, 1e-9);
	assert_int_equal(p.n_less, 7);
	assert_int_equal(p.n_more, 2);
}

/* All signs that could have fallen, one by one, with the same midranks. */
static double by_enumeration(const double *diff, size_t n)
{
	double rank[16], own = 0, all = 0;
	size_t below = 0, above = 0;

	for (size_t i = 0; i < n; i++) {
		double less = 0, same = 0;

		for (size_t k = 0; k < n; k++) {
			less += fabs(diff[k]) < fabs(diff[i]);
			same += !(fabs(diff[k]) < fabs(diff[i])) &&
				!(fabs(diff[k]) > fabs(diff[i]));
		}
		rank[i] = less + (same + 1) / 2;
		own += diff[i] < 0 ? rank[i] : 0;
	}
	for (size_t s = 0; s < (size_t)1 << n; s++) {
		double sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += s >> i & 1 ? rank[i] : 0;
		below += sum <= own + 1e-9;
		above += sum >= own - 1e-9;
	}
	all = (double)((size_t)1 << n);
	return fmin(1, 2 * fmin((double)below, (double)above) / all);
}

static void test_enumerated(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (unsigned turn = 0; turn < 60; turn++) {
		double diff[10], copy[10];
		size_t n = 1 + turn % 10;
		struct ward_stats_pairs p;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245u + 12345u;
			diff[i] = (double)(seed >> 16 & 7) - 3.5; /* ties in size, never 0 */
			copy[i] = diff[i];
		}
		assert_int_equal(ward_stats_pairs(diff, n, ward_mem_heap(), &p), WARD_OK);
		near(p.ranks, by_enumeration(copy, n), 1e-9);
	}
}

/* Sums of six scales, as means: the ten differences are of one size, but not in their last bits. */
static void test_ties_of_means(void **state)
{
	static const double sums[10][2] = {{235, 285}, {340, 290}, {205, 255}, {165, 115},
		{250, 200}, {325, 375}, {110, 160}, {295, 345}, {235, 285}, {195, 245}};
	double diff[10];
	struct ward_stats_pairs p;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		diff[i] = sums[i][0] / 6 - sums[i][1] / 6;
	assert_int_equal(ward_stats_pairs(diff, 10, ward_mem_heap(), &p), WARD_OK);
	assert_true(p.ranked);
	near(p.sign, 0.34375, 1e-9);
	near(p.ranks, 0.34375, 1e-9); /* all ranks are the same: it is the sign test */
}

/* How much longer "never" is nobody knows: it has a sign, a place in the order, and no rank. */
static void test_never(void **state)
{
	double diff[] = {-60, -INFINITY, -30, -20, -10, 5, -1};
	struct ward_stats_pairs p;

	(void)state;
	assert_int_equal(ward_stats_pairs(diff, 7, ward_mem_heap(), &p), WARD_OK);
	assert_false(p.ranked);
	assert_int_equal(p.n_less, 6);
	near(p.sign, 2 * (1 + 7) / 128.0, 1e-9);
	near(p.diff.median, -20, 1e-12);
	assert_true(isinf(p.diff.span.lo));
}

static void test_edges(void **state)
{
	double zero[] = {0, 0, 0}, many[WARD_STATS_RANKED + 1];
	struct ward_stats_pairs p;

	(void)state;
	assert_int_equal(ward_stats_pairs(zero, 3, ward_mem_heap(), &p), WARD_OK);
	assert_false(p.ranked);
	assert_int_equal(p.n_same, 3);
	near(p.sign, 1, 1e-12);
	for (size_t i = 0; i <= WARD_STATS_RANKED; i++)
		many[i] = 1 + (double)i;
	assert_int_equal(ward_stats_pairs(many, WARD_STATS_RANKED, ward_mem_heap(), &p), WARD_OK);
	assert_true(p.ranked && p.ranks < 1e-50 && p.sign < 1e-50);
	assert_int_equal(
		ward_stats_pairs(many, WARD_STATS_RANKED + 1, ward_mem_heap(), &p), WARD_OK);
	assert_false(p.ranked);
}

/* Cohen's own measure on a table often shown: 0.4. */
static void test_kappa(void **state)
{
	static const uint64_t n[] = {20, 5, 10, 15}, one[] = {7, 0, 0, 0}, none[] = {0, 0, 0, 0};
	double kappa;

	(void)state;
	assert_true(ward_stats_kappa(n, 2, &kappa));
	near(kappa, 0.4, 1e-9);
	assert_false(ward_stats_kappa(one, 2, &kappa));
	assert_false(ward_stats_kappa(none, 2, &kappa));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_median),
		cmocka_unit_test(test_exact), cmocka_unit_test(test_covers),
		cmocka_unit_test(test_published), cmocka_unit_test(test_enumerated),
		cmocka_unit_test(test_ties_of_means), cmocka_unit_test(test_never),
		cmocka_unit_test(test_edges), cmocka_unit_test(test_kappa)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
