/* Strongly connected components of a graph that is given as a function. Internal to this room. */
#ifndef WARD_IMPACT_SCC_H
#define WARD_IMPACT_SCC_H

#include "base/hash.h"

/* Bytes of memory per node. */
#define SCC_BYTES (7 * sizeof(uint32_t))

struct ward_scc {
	uint32_t n; /* nodes */
	const void *ctx;
	/* The i-th successor of v, or WARD_NONE after the last. */
	uint32_t (*next)(const void *ctx, uint32_t v, uint32_t i);
	uint32_t *comp; /* out: number of the component, from 1, in reverse topological order */
	uint32_t *list, n_list; /* out: nodes by component */
	uint32_t *low, *index, *stack, *call, *at;
};

/* Lays the arrays into mem: n times SCC_BYTES, zeroed, aligned for uint32_t. Borrows mem. */
void ward_scc_place(struct ward_scc *s, uint32_t *mem);
/* Tarjan (SIAM J. Comput. 1(2), 1972) with a stack of its own. O(nodes + edges). */
void ward_scc_run(struct ward_scc *s);

#endif
