/* How the rows of a plan are walked: edges on, ways and gates back. Internal to the rooms that look
 * into a propagation. */
#ifndef WARD_IMPACT_ROWS_H
#define WARD_IMPACT_ROWS_H

#include "impact/plan.h"

/* Where an edge starts. O(log PLAN_SRC). */
static inline uint32_t plan_src(const struct ward_impact_plan *p, size_t edge)
{
	bool late = edge >= p->n_edge_row;
	size_t lo = late ? p->n_row : p->src[edge / PLAN_SRC];
	size_t hi = late ? p->n_state : (size_t)p->src[edge / PLAN_SRC + 1] + 1;

	while (hi - lo > 1) { /* the last whose edges begin not after it */
		size_t mid = lo + (hi - lo) / 2;

		if (p->state[mid].edge <= edge)
			lo = mid;
		else
			hi = mid;
	}
	return (uint32_t)lo;
}
/* Numbers from i to before end. */
struct plan_span {
	uint32_t i, end;
};
/* The gates that aim at s. O(gates that aim at its asset). */
static inline struct plan_span plan_gates(const struct ward_impact_plan *p, uint32_t s)
{
	uint32_t k = p->rank[p->state[s].asset], last = p->first_gate[k + 1];
	struct plan_span g = {p->first_gate[k], 0};

	while (g.i < last && p->gate[g.i].target != s)
		g.i++;
	for (g.end = g.i; g.end < last && p->gate[g.end].target == s;)
		g.end++;
	return g;
}
/* Where in plan.in the edges are that lead to their slots. */
static inline struct plan_span plan_gate_ways(const struct ward_impact_plan *p, uint32_t s)
{
	struct plan_span g = plan_gates(p, s);

	return (struct plan_span){p->slot[p->gate[g.i].slot].in, p->slot[p->gate[g.end].slot].in};
}

static inline uint32_t plan_edges(const struct ward_impact_plan *p, uint32_t s)
{
	return p->state[s + 1].edge - p->state[s].edge;
}
/* Where the spreading edges that lead to s end in plan.in. */
static inline uint32_t plan_in_end(const struct ward_impact_plan *p, uint32_t s)
{
	return s + 1 < p->n_state ? p->state[s + 1].in : p->slot[0].in;
}
static inline bool plan_is_slot(const struct ward_impact_plan *p, const struct plan_edge *e)
{
	(void)p;
	return e->dst >= PLAN_SLOTS;
}
static inline const struct plan_slot *plan_slot_of(
	const struct ward_impact_plan *p, const struct plan_edge *e)
{
	return &p->slot[e->dst - PLAN_SLOTS];
}

static inline bool plan_has_late(const struct ward_impact_plan *p)
{
	return p->n_state > p->n_row;
}
/* Does a come before b, by id of the asset and code of the threat? */
static inline bool plan_before(const struct ward_impact_plan *p, uint32_t a, uint32_t b)
{
	return a < p->n_row && b < p->n_row ? a < b : ward_impact_plan_before(p, a, b);
}

/* The spreading edges that lead to s:
 *	for (struct plan_ways w = plan_ways(p, s); plan_way(p, &w, &edge);) */
struct plan_ways {
	uint32_t i, end, late;
};
static inline struct plan_ways plan_ways(const struct ward_impact_plan *p, uint32_t s)
{
	return (struct plan_ways){p->state[s].in, plan_in_end(p, s),
		plan_has_late(p) ? ward_impact_plan_late_in(p, s) : WARD_NONE};
}
static inline bool plan_way(
	const struct ward_impact_plan *p, struct plan_ways *w, uint32_t *ret_edge)
{
	if (w->i < w->end) {
		*ret_edge = p->in[w->i++];
		return true;
	}
	if (w->late == WARD_NONE)
		return false;
	*ret_edge = w->late;
	w->late = p->late_next[w->late - p->n_edge_row];
	return true;
}

#endif
