/* The least that each part of a propagation has to do: plain sweeps over the compiled rows, one
 * number per state, with no ways, ties, loops or explanation. */
#ifndef WARD_BENCH_SWEEPS_H
#define WARD_BENCH_SWEEPS_H

#include "impact/engine.h"

struct sweeps {
	const struct ward_impact_plan *p;
	uint32_t *src;     /* [n_edge]: where each starts */
	uint64_t *key;     /* [n_state] */
	uint8_t *done;     /* [n_state] */
	uint32_t *count;   /* [n_gate] */
	uint8_t *fallen;   /* [n_slot] */
	uint64_t *product; /* [n_gate] */
	uint32_t *order;   /* [n_state]: as they became final */
	uint64_t *hi;      /* [n_state] */
	size_t n_order;
	struct radix heap;
	const struct ward_seed_threat *seed;
	size_t n_seed;
};

/* Ends the program when there is no memory. Borrows p and seed. */
void bench_sweeps_init(struct sweeps *s, const struct ward_impact_plan *p,
	const struct ward_seed_threat *seed, size_t n_seed);
void bench_sweeps_fini(struct sweeps *s);
/* For bench(): ctx is the sweeps. */
void bench_sweep_supply(void *ctx);   /* what is reached: breadth first */
void bench_sweep_earliest(void *ctx); /* Dijkstra with a radix heap */
void bench_sweep_expected(void *ctx);
void bench_sweep_low(void *ctx);
void bench_sweep_high(void *ctx); /* noisy-OR, 3 times in the order of the last Dijkstra */
void bench_sweep_all(void *ctx);
void bench_sweep_four(void *ctx); /* all but expected */

#endif
