/* What a fault tree means: the probability of its top, its minimal cut sets, which event matters.
 *
 * The tree is cut into modules, each a binary decision diagram of its own; results are exact up to
 * the rounding of doubles, and the same bits on every run. Probability needs no cut sets: where
 * these do not fit, it still stands. Terms as in IEC 61025 and NUREG-0492. Single-threaded. */
#ifndef WARD_LOGIC_ANALYSE_H
#define WARD_LOGIC_ANALYSE_H

#include "logic/tree.h"

struct ward_analysis;

/* Nodes of diagrams at once, 36 bytes each at most; see ward_analysis_new. */
enum { WARD_ANALYSIS_NODES = 1 << 23 };

/* Builds the diagrams of gate top: four orders of the variables are tried with few nodes, then
 * with more, up to node_max. LIMIT when none fits, NOMEM. Borrows t. */
WARD_MUST_CHECK enum ward_err ward_analysis_new(
	const struct ward_tree *t, uint32_t top, size_t node_max, struct ward_analysis **ret);
void ward_analysis_free(struct ward_analysis *a);

struct ward_analysis_size {
	size_t gates, events, modules; /* below the top */
	size_t nodes;                  /* of all diagrams */
	bool coherent;                 /* no gate asks for something that did not happen */
};
struct ward_analysis_size ward_analysis_size(const struct ward_analysis *a);
/* Is the event (by its number) below the top? */
bool ward_analysis_uses(const struct ward_analysis *a, uint32_t event);

/* P(top), of p[event] or, when NULL, of what the tree says. Where the tree is coherent and p only
 * known between bounds, all lower and all upper ones give the bounds of the result. NOMEM.
 * O(nodes). */
WARD_MUST_CHECK enum ward_err ward_analysis_probability(
	struct ward_analysis *a, const double *p, double *ret);

/* Makes the minimal cut sets; what follows needs them, and calls this. Of a tree that is not
 * coherent they are those of its coherent hull: events that did not happen are left out. LIMIT when
 * they don't fit: then all else still works. */
WARD_MUST_CHECK enum ward_err ward_analysis_cut(struct ward_analysis *a);

enum { WARD_CUT_ORDER_MAX = 64 };
struct ward_cuts {
	uint64_t n;   /* UINT64_MAX: that or more */
	double rare;  /* the sum of their probabilities, at most 1 */
	double bound; /* 1 - prod(1 - P(cut set)): the min-cut upper bound, never below P(top) */
	uint64_t order[WARD_CUT_ORDER_MAX + 1]; /* with so many events */
	uint64_t longer;                        /* with more */
};
WARD_MUST_CHECK enum ward_err ward_analysis_cuts(struct ward_analysis *a, struct ward_cuts *ret);

/* Calls fn with each minimal cut set of at most order_max events, in a fixed order; event[n] is
 * ascending and lives for the call. Ends at the first error that fn gives, and gives it. */
WARD_MUST_CHECK enum ward_err ward_analysis_each_cut(struct ward_analysis *a, size_t order_max,
	enum ward_err (*fn)(void *ctx, const uint32_t *event, size_t n), void *ctx);

/* A ratio may be infinite, and is then INFINITY; 0/0 is NAN: there is no answer. */
struct ward_importance {
	double birnbaum;       /* P(top | event) - P(top | not) */
	double criticality;    /* birnbaum · p / P(top) */
	double fussell_vesely; /* its cut sets' share of the sum over all; NAN without cut sets */
	double raw;            /* risk achievement worth: P(top | event) / P(top) */
	double rrw;            /* risk reduction worth: P(top) / P(top | not) */
};
/* For each event of the tree into ret[n_event]; those that are not below the top have 0, and worths
 * of 1. cuts: fussell_vesely too. O(nodes), and once more for an event without which P(top) nearly
 * vanishes. */
WARD_MUST_CHECK enum ward_err ward_analysis_importance(
	struct ward_analysis *a, bool cuts, struct ward_importance *ret);

#endif
