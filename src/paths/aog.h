/* AND/OR graphs: facts (OR: any step that gives it) and steps (AND: all facts that it needs).
 *
 * The logical attack graph of MulVAL and MAL, without what its facts mean. Monotone: having a fact
 * never hurts. Cycles are allowed; a fact that only a cycle holds up is not derived (least
 * fixpoint). Costs are integers and combine by superior functions (Knuth 1977): a plan costs at
 * least what each of its parts costs. Ties go to the lower index, so that no order of hashing or
 * memory changes a bit. Pure, single-threaded; all sizes bounded by `max`. */
#ifndef WARD_PATHS_AOG_H
#define WARD_PATHS_AOG_H

#include "base/hash.h"

#define WARD_AOG_NEVER UINT64_MAX /* cost of what can't be had */

struct ward_aog_step {
	uint32_t head;          /* the fact that it gives */
	uint32_t first, n_tail; /* its needs: tail[first .. first + n_tail) */
	uint32_t kind;          /* for telling plans apart: steps of one kind count as alike */
};

struct ward_aog {
	const struct ward_mem *mem;
	struct ward_aog_step *step;
	uint32_t *tail;
	uint32_t n_fact;
	size_t n_step, cap_step, n_tail, cap_tail, max;
	/* After ward_aog_seal: steps by head and by tail, compressed rows. */
	uint32_t *by_head, *by_head_at; /* by_head_at[n_fact + 1] */
	uint32_t *by_tail, *by_tail_at;
};

/* At most max facts, and as many steps, and four times as many needs. Allocates nothing yet. */
void ward_aog_init(struct ward_aog *g, const struct ward_mem *mem, size_t max);
void ward_aog_fini(struct ward_aog *g);
/* A new fact. LIMIT. */
WARD_MUST_CHECK enum ward_err ward_aog_fact(struct ward_aog *g, uint32_t *ret);
/* A step that needs all of tail[0..n) (n may be 0: it can always be done). LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_aog_step(struct ward_aog *g, uint32_t head, const uint32_t *tail,
	uint32_t n, uint32_t kind, uint32_t *ret);
/* The fact "r of these n", 1 <= r <= n, as O(n · r) facts and steps of kind WARD_NONE that cost
 * nothing: each choice of r members is exactly one derivation. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_aog_threshold(
	struct ward_aog *g, const uint32_t *member, uint32_t n, uint32_t r, uint32_t *ret);
/* Sorts the rows; nothing may be added after. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_aog_seal(struct ward_aog *g);

/* What a sealed graph is without the steps that are not kept[n_step], and without the facts that no
 * kept step has and that are not in also[0..n_also): numbered anew in the same order, and sealed.
 * ret_fact[n_fact as before]: the new number of each fact, or WARD_NONE. NOMEM. O(needs). */
WARD_MUST_CHECK enum ward_err ward_aog_prune(struct ward_aog *g, const uint8_t *kept,
	const uint32_t *also, size_t n_also, uint32_t *ret_fact);

/* One cheapest derivation of every fact that has one. cost[step], WARD_AOG_NEVER: banned. A fact's
 * cost is its step's plus the sum of its needs' (`longest`: plus the greatest of them).
 * ret_cost[n_fact] and ret_step[n_fact] (WARD_NONE: not derivable) are filled. NOMEM.
 * O(steps · log facts). */
WARD_MUST_CHECK enum ward_err ward_aog_best(const struct ward_aog *g, const uint64_t *cost,
	bool longest, uint64_t *ret_cost, uint32_t *ret_step);
/* The same by sums, but only until the goal is derived or all that is left costs over `most`: facts
 * that were not come to count as not derivable. */
struct ward_aog_search {
	uint32_t goal; /* WARD_NONE: all facts */
	uint64_t most;
	uint64_t looks; /* out: steps that were looked at, a measure of effort without a clock */
};
WARD_MUST_CHECK enum ward_err ward_aog_search(const struct ward_aog *g, const uint64_t *cost,
	struct ward_aog_search *s, uint64_t *ret_cost, uint32_t *ret_step);
/* Is the goal derivable with banned[step] left out? (banned may be NULL.) *ret_on, unless NULL:
 * [n_fact], which facts are. NOMEM. O(needs). */
WARD_MUST_CHECK enum ward_err ward_aog_reach(
	const struct ward_aog *g, const uint8_t *banned, uint32_t goal, uint8_t *ret_on, bool *ret);

/* A plan: the distinct steps of one derivation, each after those that it rests on. */
struct ward_aog_plan {
	uint32_t *step;
	size_t n;
	uint64_t cost;  /* of the derivation as a tree: a step that is used twice is paid twice */
	uint32_t alike; /* how many others of the same kinds were passed over */
};
/* The plan that ret_step of ward_aog_best gives; goal must be derivable. In the arena. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_aog_extract(const struct ward_aog *g, const uint32_t *best_step,
	uint32_t goal, struct ward_arena *a, struct ward_aog_plan *ret);

struct ward_aog_ask {
	const uint64_t *cost; /* [n_step] */
	bool longest;         /* as in ward_aog_best */
	uint32_t goal;
	size_t k;
	uint64_t effort; /* kinds and facts of derivations that are looked at; 0: no such limit */
};
struct ward_aog_plans {
	struct ward_aog_plan *plan; /* the cheapest first */
	size_t n;
	bool more; /* a limit was met: there may be more, and none that was found is no proof */
};
/* Up to k plans for the goal, no two of which use the same kinds of steps, and none of which passes
 * one fact twice or contains another. Huang & Chiang 2005 over Knuth's order: derivations of all
 * facts come out in the order of their cost, each fact keeps its k best, so only what is cheaper
 * than the k-th plan is looked at. In the arena. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_aog_kbest(const struct ward_aog *g,
	const struct ward_aog_ask *ask, struct ward_arena *a, struct ward_aog_plans *ret);

/* Steps without which the goal can't be reached, in the order of one plan. ret has room for
 * plan->n. NOMEM. O(plan · needs): whatever is in every plan is in this one. */
WARD_MUST_CHECK enum ward_err ward_aog_chokes(const struct ward_aog *g,
	const struct ward_aog_plan *plan, uint32_t goal, uint32_t *ret, size_t *ret_n);

#endif
