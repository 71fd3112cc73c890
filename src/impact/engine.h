/* The state graph of one propagation, shared by the files of the engine. Internal to this room.
 *
 * Nodes are states (asset, threat) and gates. A gate is one supply rule on one target, or one
 * requirement group of a service: it falls when r of its slots (suppliers, members) have fallen.
 * An edge goes from a state to a state (a rule that spreads), or to a slot of a gate. */
#ifndef WARD_IMPACT_ENGINE_H
#define WARD_IMPACT_ENGINE_H

#include "impact/rules.h"

/* Likelihoods inside the engine are in units of 1e-12: products of two decimals with six places
 * are exact; beyond that lower bounds are rounded down and upper bounds up. */
#define PICO ((uint64_t)1000000000000)
#define MICRO ((uint64_t)1000000)

enum state_flag {
	STATE_REACHED = 1,
	STATE_SEED = 2,
	STATE_BARRIER = 4, /* fully protected and not a seed: never reached */
	STATE_HIT = 8,     /* a barrier that something came up against */
	STATE_MAYBE = 16,  /* assumed fallen while supply loops are examined */
	STATE_LOOP = 32,   /* reached, and on a supply loop */
	STATE_MARK = 64,   /* scratch of loop.c */
};

/* How a state was come to. */
struct way {
	uint32_t src; /* state; itself for a seed */
	uint32_t rule;
	uint32_t gate; /* or WARD_NONE */
};

enum metric { METRIC_EARLIEST, METRIC_EXPECTED, METRIC_LO, METRIC_N };
#define KEY_WORST INT64_MAX

struct state {
	uint32_t asset, threat;
	uint32_t next; /* of the same asset */
	uint32_t edge, n_edge;
	uint32_t hops;
	uint64_t ord;              /* the same for any order of the hospital's files */
	uint64_t pass_lo, pass_hi; /* 1 - gamma, rounded down and up */
	uint64_t seed_lo, seed_hi;
	ward_ns since;
	int64_t key[METRIC_N]; /* smaller is better: ns, ns, minus the likelihood */
	struct way way[METRIC_N];
	ward_ns buffered;
	uint64_t hi;
	uint32_t settled; /* turn in the pass under way, from 1; 0 not yet */
	bool loop_held;
	uint8_t flag;
};

struct edge {
	uint32_t src, dst; /* dst: state, or gate when slot is given */
	uint32_t rule;
	uint32_t slot; /* of the gate, or WARD_NONE */
};

struct gate {
	uint32_t rule, group, target;
	uint32_t next;       /* of the same target asset */
	uint32_t slot, n, r; /* slots, and how many must fall */
	uint32_t fallen;
	uint32_t count; /* in the pass under way */
	uint64_t product;
};

struct slot {
	uint32_t node;
	uint32_t n_state; /* reached states that make it fallen */
	bool counted;     /* in the pass under way */
};

struct heap_item {
	int64_t key, key2;
	uint64_t ord;
	uint32_t state;
};

/* Growing arrays: n used, cap allocated. */
struct ward_engine {
	const struct ward_model *m;
	const struct ward_rules *r;
	const struct ward_mem *mem;
	size_t state_max, edge_max;
	enum ward_impact_mode mode;
	uint32_t n_node;
	uint32_t *state_head, *gate_head; /* [n_node] */
	uint32_t *rank;                   /* [n_node]: order of the ids */
	uint32_t *threat_rank;
	uint32_t n_threat;
	uint32_t *ring; /* [n_node]: number of its supply loop, or WARD_NONE */
	struct state *state;
	size_t n_state, cap_state;
	struct edge *edge;
	size_t n_edge, cap_edge;
	struct gate *gate;
	size_t n_gate, cap_gate;
	struct slot *slot;
	size_t n_slot, cap_slot;
	uint32_t *queue; /* reached states, in the order of being reached */
	size_t n_queue, cap_queue, at_queue;
	struct heap_item *heap;
	size_t n_heap, cap_heap;
	uint32_t *order; /* settled states of the last pass */
	size_t n_order, cap_order;
	uint32_t *maybe; /* states under examination, then those that a loop alone held */
	size_t n_maybe, cap_maybe;
	size_t n_loop;   /* of maybe, once explored: reached states on supply loops */
	uint64_t *value; /* factors of one product */
	size_t n_value, cap_value;
	bool watch; /* a slot of a watched gate was counted */
	void *work; /* of bound.c */
	size_t work_bytes;
	struct ward_impact *item;
	size_t n_item, cap_item;
	struct ward_barrier *barrier;
	size_t n_barrier, cap_barrier;
};

__extension__ typedef unsigned __int128 ward_u128;

/* a·b/unit, rounded down and up. a <= PICO, b <= unit. */
static inline uint64_t mul_down(uint64_t a, uint64_t b, uint64_t unit)
{
	return (uint64_t)((ward_u128)a * b / unit);
}
static inline uint64_t mul_up(uint64_t a, uint64_t b, uint64_t unit)
{
	return (uint64_t)(((ward_u128)a * b + unit - 1) / unit);
}

/* explore.c: the graph of all that the seeds lead to, supply loops settled. */
WARD_MUST_CHECK enum ward_err ward_engine_explore(
	struct ward_engine *e, const struct ward_seed_threat *seed, size_t n);
/* Finds or makes; valid until the next one. */
WARD_MUST_CHECK enum ward_err ward_engine_state(
	struct ward_engine *e, uint32_t asset, uint32_t threat, uint32_t *ret);
WARD_MUST_CHECK enum ward_err ward_engine_gate(
	struct ward_engine *e, uint32_t rule, uint32_t target, uint32_t group, uint32_t *ret);
WARD_MUST_CHECK enum ward_err ward_engine_reach(struct ward_engine *e, uint32_t s);
/* WARD_NONE when x is no slot of it. */
uint32_t ward_engine_slot(const struct ward_engine *e, const struct gate *g, uint32_t node);
bool ward_engine_to_fits(const struct ward_engine *e, const struct ward_rule *rule, uint32_t node);

/* loop.c: supply loops. */
WARD_MUST_CHECK enum ward_err ward_loop_find_rings(struct ward_engine *e);
/* Reaches whatever only a loop still holds up; *ret_n says how many. */
WARD_MUST_CHECK enum ward_err ward_loop_settle(struct ward_engine *e, size_t *ret_n);
/* In a pass at `key`: relaxes what its loop alone still holds now. */
WARD_MUST_CHECK enum ward_err ward_loop_watch(struct ward_engine *e, enum metric m, int64_t key);

/* pass.c: one Knuth pass per metric. */
WARD_MUST_CHECK enum ward_err ward_pass_run(struct ward_engine *e, enum metric m);
WARD_MUST_CHECK enum ward_err ward_pass_relax(
	struct ward_engine *e, enum metric m, uint32_t dst, int64_t key, struct way way);
/* The key of dst when `way` comes from `base`. */
int64_t ward_pass_combine(const struct ward_engine *e, enum metric m, int64_t base, uint32_t dst,
	const struct way *way);
/* What the buffers of that way give. */
ward_ns ward_pass_buffer(const struct ward_engine *e, uint32_t dst, const struct way *way);

/* bound.c: upper bounds of the likelihood. */
WARD_MUST_CHECK enum ward_err ward_bound_run(struct ward_engine *e);

#endif
