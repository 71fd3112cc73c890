#include "recover/world.h"

#include <stdlib.h>

static enum ward_err grow(struct ward_arena *a, void *items, size_t n, size_t *cap, size_t size)
{
	void **at = items;

	if (n < *cap)
		return WARD_OK;
	size_t more = *cap ? 2 * *cap : 256;
	uint8_t *grown = ward_arena_array(a, more, size);

	if (!grown)
		return WARD_ERR_NOMEM;
	if (n)
		memcpy(grown, *at, n * size);
	*at = grown;
	*cap = more;
	return WARD_OK;
}

static enum ward_err put_src(struct rec_world *x, uint32_t src)
{
	enum ward_err err = grow(x->a, &x->src, x->n_src, &x->cap_src, sizeof(*x->src));

	if (!err)
		x->src[x->n_src++] = src;
	return err;
}

static enum ward_err put_slot(struct rec_world *x, struct rec_slot s)
{
	enum ward_err err = grow(x->a, &x->slot, x->n_slot, &x->cap_slot, sizeof(*x->slot));

	if (!err)
		x->slot[x->n_slot++] = s;
	return err;
}

static enum ward_err put_way(struct rec_world *x, uint32_t state, struct rec_way w)
{
	enum ward_err err = grow(x->a, &x->way, x->n_way, &x->cap_way, sizeof(*x->way));

	if (err)
		return err;
	x->way[x->n_way++] = w;
	x->state[state].n_way++;
	if (w.n > x->slots_max)
		x->slots_max = w.n;
	return WARD_OK;
}

/* The place of an edge's source, or WARD_NONE. */
static uint32_t source(const struct rec_world *x, uint32_t edge)
{
	const struct ward_engine *e = x->w->e;

	return ward_edge_cut(e, edge) ? WARD_NONE : x->of[plan_src(e->p, edge)];
}

static int number_cmp(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* Slots, and ways of one slot, by their first source: the rows of the plan are in the order of the
 * hospital's files, what is told must not be. */
static int slot_cmp(const void *va, const void *vb, void *ctx)
{
	const struct rec_slot *a = va, *b = vb;
	const struct rec_world *x = ctx;

	return number_cmp(&x->src[a->src], &x->src[b->src]);
}

static int way_cmp(const void *va, const void *vb, void *ctx)
{
	const struct rec_way *a = va, *b = vb;
	const struct rec_world *x = ctx;
	int c = slot_cmp(&x->slot[a->slot], &x->slot[b->slot], ctx);

	return c ? c : (a->fires > b->fires) - (a->fires < b->fires);
}

static int time_cmp(const void *va, const void *vb)
{
	const ward_ns *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

bool ward_rule_strikes(const struct rec_world *x, uint32_t rule, ward_ns at)
{
	return at < x->ask->stopped || !x->w->e->p->rule[rule].destroys;
}

/* When a spreading edge takes the state down. */
static ward_ns fires(const struct rec_world *x, uint32_t i, uint32_t src, uint32_t edge)
{
	struct way way = {x->state[src].plan, x->w->e->p->edge[edge].rule};

	return ward_pass_combine(
		x->w->e, METRIC_EXPECTED, x->state[src].down, x->state[i].plan, &way);
}

bool ward_state_destroyed(const struct rec_world *x, uint32_t i)
{
	const struct ward_impact_plan *p = x->w->e->p;
	uint32_t edge;

	if (x->state[i].plan == WARD_NONE)
		return false;
	for (struct plan_ways ways = plan_ways(p, x->state[i].plan); plan_way(p, &ways, &edge);) {
		uint32_t src = source(x, edge);

		if (src != WARD_NONE && src < i && p->rule[p->edge[edge].rule].destroys &&
			ward_rule_strikes(x, p->edge[edge].rule, fires(x, i, src, edge)))
			return true;
	}
	return false;
}

/* What spreads: only what came before it holds a state up, not what it caused itself. */
static enum ward_err spread(struct rec_world *x, uint32_t i)
{
	const struct ward_impact_plan *p = x->w->e->p;
	uint32_t s = x->state[i].plan, edge;
	enum ward_err err = WARD_OK;

	for (struct plan_ways ways = plan_ways(p, s); !err && plan_way(p, &ways, &edge);) {
		uint32_t src = source(x, edge);

		if (src == WARD_NONE || src >= i)
			continue;
		uint32_t rule = p->edge[edge].rule;
		struct rec_way w = {
			(uint32_t)x->n_slot, 1, 1, fires(x, i, src, edge), p->rule[rule].destroys};

		if (!ward_rule_strikes(x, rule, w.fires))
			continue;
		err = put_slot(x, (struct rec_slot){(uint32_t)x->n_src, 1});
		if (!err)
			err = put_src(x, src);
		if (!err)
			err = put_way(x, i, w);
	}
	if (!err && x->state[i].n_way > 1)
		qsort_r(&x->way[x->state[i].way], x->state[i].n_way, sizeof(*x->way), way_cmp, x);
	return err;
}

/* One slot's sources, and when the first of them fell. */
static enum ward_err slot(struct rec_world *x, uint32_t i, uint32_t slot, ward_ns *ret_fell)
{
	const struct ward_impact_plan *p = x->w->e->p;
	struct rec_slot put = {(uint32_t)x->n_src, 0};
	enum ward_err err = WARD_OK;

	*ret_fell = NEVER;
	for (uint32_t k = p->slot[slot].in; !err && k < p->slot[slot + 1].in; k++) {
		uint32_t src = source(x, p->in[k]);

		if (src == WARD_NONE)
			continue;
		err = put_src(x, src);
		put.n++;
		x->straight = x->straight && src < i;
		if (x->state[src].down < *ret_fell)
			*ret_fell = x->state[src].down;
	}
	if (err || !put.n)
		return err;
	qsort(&x->src[put.src], put.n, sizeof(*x->src), number_cmp);
	return put_slot(x, put);
}

/* Without it the thing does not work, or nobody gets there. That the mains are gone while
 * generators run, or that a unit is steered blindly, keeps nobody from working on it. */
static bool is_supply(const struct rec_world *x, uint32_t rule)
{
	const struct ward_rule *r = &x->w->r->rule[rule];

	return rule != ward_rules_builtin(x->w->r) &&
	       (r->gives == x->w->r->outage || r->rel == WARD_REL_LEADS_TO);
}

static enum ward_err gate(struct rec_world *x, uint32_t i, uint32_t g, ward_ns *fell)
{
	const struct ward_impact_plan *p = x->w->e->p;
	struct rec_way w = {.slot = (uint32_t)x->n_slot,
		.r = p->gate[g].r,
		.supply = is_supply(x, p->gate[g].rule)};
	enum ward_err err = WARD_OK;

	for (uint32_t k = p->gate[g].slot; !err && k < p->gate[g + 1].slot; k++) {
		ward_ns at;

		err = slot(x, i, k, &at);
		if (!err && at != NEVER)
			fell[w.n++] = at;
	}
	if (err || w.n < w.r) {
		x->n_slot = w.slot;
		return err;
	}
	struct way way = {WARD_NONE, WAY_GATE + g};

	qsort(fell, w.n, sizeof(*fell), time_cmp);
	qsort_r(&x->slot[w.slot], w.n, sizeof(*x->slot), slot_cmp, x);
	w.fires =
		ward_pass_combine(x->w->e, METRIC_EXPECTED, fell[w.r - 1], x->state[i].plan, &way);
	return put_way(x, i, w);
}

/* Could it have been down by when the state was seen, and not for want of that thing? */
static bool could(const struct rec_world *x, const struct rec_state *by, const struct rec_state *s)
{
	const uint32_t *ring = x->w->e->p->ring;
	struct ward_brief brief;

	return (ring[by->asset] == WARD_NONE || ring[by->asset] != ring[s->asset]) &&
	       ward_engine_brief(x->w->e, by->asset, by->threat, &brief) &&
	       brief.earliest <= s->down;
}

/* Is a gate one of that relation, and so much down of it by then that it holds? */
static bool starves(
	const struct rec_world *x, const struct rec_state *s, uint32_t g, enum ward_rel_type rel)
{
	const struct ward_impact_plan *p = x->w->e->p;
	uint32_t n = 0;

	if (p->gate[g].rule == ward_rules_builtin(x->w->r) ||
		x->w->r->rule[p->gate[g].rule].rel != rel)
		return false;
	for (uint32_t k = p->gate[g].slot; k < p->gate[g + 1].slot; k++) {
		bool down = false;

		for (uint32_t i = p->slot[k].in; i < p->slot[k + 1].in && !down; i++) {
			uint32_t src = source(x, p->in[i]);

			down = src != WARD_NONE && could(x, &x->state[src], s);
		}
		n += down;
	}
	return n >= p->gate[g].r;
}

/* The first of the asset's gates from g on that starves it, or the end of these. */
static uint32_t next_starving(const struct rec_world *x, const struct rec_state *s, uint32_t g)
{
	const struct ward_impact_plan *p = x->w->e->p;
	uint32_t end = p->first_gate[p->rank[s->asset] + 1];
	enum ward_rel_type rel = ward_works_find(x->w->works, s->asset, s->threat, false)->lacks;

	while (g < end && (rel == WARD_REL_N || !starves(x, s, g, rel)))
		g++;
	return g;
}

bool ward_state_wants(const struct rec_world *x, uint32_t i)
{
	const struct ward_impact_plan *p = x->w->e->p;
	const struct rec_state *s = &x->state[i];

	return s->seed && s->plan != WARD_NONE &&
	       next_starving(x, s, p->first_gate[p->rank[s->asset]]) <
		       p->first_gate[p->rank[s->asset] + 1];
}

/* The ways of what is only a sign: those by which the thing is not fed, from when it was seen on.
 */
static enum ward_err wants(struct rec_world *x, uint32_t i, ward_ns *fell)
{
	const struct ward_impact_plan *p = x->w->e->p;
	const struct rec_state *s = &x->state[i];
	uint32_t rank = p->rank[s->asset], g = p->first_gate[rank];
	enum ward_err err = WARD_OK;

	while (!err && (g = next_starving(x, s, g)) < p->first_gate[rank + 1]) {
		size_t had = x->n_way;

		err = gate(x, i, g++, fell);
		if (x->n_way > had && x->way[had].fires > s->down)
			x->way[had].fires = s->down;
	}
	return err;
}

/* Does the asset itself hold the state down, by what spreads? What hangs on it for supply is begun
 * by hand (world.c). */
static bool is_of(const struct rec_world *x, uint32_t state, uint32_t asset)
{
	const struct rec_state *s = &x->state[state];

	for (uint32_t k = s->way; k < s->way + s->n_way; k++) {
		const struct rec_slot *slot = &x->slot[x->way[k].slot];

		for (uint32_t i = 0; !x->way[k].supply && i < slot->n; i++)
			if (x->state[x->src[slot->src + i]].asset == asset)
				return true;
	}
	return false;
}

/* What it did itself is no want: the doors of a room that burns are shut by its fire. */
static bool is_own(const struct rec_world *x, const struct rec_way *w, uint32_t asset)
{
	uint32_t others = 0;

	for (uint32_t k = w->slot; k < w->slot + w->n; k++) {
		bool own = true;

		for (uint32_t i = 0; i < x->slot[k].n; i++)
			own = own && is_of(x, x->src[x->slot[k].src + i], asset);
		others += !own;
	}
	return others < w->r;
}

/* Ways that supply an asset on which people work, adjacent. */
static enum ward_err needs(struct rec_world *x)
{
	size_t cap = 0;

	for (uint32_t j = 0; j < x->n_job; j++) {
		x->job[j].need = (uint32_t)x->n_need;
		for (uint32_t i = 0; i < x->n_state; i++) {
			const struct rec_state *s = &x->state[i];

			if (s->asset != x->job[j].asset)
				continue;
			for (uint32_t k = s->way; k < s->way + s->n_way; k++) {
				if (!x->way[k].supply || is_own(x, &x->way[k], s->asset))
					continue;
				enum ward_err err =
					grow(x->a, &x->need, x->n_need, &cap, sizeof(*x->need));

				if (err)
					return err;
				x->need[x->n_need++] = k;
			}
		}
		x->job[j].n_need = (uint32_t)x->n_need - x->job[j].need;
	}
	return WARD_OK;
}

enum ward_err ward_world_ways(struct rec_world *x)
{
	const struct ward_impact_plan *p = x->w->e->p;
	ward_ns *fell = ward_arena_array(x->a, p->fan_max + 1, sizeof(*fell));
	enum ward_err err = fell ? WARD_OK : WARD_ERR_NOMEM;

	x->straight = true;
	for (uint32_t i = 0; i < x->n_state && !err; i++) {
		uint32_t s = x->state[i].plan;

		x->state[i].way = (uint32_t)x->n_way;
		if (s == WARD_NONE)
			continue;
		err = spread(x, i);
		if (!err && x->state[i].job == WARD_NONE && ward_state_wants(x, i)) {
			err = wants(x, i, fell);
			continue;
		}
		for (struct plan_span g = plan_gates(p, s); g.i < g.end && !err; g.i++)
			err = gate(x, i, g.i, fell);
	}
	if (!err)
		err = needs(x);
	x->pick = err ? NULL : ward_arena_array(x->a, x->slots_max + 1, sizeof(*x->pick));
	return !err && !x->pick ? WARD_ERR_NOMEM : err;
}
