/* The cheapest way to cut every plan of an AND/OR graph, or all but unlikely ones.
 *
 * A measure has a price and acts on steps: it bans them, or adds to their cost (a cost is
 * -log2 of a likelihood: to weaken is to add). A choice of measures holds when the cheapest plan
 * that is left costs more than `bar`. Solved by growing a list of plans (implicit hitting set):
 * the cheapest choice that covers the plans found so far is a lower bound; if the graph has no
 * cheap plan left under it, it is the answer, else that plan joins the list. The covering problem
 * itself is solved by branch and bound from a greedy start. Pure, single-threaded, bounded. */
#ifndef WARD_PATHS_CUT_H
#define WARD_PATHS_CUT_H

#include "paths/aog.h"

struct ward_cut_act {
	uint32_t measure, step;
	uint64_t adds; /* to the step's cost; WARD_AOG_NEVER bans it */
};

struct ward_cut_problem {
	const struct ward_aog *g;
	const uint64_t *cost; /* [n_step] without any measure */
	uint32_t goal;
	const uint64_t *price; /* [n_measure] */
	size_t n_measure;
	const struct ward_cut_act *act; /* sorted by (step, measure), each pair once */
	size_t n_act;
	uint64_t bar; /* plans that cost more need no cutting; WARD_AOG_NEVER - 1: cut all */
	/* Looks at steps, plans and measures that may still be taken, counted down: effort without
	 * a clock. NULL: as many as it takes. A pass over the graph that is begun comes to its end.
	 */
	uint64_t *left;
};

struct ward_cut {
	uint8_t *chosen; /* [n_measure], 1: take it; in the arena */
	uint64_t price;  /* of these together */
	uint64_t bound;  /* no choice is cheaper than this; == price when it is exact */
	bool possible;   /* false: the plan `uncut` stands whatever is done */
	struct ward_aog_plan uncut;
	size_t n_plan; /* that were looked at */
};

/* LIMIT never: where a limit is met, price > bound says how far it may be off, and what is chosen
 * holds all the same: in the worst case it is every measure. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cut_solve(
	const struct ward_cut_problem *p, struct ward_arena *a, struct ward_cut *ret);

/* Cost of each step under a choice, into ret[n_step]; of *p only g, cost, act, n_act are read, and
 * chosen only if n_act > 0. */
void ward_cut_apply(const struct ward_cut_problem *p, const uint8_t *chosen, uint64_t *ret);

/* Every step needs one fact at most: then the cheapest set of steps to take away, each at its
 * price[step] (WARD_AOG_NEVER: can't be taken), is a minimum cut (Dinic 1970), exact in polynomial
 * time. ret_cut[n_step]; *ret_price is WARD_AOG_NEVER when there is none. UNSUPPORTED for a step
 * of two needs, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cut_flow(const struct ward_aog *g, const uint64_t *price,
	uint32_t goal, uint8_t *ret_cut, uint64_t *ret_price);

#endif
