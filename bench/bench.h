/* What every bench shares: repeat a piece of work, report median and 99th percentile as one JSON
 * line. A bench says nothing about pass or fail; a budget or a peer's figure is a line of its own,
 * measured in the same run. */
#ifndef WARD_BENCH_BENCH_H
#define WARD_BENCH_BENCH_H

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { BENCH_RUNS = 101 };

static inline int bench_cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Runs work(ctx) BENCH_RUNS times after one warm-up. One run does n units of work; the figures are
 * nanoseconds per unit. */
static inline void bench(
	const char *name, const char *unit, size_t n, void (*work)(void *ctx), void *ctx)
{
	const struct ward_clock *clock = ward_clock_system();
	double ns[BENCH_RUNS];

	work(ctx);
	for (size_t i = 0; i < BENCH_RUNS; i++) {
		ward_ns from = ward_clock_mono(clock);

		work(ctx);
		ns[i] = (double)(ward_clock_mono(clock) - from) / (double)n;
	}
	qsort(ns, BENCH_RUNS, sizeof(*ns), bench_cmp);
	printf("{\"name\":\"%s\",\"unit\":\"ns/%s\",\"n\":%zu,\"median\":%.1f,\"p99\":%.1f}\n",
		name, unit, n, ns[BENCH_RUNS / 2], ns[BENCH_RUNS * 99 / 100]);
}

/* Keeps the compiler from dropping work whose result nobody reads. */
static inline void bench_keep(uint64_t v)
{
	static volatile uint64_t sink;

	sink = sink + v;
}

#endif
