/* The ways by which an incident comes to one state, the likeliest first, and what stood in the way
 * of others.
 *
 * A way is a sequence of steps from a seed, none twice: (asset, threat) by a rule over a relation,
 * or through a gate (a supply that keeps too few, a requirement group) with as many other parts of
 * it as must fall, each of these by its own likeliest proof that needs nothing further down the
 * way. Its likelihood is the product along it; that of the best way is the lower bound of the
 * state. Two ways that are one proof, looked at from two of its parts, are one.
 *
 * Found backwards from the state, best first, with the bounds that the run has left (A*; what is
 * left to come is never underrated, so the order is exact), only when asked for. Pure,
 * single-threaded. */
#ifndef WARD_IMPACT_ROUTE_H
#define WARD_IMPACT_ROUTE_H

#include "impact/impact.h"

enum {
	WARD_ROUTES_DEFAULT = 3,
	WARD_ROUTES_MAX = 16,          /* ways to one state */
	WARD_ROUTES_EFFORT = 1 << 17,  /* ways in and steps looked at for one state */
	WARD_ROUTES_BARRIERS_MAX = 64, /* told for one state */
};

/* Another part that a gate needed: its proof is its own likeliest. */
struct ward_route_part {
	uint32_t asset, threat;
	uint32_t group; /* of an inner requirement: what fell; else WARD_NONE */
};

/* How one state of a way comes from the one before it. */
struct ward_route_step {
	uint32_t asset, threat;
	uint32_t rule;          /* or WARD_IMPACT_SEED */
	uint32_t group;         /* the requirement group that fell, or WARD_NONE */
	enum ward_rel_type rel; /* WARD_REL_N: the same asset, or a seed */
	bool against;           /* the relation goes from this asset to the one before it */
	bool loop;              /* only a loop of supplies without a live source still held it */
	uint32_t must, of;      /* so many of so many parts of its gate had to fall; 0 of 0: none */
	uint32_t part, n_part;  /* the others among them, in ward_routes.part */
	int64_t kept_micro;     /* what its protections let through; 1000000: all */
	int64_t lo_micro;       /* from the seed to here */
	ward_ns earliest, expected; /* absolute, by this way */
	ward_ns buffered;           /* what buffers gave in this step */
};

struct ward_route {
	uint32_t step, n_step; /* in ward_routes.step, the seed first */
	int64_t lo_micro;
	ward_ns earliest, expected; /* those of its last step */
};

struct ward_routes {
	/* By likelihood, then the earliest time, then as found. The first is the chain that the
	 * item's parents tell; among equally likely ones it need not be the soonest. */
	struct ward_route route[WARD_ROUTES_MAX];
	size_t n;
	bool whole; /* there is no other way, or as many were found as were asked for */
	struct ward_route_step *step;
	size_t n_step;
	struct ward_route_part *part;
	size_t n_part;
	/* Indices in ward_impacts.barrier: what was stopped there would have come to a state of
	 * these ways, over states that nothing else leads to. Ascending. */
	uint32_t barrier[WARD_ROUTES_BARRIERS_MAX];
	size_t n_barrier;
	bool barriers_whole;
};

struct ward_router;

/* For the last result of that engine, in full mode: `all` is what it gave; both are borrowed, and
 * any run, update or result makes it void. STATE after an error, in reference mode, or between an
 * update and its result. */
WARD_MUST_CHECK enum ward_err ward_router_new(
	struct ward_engine *e, const struct ward_impacts *all, struct ward_router **ret);
void ward_router_free(struct ward_router *r);

/* The k likeliest ways to an item, 1 to WARD_ROUTES_MAX. *ret lives until the next call or free.
 * NOMEM. At most WARD_ROUTES_EFFORT: then `whole` is false, and there are at least as many as were
 * found by then; the first is always there. */
WARD_MUST_CHECK enum ward_err ward_router_find(
	struct ward_router *r, size_t item, size_t k, const struct ward_routes **ret);
/* The one way that the item's `expected` is the time of: of a gate, with the other parts that fell
 * soonest. Its likelihood is the product along it and of those parts' lower bounds, so a lower
 * bound too, as all of them are positively associated. *ret as above: one route, without barriers.
 * NOMEM. O(steps · slots of their gates). */
WARD_MUST_CHECK enum ward_err ward_router_soonest(
	struct ward_router *r, size_t item, const struct ward_routes **ret);

#endif
