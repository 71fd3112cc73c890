#include "impact/engine.h"

#include <stdlib.h>

struct named {
	struct ward_str id;
	uint32_t i;
};

static int named_cmp(const void *va, const void *vb)
{
	const struct named *a = va, *b = vb;
	int c = ward_str_cmp(a->id, b->id);

	return c ? c : (a->i > b->i) - (a->i < b->i);
}

/* rank[i]: the place of i when all are sorted by id. named[n] is scratch. */
static void rank_by_id(struct named *named, uint32_t n, uint32_t *rank)
{
	if (n > 1)
		qsort(named, n, sizeof(*named), named_cmp);
	for (uint32_t i = 0; i < n; i++)
		rank[named[i].i] = i;
}

static enum ward_err rank_all(struct ward_engine *e)
{
	uint32_t n = e->n_node > e->n_threat ? e->n_node : e->n_threat;
	struct named *named = ward_mem_alloc(e->mem, (size_t)n * sizeof(*named));

	if (n && !named)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < e->n_node; i++)
		named[i] = (struct named){ward_model_node(e->m, i)->id, i};
	rank_by_id(named, e->n_node, e->rank);
	for (uint32_t i = 0; i < e->n_threat; i++)
		named[i] = (struct named){ward_threats_at(ward_model_threats(e->m), i)->code, i};
	rank_by_id(named, e->n_threat, e->threat_rank);
	ward_mem_free(e->mem, named, (size_t)n * sizeof(*named));
	return WARD_OK;
}

static enum ward_err engine_init(struct ward_engine *e)
{
	size_t n = e->n_node;

	e->state_head = ward_mem_alloc(e->mem, n * sizeof(*e->state_head));
	e->gate_head = ward_mem_alloc(e->mem, n * sizeof(*e->gate_head));
	e->rank = ward_mem_alloc(e->mem, n * sizeof(*e->rank));
	e->ring = ward_mem_alloc(e->mem, n * sizeof(*e->ring));
	e->threat_rank = ward_mem_alloc(e->mem, e->n_threat * sizeof(*e->threat_rank));
	if ((n && (!e->state_head || !e->gate_head || !e->rank || !e->ring)) ||
		(e->n_threat && !e->threat_rank))
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		e->state_head[i] = e->gate_head[i] = e->ring[i] = WARD_NONE;
	enum ward_err err = rank_all(e);

	return err ? err : ward_loop_find_rings(e);
}

enum ward_err ward_engine_new(const struct ward_model *m, const struct ward_rules *r,
	const struct ward_limits *lim, const struct ward_mem *mem, struct ward_engine **ret)
{
	struct ward_engine *e = ward_mem_alloc(mem, sizeof(*e));

	if (!e)
		return WARD_ERR_NOMEM;
	e->m = m;
	e->r = r;
	e->mem = mem;
	e->state_max = ward_limit(lim, WARD_LIMIT_IMPACT_STATES);
	e->edge_max = ward_limit(lim, WARD_LIMIT_IMPACT_EDGES);
	e->n_node = ward_model_n(m);
	e->n_threat = ward_threats_n(ward_model_threats(m));
	enum ward_err err = engine_init(e);

	if (err)
		ward_engine_free(e);
	else
		*ret = e;
	return err;
}

void ward_engine_free(struct ward_engine *e)
{
	if (!e)
		return;
	ward_mem_free(e->mem, e->state_head, e->n_node * sizeof(*e->state_head));
	ward_mem_free(e->mem, e->gate_head, e->n_node * sizeof(*e->gate_head));
	ward_mem_free(e->mem, e->rank, e->n_node * sizeof(*e->rank));
	ward_mem_free(e->mem, e->ring, e->n_node * sizeof(*e->ring));
	ward_mem_free(e->mem, e->threat_rank, e->n_threat * sizeof(*e->threat_rank));
	ward_mem_free(e->mem, e->state, e->cap_state * sizeof(*e->state));
	ward_mem_free(e->mem, e->edge, e->cap_edge * sizeof(*e->edge));
	ward_mem_free(e->mem, e->gate, e->cap_gate * sizeof(*e->gate));
	ward_mem_free(e->mem, e->slot, e->cap_slot * sizeof(*e->slot));
	ward_mem_free(e->mem, e->queue, e->cap_queue * sizeof(*e->queue));
	ward_mem_free(e->mem, e->heap, e->cap_heap * sizeof(*e->heap));
	ward_mem_free(e->mem, e->order, e->cap_order * sizeof(*e->order));
	ward_mem_free(e->mem, e->maybe, e->cap_maybe * sizeof(*e->maybe));
	ward_mem_free(e->mem, e->value, e->cap_value * sizeof(*e->value));
	ward_mem_free(e->mem, e->work, e->work_bytes);
	ward_mem_free(e->mem, e->item, e->cap_item * sizeof(*e->item));
	ward_mem_free(e->mem, e->barrier, e->cap_barrier * sizeof(*e->barrier));
	ward_mem_free(e->mem, e, sizeof(*e));
}

/* Forgets the last propagation, by what it touched. */
static void forget(struct ward_engine *e)
{
	for (size_t i = 0; i < e->n_state; i++) {
		e->state_head[e->state[i].asset] = WARD_NONE;
		e->gate_head[e->state[i].asset] = WARD_NONE;
	}
	e->n_state = e->n_edge = e->n_gate = e->n_slot = e->n_queue = e->at_queue = 0;
	e->n_maybe = e->n_loop = e->n_item = e->n_barrier = 0;
}

static int64_t loss_of(const struct ward_engine *e, const struct state *s)
{
	const struct ward_node *n = ward_model_node(e->m, s->asset);
	const struct ward_threat *t = ward_threats_at(ward_model_threats(e->m), s->threat);

	return n->kind == WARD_NODE_SERVICE && t->need == WARD_NEED_AVAILABILITY ? n->weight_micro
										 : 0;
}

static int64_t score_of(const struct ward_engine *e, const struct state *s, int64_t lo, int64_t hi)
{
	uint32_t c = ward_model_node(e->m, s->asset)->criticality;

	if (e->mode == WARD_IMPACT_REFERENCE)
		return s->flag & STATE_SEED ? (int64_t)MICRO
					    : (int64_t)(s->pass_hi / (PICO / MICRO));
	return (lo + hi) / 2 * (c ? c : 3) / 5;
}

static struct ward_impact impact_of(struct ward_engine *e, uint32_t i)
{
	struct state *s = &e->state[i];
	const struct way *w = &s->way[METRIC_LO];
	bool ref = e->mode == WARD_IMPACT_REFERENCE;
	int64_t lo = ref ? 0 : (int64_t)((uint64_t)-s->key[METRIC_LO] / (PICO / MICRO));
	int64_t hi = ref ? (int64_t)MICRO : (int64_t)((s->hi + PICO / MICRO - 1) / (PICO / MICRO));

	s->hops = w->rule == WARD_IMPACT_SEED ? 0 : e->state[w->src].hops + 1;
	return (struct ward_impact){.asset = s->asset,
		.threat = s->threat,
		.rule = w->rule,
		.parent = w->src,
		.group = w->gate == WARD_NONE ? WARD_NONE : e->gate[w->gate].group,
		.lo_micro = lo,
		.hi_micro = hi < lo ? lo : hi,
		.earliest = s->key[METRIC_EARLIEST],
		.expected = s->key[METRIC_EXPECTED],
		.buffered = s->buffered,
		.loss_micro = loss_of(e, s),
		.score_micro = score_of(e, s, lo, hi),
		.need = ward_threats_at(ward_model_threats(e->m), s->threat)->need,
		.hops = s->hops,
		.loop = s->loop_held};
}

static int item_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_engine *e = ctx;
	const struct ward_impact *a = va, *b = vb;

	if (a->expected != b->expected)
		return a->expected < b->expected ? -1 : 1;
	if (a->asset != b->asset)
		return e->rank[a->asset] < e->rank[b->asset] ? -1 : 1;
	return (e->threat_rank[a->threat] > e->threat_rank[b->threat]) -
	       (e->threat_rank[a->threat] < e->threat_rank[b->threat]);
}

/* Items in the order of the last pass (parents first), then sorted, then parents renumbered. */
static enum ward_err give_items(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < e->n_order; i++) {
		err = ward_mem_more(
			e->mem, &e->item, e->n_item, &e->cap_item, sizeof(*e->item), e->state_max);
		if (!err)
			e->item[e->n_item++] = impact_of(e, e->order[i]);
	}
	if (err)
		return err;
	if (e->n_item > 1)
		qsort_r(e->item, e->n_item, sizeof(*e->item), item_cmp, e);
	for (size_t i = 0; i < e->n_item; i++) {
		uint32_t s;

		err = ward_engine_state(e, e->item[i].asset, e->item[i].threat, &s);
		if (err)
			return err;
		e->state[s].settled = (uint32_t)i;
	}
	for (size_t i = 0; i < e->n_item; i++)
		e->item[i].parent = e->state[e->item[i].parent].settled;
	return WARD_OK;
}

static uint32_t strongest(const struct ward_engine *e, const struct state *s)
{
	size_t n;
	const struct ward_protection *p = ward_model_protections(e->m, s->asset, &n);
	uint32_t best = WARD_NONE;

	for (uint32_t i = 0; i < n; i++) {
		if (p[i].threat != s->threat)
			continue;
		if (best == WARD_NONE || p[i].degree_micro > p[best].degree_micro ||
			(p[i].degree_micro == p[best].degree_micro &&
				ward_str_cmp(p[i].id, p[best].id) < 0))
			best = i;
	}
	return best;
}

/* Is a better told than b as what came up against a barrier? The sooner; then as way_less. */
static bool comes_first(
	const struct ward_engine *e, const struct ward_barrier *a, const struct ward_barrier *b)
{
	const struct state *sa = &e->state[a->parent], *sb = &e->state[b->parent];

	if (sa->key[METRIC_EXPECTED] != sb->key[METRIC_EXPECTED])
		return sa->key[METRIC_EXPECTED] < sb->key[METRIC_EXPECTED];
	return sa->ord != sb->ord ? sa->ord < sb->ord : a->rule < b->rule;
}

static int barrier_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_engine *e = ctx;
	const struct ward_barrier *a = va, *b = vb;

	if (a->asset != b->asset)
		return e->rank[a->asset] < e->rank[b->asset] ? -1 : 1;
	return (e->threat_rank[a->threat] > e->threat_rank[b->threat]) -
	       (e->threat_rank[a->threat] < e->threat_rank[b->threat]);
}

static enum ward_err give_barriers(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < e->n_state; i++)
		e->state[i].hops = WARD_NONE;
	for (size_t i = 0; !err && i < e->n_edge; i++) {
		const struct edge *edge = &e->edge[i];
		uint32_t dst = edge->slot == WARD_NONE ? edge->dst : e->gate[edge->dst].target;
		struct state *s = &e->state[dst];

		if (!(s->flag & STATE_HIT))
			continue;
		struct ward_barrier b = {s->asset, s->threat, edge->rule, edge->src, 0};

		if (s->hops != WARD_NONE) {
			if (comes_first(e, &b, &e->barrier[s->hops]))
				e->barrier[s->hops] = b;
			continue;
		}
		err = ward_mem_more(e->mem, &e->barrier, e->n_barrier, &e->cap_barrier,
			sizeof(*e->barrier), e->state_max);
		if (err)
			break;
		s->hops = (uint32_t)e->n_barrier;
		e->barrier[e->n_barrier++] = b;
	}
	for (size_t i = 0; !err && i < e->n_barrier; i++) {
		struct ward_barrier *b = &e->barrier[i];
		struct state to = {.asset = b->asset, .threat = b->threat};

		b->protection = strongest(e, &to);
		b->parent = e->state[b->parent].settled;
	}
	if (!err && e->n_barrier > 1)
		qsort_r(e->barrier, e->n_barrier, sizeof(*e->barrier), barrier_cmp, e);
	return err;
}

enum ward_err ward_engine_run(struct ward_engine *e, enum ward_impact_mode mode,
	const struct ward_seed_threat *seed, size_t n_seed, struct ward_impacts *ret)
{
	forget(e);
	e->mode = mode;
	enum ward_err err = ward_engine_explore(e, seed, n_seed);

	for (unsigned m = 0; !err && m < METRIC_N; m++)
		err = ward_pass_run(e, (enum metric)m);
	if (!err && mode == WARD_IMPACT_FULL)
		err = ward_bound_run(e);
	if (!err)
		err = give_items(e);
	if (!err)
		err = give_barriers(e);
	if (!err)
		*ret = (struct ward_impacts){e->item, e->n_item, e->barrier, e->n_barrier};
	return err;
}
