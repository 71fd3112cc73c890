#include "impact/touch.h"
#include "impact/engine.h"

#include "base/hash.h"

static uint32_t add(uint8_t *in, uint32_t *list, uint32_t n, uint32_t s)
{
	if (in[s])
		return n;
	in[s] = 1;
	list[n] = s;
	return n + 1;
}

enum ward_err ward_touch_find(
	struct ward_engine *e, ward_touch_goal *goal, struct ward_arena *a, struct ward_touch *ret)
{
	const struct ward_impact_plan *p = e->plan[WARD_IMPACT_FULL];
	uint8_t *of = ward_arena_array(a, p->n_row + 1, 1);
	uint32_t *list = ward_arena_array(a, p->n_row + 1, sizeof(*list)), n = 0;

	if (!of || !list)
		return WARD_ERR_NOMEM;
	for (uint32_t s = 0; s < p->n_row; s++)
		if (goal(p->m, p->state[s].asset, p->state[s].threat))
			n = add(of, list, n, s);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t s = list[i];

		for (uint32_t k = p->state[s].in; k < plan_in_end(p, s); k++)
			n = add(of, list, n, plan_src(p, p->in[k]));
		for (struct plan_span w = plan_gate_ways(p, s); w.i < w.end; w.i++)
			n = add(of, list, n, plan_src(p, p->in[w.i]));
	}
	*ret = (struct ward_touch){e, of};
	return WARD_OK;
}

enum ward_err ward_touch_is(const struct ward_touch *t, uint32_t asset, uint32_t threat, bool *ret)
{
	const struct ward_impact_plan *p = t->e->plan[WARD_IMPACT_FULL];
	uint32_t s;
	enum ward_err err = ward_engine_state(t->e, asset, threat, &s);

	*ret = false;
	if (err || s == WARD_NONE)
		return err;
	*ret = s < p->n_row && t->of[s];
	/* What is seen only has its row behind the others, and nothing leads to it. */
	for (uint32_t k = p->state[s].edge; k < p->state[s + 1].edge && !*ret; k++)
		*ret = t->of[plan_is_slot(p, &p->edge[k])
				     ? p->gate[plan_slot_of(p, &p->edge[k])->gate].target
				     : p->edge[k].dst];
	return WARD_OK;
}

/* A walk over what is reached, by cell. */
struct walk {
	struct ward_engine *e;
	const struct ward_impact_plan *p;
	uint32_t *turn; /* [n_cell]: 0, or when it was found to be as certain as can be, from 1 */
	uint8_t *seen;  /* [n_cell]: bits, of closures */
	uint32_t *list; /* [n_cell] */
	uint32_t n;
};
enum { BY_BOUND = METRIC_N }; /* the closure of upper bounds, behind those of the metrics */

static uint32_t certain(const struct walk *w, uint32_t s)
{
	return ward_cell_is(w->e, s, STATE_REACHED) ? w->turn[w->e->number[s]] : 0;
}

/* A state that leads to the slot and was certain before `turn`; or WARD_NONE. */
static uint32_t certain_in(const struct walk *w, uint32_t slot, uint32_t turn)
{
	for (uint32_t i = w->p->slot[slot].in; i < w->p->slot[slot + 1].in; i++) {
		uint32_t s = plan_src(w->p, w->p->in[i]), at = certain(w, s);

		if (at && at < turn && !ward_edge_cut(w->e, w->p->in[i]))
			return s;
	}
	return WARD_NONE;
}

/* Do so many slots fall by what is certain that the gate falls? */
static bool gate_falls(const struct walk *w, uint32_t g, uint32_t turn)
{
	uint32_t n = 0;

	for (uint32_t i = w->p->gate[g].slot; i < ward_gate_end(w->e, g); i++)
		n += certain_in(w, i, turn) != WARD_NONE;
	return n >= w->p->gate[g].r;
}

/* Does all that comes by that rule come to that state? */
static bool lets_all(const struct walk *w, uint32_t s, uint32_t rule)
{
	return w->p->rule[rule].hi == MICRO && w->e->value[w->e->guard[s]].hi == PICO;
}

static void be_certain(struct walk *w, uint32_t s)
{
	uint32_t c = w->e->number[s];

	if (w->turn[c])
		return;
	w->list[w->n++] = s;
	w->turn[c] = w->n;
}

/* What has an upper bound of 1 by one way alone, from a seed on: it has that whatever becomes of
 * other ways. */
static void find_certain(struct walk *w)
{
	const struct ward_engine *e = w->e;

	w->n = 0;
	for (size_t c = 0; c < e->n_cell; c++)
		if ((e->cell[c].flag & STATE_SEED) && (e->cell[c].flag & STATE_REACHED) &&
			ward_seed_live(e, &e->seed[e->cell[c].seed]) &&
			e->seed[e->cell[c].seed].hi == PICO)
			be_certain(w, e->cell[c].state);
	for (uint32_t i = 0; i < w->n; i++) {
		uint32_t s = w->list[i];

		for (uint32_t k = w->p->state[s].edge; k < w->p->state[s + 1].edge; k++) {
			const struct plan_edge *edge = &w->p->edge[k];
			bool slot = plan_is_slot(w->p, edge);
			uint32_t g = slot ? plan_slot_of(w->p, edge)->gate : WARD_NONE;
			uint32_t to = slot ? w->p->gate[g].target : edge->dst;

			if (!ward_edge_cut(e, k) && ward_cell_is(e, to, STATE_REACHED) &&
				lets_all(w, to, slot ? w->p->gate[g].rule : edge->rule) &&
				(!slot || gate_falls(w, g, UINT32_MAX)))
				be_certain(w, to);
		}
	}
}

static void visit(struct walk *w, uint32_t s, unsigned what)
{
	uint8_t bit = (uint8_t)(1u << what);

	if (!ward_cell_is(w->e, s, STATE_REACHED) || (w->seen[w->e->number[s]] & bit))
		return;
	w->seen[w->e->number[s]] |= bit;
	w->list[w->n++] = s;
}

/* All ways in, and all that leads to the gates. */
static void visit_all(struct walk *w, uint32_t s, unsigned what)
{
	uint32_t edge;

	for (struct plan_ways k = plan_ways(w->p, s); plan_way(w->p, &k, &edge);)
		if (!ward_edge_cut(w->e, edge))
			visit(w, plan_src(w->p, edge), what);
	for (struct plan_span k = plan_gate_ways(w->p, s); k.i < k.end; k.i++)
		if (!ward_edge_cut(w->e, w->p->in[k.i]))
			visit(w, plan_src(w->p, w->p->in[k.i]), what);
}

/* What an upper bound was reckoned by. Of what is certain: one way that was so before. */
static void visit_bound(struct walk *w, uint32_t s)
{
	const struct ward_impact_plan *p = w->p;
	uint32_t turn = certain(w, s), edge;
	const struct cell *c = ward_cell_at(w->e, s);

	if (!turn) {
		visit_all(w, s, BY_BOUND);
		return;
	}
	if ((c->flag & STATE_SEED) && w->e->seed[c->seed].hi == PICO)
		return;
	for (struct plan_ways k = plan_ways(p, s); plan_way(p, &k, &edge);) {
		uint32_t from = plan_src(p, edge), at = certain(w, from);

		if (at && at < turn && !ward_edge_cut(w->e, edge) &&
			lets_all(w, s, p->edge[edge].rule)) {
			visit(w, from, BY_BOUND);
			return;
		}
	}
	for (struct plan_span g = plan_gates(p, s); g.i < g.end; g.i++) {
		if (!lets_all(w, s, p->gate[g.i].rule) || !gate_falls(w, g.i, turn))
			continue;
		uint32_t left = p->gate[g.i].r;

		for (uint32_t i = p->gate[g.i].slot; left && i < ward_gate_end(w->e, g.i); i++) {
			uint32_t from = certain_in(w, i, turn);

			if (from != WARD_NONE)
				visit(w, from, BY_BOUND);
			left -= from != WARD_NONE;
		}
		return;
	}
}

/* What a time or a lower bound was reckoned by: the best way; where several had to fall, or only a
 * supply loop held it, all. */
static void visit_best(struct walk *w, uint32_t s, enum metric m)
{
	const struct label *l = ward_label(w->e, m, s);
	uint32_t g = way_gate(l->way.by);

	if (ward_key(w->e, m, s) == KEY_WORST || plan_ring(w->p, s) != WARD_NONE ||
		ward_cell_is(w->e, s, STATE_HELD | STATE_LOOP) ||
		(g != WARD_NONE && w->p->gate[g].r > 1))
		visit_all(w, s, m);
	else if (l->way.by != WARD_IMPACT_SEED)
		visit(w, l->way.src, m);
}

static uint64_t mix(uint64_t what, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t v[] = {what, a, b, c};

	return ward_siphash((struct ward_seed){1, 2}, v, sizeof(v));
}

enum part { OF_STATE, OF_ASSET, OF_SEED, OF_BUFFER, OF_WAY, OF_SLOT, OF_SOURCE, OF_EDGE, OF_GATE };

/* Another state as seen from an asset: one of its own by its threat. */
static uint64_t name_of(const struct walk *w, uint32_t asset, uint32_t s)
{
	const struct plan_state *x = &w->p->state[s];

	return x->asset == asset ? x->threat : ((uint64_t)1 << 32 | s);
}

/* What leads to a state. Sums: in no order. */
static uint64_t ways_alike(const struct walk *w, uint32_t s)
{
	const struct ward_impact_plan *p = w->p;
	uint32_t asset = p->state[s].asset, edge;
	uint64_t sum = 0;

	for (struct plan_ways k = plan_ways(p, s); plan_way(p, &k, &edge);)
		if (!ward_edge_cut(w->e, edge) &&
			ward_cell_is(w->e, plan_src(p, edge), STATE_REACHED))
			sum += mix(OF_WAY, name_of(w, asset, plan_src(p, edge)), p->edge[edge].rule,
				0);
	for (struct plan_span g = plan_gates(p, s); g.i < g.end; g.i++)
		for (uint32_t i = p->gate[g.i].slot; i < ward_gate_end(w->e, g.i); i++) {
			sum += mix(OF_SLOT, p->slot[i].node, p->gate[g.i].rule, p->gate[g.i].r);
			for (uint32_t k = p->slot[i].in; k < p->slot[i + 1].in; k++)
				if (!ward_edge_cut(w->e, p->in[k]) &&
					ward_cell_is(w->e, plan_src(p, p->in[k]), STATE_REACHED))
					sum += mix(OF_SOURCE,
						name_of(w, asset, plan_src(p, p->in[k])),
						p->gate[g.i].rule, p->slot[i].node);
		}
	return sum;
}

/* Where it leads to. */
static uint64_t edges_alike(const struct walk *w, uint32_t s)
{
	const struct ward_impact_plan *p = w->p;
	uint64_t sum = 0;

	for (uint32_t k = p->state[s].edge; k < p->state[s + 1].edge; k++) {
		const struct plan_edge *edge = &p->edge[k];

		if (ward_edge_cut(w->e, k))
			continue;
		if (plan_is_slot(p, edge))
			sum += mix(OF_GATE, plan_slot_of(p, edge)->gate, 0, 0);
		else if (ward_cell_is(w->e, edge->dst, STATE_REACHED))
			sum += mix(
				OF_EDGE, name_of(w, p->state[s].asset, edge->dst), edge->rule, 0);
	}
	return sum;
}

static uint64_t state_alike(const struct walk *w, uint32_t c)
{
	const struct ward_engine *e = w->e;
	uint32_t s = e->cell[c].state, asset = w->p->state[s].asset;
	const struct plan_guard *guard = &e->value[e->guard[s]];
	uint64_t sum = mix(OF_STATE, w->p->state[s].threat, guard->lo, guard->hi);

	sum += mix(OF_ASSET, ward_model_node(e->m, asset)->class, w->seen[c], plan_ring(w->p, s));
	if (e->cell[c].flag & STATE_SEED) {
		const struct seed *seed = &e->seed[e->cell[c].seed];

		sum += mix(OF_SEED, (uint64_t)seed->since, seed->lo, seed->hi);
	}
	for (unsigned i = 0; i < PLAN_BUFFERS && w->p->buffer_of[asset] != WARD_NONE; i++)
		sum += mix(OF_BUFFER, i, (uint64_t)e->buffer[w->p->buffer_of[asset]].lasts[i], 0);
	return sum + ways_alike(w, s) + edges_alike(w, s);
}

static void note_alike(const struct walk *w, struct ward_hung *h)
{
	size_t nodes = ward_model_n(w->e->m);

	h->turn++;
	for (uint32_t c = 0; c < w->e->n_cell; c++) {
		uint32_t asset = w->p->state[w->e->cell[c].state].asset;

		if (asset < nodes && h->on[asset] && (w->e->cell[c].flag & STATE_REACHED))
			h->like[asset] += mix(h->turn, state_alike(w, c), 0, 0);
	}
}

enum ward_err ward_engine_hangs(
	struct ward_engine *e, ward_touch_goal *goal, struct ward_arena *a, struct ward_hung *h)
{
	struct walk w = {.e = e, .p = e->p};
	size_t nodes = ward_model_n(e->m);

	if (!e->whole)
		return WARD_ERR_NOT_FOUND;
	w.turn = ward_arena_array(a, e->n_cell + 1, sizeof(*w.turn));
	w.seen = ward_arena_array(a, e->n_cell + 1, 1);
	w.list = ward_arena_array(a, e->n_cell + 1, sizeof(*w.list));
	if (!w.turn || !w.seen || !w.list)
		return WARD_ERR_NOMEM;
	find_certain(&w);
	for (unsigned what = 0; what <= BY_BOUND; what++) {
		w.n = 0;
		for (size_t c = 0; c < e->n_cell; c++) {
			const struct plan_state *s = &w.p->state[e->cell[c].state];

			if (goal(e->m, s->asset, s->threat))
				visit(&w, e->cell[c].state, what);
		}
		for (uint32_t i = 0; i < w.n; i++) {
			uint32_t at = w.p->state[w.list[i]].asset;

			if (at < nodes)
				h->on[at] = true;
			if (what == BY_BOUND)
				visit_bound(&w, w.list[i]);
			else
				visit_best(&w, w.list[i], (enum metric)what);
		}
	}
	note_alike(&w, h);
	return WARD_OK;
}
