/* What every bench shares: repeat a piece of work, alone or in turn with a bound, and print one
 * JSON line.
 *
 * A bench says nothing about pass or fail. A figure alone depends on the machine; so the work is
 * measured in pairs with something known that moves the same bytes (a copy, tcpdump, a plain write)
 * in the same run, turn by turn, and what counts is the ratio of each pair. All figures are
 * nanoseconds per unit. Programs of this folder only: on bad luck they say why and end. */
#ifndef WARD_BENCH_BENCH_H
#define WARD_BENCH_BENCH_H

#include "base/attr.h"

#include <stddef.h>
#include <stdint.h>

enum {
	BENCH_ROUNDS = 101,
	BENCH_ROUNDS_MAX = 1001,
	BENCH_ROUNDS_LEAST = 7, /* a row ends after BENCH_SECONDS, but not before so many */
	BENCH_SECONDS = 3,
};

enum bench_clock {
	BENCH_WALL, /* what a person or a disk waits for */
	BENCH_CPU,  /* of this process and its ended children: other work on the machine, less seen
		     */
};

struct bench {
	const char *name; /* "room/what" */
	const char *unit; /* "event": what one run does n of */
	size_t n;
	size_t rounds; /* 1..BENCH_ROUNDS_MAX; fewer where they take long */
	enum bench_clock clock;
};

struct bench_side {
	const char *name;
	void (*work)(void *ctx);
	void *ctx;
	void (*prepare)(void *ctx); /* before each run, not measured; NULL: nothing to do */
};

/* Runs work(ctx) BENCH_ROUNDS times after one warm-up, by CPU time. One run does n units. */
void bench(const char *name, const char *unit, size_t n, void (*work)(void *ctx), void *ctx);
/* The same for a whole description. */
void bench_alone(const struct bench *b, struct bench_side side);

/* Both sides in turn, the first one alternating, after one warm-up of each. Prints best, median
 * and p99 of ours, the median of the bound, and of the ratios ours/bound of each round the median,
 * the 10th and 90th percentile, and between what the median lies with 95 % confidence. */
void bench_pair(const struct bench *b, struct bench_side ours, struct bench_side bound);

/* A line of measures that the caller took: b->rounds of them, nanoseconds; sorts them. */
void bench_given(const struct bench *b, double *ns);
/* The same of two measures in each of b->rounds rounds, as bench_pair; sorts them. */
void bench_given_pair(const struct bench *b, double *ns, const char *bound, double *bound_ns);
/* Nanoseconds of processor time of this process and its ended children. */
double bench_cpu(void);

/* A line that holds no measure of this run: a published figure (ns per unit), what was measured
 * with, or why a bench was left out. */
void bench_published(const char *name, const char *unit, double ns, const char *source);
void bench_note(const char *name, const char *fmt, ...) WARD_PRINTF(2, 3);
void bench_skip(const char *name, const char *why);

/* Says what went wrong and ends the program with 1. */
WARD_NORETURN void bench_die(const char *fmt, ...) WARD_PRINTF(1, 2);

/* Keeps the compiler from dropping work whose result nobody reads. */
static inline void bench_keep(uint64_t v)
{
	static volatile uint64_t sink;

	sink = sink + v;
}

/* splitmix64 (Steele, Lea, Flood 2014): the same numbers every time. */
static inline uint64_t bench_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

#endif
