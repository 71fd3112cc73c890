/* What (model, rules) make possible, compiled once: every (asset, threat) that some rule can lead
 * or a gate looks at, as compressed rows; all else once it is seen (late.c). Each engine has its
 * own. Internal to the rooms that look into a propagation.
 *
 * Nodes are states (asset, threat) and slots. A gate is one supply rule on one target, or one
 * requirement group of a service: it falls when r of its slots (suppliers, members) have fallen; a
 * slot falls when any of the states that lead to it is reached. An edge goes from a state to a
 * state (a rule that spreads) or to a slot. All numbers are the same for any order of the
 * hospital's files but those inside a row: states are sorted by (id of the asset, code of the
 * threat), gates by (target, rule, name of the group). Late states come behind, as they were seen:
 * plan_before says the order of any two. */
#ifndef WARD_IMPACT_PLAN_H
#define WARD_IMPACT_PLAN_H

#include "impact/rules.h"

/* Likelihoods inside the engine are in units of 1e-12: products of two decimals with six places
 * are exact; beyond that lower bounds are rounded down and upper bounds up. */
#define PICO ((uint64_t)1000000000000)
#define MICRO ((uint64_t)1000000)

struct plan_state {
	uint32_t asset, threat;
	uint32_t edge; /* first of its edges; they end where the next state's begin; so the next */
	uint32_t in;   /* first in plan.in: spreading edges that lead here */
};
#define PLAN_SLOTS ((uint32_t)1 << 31)
struct plan_edge {
	uint32_t dst, rule; /* dst: a state, or PLAN_SLOTS + a slot */
};
struct plan_gate {
	uint32_t rule, group, target; /* group: of the model, or WARD_NONE */
	uint32_t slot;                /* the first; they end where the next gate's begin */
	uint32_t r;                   /* how many must fall */
};
struct plan_slot {
	uint32_t node, gate;
	uint32_t in; /* first in plan.in */
};
/* 1 - gamma of a state, rounded down and up. */
struct plan_guard {
	uint64_t lo, hi;
};

__extension__ typedef unsigned __int128 ward_u128;

/* a·b/PICO, rounded down and up, for a, b <= PICO: a guess that is off by one at most (all three
 * roundings of the product in double together are below 2^-10), put right by its remainder. */
static inline uint64_t mul_down(uint64_t a, uint64_t b)
{
	uint64_t q = (uint64_t)((double)a * (double)b * 1e-12);
	int64_t left = (int64_t)(a * b - q * PICO);

	return left < 0 ? q - 1 : q + (left >= (int64_t)PICO);
}
static inline uint64_t mul_up(uint64_t a, uint64_t b)
{
	uint64_t q = mul_down(a, b);

	return q + (a * b != q * PICO);
}
/* The same by a number of millionths. */
static inline uint64_t part_down(uint64_t a, uint64_t micro)
{
	return a * micro / MICRO;
}
static inline uint64_t part_up(uint64_t a, uint64_t micro)
{
	return (a * micro + MICRO - 1) / MICRO;
}

/* Never is not reached: beyond the year 2261 it is the last moment that can be written. */
#define KEY_WORST INT64_MAX
static inline int64_t ward_later(int64_t t, int64_t by)
{
	int64_t sum;

	return ward_add(t, by, &sum) && sum < KEY_WORST ? sum : KEY_WORST - 1;
}

enum { PLAN_BUFFERS = 5, PLAN_UNBUFFERED = PLAN_BUFFERS };
/* How long the buffers of each kind on an asset last. */
struct plan_buffer {
	ward_ns lasts[PLAN_BUFFERS];
};
/* What a pass needs of a rule. */
struct plan_rule {
	uint64_t lo, hi;  /* millionths */
	ward_ns delay[2]; /* earliest, expected */
	uint32_t kind;    /* of the buffer that postpones, or PLAN_UNBUFFERED */
	bool instead;     /* where the directory states one, there is no delay beside it */
	bool act;         /* somebody must do it */
	bool common;      /* from one source it comes to all or to none */
	bool destroys;    /* what it comes to has to be repaired */
	uint32_t key;     /* of its id: the same whatever other rules there are */
};

/* What an item tells of a node, close together. */
struct plan_care {
	int64_t weight_micro; /* services: care units a minute; else 0 */
	uint32_t criticality; /* 1 to 5; 3 where none is stated */
	bool hours;           /* both are other by the hour of the week */
};

/* Numbers by numbers. Open addressing; WARD_NONE: not there. */
struct plan_map {
	struct plan_map_entry {
		uint64_t key;
		uint32_t value, used;
	} * entry;
	size_t n, cap; /* a power of two, or 0 */
};

struct ward_impact_plan {
	const struct ward_model *m;
	const struct ward_rules *r;
	const struct ward_mem *mem;
	bool reference;  /* one lost support is enough; rules of no likelihood apply too */
	uint32_t n_node; /* of the hospital, then parts of requirements (model/group.h) */
	uint32_t n_threat;
	uint32_t *rank;           /* [n_node]: order of the ids */
	uint32_t *threat_rank;    /* [n_threat]: order of the codes */
	uint32_t *first;          /* [n_node + 1] by rank: first state of an asset */
	uint32_t *first_gate;     /* the same: first gate that aims at one of these */
	struct plan_state *state; /* [n_state + 1] */
	struct plan_edge *edge;
	uint32_t *src;          /* [plan_src_n]: where each PLAN_SRC-th edge starts */
	uint32_t *in;           /* edges by where they lead: to states, then to slots */
	struct plan_gate *gate; /* [n_gate + 1] */
	struct plan_slot *slot; /* [n_slot + 1] */
	uint32_t *guard;        /* [n_state]: index in value; 0: unprotected */
	struct plan_guard *value;
	uint32_t *buffer_of; /* [n_node]: index in buffer, or WARD_NONE */
	struct plan_buffer *buffer;
	struct plan_rule *rule;
	struct plan_care *care; /* [n_node] */
	enum ward_need *need;   /* [n_threat] */
	uint32_t *ring;         /* [n_node]: number of its supply loop, or WARD_NONE */
	uint64_t *orphan;       /* bits: on a loop that had no live source before; NULL: none */
	size_t n_state, n_edge, n_gate, n_slot, n_value, n_buffer;
	size_t cap_gate, cap_slot, cap_value, cap_buffer;
	size_t fan_max; /* at most so many ways into a state, or slots of a gate */
	/* late.c: states to which nothing leads, and that no gate looks at, have a row once they
	 * are seen: from n_row on, with edges from n_edge_row on. */
	size_t n_row, n_edge_row, cap_state, cap_guard, cap_edge, cap_late_next;
	struct plan_map late;    /* (asset, threat): state */
	struct plan_map late_in; /* state: the last late edge that leads there */
	uint32_t *late_next;     /* by late edge: the one before with that end, or WARD_NONE */
};

/* Borrows model and rules. LIMIT when it would have more than 2^32 edges, NOMEM.
 * O(nodes · threats + relations · rules that apply to them). */
WARD_MUST_CHECK enum ward_err ward_impact_plan_new(const struct ward_model *m,
	const struct ward_rules *r, bool reference, const struct ward_mem *mem,
	struct ward_impact_plan **ret);
void ward_impact_plan_free(struct ward_impact_plan *p);
/* The state, or WARD_NONE when no rule leads to or from it. O(log threats). */
uint32_t ward_impact_plan_find(const struct ward_impact_plan *p, uint32_t asset, uint32_t threat);
/* The bytes of its arrays. */
size_t ward_impact_plan_bytes(const struct ward_impact_plan *p);
/* 1 - gamma against one threat, of the protections of one node. */
struct plan_guard ward_impact_plan_guard(
	const struct ward_protection *p, size_t n, uint32_t threat);

/* The kind of buffers of that name, or PLAN_UNBUFFERED. */
uint32_t ward_impact_plan_kind(struct ward_str kind);
/* graph.c: states, edges, gates and slots, once the ids are ranked. */
WARD_MUST_CHECK enum ward_err ward_impact_plan_graph(struct ward_impact_plan *p);

/* orphan.c: once all else is there. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_impact_plan_orphans(struct ward_impact_plan *p);
static inline size_t plan_orphan_bytes(const struct ward_impact_plan *p)
{
	return (p->n_row + 63) / 64 * sizeof(*p->orphan);
}
/* The supply loop that may hold that state, or WARD_NONE. */
static inline uint32_t plan_ring(const struct ward_impact_plan *p, uint32_t s)
{
	bool orphan = p->orphan && s < p->n_row && (p->orphan[s / 64] >> s % 64 & 1);

	return orphan ? WARD_NONE : p->ring[p->state[s].asset];
}

/* Of every PLAN_SRC-th edge it is written where it starts. */
enum { PLAN_SRC = 16 };
static inline size_t plan_src_n(const struct ward_impact_plan *p)
{
	return p->n_edge_row / PLAN_SRC + 2;
}

/* late.c: does a rule take that (asset, threat) on, it gets a row; *ret: it, or WARD_NONE. NOMEM,
 * LIMIT: nothing changed. O(edges of it). */
WARD_MUST_CHECK enum ward_err ward_impact_plan_late(
	struct ward_impact_plan *p, uint32_t asset, uint32_t threat, uint32_t *ret);
/* graph.c: the edges of the state s without a row yet, put at p->edge[p->n_edge] on, for which
 * there is room; NULL: how many there are. */
size_t ward_impact_plan_leads(
	const struct ward_impact_plan *p, uint32_t asset, uint32_t threat, struct plan_edge *ret);
void ward_impact_plan_late_free(struct ward_impact_plan *p);
uint32_t ward_impact_plan_late_find(
	const struct ward_impact_plan *p, uint32_t asset, uint32_t threat);
uint32_t ward_impact_plan_late_in(const struct ward_impact_plan *p, uint32_t s);
bool ward_impact_plan_before(const struct ward_impact_plan *p, uint32_t a, uint32_t b);

#endif
