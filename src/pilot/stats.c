#include "pilot/stats.h"

#include <math.h>
#include <stdlib.h>

enum { BISECTIONS = 60 }; /* halves of an interval: to the last digits of a double */
static const double tail = 0.025;

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Between two neighbours in order; of the same no difference is made, so that infinities stay. */
static double at_rank(const double *v, size_t n, double rank)
{
	size_t i = (size_t)rank;
	double part = rank - (double)i;

	if (i + 1 >= n || part <= 0)
		return v[i];
	return isinf(v[i + 1]) || isinf(v[i]) ? (part < 0.5 ? v[i] : v[i + 1])
					      : v[i] + part * (v[i + 1] - v[i]);
}

/* The largest k with P(Bin(n, 1/2) < k) <= 0.025; the interval is from the k-th to the k-th from
 * behind. 0: there is none. */
static size_t order_of_95(size_t n)
{
	double log_half = (double)n * log(0.5), sum = 0;
	size_t k = 0;

	while (k < n) {
		double log_of = lgamma((double)n + 1) - lgamma((double)k + 1) -
				lgamma((double)(n - k) + 1) + log_half;

		sum += exp(log_of);
		if (sum > tail)
			break;
		k++;
	}
	return k;
}

struct ward_stats_median ward_stats_median(double *v, size_t n)
{
	struct ward_stats_median m = {.n = n};

	if (!n)
		return m;
	qsort(v, n, sizeof(*v), by_value);
	m.median = at_rank(v, n, (double)(n - 1) * 0.5);
	m.q1 = at_rank(v, n, (double)(n - 1) * 0.25);
	m.q3 = at_rank(v, n, (double)(n - 1) * 0.75);
	size_t k = order_of_95(n);

	if (n >= WARD_STATS_FEWEST && k)
		m.span = (struct ward_stats_span){true, v[k - 1], v[n - k]};
	return m;
}

/* P(Bin(n, p) >= k), p <= k/n: from its largest term on, each smaller than the one before. */
static double bin_from(uint64_t k, uint64_t n, double p)
{
	double N = (double)n, K = (double)k, odds = p / (1 - p);
	double term = exp(lgamma(N + 1) - lgamma(K + 1) - lgamma(N - K + 1) + K * log(p) +
			  (N - K) * log1p(-p));
	double sum = term;

	for (uint64_t i = k; i < n && term > sum * 1e-17; i++) {
		term *= (double)(n - i) / (double)(i + 1) * odds;
		sum += term;
	}
	return sum;
}

/* The p of which k or more come in one case of forty only. */
static double share_from(uint64_t k, uint64_t n)
{
	double lo = 0, hi = (double)k / (double)n;

	if (k == n) /* p^n */
		return pow(tail, 1 / (double)n);
	for (int i = 0; i < BISECTIONS && k; i++) {
		double mid = (lo + hi) / 2;

		*(bin_from(k, n, mid) > tail ? &hi : &lo) = mid;
	}
	return lo;
}

struct ward_stats_share ward_stats_share(uint64_t k, uint64_t n)
{
	return (struct ward_stats_share){
		k, n, (double)k / (double)n, {true, share_from(k, n), 1 - share_from(n - k, n)}};
}

static double poisson_at(uint64_t k, double mean)
{
	return exp((double)k * log(mean) - mean - lgamma((double)k + 1));
}
/* P(Poisson(mean) >= k), mean <= k; and <= k, mean >= k: as above. */
static double poisson_from(uint64_t k, double mean)
{
	double term = poisson_at(k, mean), sum = term;

	for (uint64_t i = k + 1; term > sum * 1e-17; i++) {
		term *= mean / (double)i;
		sum += term;
	}
	return sum;
}
static double poisson_to(uint64_t k, double mean)
{
	double term = poisson_at(k, mean), sum = term;

	for (uint64_t i = k; i > 0 && term > sum * 1e-17; i--) {
		term *= (double)i / mean;
		sum += term;
	}
	return sum;
}

struct ward_stats_rate ward_stats_rate(uint64_t k, double time)
{
	double K = (double)k, lo[2] = {0, K}, hi[2] = {K, K + 5 + 5 * sqrt(K)};

	for (int i = 0; i < BISECTIONS; i++) {
		double a = (lo[0] + lo[1]) / 2, b = (hi[0] + hi[1]) / 2;

		if (k)
			lo[poisson_from(k, a) > tail] = a;
		hi[poisson_to(k, b) <= tail] = b;
	}
	return (struct ward_stats_rate){k, time, K / time, {true, lo[0] / time, hi[1] / time}};
}

/* Twice the smaller tail of Bin(n, 1/2). */
static double sign_test(size_t less, size_t more)
{
	size_t n = less + more, k = less < more ? less : more;
	double sum = 0;

	for (size_t i = 0; i <= k; i++)
		sum += exp(lgamma((double)n + 1) - lgamma((double)i + 1) -
			   lgamma((double)(n - i) + 1) + (double)n * log(0.5));
	return n ? fmin(1, 2 * sum) : 1;
}

struct rank {
	double size;
	bool less;
	size_t twice; /* its rank, doubled, so that midranks are whole */
};

static int by_size(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	return (x->size > y->size) - (x->size < y->size);
}

static void put_ranks(struct rank *r, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t to = i + 1;

		while (to < n && by_size(&r[i], &r[to]) == 0)
			to++;
		for (size_t k = i; k < to; k++)
			r[k].twice = i + 1 + to;
		i = to;
	}
}

/* Every way in which n signs can fall is as likely as another: p[s] is how likely the ranks of the
 * negative ones add up to s/2, made one rank after the other. */
static double rank_test(const struct rank *r, size_t n, double *p, size_t n_p)
{
	size_t less = 0, all = 0;
	double below = 0, above = 0;

	memset(p, 0, n_p * sizeof(*p));
	p[0] = 1;
	for (size_t i = 0; i < n; i++) {
		for (size_t s = all + r[i].twice + 1; s-- > 0;)
			p[s] = 0.5 * (p[s] + (s >= r[i].twice ? p[s - r[i].twice] : 0));
		all += r[i].twice;
		less += r[i].less ? r[i].twice : 0;
	}
	for (size_t s = 0; s <= all; s++) {
		below += s <= less ? p[s] : 0;
		above += s >= less ? p[s] : 0;
	}
	return fmin(1, 2 * fmin(below, above));
}

/* What is measured is whole, or parts of it by small numbers: what differs by less differs by
 * rounding, and ties. */
static void snap(double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] = nearbyint(v[i] * 1e6) / 1e6;
}

enum ward_err ward_stats_pairs(
	double *diff, size_t n, const struct ward_mem *mem, struct ward_stats_pairs *ret)
{
	snap(diff, n);
	struct ward_stats_pairs x = {.diff = ward_stats_median(diff, n), .sign = 1};
	struct rank r[WARD_STATS_RANKED];
	size_t n_rank = 0;
	bool known = true;

	for (size_t i = 0; i < n; i++) {
		known &= !isinf(diff[i]);
		x.n_less += diff[i] < 0;
		x.n_more += diff[i] > 0;
		if ((diff[i] < 0 || diff[i] > 0) && n_rank < WARD_STATS_RANKED)
			r[n_rank++] = (struct rank){fabs(diff[i]), diff[i] < 0, 0};
	}
	x.n_same = n - x.n_less - x.n_more;
	x.sign = sign_test(x.n_less, x.n_more);
	if (known && n_rank && n_rank == x.n_less + x.n_more) {
		size_t n_p = n_rank * (n_rank + 1) + 1; /* ranks add up to n(n+1)/2, doubled */
		double *p = ward_mem_alloc(mem, n_p * sizeof(*p));

		if (!p)
			return WARD_ERR_NOMEM;
		qsort(r, n_rank, sizeof(*r), by_size);
		put_ranks(r, n_rank);
		x.ranks = rank_test(r, n_rank, p, n_p);
		x.ranked = true;
		ward_mem_free(mem, p, n_p * sizeof(*p));
	}
	*ret = x;
	return WARD_OK;
}

bool ward_stats_kappa(const uint64_t *n, size_t k, double *ret)
{
	double all = 0, same = 0, chance = 0;

	for (size_t i = 0; i < k * k; i++)
		all += (double)n[i];
	if (all <= 0)
		return false;
	for (size_t i = 0; i < k; i++) {
		double row = 0, column = 0;

		for (size_t j = 0; j < k; j++) {
			row += (double)n[i * k + j];
			column += (double)n[j * k + i];
		}
		same += (double)n[i * k + i] / all;
		chance += row / all * (column / all);
	}
	if (chance >= 1)
		return false;
	*ret = (same - chance) / (1 - chance);
	return true;
}
