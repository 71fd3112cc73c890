/* Decision diagrams: Boolean functions (ROBDD: Bryant 1986) and families of sets (ZBDD: Minato
 * 1993) in one table of nodes.
 *
 * A node is (level, lo, hi): as a function "if the variable of that level then hi else lo", as a
 * family "the sets of lo, and those of hi with the variable added". Which it is, the caller knows.
 * Equal functions are equal numbers, and so are equal families. A node's children have smaller
 * numbers, so a walk up the numbers sees children first: nothing here recurses. Nodes are kept
 * until the diagram is freed, or until ward_dd_sweep. Same calls, same numbers, on every machine.
 * Single-threaded; faces no outside bytes, but their owner may choose functions that are large:
 * node_max bounds them. */
#ifndef WARD_LOGIC_DD_H
#define WARD_LOGIC_DD_H

#include "base/mem.h"

/* As functions: never and always. As families: no set, and the empty set alone. */
#define WARD_DD_FALSE 0u
#define WARD_DD_TRUE 1u
#define WARD_DD_LEVEL_MAX (UINT32_MAX - 1)

struct ward_dd_node {
	uint32_t level; /* UINT32_MAX for the two constants: below every variable */
	uint32_t lo, hi;
	uint32_t next; /* in its bucket */
};

enum ward_dd_op {
	WARD_DD_AND,
	WARD_DD_OR,
	WARD_DD_XOR,
	WARD_DD_CUTS,    /* one operand: a function, gives a family */
	WARD_DD_WITHOUT, /* families: the sets of a that contain no set of b */
	WARD_DD_OP_N,
};

struct ward_dd;

/* At most node_max nodes (2 to 2^31) at once, 16 bytes each and as many for what is remembered of
 * results. Borrows mem. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_dd_new(
	const struct ward_mem *mem, size_t node_max, struct ward_dd **ret);
void ward_dd_free(struct ward_dd *d);
/* From now on that many nodes, no fewer than there are. */
void ward_dd_allow(struct ward_dd *d, size_t node_max);
/* Nodes in the table, the two constants among them. */
size_t ward_dd_n(const struct ward_dd *d);
/* From now on LIMIT after that many steps of all operations together: what was remembered may have
 * been overwritten and be worked out again, so that few nodes alone don't bound the time. */
void ward_dd_budget(struct ward_dd *d, uint64_t steps);
/* Node f < ward_dd_n. Valid until the next call that makes nodes. */
const struct ward_dd_node *ward_dd_at(const struct ward_dd *d, uint32_t f);

/* The function that is the variable itself; lower levels stand nearer to the root. All that make
 * nodes: LIMIT when there are node_max, NOMEM; then *ret is untouched and the diagram still good.
 */
WARD_MUST_CHECK enum ward_err ward_dd_var(struct ward_dd *d, uint32_t level, uint32_t *ret);
/* O(nodes of a · nodes of b) at worst for the first three. b is not read for CUTS, which gives the
 * minimal cut sets of f: the smallest sets of variables that, true, can make f true whatever it
 * asks of others to be false (Rauzy 1993; for f that is not coherent, those of its coherent hull).
 */
WARD_MUST_CHECK enum ward_err ward_dd_apply(
	struct ward_dd *d, enum ward_dd_op op, uint32_t a, uint32_t b, uint32_t *ret);
/* At least k of f[n]; k == 0 is always, k > n never. O(n · k) operations. */
WARD_MUST_CHECK enum ward_err ward_dd_atleast(
	struct ward_dd *d, size_t k, const uint32_t *f, size_t n, uint32_t *ret);

/* Nodes below root, itself and the constants included, from children up, into *ret (borrowed,
 * until the next call on d that makes or lists nodes). NOMEM. O(root). */
WARD_MUST_CHECK enum ward_err ward_dd_below(
	struct ward_dd *d, uint32_t root, const uint32_t **ret, size_t *ret_n);
/* Forgets every node that is not below one of root[n] and renumbers these in place. O(nodes). */
WARD_MUST_CHECK enum ward_err ward_dd_sweep(struct ward_dd *d, uint32_t *root, size_t n);

/* P(f) with p[level] for the variable of that level, all independent. value[ward_dd_n] is scratch.
 * Sums of products in one fixed order: the same bits on every run. O(f). NOMEM. */
WARD_MUST_CHECK enum ward_err ward_dd_probability(
	struct ward_dd *d, uint32_t f, const double *p, double *value, double *ret);

#endif
