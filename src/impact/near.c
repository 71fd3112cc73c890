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

enum ward_err ward_near_more(struct ward_engine *e, size_t n)
{
	size_t bytes = (e->near.n_edge + n) * sizeof(*e->near.edge);
	enum ward_err err = WARD_OK;

	if (bytes > e->cap_item * sizeof(*e->item))
		err = ward_scratch_more(e, bytes + bytes / 8);
	e->near.edge = (void *)e->item;
	return err;
}

/* What the cells are numbered by. */
struct order {
	struct near_edge *row;  /* [near.n_edge]: by cells as they were met */
	uint32_t *state, *flag; /* [n_cell]: in their order */
	uint32_t *now;          /* [n_cell]: the number of one that was met as the i-th */
};

/* Room for the new rows before the old ones, and for the order. */
static enum ward_err make_room(struct ward_engine *e, struct order *o)
{
	size_t n = e->n_cell, row = e->near.n_edge * sizeof(*o->row);
	void *behind;
	enum ward_err err = ward_near_room(e, row + 3 * n * sizeof(uint32_t), &behind);

	if (err)
		return err;
	o->row = behind;
	memcpy(o->row, e->item, row);
	o->state = (void *)(o->row + e->near.n_edge);
	o->flag = o->state + n;
	o->now = o->flag + n;
	return WARD_OK;
}

static void look_ahead_met(const struct ward_engine *e, const struct order *o, size_t i)
{
	if (i + AHEAD_STATE < e->n_cell)
		__builtin_prefetch(&e->number[o->state[i + AHEAD_STATE]]);
	if (i + AHEAD_EDGE < e->n_cell)
		__builtin_prefetch(ward_cell_at(e, o->state[i + AHEAD_EDGE]));
	if (i + AHEAD_TO < e->n_cell)
		__builtin_prefetch(&o->row[ward_cell_at(e, o->state[i + AHEAD_TO])->at]);
}

/* The rows in the order of states. */
static void order_rows(struct ward_engine *e, const struct order *o)
{
	struct near *near = &e->near;
	uint32_t at = 0;

	for (uint32_t i = 0; i < e->n_cell; i++) {
		look_ahead_met(e, o, i);
		uint32_t met = e->number[o->state[i]];
		const struct cell *c = &e->cell[met];

		o->now[met] = i;
		o->flag[i] = c->flag & ~(uint32_t)STATE_GUARDED;
		near->first[i] = at;
		for (uint32_t k = 0; k < c->hi; k++)
			near->edge[at++] = o->row[c->at + k];
	}
	near->first[e->n_cell] = at;
	for (uint32_t k = 0; k < at; k++)
		if (near->edge[k].to < PLAN_SLOTS)
			near->edge[k].to = o->now[near->edge[k].to];
}

enum ward_err ward_near_number(struct ward_engine *e)
{
	struct order o;
	enum ward_err err = make_room(e, &o);

	for (size_t i = 0; !err && i < e->n_cell; i++)
		o.state[i] = e->cell[i].state;
	if (!err)
		err = ward_sort_numbers(e, o.state, e->n_cell);
	if (err)
		return err;
	order_rows(e, &o);
	for (uint32_t i = 0; i < e->n_cell; i++) {
		e->cell[i] = (struct cell){.state = o.state[i], .flag = o.flag[i]};
		e->number[o.state[i]] = i;
	}
	for (uint32_t i = 0; i < e->n_seed; i++)
		if (e->seed[i].state != WARD_NONE)
			ward_cell_at(e, e->seed[i].state)->seed = i;
	e->near.live = true;
	return WARD_OK;
}
