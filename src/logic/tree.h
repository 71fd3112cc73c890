/* A fault tree: Boolean functions of basic events (IEC 61025), built from below.
 *
 * Every gate is given operands that exist already, so a tree has no cycle and no open end; parts
 * may be shared. Nothing is simplified. Freed whole. Single-threaded. */
#ifndef WARD_LOGIC_TREE_H
#define WARD_LOGIC_TREE_H

#include "base/hash.h"
#include "base/mem.h"

/* X(NAME, least operands, most; 0: no bound) */
#define WARD_GATE_LIST(X)                             \
	X(EVENT, 0, 0)                                \
	X(CONST, 0, 0)                                \
	X(AND, 1, 0)                                  \
	X(OR, 1, 0)                                   \
	X(ATLEAST, 1, 0)     /* min of them */        \
	X(CARDINALITY, 1, 0) /* min to max of them */ \
	X(NOT, 1, 1)                                  \
	X(NAND, 1, 0)                                 \
	X(NOR, 1, 0)                                  \
	X(XOR, 2, 2)                                  \
	X(IFF, 2, 2)                                  \
	X(IMPLY, 2, 2) /* not the first, or the second */

enum ward_gate_kind {
#define X(NAME, least, most) WARD_GATE_##NAME,
	WARD_GATE_LIST(X)
#undef X
		WARD_GATE_N,
};
/* Can that kind have n operands? */
bool ward_gate_fits(enum ward_gate_kind k, size_t n);

struct ward_gate {
	enum ward_gate_kind kind;
	uint32_t min, max; /* ATLEAST, CARDINALITY; CONST: min is 0 or 1 */
	uint32_t arg, n;   /* place in ward_tree.arg, and how many */
	uint32_t event;    /* EVENT: its number, from 0 */
};

struct ward_tree {
	const struct ward_mem *mem;
	size_t max; /* gates, and operands of all together */
	struct ward_gate *gate;
	size_t n_gate, cap_gate;
	uint32_t *arg;
	size_t n_arg, cap_arg;
	double *p; /* [n_event] */
	size_t n_event, cap_event;
};

/* Borrows mem; allocates nothing yet. */
void ward_tree_init(struct ward_tree *t, const struct ward_mem *mem, size_t max);
void ward_tree_fini(struct ward_tree *t);

/* A basic event; p in [0, 1], independent of all others. Gives its gate. LIMIT, NOMEM: here and
 * below the tree is then as before. */
WARD_MUST_CHECK enum ward_err ward_tree_event(struct ward_tree *t, double p, uint32_t *ret);
/* A house event: known to be so. */
WARD_MUST_CHECK enum ward_err ward_tree_const(struct ward_tree *t, bool value, uint32_t *ret);
/* n must fit the kind, operands be gates of t. Copies arg. */
WARD_MUST_CHECK enum ward_err ward_tree_gate(struct ward_tree *t, enum ward_gate_kind kind,
	const uint32_t *arg, size_t n, uint32_t *ret);
/* From min to max of the operands; ATLEAST when max >= n. */
WARD_MUST_CHECK enum ward_err ward_tree_count(struct ward_tree *t, uint32_t min, uint32_t max,
	const uint32_t *arg, size_t n, uint32_t *ret);

/* Common cause failures: a group of n equal members that may fail together. NUREG/CR-5485. */
enum ward_ccf_model {
	/* factor[0]: the share of a member's failures that strike all members */
	WARD_CCF_BETA,
	/* factor[0..n-2]: beta, gamma, delta …: that 2, 3, 4 … fail at least, given one less */
	WARD_CCF_MGL,
	/* factor[0..n-1]: shares of the group's events that strike 1, 2 … members, not staggered */
	WARD_CCF_ALPHA,
	/* factor[0..n-1]: of a member's q, what one event of 1, 2 … given members has */
	WARD_CCF_PHI,
	WARD_CCF_N,
};
enum { WARD_CCF_MEMBERS_MAX = 12 };
/* How many factors the model takes for n members. */
size_t ward_ccf_factors(enum ward_ccf_model m, size_t n);
/* The probability that exactly k given members of n fail by one cause, k from 1 to n into
 * ret[0..n-1], of a member's total probability q. The events of a member need not sum to q:
 * phi-factors and rounding are the caller's. 2 <= n <= WARD_CCF_MEMBERS_MAX. */
void ward_ccf_split(enum ward_ccf_model m, double q, const double *factor, size_t n, double *ret);
/* One basic event for each set of members that can fail together, into event[set] (bit i: member
 * i; WARD_NONE where the model knows none; [1 << n]), and for each member the OR of its sets into
 * member[n]. */
WARD_MUST_CHECK enum ward_err ward_ccf_expand(
	struct ward_tree *t, const double *split, size_t n, uint32_t *event, uint32_t *member);

#endif
