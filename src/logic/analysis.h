/* An analysis from within; see analyse.h. Internal. */
#ifndef WARD_LOGIC_ANALYSIS_H
#define WARD_LOGIC_ANALYSIS_H

#include "logic/analyse.h"
#include "logic/dd.h"
#include "logic/order.h"

struct ward_analysis {
	const struct ward_mem *mem;
	const struct ward_tree *t;
	struct ward_dd *dd;
	struct cone cone;
	uint32_t *fn;   /* [3 · n_gate]: functions of gates, of modules within, cuts of modules */
	uint32_t *left; /* [n_gate] parents that still have to be built */
	uint32_t *module; /* gates; inner ones first, the top last */
	size_t n_module;
	bool cut; /* the cut sets are made */
	/* Scratch. */
	double *value, *weight; /* [cap_value], per node */
	size_t cap_value;
	double *p; /* [n_gate], per level */
};

static inline uint32_t *inner(struct ward_analysis *a)
{
	return a->fn + a->t->n_gate;
}
static inline uint32_t *cuts(struct ward_analysis *a)
{
	return a->fn + 2 * a->t->n_gate;
}
/* Room for one value and weight per node. */
WARD_MUST_CHECK enum ward_err analysis_room(struct ward_analysis *a);
/* p per level: of the events from p[event], and of the modules up to the last. *ret is P(top). */
WARD_MUST_CHECK enum ward_err analysis_evaluate(
	struct ward_analysis *a, const double *p, double *ret);

#endif
