#include "impact/engine.h"

enum ward_err ward_engine_reach(struct ward_engine *e, uint32_t s)
{
	enum ward_err err = ward_cell_add(e, s);

	if (err || (ward_cell_at(e, s)->flag & (STATE_HIT | STATE_REACHED)))
		return err;
	if (e->queue.n + e->hit.n >= e->state_max)
		return WARD_ERR_LIMIT;
	bool wall = ward_cell_wall(e, s);

	ward_cell_at(e, s)->flag |= wall          ? STATE_HIT | STATE_OFFERED
				    : e->guard[s] ? STATE_REACHED | STATE_LISTED | STATE_GUARDED
						  : STATE_REACHED | STATE_LISTED;
	return ward_list_put(e, wall ? &e->hit : &e->queue, s);
}

enum ward_err ward_engine_touch(struct ward_engine *e, uint32_t g)
{
	struct gate_run *run = &e->gate[g];
	enum ward_err err;

	if (run->run == e->run)
		return WARD_OK;
	if (e->gates.n >= e->state_max)
		return WARD_ERR_LIMIT;
	run->run = e->run;
	run->at = (uint32_t)e->gates.n;
	err = ward_list_put(e, &e->gates, g);
	if (err || plan_ring(e->p, e->p->gate[g].target) == WARD_NONE)
		return err;
	return ward_list_put(e, &e->rings, g);
}

static enum ward_err fall(struct ward_engine *e, uint32_t slot, uint32_t g)
{
	struct gate_run *run = &e->gate[g];
	enum ward_err err = ward_engine_touch(e, g);

	if (err || ward_slot_counted(e, slot))
		return err;
	e->slot_pass[slot] = e->pass;
	if (run->pass != e->pass) {
		run->pass = e->pass;
		run->count = 0;
	}
	if (++run->count != e->p->gate[g].r)
		return WARD_OK;
	return ward_engine_reach(e, e->p->gate[g].target);
}

/* What it leads to; its edges to what is reached become its near row. */
static enum ward_err expand(struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t c = e->number[s], from = (uint32_t)e->near.n_edge, at = from;

	e->n_edge += plan_edges(p, s);
	if (e->n_edge > e->edge_max)
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_near_more(e, plan_edges(p, s));

	for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];

		if (ward_edge_cut(e, i))
			continue;
		if (plan_is_slot(p, edge)) {
			uint32_t g = plan_slot_of(p, edge)->gate;

			err = fall(e, edge->dst - PLAN_SLOTS, g);
			e->near.edge[at++] = (struct near_edge){edge->dst, g};
			continue;
		}
		if (!ward_cell_is(e, edge->dst, STATE_REACHED))
			err = ward_engine_reach(e, edge->dst);
		if (!err && ward_cell_is(e, edge->dst, STATE_REACHED)) {
			bool guarded = ward_cell_at(e, edge->dst)->flag & STATE_GUARDED;

			e->near.edge[at++] = (struct near_edge){
				e->number[edge->dst], edge->rule | (guarded ? NEAR_GUARDED : 0)};
		}
	}
	e->cell[c].at = from;
	e->cell[c].hi = at - from;
	e->near.n_edge = at;
	return err;
}

static uint64_t pico(int64_t micro)
{
	uint64_t v = micro < 0 ? 0 : (uint64_t)micro;

	return (v > MICRO ? MICRO : v) * (PICO / MICRO);
}

/* The seed of that (asset, threat), which may be a new one. */
static enum ward_err seed_of(struct ward_engine *e, uint32_t asset, uint32_t threat, size_t *ret)
{
	uint32_t s;
	enum ward_err err = ward_engine_state(e, asset, threat, &s);

	if (err)
		return err;
	if (s != WARD_NONE && ward_cell_is(e, s, STATE_SEED)) {
		*ret = ward_cell_at(e, s)->seed;
		return WARD_OK;
	}
	for (size_t i = 0; s == WARD_NONE && i < e->n_seed; i++)
		if (e->seed[i].asset == asset && e->seed[i].threat == threat) {
			*ret = i;
			return WARD_OK;
		}
	if (e->n_seed >= e->state_max)
		return WARD_ERR_LIMIT;
	err = ward_mem_more(
		e->mem, &e->seed, e->n_seed, &e->cap_seed, sizeof(*e->seed), e->state_max);
	if (!err && s != WARD_NONE)
		err = ward_cell_add(e, s);
	if (err)
		return err;
	e->seed[e->n_seed] =
		(struct seed){.asset = asset, .threat = threat, .state = s, .since = KEY_WORST};
	if (s != WARD_NONE) {
		struct cell *c = ward_cell_at(e, s);

		c->flag |= STATE_SEED;
		c->seed = (uint32_t)e->n_seed;
	}
	*ret = e->n_seed++;
	return WARD_OK;
}

enum ward_err ward_engine_plant(struct ward_engine *e, const struct ward_seed_threat *seed)
{
	size_t at;

	if (seed->asset >= e->p->n_node || seed->threat >= e->p->n_threat)
		return WARD_ERR_NOT_FOUND;
	enum ward_err err = seed_of(e, seed->asset, seed->threat, &at);

	if (err)
		return err;
	struct seed *s = &e->seed[at];
	uint64_t lo = pico(seed->lo_micro), hi = pico(seed->hi_micro);

	s->since = seed->since < s->since ? seed->since : s->since;
	s->lo = lo > s->lo ? lo : s->lo;
	/* Seen more than once: at most all of them independently. Sums do not round. */
	s->hi = s->hi + hi > PICO ? PICO : s->hi + hi;
	return WARD_OK;
}

static void seed_drop(struct ward_engine *e, size_t at)
{
	uint32_t s = e->seed[at].state;

	if (s != WARD_NONE)
		ward_cell_at(e, s)->flag &= ~(uint32_t)STATE_SEED;
	e->seed[at] = e->seed[--e->n_seed];
	if (at < e->n_seed && e->seed[at].state != WARD_NONE)
		ward_cell_at(e, e->seed[at].state)->seed = (uint32_t)at;
}

enum ward_err ward_seed_set(struct ward_engine *e, const struct ward_change *c)
{
	size_t at;
	enum ward_err err = seed_of(e, c->asset, c->threat, &at);

	if (err)
		return err;
	struct seed *s = &e->seed[at];

	s->since = c->at;
	s->lo = pico(c->lo_micro);
	s->hi = pico(c->hi_micro);
	if (c->undo)
		seed_drop(e, at);
	return WARD_OK;
}

static enum ward_err mark_seed(struct ward_engine *e, uint32_t i)
{
	enum ward_err err = ward_cell_add(e, e->seed[i].state);

	if (err)
		return err;
	struct cell *c = ward_cell_at(e, e->seed[i].state);

	c->flag |= STATE_SEED;
	c->seed = i;
	return WARD_OK;
}

/* So few states are in the cache anyway. */
enum { AHEAD = 32, CACHED = 1 << 12 };

/* Brings what the next states of the queue lead to into the cache. */
static void look_ahead(const struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	const uint32_t *s = e->queue.p + e->at_queue;
	size_t left = e->queue.n - e->at_queue, n = left < AHEAD ? left : AHEAD;

	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(&p->state[s[i]].edge);
	for (size_t i = 0; i < n; i++)
		__builtin_prefetch(&p->edge[p->state[s[i]].edge]);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = p->state[s[i]].edge; k < p->state[s[i] + 1].edge; k++)
			if (!plan_is_slot(p, &p->edge[k])) {
				__builtin_prefetch(&e->number[p->edge[k].dst]);
				__builtin_prefetch(&e->guard[p->edge[k].dst]);
			}
}

enum ward_err ward_engine_explore(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;
	size_t n_loop = 0;

	e->pass++;
	for (uint32_t i = 0; !err && i < e->n_seed; i++)
		err = e->seed[i].state == WARD_NONE ? WARD_OK : mark_seed(e, i);
	for (size_t i = 0; !err && i < e->n_seed; i++)
		if (ward_seed_live(e, &e->seed[i]))
			err = ward_engine_reach(e, e->seed[i].state);
	do {
		while (!err && e->at_queue < e->queue.n) {
			if (e->at_queue % AHEAD == 0 && e->at_queue >= CACHED)
				look_ahead(e);
			err = expand(e, e->queue.p[e->at_queue++]);
		}
		if (!err)
			err = ward_loop_settle(e, &n_loop);
	} while (!err && n_loop);
	return err;
}
