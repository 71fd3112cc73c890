/* From the engine's reached graph to the cone of one state, and back into its item. */
#include "impact/engine.h"
#include "impact/exact.h"

#include <stdlib.h>

enum { NONE_YET };

struct gather {
	struct ward_engine *e;
	struct exact_cone cone;
	uint32_t *number; /* [n_state of the plan] in the cone, from 1 */
	uint32_t *todo;   /* [n_todo] states of the plan that may be numbered */
	uint32_t *row;    /* [n_row] ways into one state, or slots of one gate, in a stated order */
	size_t n_todo, n_row;
};

static enum ward_err gather_init(struct gather *g, struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;

	*g = (struct gather){
		.e = e, .cone = {.mem = e->mem}, .n_todo = e->queue.n, .n_row = p->fan_max};
	g->number = ward_mem_alloc(e->mem, p->n_state * sizeof(*g->number));
	g->todo = ward_mem_alloc(e->mem, g->n_todo * sizeof(*g->todo));
	g->row = ward_mem_alloc(e->mem, g->n_row * sizeof(*g->row));
	return (!p->n_state || g->number) && (!g->n_todo || g->todo) && (!g->n_row || g->row)
		       ? WARD_OK
		       : WARD_ERR_NOMEM;
}

static void gather_fini(struct gather *g)
{
	const struct ward_mem *mem = g->e->mem;

	exact_cone_fini(&g->cone);
	ward_mem_free(mem, g->number, g->e->p->n_state * sizeof(*g->number));
	ward_mem_free(mem, g->todo, g->n_todo * sizeof(*g->todo));
	ward_mem_free(mem, g->row, g->n_row * sizeof(*g->row));
}

/* One number for what an event is about. */
static uint64_t key(uint64_t kind, uint64_t a, uint64_t b)
{
	uint64_t z = kind * 0x9e3779b97f4a7c15u ^ a * 0xbf58476d1ce4e5b9u;

	z = (z ^ z >> 29) * 0x94d049bb133111ebu ^ b;
	return (z ^ z >> 32) * 0xd6e8feb86659fd93u;
}

/* Of a state: whatever its number is. */
static uint64_t key_of(const struct ward_impact_plan *p, uint32_t s)
{
	return (uint64_t)p->rank[p->state[s].asset] << 32 | p->threat_rank[p->state[s].threat];
}

enum { KEY_OPEN = 1, KEY_SEED, KEY_RULE, KEY_GATE, KEY_COMMON };

static struct exact_chance chance_of_rule(const struct ward_engine *e, uint32_t rule, uint64_t k)
{
	const struct plan_rule *r = &e->p->rule[rule];

	return (struct exact_chance){r->lo * (PICO / MICRO), r->hi * (PICO / MICRO), k, r->common};
}

/* On a relation; of a rule that is common on a state, whatever it leads to. */
static uint64_t key_of_spread(
	const struct ward_impact_plan *p, uint32_t rule, uint32_t src, uint32_t to)
{
	uint32_t from = p->state[src].asset;

	if (p->rule[rule].common)
		return key(KEY_COMMON, p->rule[rule].key, key_of(p, src));
	return key(KEY_RULE, (uint64_t)p->rule[rule].key << 32 | p->rank[from], key_of(p, to));
}

/* The number of a state in the cone: its own, or the next one. */
static uint32_t numbered(struct gather *g, uint32_t s, size_t *n)
{
	if (g->number[s] == NONE_YET) {
		g->todo[(*n)++] = s;
		g->number[s] = (uint32_t)*n;
	}
	return g->number[s] - 1;
}

static enum ward_err add_source(struct gather *g, uint32_t s, size_t *n)
{
	struct exact_cone *c = &g->cone;
	enum ward_err err = ward_mem_more(c->mem, &c->source, c->n_source, &c->cap_source,
		sizeof(*c->source), g->e->edge_max);

	if (err)
		return err;
	c->source[c->n_source++] = numbered(g, s, n);
	c->slot[c->n_slot - 1].n_source++;
	return WARD_OK;
}

static enum ward_err add_slot(struct gather *g)
{
	struct exact_cone *c = &g->cone;
	enum ward_err err = ward_mem_more(
		c->mem, &c->slot, c->n_slot, &c->cap_slot, sizeof(*c->slot), g->e->edge_max);

	if (err)
		return err;
	c->slot[c->n_slot++] = (struct exact_slot){.source = (uint32_t)c->n_source};
	c->way[c->n_way - 1].n_slot++;
	return WARD_OK;
}

static enum ward_err add_way(struct gather *g, struct exact_chance chance, bool supply, uint32_t r)
{
	struct exact_cone *c = &g->cone;
	enum ward_err err = ward_mem_more(
		c->mem, &c->way, c->n_way, &c->cap_way, sizeof(*c->way), g->e->edge_max);

	if (err)
		return err;
	c->way[c->n_way++] = (struct exact_way){
		.chance = chance, .supply = supply, .r = r, .slot = (uint32_t)c->n_slot};
	return WARD_OK;
}

/* Does that edge lead anywhere, as things are now? */
static bool edge_live(const struct ward_engine *e, uint32_t edge)
{
	return !ward_edge_cut(e, edge) && ward_cell_is(e, plan_src(e->p, edge), STATE_REACHED);
}

static int edge_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_impact_plan *p = ctx;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;

	if (p->edge[a].rule != p->edge[b].rule)
		return p->edge[a].rule < p->edge[b].rule ? -1 : 1;
	a = plan_src(p, a);
	b = plan_src(p, b);
	return a == b ? 0 : plan_before(p, a, b) ? -1 : 1;
}

/* Rules that spread to s: states of one asset that the same rule takes share its event, but of a
 * rule that is common: there what one state leads to shares it. */
static enum ward_err take_spread(struct gather *g, uint32_t s, size_t *n)
{
	struct ward_impact_plan *p = g->e->plan[WARD_IMPACT_FULL];
	uint32_t last_rule = WARD_NONE, last_from = WARD_NONE; /* not of any */
	enum ward_err err = WARD_OK;
	size_t n_in = 0;
	uint32_t in;

	for (struct plan_ways w = plan_ways(p, s); plan_way(p, &w, &in);)
		if (edge_live(g->e, in))
			g->row[n_in++] = in;
	if (n_in > 1)
		qsort_r(g->row, n_in, sizeof(*g->row), edge_cmp, p);
	for (size_t i = 0; !err && i < n_in; i++) {
		uint32_t src = plan_src(p, g->row[i]), from = p->state[src].asset;
		uint32_t rule = p->edge[g->row[i]].rule;

		if (rule != last_rule || from != last_from || p->rule[rule].common) {
			uint64_t k = key_of_spread(p, rule, src, s);

			err = add_way(g, chance_of_rule(g->e, rule, k), false, 1);
			if (!err)
				err = add_slot(g);
		}
		if (!err)
			err = add_source(g, src, n);
		last_rule = rule;
		last_from = from;
	}
	return err;
}

static int slot_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_impact_plan *p = ctx;
	uint32_t a = p->rank[p->slot[*(const uint32_t *)va].node];
	uint32_t b = p->rank[p->slot[*(const uint32_t *)vb].node];

	return (a > b) - (a < b);
}

static enum ward_err take_slot(struct gather *g, uint32_t slot, size_t *n)
{
	const struct ward_impact_plan *p = g->e->p;
	enum ward_err err = add_slot(g);

	for (uint32_t i = p->slot[slot].in; !err && i < p->slot[slot + 1].in; i++)
		if (edge_live(g->e, p->in[i]))
			err = add_source(g, plan_src(p, p->in[i]), n);
	return err;
}

static bool slot_live(const struct ward_engine *e, uint32_t slot)
{
	for (uint32_t i = e->p->slot[slot].in; i < e->p->slot[slot + 1].in; i++)
		if (edge_live(e, e->p->in[i]))
			return true;
	return false;
}

/* Slots that nothing comes to do not fall: they are left out, and gates that stand by them. */
static enum ward_err take_gate(struct gather *g, uint32_t gate, size_t *n)
{
	struct ward_impact_plan *p = g->e->plan[WARD_IMPACT_FULL];
	const struct plan_gate *of = &p->gate[gate];
	size_t n_slot = 0;

	for (uint32_t i = of->slot; i < ward_gate_end(g->e, gate); i++)
		if (slot_live(g->e, i))
			g->row[n_slot++] = i;
	if (n_slot < of->r)
		return WARD_OK;
	qsort_r(g->row, n_slot, sizeof(*g->row), slot_cmp, p);
	uint64_t target = p->rank[p->state[of->target].asset];
	uint64_t k = key(KEY_GATE, (uint64_t)p->rule[of->rule].key << 32 | target, of->group);
	enum ward_err err = add_way(g, chance_of_rule(g->e, of->rule, k), true, of->r);

	for (size_t i = 0; !err && i < n_slot; i++)
		err = take_slot(g, g->row[i], n);
	return err;
}

static enum ward_err take_state(struct gather *g, uint32_t s, size_t *n)
{
	const struct ward_engine *e = g->e;
	const struct plan_state *st = &e->p->state[s];
	const struct plan_guard *pass = &e->value[e->guard[s]];
	struct exact_cone *c = &g->cone;
	enum ward_err err = ward_mem_more(
		c->mem, &c->state, c->n_state, &c->cap_state, sizeof(*c->state), e->state_max);

	if (err)
		return err;
	struct exact_state to = {.asset = st->asset,
		.ring = plan_ring(e->p, s),
		.open = {pass->lo, pass->hi, key(KEY_OPEN, key_of(e->p, s), 0)},
		.seed = {.key = key(KEY_SEED, key_of(e->p, s), 0)},
		.way = (uint32_t)c->n_way};

	if (ward_cell_is(e, s, STATE_SEED)) {
		to.seed.lo = e->seed[ward_cell_at(e, s)->seed].lo;
		to.seed.hi = e->seed[ward_cell_at(e, s)->seed].hi;
	}
	err = take_spread(g, s, n);
	for (struct plan_span i = plan_gates(e->p, s); !err && i.i < i.end; i.i++)
		err = take_gate(g, i.i, n);
	to.n_way = (uint32_t)c->n_way - to.way;
	c->state[c->n_state++] = to;
	return err;
}

/* Everything that can lead to one of state[n], from them backwards. */
static enum ward_err gather_cone(struct gather *g, const uint32_t *state, size_t n_state)
{
	struct exact_cone *c = &g->cone;
	size_t n = 0;
	enum ward_err err = WARD_OK;

	c->n_state = c->n_way = c->n_slot = c->n_source = 0;
	for (size_t i = 0; i < n_state; i++)
		(void)numbered(g, state[i], &n);
	for (size_t i = 0; !err && i < n; i++)
		err = take_state(g, g->todo[i], &n);
	for (size_t i = 0; i < n; i++)
		g->number[g->todo[i]] = NONE_YET;
	return err;
}

/* The bounds hold surely: what is sampled may stick out, what is exact does not. */
static void put(
	struct ward_impact *it, enum ward_likelihood_by by, int64_t lo_micro, int64_t hi_micro)
{
	int64_t lo = lo_micro < it->lo_micro ? it->lo_micro : lo_micro;

	lo = lo > it->hi_micro ? it->hi_micro : lo;
	if (hi_micro < it->hi_micro)
		it->hi_micro = (int32_t)(hi_micro < lo ? lo : hi_micro);
	it->lo_micro = (int32_t)lo;
	it->by = (uint8_t)by;
}

/* What is asked for, and what of it does not fit into a diagram. */
struct asked {
	uint32_t *item, *state; /* [n] that are to be sampled */
	int64_t *lo, *hi;       /* [n] */
	size_t n;
};

static enum ward_err narrow_exactly(
	struct gather *g, const struct ward_narrow *how, uint32_t item, struct asked *left)
{
	struct ward_impact *it = &g->e->item[item];
	int64_t lo = 0, hi = 0;
	uint32_t s = ward_impact_plan_find(g->e->p, it->asset, it->threat);
	enum ward_err err = WARD_OK;

	if (s == WARD_NONE) { /* no rule leads to or from it: it is as it was seen */
		it->by = WARD_LIKELIHOOD_EXACT;
		return WARD_OK;
	}
	if (how->nodes)
		err = gather_cone(g, &s, 1);
	if (!err)
		err = how->nodes && g->cone.n_way <= how->nodes
			      ? exact_solve(&g->cone, how->nodes, &lo, &hi)
			      : WARD_ERR_LIMIT;
	if (!err)
		put(it, WARD_LIKELIHOOD_EXACT, lo, hi);
	if (err != WARD_ERR_LIMIT)
		return err;
	for (size_t i = 0; i < left->n; i++)
		if (left->item[i] == item) /* it was asked for twice */
			return WARD_OK;
	left->item[left->n] = item;
	left->state[left->n++] = s;
	return WARD_OK;
}

/* All of them in the same worlds, which are then drawn and solved once. */
static enum ward_err narrow_by_worlds(
	struct gather *g, const struct ward_narrow *how, struct asked *left)
{
	enum ward_err err = gather_cone(g, left->state, left->n);

	if (!err)
		err = exact_sample(&g->cone, how->worlds, how->seed, left->n, left->lo, left->hi);
	for (size_t i = 0; !err && i < left->n; i++)
		put(&g->e->item[left->item[i]], WARD_LIKELIHOOD_SAMPLED, left->lo[i], left->hi[i]);
	return err;
}

/* After a run that failed or an update, what was given is not of now. */
static bool of_now(const struct ward_engine *e, const uint32_t *item, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (item[i] >= e->n_item)
			return false;
	return e->mode == WARD_IMPACT_FULL && e->whole && e->placed;
}

enum ward_err ward_engine_narrow(
	struct ward_engine *e, const struct ward_narrow *how, const uint32_t *item, size_t n)
{
	struct gather g;
	struct asked left = {0};

	if (!of_now(e, item, n))
		return WARD_ERR_STATE;
	enum ward_err err = gather_init(&g, e);

	left.item = ward_mem_alloc(e->mem, n * sizeof(*left.item));
	left.state = ward_mem_alloc(e->mem, n * sizeof(*left.state));
	left.lo = ward_mem_alloc(e->mem, n * sizeof(*left.lo));
	left.hi = ward_mem_alloc(e->mem, n * sizeof(*left.hi));
	if (!err && n && (!left.item || !left.state || !left.lo || !left.hi))
		err = WARD_ERR_NOMEM;
	for (size_t i = 0; !err && i < n; i++)
		err = narrow_exactly(&g, how, item[i], &left);
	if (!err && left.n && how->worlds)
		err = narrow_by_worlds(&g, how, &left);
	ward_mem_free(e->mem, left.item, n * sizeof(*left.item));
	ward_mem_free(e->mem, left.state, n * sizeof(*left.state));
	ward_mem_free(e->mem, left.lo, n * sizeof(*left.lo));
	ward_mem_free(e->mem, left.hi, n * sizeof(*left.hi));
	gather_fini(&g);
	return err;
}

enum ward_err ward_engine_narrow_services(
	struct ward_engine *e, const struct ward_narrow *how, const struct ward_impacts *all)
{
	uint32_t *item = ward_mem_alloc(e->mem, all->n * sizeof(*item));
	size_t n = 0;

	if (all->n && !item)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < all->n; i++)
		if (ward_model_node(e->m, all->item[i].asset)->kind == WARD_NODE_SERVICE)
			item[n++] = i;
	enum ward_err err = n ? ward_engine_narrow(e, how, item, n) : WARD_OK;

	ward_mem_free(e->mem, item, all->n * sizeof(*item));
	return err;
}
