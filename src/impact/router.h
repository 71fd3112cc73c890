/* What the search for ways keeps (route.h). Internal to this room.
 *
 * A tree of partial ways, each from some state down to the item: a node is a state and the step
 * that leads from it to the state of `next`. */
#ifndef WARD_IMPACT_ROUTER_H
#define WARD_IMPACT_ROUTER_H

#include "impact/engine.h"
#include "impact/route.h"

struct tree_node {
	uint32_t state;
	uint32_t next; /* WARD_NONE: it is the item's */
	uint32_t depth;
	uint32_t by;           /* of the step to next, as in a way */
	uint32_t part, n_part; /* in router.part: the states that the gate needed beside this one */
	bool loop;             /* the step is the fall of a supply loop */
	uint64_t product;      /* of the parts' likelihoods */
	int64_t part_at;       /* when the last of them is there at the soonest */
	int64_t best;          /* least likelihood key of this state and those after it */
};

/* A partial way in the queue, as good as it can still become; done: whole. */
struct tree_item {
	uint64_t lo;
	int64_t earliest;
	uint32_t node;
	bool done;
};

/* A way into one state. */
struct tree_way {
	struct way way;
	uint32_t slot; /* of its gate */
	bool loop;
};

struct tree_slot {
	uint32_t state, slot;
};

struct ward_router {
	struct ward_engine *e;
	const struct ward_impacts *all;
	size_t n_cell, n_state;
	uint32_t *on_way; /* [n_cell]: stamp: the state is on the way that is looked at */
	uint32_t *clean;  /* [n_cell]: stamp: its proof needs nothing of that way; + 1: it does */
	uint32_t *beyond; /* [n_state]: stamp of the search for barriers */
	uint32_t stamp;
	size_t effort;
	struct tree_node *node;
	size_t n_node, cap_node;
	struct tree_item *heap;
	size_t n_heap, cap_heap;
	struct tree_way *way; /* scratch: into one state */
	size_t n_way, cap_way;
	struct tree_slot *slot; /* scratch: what fell of one gate */
	size_t n_slot, cap_slot;
	struct list part, stack, chain;
	struct ward_routes found;
	size_t cap_step, cap_part;
};

static inline uint32_t router_cell(const struct ward_router *r, uint32_t s)
{
	return r->e->number[s];
}
/* Is the state reached, with a proof? */
static inline bool router_has(const struct ward_router *r, uint32_t s)
{
	return ward_cell_is(r->e, s, STATE_REACHED) && ward_key(r->e, METRIC_LO, s) != KEY_WORST;
}

/* proof.c: the likeliest r - 1 slots of the gate beside that one which do not need what is on the
 * way from node `at` on, into n->part, n_part, product and part_at. *ret: there are as many. */
WARD_MUST_CHECK enum ward_err ward_proof_parts(
	struct ward_router *r, uint32_t slot, uint32_t at, struct tree_node *n, bool *ret);
/* The r - 1 slots of the gate beside that one that fell soonest by expected times, likewise; no
 * look at what they need. */
WARD_MUST_CHECK enum ward_err ward_proof_soonest(
	struct ward_router *r, uint32_t slot, struct tree_node *n, bool *ret);
/* Stamps the states of the way from that node on. */
void ward_proof_mark(struct ward_router *r, uint32_t at);

/* steps.c: adds the way from that node to what was found, unless it is one that was already.
 * told: the labels' own, which is none. */
WARD_MUST_CHECK enum ward_err ward_router_add(struct ward_router *r, uint32_t node, bool told);
/* The barriers beside the ways that were found. */
WARD_MUST_CHECK enum ward_err ward_router_barriers(struct ward_router *r);

#endif
