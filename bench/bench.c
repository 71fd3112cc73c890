#include "bench.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

void bench_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fputs("bench: ", stderr);
	(void)vfprintf(stderr, fmt, ap);
	(void)fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

double bench_cpu(void)
{
	struct rusage children;
	struct timespec own;

	if (getrusage(RUSAGE_CHILDREN, &children) != 0 ||
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own) != 0)
		bench_die("no clock");
	return (double)(children.ru_utime.tv_sec + children.ru_stime.tv_sec + own.tv_sec) * 1e9 +
	       (double)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1e3 +
	       (double)own.tv_nsec;
}

static double now(enum bench_clock clock)
{
	if (clock == BENCH_WALL)
		return (double)ward_clock_mono(ward_clock_system());
	return bench_cpu();
}

/* Nanoseconds per unit of one run. */
static double once(const struct bench *b, const struct bench_side *side)
{
	if (side->prepare)
		side->prepare(side->ctx);

	double from = now(b->clock);

	side->work(side->ctx);
	return (now(b->clock) - from) / (double)b->n;
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Of a sorted row. */
static double percentile(const double *v, size_t n, size_t percent)
{
	return v[(n - 1) * percent / 100];
}

static void head(const struct bench *b, const double *sorted)
{
	printf("{\"name\":\"%s\",\"unit\":\"%s\",\"clock\":\"%s\",\"n\":%zu,\"rounds\":%zu,"
	       "\"best\":%.4g,\"median\":%.4g,\"p99\":%.4g",
		b->name, b->unit, b->clock == BENCH_WALL ? "wall" : "cpu", b->n, b->rounds,
		sorted[0], percentile(sorted, b->rounds, 50), percentile(sorted, b->rounds, 99));
}

static void tail(void)
{
	puts("}");
	(void)fflush(stdout);
}

static void check(const struct bench *b)
{
	if (!b->n || !b->rounds || b->rounds > BENCH_ROUNDS_MAX)
		bench_die("%s: nothing to measure", b->name);
}

/* Fewer rounds where one takes long: a row ends after BENCH_SECONDS, but not before
 * BENCH_ROUNDS_LEAST. Both sides run once before, which also warms them up; with WARD_BENCH_ONCE
 * each runs once and no more, for who counts instructions. */
static struct bench fit(
	const struct bench *b, const struct bench_side *ours, const struct bench_side *bound)
{
	struct bench ret = *b;

	check(b);
	if (getenv("WARD_BENCH_ONCE")) {
		ret.rounds = 1;
		return ret;
	}
	ward_ns from = ward_clock_mono(ward_clock_system());

	(void)once(b, ours);
	if (bound)
		(void)once(b, bound);
	ward_ns each = ward_clock_mono(ward_clock_system()) - from + 1;
	size_t most = (size_t)(BENCH_SECONDS * WARD_NS_PER_S / each);

	most = most > BENCH_ROUNDS_LEAST ? most : BENCH_ROUNDS_LEAST;
	ret.rounds = b->rounds < most ? b->rounds : most;
	return ret;
}

void bench_alone(const struct bench *asked, struct bench_side side)
{
	const struct bench fits = fit(asked, &side, NULL), *b = &fits;
	double ns[BENCH_ROUNDS_MAX];

	for (size_t i = 0; i < b->rounds; i++)
		ns[i] = once(b, &side);
	qsort(ns, b->rounds, sizeof(*ns), cmp);
	head(b, ns);
	tail();
}

void bench(const char *name, const char *unit, size_t n, void (*work)(void *ctx), void *ctx)
{
	const struct bench b = {name, unit, n, BENCH_ROUNDS, BENCH_CPU};

	bench_alone(&b, (struct bench_side){name, work, ctx, NULL});
}

/* Of two measures a round, and of their ratios; the median lies within the two numbers by which
 * a sign test does not refuse it at 5 %. */
static void ratios(const struct bench *b, double *ns, const char *bound, double *bound_ns)
{
	double ratio[BENCH_ROUNDS_MAX];
	size_t n = b->rounds, off = 0;

	while (off < n / 2 && off * off * 25 < 24 * n) /* 0.98 times the root of n */
		off++;
	for (size_t i = 0; i < n; i++) {
		if (bound_ns[i] <= 0)
			bench_die("%s: '%s' is too short to measure", b->name, bound);
		ratio[i] = ns[i] / bound_ns[i];
	}
	qsort(ns, n, sizeof(*ns), cmp);
	qsort(bound_ns, n, sizeof(*ns), cmp);
	qsort(ratio, n, sizeof(*ns), cmp);
	head(b, ns);
	printf(",\"against\":\"%s\",\"against_median\":%.4g,\"against_p99\":%.4g,\"ratio\":%.4g,"
	       "\"ratio_p10\":%.4g,\"ratio_p90\":%.4g,\"ratio_from\":%.4g,\"ratio_to\":%.4g",
		bound, percentile(bound_ns, n, 50), percentile(bound_ns, n, 99),
		percentile(ratio, n, 50), percentile(ratio, n, 10), percentile(ratio, n, 90),
		ratio[n / 2 - off], ratio[n / 2 + off < n ? n / 2 + off : n - 1]);
	tail();
}

void bench_pair(const struct bench *asked, struct bench_side ours, struct bench_side bound)
{
	const struct bench fits = fit(asked, &ours, &bound), *b = &fits;
	double ns[BENCH_ROUNDS_MAX], bound_ns[BENCH_ROUNDS_MAX];

	for (size_t i = 0; i < b->rounds; i++) {
		if (i % 2)
			bound_ns[i] = once(b, &bound);
		ns[i] = once(b, &ours);
		if (i % 2 == 0)
			bound_ns[i] = once(b, &bound);
	}
	ratios(b, ns, bound.name, bound_ns);
}

void bench_given_pair(const struct bench *b, double *ns, const char *bound, double *bound_ns)
{
	check(b);
	ratios(b, ns, bound, bound_ns);
}

void bench_given(const struct bench *b, double *ns)
{
	check(b);
	qsort(ns, b->rounds, sizeof(*ns), cmp);
	head(b, ns);
	tail();
}

void bench_published(const char *name, const char *unit, double ns, const char *source)
{
	printf("{\"name\":\"%s\",\"unit\":\"%s\",\"median\":%.4g,\"published\":\"%s\"", name, unit,
		ns, source);
	tail();
}

void bench_note(const char *name, const char *fmt, ...)
{
	va_list ap;

	printf("{\"name\":\"%s\",\"note\":\"", name);
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	(void)fputc('"', stdout);
	tail();
}

void bench_skip(const char *name, const char *why)
{
	printf("{\"name\":\"%s\",\"skip\":\"%s\"", name, why);
	tail();
}
