/* The result of a propagation as items and barriers, in the order that the interface promises. */
#include "impact/engine.h"
#include "model/hours.h"

#include <stdlib.h>

/* What every item tells, its likelihood in millionths; the rest is as of a seed that stands alone.
 */
static void item(const struct ward_engine *e, uint32_t asset, uint32_t threat, int32_t lo,
	int32_t hi, struct ward_impact *ret)
{
	const struct plan_care *care = &e->p->care[asset];
	enum ward_need need = e->p->need[threat];
	bool ref = e->p->reference;
	int32_t lo_micro = ref ? 0 : lo, hi_micro = ref ? (int32_t)MICRO : hi;

	if (hi_micro < lo_micro)
		hi_micro = lo_micro;
	memset(ret, 0, sizeof(*ret));
	ret->asset = asset;
	ret->threat = threat;
	ret->rule = WARD_IMPACT_SEED;
	ret->group = WARD_NONE;
	ret->lo_micro = lo_micro;
	ret->hi_micro = hi_micro;
	ret->loss_micro = need == WARD_NEED_AVAILABILITY ? care->weight_micro : 0;
	ret->score_micro =
		ref ? (int32_t)MICRO : (lo_micro + hi_micro) / 2 * (int32_t)care->criticality / 5;
	ret->need = (uint8_t)need;
}

/* What it is worth at the time at which it is expected. */
static void by_hours(const struct ward_engine *e, struct ward_impact *it)
{
	if (e->p->reference || !e->p->care[it->asset].hours)
		return;
	int64_t factor = ward_model_factor(e->m, it->asset, it->expected);

	it->loss_micro = (int64_t)((ward_u128)factor * (uint64_t)it->loss_micro / MICRO);
	it->score_micro = (int32_t)(factor * it->score_micro / (int64_t)MICRO);
}

/* What is found out along the ways is not known yet. */
enum { UNKNOWN = -1 };

static void impact_of(const struct ward_engine *e, size_t at, struct ward_impact *ret)
{
	const struct cell *c = &e->cell[at];
	const struct plan_state *st = &e->p->state[c->state];
	const struct way *w = &e->label[METRIC_LO][at].way;
	uint32_t gate = way_gate(w->by);

	item(e, st->asset, st->threat,
		(int32_t)((uint64_t)-e->keys[METRIC_LO][at] / (PICO / MICRO)), (int32_t)c->hi, ret);
	ret->rule = way_rule(e->p, w->by);
	ret->group = gate == WARD_NONE ? WARD_NONE : e->p->gate[gate].group;
	ret->earliest = e->keys[METRIC_EARLIEST][at];
	ret->expected = e->keys[METRIC_EXPECTED][at];
	ret->hops = WARD_NONE;
	ret->buffered = UNKNOWN;
	ret->loop = c->flag & STATE_HELD;
	if (e->p->reference && !(c->flag & STATE_SEED))
		ret->score_micro = (int32_t)(e->value[e->guard[c->state]].hi / (PICO / MICRO));
	by_hours(e, ret);
}

/* A seed that no rule leads to or from. */
static struct ward_impact lone(const struct ward_engine *e, const struct seed *s)
{
	struct ward_impact it;

	item(e, s->asset, s->threat, (int32_t)(s->lo / (PICO / MICRO)),
		(int32_t)((s->hi + PICO / MICRO - 1) / (PICO / MICRO)), &it);
	it.earliest = it.expected = it.chain_earliest = it.chain_expected = s->since;
	by_hours(e, &it);
	return it;
}

/* Parts of requirements are nobody's business but the engine's. */
static bool is_part(const struct ward_engine *e, const struct ward_impact *it)
{
	return it->asset >= ward_model_n(e->m);
}

static int order_cmp(
	const struct ward_engine *e, const struct ward_impact *a, const struct ward_impact *b)
{
	const uint32_t *rank = e->p->rank, *threat = e->p->threat_rank;

	if (a->expected != b->expected)
		return a->expected < b->expected ? -1 : 1;
	if (a->asset != b->asset)
		return rank[a->asset] < rank[b->asset] ? -1 : 1;
	return (threat[a->threat] > threat[b->threat]) - (threat[a->threat] < threat[b->threat]);
}

static int lone_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_engine *e = ctx;
	struct ward_impact a = lone(e, &e->seed[*(const uint32_t *)va]);
	struct ward_impact b = lone(e, &e->seed[*(const uint32_t *)vb]);

	return order_cmp(e, &a, &b);
}

/* The seeds that stand alone, sorted, into e->level. */
static enum ward_err lone_seeds(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;

	e->level.n = 0;
	for (size_t i = 0; !err && i < e->n_seed; i++)
		if (e->seed[i].state == WARD_NONE &&
			!(ward_present_asset(e, e->seed[i].asset) & ASSET_REPAIRED))
			err = ward_list_put(e, &e->level, (uint32_t)i);
	if (!err && e->level.n > 1)
		qsort_r(e->level.p, e->level.n, sizeof(*e->level.p), lone_cmp, e);
	return err;
}

/* So far ahead things are asked for, each needing what the one before brings. */
enum { AHEAD_FAR = 64, AHEAD = 48, AHEAD_NEAR = 32, AHEAD_NEXT = 16 };

/* Gives every item its place; those that stand alone are told at once. */
static void place_items(struct ward_engine *e)
{
	size_t next = 0;
	uint32_t at = 0;

	for (size_t i = 0; i <= e->order.n; i++) {
		struct ward_impact it = {0};

		if (i < e->order.n && next < e->level.n) {
			const struct cell *c = &e->cell[e->order.p[i]];

			it.asset = e->p->state[c->state].asset;
			it.threat = e->p->state[c->state].threat;
			it.expected = e->keys[METRIC_EXPECTED][e->order.p[i]];
		}
		for (; next < e->level.n; next++, at++) {
			struct ward_impact first = lone(e, &e->seed[e->level.p[next]]);

			if (i < e->order.n && order_cmp(e, &first, &it) > 0)
				break;
			first.parent = at;
			e->item[at] = first;
		}
		if (i == e->order.n)
			break;
		e->cell[e->order.p[i]].at = at++;
	}
	e->n_item = at;
}

/* The others, by cell: what they are told from then lies in a row. */
static void fill_items(struct ward_engine *e)
{
	const struct plan_state *state = e->p->state;

	for (size_t c = 0; c < e->n_cell; c++) {
		if (c + AHEAD < e->n_cell)
			__builtin_prefetch(&state[e->cell[c + AHEAD].state]);
		if (c + AHEAD_NEXT < e->n_cell) {
			__builtin_prefetch(&e->p->care[state[e->cell[c + AHEAD_NEXT].state].asset]);
			__builtin_prefetch(&e->item[e->cell[c + AHEAD_NEXT].at], 1);
			__builtin_prefetch(&e->item[e->cell[c + AHEAD_NEXT].at].loss_micro, 1);
		}
		if (e->keys[METRIC_EXPECTED][c] != KEY_WORST)
			impact_of(e, c, &e->item[e->cell[c].at]);
	}
}

/* Steps and times by the best proof; what buffers gave by the soonest way. */
static bool known(const struct ward_engine *e, enum metric m, uint32_t c)
{
	const struct ward_impact *it = &e->item[e->cell[c].at];

	return m == METRIC_LO ? it->hops != WARD_NONE : it->buffered != UNKNOWN;
}

/* When the parts of a gate have fallen, where those before the decisive one in the order of proofs
 * fall at the soonest. */
static int64_t parts_fall(
	const struct ward_engine *e, enum metric m, const struct way *w, int64_t at)
{
	const struct ward_impact_plan *p = e->p;

	uint32_t gate = way_gate(w->by);

	for (uint32_t i = p->gate[gate].slot; i < ward_gate_end(e, gate); i++) {
		uint32_t best = WARD_NONE;

		for (uint32_t k = p->slot[i].in; k < p->slot[i + 1].in; k++) {
			uint32_t s = plan_src(p, p->in[k]);

			if (!ward_edge_cut(e, p->in[k]) && ward_cell_is(e, s, STATE_REACHED) &&
				(best == WARD_NONE || ward_proof_cmp(e, s, best) < 0))
				best = s;
		}
		if (best == WARD_NONE || ward_proof_cmp(e, best, w->src) >= 0)
			continue;
		int64_t part = ward_key(e, m, best);

		at = part > at ? part : at;
	}
	return at;
}

/* A time by the likeliest way, from that of where it comes from. */
static ward_ns by_chain(const struct ward_engine *e, enum metric m, uint32_t c, int64_t at)
{
	const struct way *w = &e->label[METRIC_LO][c].way;
	uint32_t gate = way_gate(w->by);

	if (w->by == WARD_IMPACT_SEED && !e->p->reference)
		return e->seed[e->cell[c].seed].since;
	if ((e->cell[c].flag & STATE_HELD) || e->p->reference) {
		int64_t soonest = e->keys[m][c];

		return soonest > at || w->by == WARD_IMPACT_SEED ? soonest : at;
	}
	if (gate != WARD_NONE && e->p->gate[gate].r > 1)
		at = parts_fall(e, m, w, at);
	return ward_pass_combine(e, m, at, e->cell[c].state, w);
}

/* One step on from where it is known. */
static void learn(const struct ward_engine *e, enum metric m, uint32_t c)
{
	const struct way *w = &e->label[m][c].way;
	struct ward_impact *it = &e->item[e->cell[c].at];
	uint32_t at = ward_cell_at(e, w->src)->at;
	const struct ward_impact *from = &e->item[at];
	bool seed = w->by == WARD_IMPACT_SEED;

	if (m == METRIC_LO) {
		it->parent = at;
		it->chain_earliest = by_chain(e, METRIC_EARLIEST, c, from->chain_earliest);
		it->chain_expected = by_chain(e, METRIC_EXPECTED, c, from->chain_expected);
		it->hops = seed ? 0 : from->hops + !is_part(e, it);
	} else {
		it->buffered = seed || e->p->reference
				       ? 0
				       : ward_later(from->buffered,
						 ward_pass_buffer(e, e->cell[c].state, w));
	}
}

/* Brings where the next ways come from into the cache. */
static void look_back(const struct ward_engine *e, enum metric m, size_t i)
{
	const struct label *label = e->label[m];
	const uint32_t *c = e->order.p + i;

	if (e->order.n - i <= AHEAD_FAR)
		return;
	__builtin_prefetch(&label[c[AHEAD_FAR]]);
	__builtin_prefetch(&e->number[label[c[AHEAD]].way.src]);
	__builtin_prefetch(ward_cell_at(e, label[c[AHEAD_NEAR]].way.src));
	__builtin_prefetch(&e->item[ward_cell_at(e, label[c[AHEAD_NEXT]].way.src)->at].buffered);
}

/* Where a way comes from is nearly always known already. */
static enum ward_err follow(struct ward_engine *e, enum metric m, uint32_t c)
{
	struct list *stack = &e->level;
	enum ward_err err = WARD_OK;

	for (stack->n = 0; !err && !known(e, m, c);) {
		const struct way *w = &e->label[m][c].way;

		if (w->by == WARD_IMPACT_SEED || known(e, m, e->number[w->src])) {
			learn(e, m, c);
			break;
		}
		err = ward_list_put(e, stack, c);
		c = e->number[w->src];
	}
	while (!err && stack->n)
		learn(e, m, stack->p[--stack->n]);
	return err;
}

static enum ward_err give_items(struct ward_engine *e)
{
	enum ward_err err = lone_seeds(e);
	size_t n = e->order.n + e->level.n;
	void *mem;

	if (!err)
		err = ward_scratch(e, n * sizeof(*e->item), &mem);
	if (err || !n)
		return err;
	place_items(e);
	fill_items(e);
	for (size_t i = 0; !err && i < e->order.n; i++) {
		look_back(e, METRIC_LO, i);
		look_back(e, METRIC_EXPECTED, i);
		err = follow(e, METRIC_LO, e->order.p[i]);
		if (!err)
			err = follow(e, METRIC_EXPECTED, e->order.p[i]);
	}
	return err;
}

/* The item that led to a part, or the item itself. */
static uint32_t beyond_parts(const struct ward_engine *e, uint32_t i)
{
	while (is_part(e, &e->item[i]))
		i = e->item[i].parent;
	return i;
}

/* Takes the parts out of the items: what they led to has what led to them for a parent. */
static enum ward_err hide_parts(struct ward_engine *e)
{
	struct list *place = &e->level; /* of each item, among those that stay */
	enum ward_err err = WARD_OK;
	uint32_t n = 0;

	if (!ward_model_n_part(e->m))
		return WARD_OK;
	place->n = 0;
	for (size_t i = 0; !err && i < e->n_item; i++) {
		err = ward_list_put(e, place, n);
		n += !is_part(e, &e->item[i]);
	}
	if (err)
		return err;
	for (size_t i = 0; i < e->n_item; i++)
		if (!is_part(e, &e->item[i]))
			e->item[i].parent = place->p[beyond_parts(e, e->item[i].parent)];
	for (size_t i = 0; i < e->order.n; i++) {
		uint32_t *at = &e->cell[e->order.p[i]].at;

		*at = place->p[beyond_parts(e, *at)];
	}
	for (size_t i = 0; i < e->n_item; i++)
		if (!is_part(e, &e->item[i]))
			e->item[place->p[i]] = e->item[i];
	e->n_item = n;
	return WARD_OK;
}

static uint32_t strongest(const struct ward_engine *e, uint32_t asset, uint32_t threat)
{
	size_t n;
	const struct ward_protection *p = ward_model_protections(e->m, asset, &n);
	uint32_t best = WARD_NONE;

	for (uint32_t i = 0; i < n; i++) {
		if (p[i].threat != threat)
			continue;
		if (best == WARD_NONE || p[i].degree_micro > p[best].degree_micro ||
			(p[i].degree_micro == p[best].degree_micro &&
				ward_str_cmp(p[i].id, p[best].id) < 0))
			best = i;
	}
	return best;
}

/* What came up against a barrier is told by the soonest; then as ways are ordered. Of a gate that
 * fell, every state that led to it counts. */
static void offer(const struct ward_engine *e, struct ward_barrier *b, uint32_t edge)
{
	uint32_t src = plan_src(e->p, edge), rule = e->p->edge[edge].rule;

	if (ward_edge_cut(e, edge) || !ward_cell_is(e, src, STATE_REACHED) ||
		ward_key(e, METRIC_EXPECTED, src) == KEY_WORST)
		return;
	if (b->parent != WARD_NONE) {
		int64_t ka = ward_key(e, METRIC_EXPECTED, src);
		int64_t kb = ward_key(e, METRIC_EXPECTED, b->parent);

		if (ka != kb               ? ka > kb
			: src != b->parent ? plan_before(e->p, b->parent, src)
					   : rule > b->rule)
			return;
	}
	b->parent = src;
	b->rule = rule;
}

static struct ward_barrier barrier_of(const struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	const struct plan_state *st = &p->state[s];
	uint32_t edge;
	struct ward_barrier b = {
		st->asset, st->threat, 0, WARD_NONE, strongest(e, st->asset, st->threat)};

	for (struct plan_ways w = plan_ways(p, s); plan_way(p, &w, &edge);)
		offer(e, &b, edge);
	for (struct plan_span k = plan_gate_ways(p, s); k.i < k.end; k.i++)
		offer(e, &b, p->in[k.i]);
	return b;
}

static bool gate_fell(const struct ward_engine *e, uint32_t g)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t down = 0;

	for (uint32_t i = p->gate[g].slot; i < ward_gate_end(e, g); i++)
		for (uint32_t k = p->slot[i].in; k < p->slot[i + 1].in; k++)
			if (!ward_edge_cut(e, p->in[k]) &&
				ward_cell_is(e, plan_src(p, p->in[k]), STATE_REACHED)) {
				down++;
				break;
			}
	return down >= p->gate[g].r;
}

static bool is_hit(const struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t edge;

	if (!ward_cell_wall(e, s))
		return false;
	for (struct plan_ways w = plan_ways(p, s); plan_way(p, &w, &edge);)
		if (!ward_edge_cut(e, edge) && ward_cell_is(e, plan_src(p, edge), STATE_REACHED))
			return true;
	for (struct plan_span g = plan_gates(p, s); g.i < g.end; g.i++)
		if (gate_fell(e, g.i))
			return true;
	return false;
}

void ward_engine_hits(struct ward_engine *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->hit.n; i++) {
		uint32_t s = e->hit.p[i];

		if (is_hit(e, s))
			e->hit.p[n++] = s;
		else
			ward_cell_at(e, s)->flag &= ~(uint32_t)(STATE_HIT | STATE_OFFERED);
	}
	e->hit.n = n;
}

static enum ward_err give_barriers(struct ward_engine *e)
{
	enum ward_err err = ward_sort_numbers(e, e->hit.p, e->hit.n);

	e->n_barrier = 0;
	for (size_t i = 0; !err && i < e->hit.n; i++) {
		struct ward_barrier b = barrier_of(e, e->hit.p[i]);

		if (b.parent == WARD_NONE)
			continue; /* what comes up against it does so at no known time */
		err = ward_mem_more(e->mem, &e->barrier, e->n_barrier, &e->cap_barrier,
			sizeof(*e->barrier), e->state_max);
		if (err)
			break;
		b.parent = ward_cell_at(e, b.parent)->at;
		e->barrier[e->n_barrier++] = b;
	}
	return err;
}

enum ward_err ward_engine_read(struct ward_engine *e, struct ward_impacts *ret)
{
	enum ward_err err = give_items(e);

	if (!err)
		err = hide_parts(e);
	if (!err)
		err = give_barriers(e);
	if (!err)
		*ret = (struct ward_impacts){e->item, e->n_item, e->barrier, e->n_barrier};
	return err;
}
