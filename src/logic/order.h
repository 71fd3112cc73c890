/* In which order the basic events stand in the diagrams, and what is a module. Internal. */
#ifndef WARD_LOGIC_ORDER_H
#define WARD_LOGIC_ORDER_H

#include "logic/tree.h"

/* How operands are visited, depth first: which way gives small diagrams no one knows before. */
enum order { ORDER_WRITTEN, ORDER_SMALL_FIRST, ORDER_LARGE_FIRST, ORDER_SHARED_FIRST, ORDER_N };

/* Of one gate below the top. */
struct place {
	uint32_t level;       /* of events and modules: in the order of the walk, from 0 */
	uint32_t enter, exit; /* dates of the walk; enter 0: not below the top */
	uint32_t last;        /* when it was last come upon */
	uint32_t size;        /* events below it, each path counted */
	uint32_t parents;
	/* Nothing below is used elsewhere, and nothing below asks for something false: so it stands
	 * for its function as one variable (Dutuit, Rauzy 1996). */
	bool module;
	bool monotone;
};

struct cone {
	const struct ward_tree *t;
	uint32_t top;
	struct place *place; /* [n_gate] */
	uint32_t *post;      /* the gates below the top and it, operands first; n */
	size_t n, n_level;
	uint32_t *arg;      /* [n_arg] operands as they are visited */
	uint32_t *at_level; /* [n_gate] the gate */
	struct walk *walk;  /* [n_gate] scratch */
};

/* NOMEM. Free with cone_fini, also after an error. */
WARD_MUST_CHECK enum ward_err cone_init(struct cone *c, const struct ward_tree *t, uint32_t top);
void cone_fini(struct cone *c);
/* Fills the rest by a walk in that order. O(tree · log operands). */
void cone_walk(struct cone *c, enum order order);

#endif
