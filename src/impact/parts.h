/* What a propagation keeps of each state, gate and seed, and the lists and the queue that it works
 * with. Internal to this room. */
#ifndef WARD_IMPACT_PARTS_H
#define WARD_IMPACT_PARTS_H

#include "impact/rows.h"
#include "impact/radix.h"

enum state_flag {
	STATE_REACHED = 1,
	STATE_SEED = 2,
	STATE_HIT = 4,       /* fully protected, and something came up against it */
	STATE_MAYBE = 8,     /* assumed fallen while supply loops are examined */
	STATE_LOOP = 16,     /* reached, and on a supply loop */
	STATE_MARK = 32,     /* scratch of loop.c */
	STATE_HELD = 64,     /* it fell because only a loop still held it */
	STATE_LISTED = 128,  /* it is in engine.queue, reached or no more */
	STATE_OFFERED = 256, /* it is in engine.hit */
	STATE_GUARDED = 512, /* while exploring: something protects there */
};

/* What was said of an asset. */
enum asset_flag {
	ASSET_REPAIRED = 1,
	ASSET_ISOLATED = 2,
	ASSET_FAILED_OVER = 4,
	ASSET_CUT = 8, /* a relation of it */
};

/* How a state was come to. */
struct way {
	uint32_t src; /* state; itself for a seed */
	uint32_t by;  /* a rule that spreads, WAY_GATE + a gate, or WARD_IMPACT_SEED */
};
#define WAY_GATE ((uint32_t)1 << 31)
/* The gate, or WARD_NONE. */
static inline uint32_t way_gate(uint32_t by)
{
	return by < WAY_GATE || by == WARD_IMPACT_SEED ? WARD_NONE : by - WAY_GATE;
}
/* The rule, or WARD_IMPACT_SEED. */
static inline uint32_t way_rule(const struct ward_impact_plan *p, uint32_t by)
{
	return by < WAY_GATE || by == WARD_IMPACT_SEED ? by : p->gate[by - WAY_GATE].rule;
}

enum metric { METRIC_EARLIEST, METRIC_EXPECTED, METRIC_LO, METRIC_N };

/* The best that a pass found for a state: a key (ns, ns, minus the likelihood; KEY_WORST: it has
 * none), and this. Less is better, by key, then by depth: the least number of steps that cost
 * nothing since the key was last worse. Ways that are equal in both are ordered by rule, origin and
 * gate: what is chosen is a function of keys and labels alone, not of any order. */
struct label {
	uint32_t depth;
	struct way way;
};

/* What else is kept of a state that a run has to do with. */
struct cell {
	uint32_t state;
	uint32_t flag;
	uint32_t turn; /* of the pass under way, on a supply loop: in which it became final; 0 not
			  yet */
	uint32_t at;   /* place by (expected time, state); while exploring: of its near row */
	uint32_t seed; /* in engine.seed, when it is one */
	uint32_t mark; /* stamp of update.c: it is in a list */
	uint32_t hi;   /* upper bound of its likelihood, in millionths, rounded up; while
			  exploring: the edges of that row */
};

struct gate_run {
	uint64_t product;
	uint32_t pass, count; /* fallen slots in that pass */
	uint32_t run;         /* stamp: something came to it */
	uint32_t at;          /* in engine.gates */
};

/* Seeds of one (asset, threat) together. */
struct seed {
	uint32_t asset, threat;
	uint32_t state; /* WARD_NONE: no rule leads to or from it */
	ward_ns since;
	uint64_t lo, hi;
};

/* Growing list of numbers. */
struct list {
	uint32_t *p;
	size_t n, cap;
};

/* near.c: the edges between what a run reached, by cell, but those that are cut. */
#define NEAR_GUARDED ((uint32_t)1 << 31)
struct near_edge {
	uint32_t to; /* a cell, or PLAN_SLOTS + a slot of the plan */
	uint32_t by; /* rule, and NEAR_GUARDED where something protects there; or the slot's gate */
};
struct near {
	uint32_t *first; /* [cells + 1] in edge */
	struct near_edge *edge;
	size_t n_edge; /* at most */
	bool live;     /* they are of now */
};

/* What one change touched; lists that the caller empties. */
struct touched {
	struct list edge;  /* cut, or whole again */
	struct list state; /* another seed or protection */
	struct list asset; /* another buffer */
};

#endif
