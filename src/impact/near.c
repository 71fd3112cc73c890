/* The rows that the plan has of all states are far apart; what a run reached has its own, by cell,
 * close together: the passes and the upper bounds go along these. */
#include "impact/engine.h"

/* So far ahead are rows asked for, each needing what the one before brings. */
enum { AHEAD_STATE = 48, AHEAD_EDGE = 32, AHEAD_TO = 16 };

static bool reached(const struct ward_engine *e, size_t c)
{
	return c < e->n_cell && (e->cell[c].flag & STATE_REACHED);
}

static void look_ahead(const struct ward_engine *e, size_t c)
{
	const struct plan_state *state = e->p->state;
	const struct plan_edge *edge = e->p->edge;

	if (reached(e, c + AHEAD_STATE))
		__builtin_prefetch(&state[e->cell[c + AHEAD_STATE].state].edge);
	if (reached(e, c + AHEAD_EDGE))
		__builtin_prefetch(&edge[state[e->cell[c + AHEAD_EDGE].state].edge]);
	if (!reached(e, c + AHEAD_TO))
		return;
	uint32_t s = e->cell[c + AHEAD_TO].state;

	for (uint32_t i = state[s].edge; i < state[s + 1].edge; i++)
		if (plan_is_slot(e->p, &edge[i])) {
			__builtin_prefetch(plan_slot_of(e->p, &edge[i]));
		} else {
			__builtin_prefetch(&e->number[edge[i].dst]);
			__builtin_prefetch(&e->guard[edge[i].dst]);
		}
}

static uint32_t fill(const struct ward_engine *e, uint32_t s, uint32_t at)
{
	const struct ward_impact_plan *p = e->p;

	for (uint32_t i = p->state[s].edge; i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];
		struct near_edge *near = &e->near.edge[at];

		if (ward_edge_cut(e, i))
			continue;
		if (plan_is_slot(p, edge)) {
			*near = (struct near_edge){edge->dst, plan_slot_of(p, edge)->gate};
			at++;
		} else if (ward_cell_is(e, edge->dst, STATE_REACHED)) {
			*near = (struct near_edge){e->number[edge->dst],
				edge->rule | (e->guard[edge->dst] ? NEAR_GUARDED : 0)};
			at++;
		}
	}
	return at;
}

enum ward_err ward_near_room(struct ward_engine *e, size_t behind, void **ret)
{
	size_t first = (e->n_cell + 2) / 2 * 8, edge = e->near.n_edge * sizeof(*e->near.edge);
	enum ward_err err = ward_scratch_more(e, first + edge + behind);

	if (err)
		return err;
	e->near.first = (void *)e->item;
	e->near.edge = (void *)((uint8_t *)e->item + first);
	*ret = (uint8_t *)e->near.edge + edge;
	return WARD_OK;
}

enum ward_err ward_near_build(struct ward_engine *e)
{
	void *behind;
	uint32_t at = 0;

	e->near.n_edge = 0;
	for (size_t c = 0; c < e->n_cell; c++) {
		if (reached(e, c + AHEAD_STATE))
			__builtin_prefetch(&e->p->state[e->cell[c + AHEAD_STATE].state].edge);
		if (reached(e, c))
			e->near.n_edge += plan_edges(e->p, e->cell[c].state);
	}
	enum ward_err err = ward_near_room(e, 0, &behind);

	if (err)
		return err;
	for (size_t c = 0; c < e->n_cell; c++) {
		look_ahead(e, c);
		e->near.first[c] = at;
		if (reached(e, c))
			at = fill(e, e->cell[c].state, at);
	}
	e->near.first[e->n_cell] = at;
	e->near.live = true;
	return WARD_OK;
}
