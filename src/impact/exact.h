/* The likelihood of one impact exactly, or from sampled worlds: all that can lead to one state, as
 * Boolean functions of independent events, solved as the README's model of chance says. Internal to
 * this room; knows nothing of the engine: cone.c fills the cone from it. */
#ifndef WARD_IMPACT_EXACT_H
#define WARD_IMPACT_EXACT_H

#include "impact/impact.h"

/* Between lo and hi, in units of 1e-12. */
struct exact_chance {
	uint64_t lo, hi;
	uint64_t key; /* names the event in sampled worlds, whatever else is in the cone */
	bool common;  /* others have the same key: it is one event */
};

struct exact_state {
	uint32_t asset;
	uint32_t ring;            /* its supply loop, or WARD_NONE */
	struct exact_chance open; /* its protections fail */
	struct exact_chance seed; /* it was observed */
	uint32_t way, n_way;
};

/* One event, and at least r of its slots have fallen. A rule that spreads has one slot. */
struct exact_way {
	struct exact_chance chance;
	bool supply;
	uint32_t r;
	uint32_t slot, n_slot;
};

/* It has fallen when one of its sources holds. */
struct exact_slot {
	uint32_t source, n_source;
};

/* Arrays grow; the states that are asked for come first, sources mostly after what they cause. */
struct exact_cone {
	const struct ward_mem *mem;
	struct exact_state *state;
	size_t n_state, cap_state;
	struct exact_way *way;
	size_t n_way, cap_way;
	struct exact_slot *slot;
	size_t n_slot, cap_slot;
	uint32_t *source; /* states */
	size_t n_source, cap_source;
};

void exact_cone_fini(struct exact_cone *c);

/* Of state[0]: *lo_micro and *hi_micro are the narrowest whole millionths around the result (which
 * is good to 1e-11): lo of all lower chances, hi of all upper ones. LIMIT beyond node_max nodes of
 * the diagram; NOMEM. */
WARD_MUST_CHECK enum ward_err exact_solve(
	const struct exact_cone *c, size_t node_max, int64_t *lo_micro, int64_t *hi_micro);

/* Of the first n states of the cone, into lo_micro[n] and hi_micro[n], from that many worlds
 * (rounded up to 64), each event drawn by (seed, its key, number of the world): two cones that
 * share events share their worlds. An interval holds the truth with 95 % (Wilson's score interval
 * at 1.96). NOMEM. */
WARD_MUST_CHECK enum ward_err exact_sample(const struct exact_cone *c, uint32_t worlds,
	uint64_t seed, size_t n, int64_t *lo_micro, int64_t *hi_micro);

#endif
