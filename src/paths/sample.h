/* How long an attacker takes: every step's chance and time are drawn, again and again, and each
 * time the quickest way to the goals is found anew and exactly (Knuth's order, as `aog.h`).
 *
 * As simulators of the Meta Attack Language do it: a step succeeds with its chance (Bernoulli) or
 * can't be done at all in this draw; one that succeeds takes an exponentially distributed time with
 * the stated time as mean; all that can be begun is begun at once, so that what follows one another
 * adds up, of several ways the quickest counts, and of needs the slowest. Pure, single-threaded, no
 * floating point: the same seed gives the same draws on every machine, whatever the order of steps,
 * as a draw depends on the step's `key` alone. */
#ifndef WARD_PATHS_SAMPLE_H
#define WARD_PATHS_SAMPLE_H

#include "paths/aog.h"

enum {
	WARD_SAMPLE_USUAL = 1000,     /* draws, where nobody says how many … */
	WARD_SAMPLE_LEAST = 30,       /* … and for graphs of many steps at least so many … */
	WARD_SAMPLE_EFFORT = 1 << 24, /* … of so many steps together */
	WARD_SAMPLE_MOST = 100000,
	WARD_SAMPLE_QUANTILES = 3,
};

/* For one step of the graph. */
struct ward_sample_step {
	uint64_t key;          /* who it is, alike in every order */
	uint64_t mean_ms;      /* drawn: the mean; else what it takes */
	uint32_t chance_micro; /* 0: never, 1000000: always */
	bool work; /* its time is drawn, and is the attacker's; else that of what follows */
};

struct ward_sample_time {
	uint32_t n_reached; /* draws in which the goal is reached at all */
	/* Of all draws a tenth, half, nine tenths are done by then (nearest rank); WARD_AOG_NEVER:
	 * fewer than that ever are. `work`: the attacker's alone, what follows taking no time;
	 * `all`: until the goal. */
	uint64_t work_ms[WARD_SAMPLE_QUANTILES], all_ms[WARD_SAMPLE_QUANTILES];
};

struct ward_sample_ask {
	const struct ward_sample_step *step; /* [n_step] */
	const uint32_t *goal;
	size_t n_goal;
	uint64_t seed;
	uint32_t n; /* draws, 1 to WARD_SAMPLE_MOST */
};

/* ret[n_goal] is filled. NOMEM. O(n · steps · log facts). */
WARD_MUST_CHECK enum ward_err ward_sample_times(
	const struct ward_aog *g, const struct ward_sample_ask *ask, struct ward_sample_time *ret);

/* What draw number i gives the step in milliseconds; WARD_AOG_NEVER: it fails. */
uint64_t ward_sample_draw(const struct ward_sample_step *s, uint64_t seed, uint32_t i);

/* How many draws of a graph with so many steps, where nobody says. */
uint32_t ward_sample_usual(size_t n_step);

#endif
