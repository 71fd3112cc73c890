#include "impact/router.h"

#include <stdlib.h>

enum { LIST_MAX = 1 << 26 };

/* ---- the queue: a binary heap, the best first */

/* Partial ways of one worth are followed to their end one by one. */
static bool before(
	const struct ward_router *r, const struct tree_item *a, const struct tree_item *b)
{
	uint32_t da = r->node[a->node].depth, db = r->node[b->node].depth;

	if (a->lo != b->lo)
		return a->lo > b->lo;
	if (a->earliest != b->earliest)
		return a->earliest < b->earliest;
	if (a->done != b->done)
		return a->done;
	return da != db ? da > db : a->node < b->node;
}

static enum ward_err heap_put(struct ward_router *r, struct tree_item it)
{
	enum ward_err err = ward_mem_more(
		r->e->mem, &r->heap, r->n_heap, &r->cap_heap, sizeof(*r->heap), LIST_MAX);

	if (err)
		return err;
	size_t i = r->n_heap++;

	for (; i && before(r, &it, &r->heap[(i - 1) / 2]); i = (i - 1) / 2)
		r->heap[i] = r->heap[(i - 1) / 2];
	r->heap[i] = it;
	return WARD_OK;
}

static struct tree_item heap_take(struct ward_router *r)
{
	struct tree_item top = r->heap[0], last = r->heap[--r->n_heap];
	size_t i = 0;

	for (;;) {
		size_t k = 2 * i + 1;

		if (k >= r->n_heap)
			break;
		k += k + 1 < r->n_heap && before(r, &r->heap[k + 1], &r->heap[k]);
		if (!before(r, &r->heap[k], &last))
			break;
		r->heap[i] = r->heap[k];
		i = k;
	}
	r->heap[i] = last;
	return top;
}

/* ---- the tree */

/* What a way is worth that comes to node n with that likelihood and at that time. Each step is
 * monotone in both, so the bounds of n bound it. */
static void worth(struct ward_router *r, uint32_t n, struct tree_item *it)
{
	const struct ward_engine *e = r->e;

	for (const struct tree_node *v = &r->node[n]; v->next != WARD_NONE; v = &r->node[v->next]) {
		uint32_t dst = r->node[v->next].state;
		struct way way = {v->state, v->by};

		r->effort++;
		if (v->loop) {
			uint64_t all = (uint64_t)-ward_key(e, METRIC_LO, dst);
			int64_t at = ward_key(e, METRIC_EARLIEST, dst);

			it->lo = it->lo < all ? it->lo : all;
			it->earliest = it->earliest > at ? it->earliest : at;
			continue;
		}
		it->lo = mul_down(v->product, it->lo);
		it->lo = (uint64_t)-ward_pass_combine(e, METRIC_LO, -(int64_t)it->lo, dst, &way);
		it->earliest = it->earliest > v->part_at ? it->earliest : v->part_at;
		it->earliest = ward_pass_combine(e, METRIC_EARLIEST, it->earliest, dst, &way);
	}
}

/* A node before `next`; its parts are found. */
static enum ward_err node_put(struct ward_router *r, struct tree_node n, uint32_t *ret)
{
	enum ward_err err = ward_mem_more(
		r->e->mem, &r->node, r->n_node, &r->cap_node, sizeof(*r->node), LIST_MAX);

	if (err)
		return err;
	n.best = ward_key(r->e, METRIC_LO, n.state);
	if (n.next != WARD_NONE) {
		const struct tree_node *next = &r->node[n.next];

		n.best = next->best < n.best ? next->best : n.best;
		n.depth = next->depth + 1;
	}
	*ret = (uint32_t)r->n_node;
	r->node[r->n_node++] = n;
	return WARD_OK;
}

static enum ward_err way_put(struct ward_router *r, struct way way, uint32_t slot, bool loop)
{
	enum ward_err err =
		ward_mem_more(r->e->mem, &r->way, r->n_way, &r->cap_way, sizeof(*r->way), LIST_MAX);

	if (!err)
		r->way[r->n_way++] = (struct tree_way){way, slot, loop};
	return err;
}

static int way_cmp(const void *va, const void *vb, void *ctx)
{
	const struct tree_way *a = va, *b = vb;
	const struct ward_router *r = ctx;

	if (ward_way_less(r->e->p, &a->way, &b->way))
		return -1;
	return ward_way_less(r->e->p, &b->way, &a->way) ? 1 : a->loop - b->loop;
}

/* A node for that way into the state of node `at`. *ret: WARD_NONE when its gate has not enough
 * other parts. */
static enum ward_err step_put(
	struct ward_router *r, const struct tree_way *w, uint32_t at, uint32_t *ret)
{
	struct tree_node n = {.state = w->way.src,
		.next = at,
		.by = w->way.by,
		.loop = w->loop,
		.product = PICO,
		.part_at = INT64_MIN};
	bool enough = true;
	enum ward_err err = WARD_OK;

	if (way_gate(n.by) != WARD_NONE && !n.loop)
		err = ward_proof_parts(r, w->slot, at, &n, &enough);
	*ret = WARD_NONE;
	return err || !enough ? err : node_put(r, n, ret);
}

/* The slot of the gate that the state makes fall; WARD_NONE: none. */
static uint32_t slot_of(const struct ward_router *r, uint32_t s, uint32_t gate)
{
	const struct ward_impact_plan *p = r->e->p;

	for (uint32_t i = p->state[s].edge; i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];

		if (plan_is_slot(p, edge) && plan_slot_of(p, edge)->gate == gate &&
			!ward_edge_cut(r->e, i))
			return edge->dst - PLAN_SLOTS;
	}
	return WARD_NONE;
}

/* The way that the label tells, as a node. That a supply loop fell shows in that what its gate
 * lost would not have been enough, or would have had another likelihood. */
static enum ward_err told_put(struct ward_router *r, uint32_t at, uint32_t *ret)
{
	const struct ward_engine *e = r->e;
	uint32_t dst = r->node[at].state;
	struct tree_way w = {ward_label(e, METRIC_LO, dst)->way, WARD_NONE, false};
	uint32_t gate = way_gate(w.way.by);
	enum ward_err err = WARD_OK;

	*ret = WARD_NONE;
	if (gate != WARD_NONE)
		w.slot = slot_of(r, w.way.src, gate);
	w.loop = gate != WARD_NONE && w.slot == WARD_NONE;
	if (!w.loop)
		err = step_put(r, &w, at, ret);
	if (err || gate == WARD_NONE)
		return err;
	if (*ret != WARD_NONE) {
		uint64_t lo = mul_down(
			r->node[*ret].product, (uint64_t)-ward_key(e, METRIC_LO, w.way.src));

		if (ward_pass_combine(e, METRIC_LO, -(int64_t)lo, dst, &w.way) ==
			ward_key(e, METRIC_LO, dst))
			return WARD_OK;
		r->n_node--; /* it is nobody's yet */
	}
	w.loop = true;
	return step_put(r, &w, at, ret);
}

/* The way by which the state of node `at` is expected soonest, as a node. What its gate lost comes
 * to another time where a supply loop fell. */
static enum ward_err soonest_put(struct ward_router *r, uint32_t at, uint32_t *ret)
{
	const struct ward_engine *e = r->e;
	uint32_t dst = r->node[at].state;
	const struct way *w = &ward_label(e, METRIC_EXPECTED, dst)->way;
	struct tree_node n = {
		.state = w->src, .next = at, .by = w->by, .product = PICO, .part_at = INT64_MIN};
	int64_t key = ward_key(e, METRIC_EXPECTED, w->src);
	uint32_t gate = way_gate(w->by);

	if (gate != WARD_NONE) {
		uint32_t slot = slot_of(r, w->src, gate);
		bool enough = false;
		enum ward_err err =
			slot == WARD_NONE ? WARD_OK : ward_proof_soonest(r, slot, &n, &enough);

		if (err)
			return err;
		for (uint32_t i = 0; i < n.n_part; i++) {
			int64_t part = ward_key(e, METRIC_EXPECTED, r->part.p[n.part + i]);

			key = part > key ? part : key;
		}
		n.loop = !enough || ward_pass_combine(e, METRIC_EXPECTED, key, dst, w) !=
					    ward_key(e, METRIC_EXPECTED, dst);
		n.n_part = n.loop ? 0 : n.n_part;
	}
	return node_put(r, n, ret);
}

/* ---- ways into one state */

static bool open_edge(const struct ward_router *r, uint32_t edge)
{
	uint32_t src = plan_src(r->e->p, edge);

	return !ward_edge_cut(r->e, edge) && router_has(r, src) &&
	       r->on_way[router_cell(r, src)] != r->stamp;
}

/* All ways into the state of node `at` from what is not on the way after it. */
static enum ward_err ways_into(struct ward_router *r, uint32_t at)
{
	const struct ward_impact_plan *p = r->e->p;
	struct plan_span gates = plan_gates(p, r->node[at].state);
	uint32_t s = r->node[at].state, in;
	enum ward_err err = WARD_OK;

	r->n_way = 0;
	for (struct plan_ways w = plan_ways(p, s); !err && plan_way(p, &w, &in);) {
		r->effort++;
		if (open_edge(r, in))
			err = way_put(r, (struct way){plan_src(p, in), p->edge[in].rule}, WARD_NONE,
				false);
	}
	for (uint32_t i = p->gate[gates.i].slot; !err && i < p->gate[gates.end].slot; i++)
		for (uint32_t k = p->slot[i].in; !err && k < p->slot[i + 1].in; k++) {
			struct way way = {plan_src(p, p->in[k]), WAY_GATE + p->slot[i].gate};

			r->effort++;
			if (open_edge(r, p->in[k]))
				err = way_put(r, way, i, false);
		}
	if (!err && r->n_way > 1)
		qsort_r(r->way, r->n_way, sizeof(*r->way), way_cmp, r);
	return err;
}

/* A supply loop falls in one way only, that of the label. */
static enum ward_err expand_loop(struct ward_router *r, uint32_t at)
{
	uint32_t s = r->node[at].state, n;
	const struct ward_impact_plan *p = r->e->p;
	const struct label *l = ward_label(r->e, METRIC_LO, s);

	if (way_gate(l->way.by) == WARD_NONE || plan_ring(p, s) == WARD_NONE ||
		!router_has(r, l->way.src) || r->on_way[router_cell(r, l->way.src)] == r->stamp)
		return WARD_OK;
	enum ward_err err = told_put(r, at, &n);

	if (err || n == WARD_NONE)
		return err;
	if (!r->node[n].loop) { /* found among the ways already */
		r->n_node--;
		return WARD_OK;
	}
	struct tree_item it = {(uint64_t)-ward_key(r->e, METRIC_LO, l->way.src),
		ward_key(r->e, METRIC_EARLIEST, l->way.src), n, false};

	worth(r, n, &it);
	return heap_put(r, it);
}

static enum ward_err expand(struct ward_router *r, uint32_t at)
{
	const struct ward_engine *e = r->e;
	uint32_t s = r->node[at].state;
	enum ward_err err = WARD_OK;

	if (ward_cell_is(e, s, STATE_SEED) &&
		ward_seed_live(e, &e->seed[ward_cell_at(e, s)->seed])) {
		const struct seed *seed = &e->seed[ward_cell_at(e, s)->seed];
		struct tree_item it = {seed->lo, seed->since, at, true};

		worth(r, at, &it);
		err = heap_put(r, it);
	}
	ward_proof_mark(r, at);
	if (!err)
		err = ways_into(r, at);
	for (size_t i = 0; !err && i < r->n_way && r->effort <= WARD_ROUTES_EFFORT; i++) {
		uint32_t n;

		err = step_put(r, &r->way[i], at, &n);
		if (err || n == WARD_NONE)
			continue;
		struct tree_item it = {(uint64_t)-ward_key(e, METRIC_LO, r->way[i].way.src),
			ward_key(e, METRIC_EARLIEST, r->way[i].way.src), n, false};

		worth(r, n, &it);
		err = heap_put(r, it);
	}
	return err ? err : expand_loop(r, at);
}

/* The chain that the labels tell. */
static enum ward_err tell_first(struct ward_router *r, uint32_t root)
{
	enum ward_err err = WARD_OK;
	uint32_t at = root;

	for (;;) {
		const struct way *w = &ward_label(r->e, METRIC_LO, r->node[at].state)->way;

		uint32_t gate = way_gate(w->by);

		if (err || w->by == WARD_IMPACT_SEED)
			break;
		if (gate != WARD_NONE && r->e->p->gate[gate].r > 1)
			ward_proof_mark(r, at); /* else nobody asks: chains may be long */
		err = told_put(r, at, &at);
	}
	return err ? err : ward_router_add(r, at, true);
}

static enum ward_err search(struct ward_router *r, uint32_t s, size_t k)
{
	uint32_t root;
	enum ward_err err = node_put(r,
		(struct tree_node){
			.state = s, .next = WARD_NONE, .by = WARD_IMPACT_SEED, .product = PICO},
		&root);

	if (!err)
		err = tell_first(r, root);
	r->effort = 0;
	if (!err && k > 1)
		err = expand(r, root);
	while (!err && r->n_heap && r->found.n < k && r->effort <= WARD_ROUTES_EFFORT) {
		struct tree_item it = heap_take(r);

		err = it.done ? ward_router_add(r, it.node, false) : expand(r, it.node);
	}
	r->found.whole = r->found.n == k || (!r->n_heap && r->effort <= WARD_ROUTES_EFFORT);
	return err;
}

static enum ward_err search_soonest(struct ward_router *r, uint32_t s)
{
	uint32_t at;
	enum ward_err err = node_put(r,
		(struct tree_node){
			.state = s, .next = WARD_NONE, .by = WARD_IMPACT_SEED, .product = PICO},
		&at);

	while (!err &&
		ward_label(r->e, METRIC_EXPECTED, r->node[at].state)->way.by != WARD_IMPACT_SEED)
		err = soonest_put(r, at, &at);
	return err ? err : ward_router_add(r, at, true);
}

/* A seed that no rule leads to or from. */
static enum ward_err lone(struct ward_router *r, const struct ward_impact *it)
{
	struct ward_routes *f = &r->found;
	enum ward_err err = ward_mem_more(
		r->e->mem, &f->step, f->n_step, &r->cap_step, sizeof(*f->step), LIST_MAX);

	if (err)
		return err;
	f->step[f->n_step++] = (struct ward_route_step){.asset = it->asset,
		.threat = it->threat,
		.rule = WARD_IMPACT_SEED,
		.group = WARD_NONE,
		.rel = WARD_REL_N,
		.kept_micro = (int64_t)MICRO,
		.lo_micro = it->lo_micro,
		.earliest = it->earliest,
		.expected = it->expected};
	f->route[f->n++] = (struct ward_route){0, 1, it->lo_micro, it->earliest, it->expected};
	f->whole = true;
	return WARD_OK;
}

/* Nothing is found yet; the item's state, or WARD_NONE. */
static uint32_t begin(struct ward_router *r, size_t item)
{
	struct ward_routes *f = &r->found;

	WARD_ASSERT(item < r->all->n);
	r->n_node = r->n_heap = r->n_way = r->n_slot = r->effort = 0;
	r->part.n = r->stack.n = r->chain.n = 0;
	f->n = f->n_step = f->n_part = f->n_barrier = 0;
	f->whole = f->barriers_whole = true;
	return ward_impact_plan_find(r->e->p, r->all->item[item].asset, r->all->item[item].threat);
}

enum ward_err ward_router_find(
	struct ward_router *r, size_t item, size_t k, const struct ward_routes **ret)
{
	uint32_t s = begin(r, item);
	enum ward_err err;

	WARD_ASSERT(k && k <= WARD_ROUTES_MAX);
	err = s == WARD_NONE ? lone(r, &r->all->item[item]) : search(r, s, k);
	if (!err && s != WARD_NONE)
		err = ward_router_barriers(r);
	*ret = &r->found;
	return err;
}

enum ward_err ward_router_soonest(
	struct ward_router *r, size_t item, const struct ward_routes **ret)
{
	uint32_t s = begin(r, item);

	*ret = &r->found;
	return s == WARD_NONE ? lone(r, &r->all->item[item]) : search_soonest(r, s);
}

enum ward_err ward_router_new(
	struct ward_engine *e, const struct ward_impacts *all, struct ward_router **ret)
{
	if (e->mode != WARD_IMPACT_FULL || !e->whole || !e->placed || all->item != e->item)
		return WARD_ERR_STATE;
	struct ward_router *r = ward_mem_alloc(e->mem, sizeof(*r));

	if (!r)
		return WARD_ERR_NOMEM;
	*r = (struct ward_router){
		.e = e, .all = all, .n_cell = e->n_cell, .n_state = e->p->n_state};
	r->on_way = ward_mem_alloc(e->mem, r->n_cell * sizeof(*r->on_way));
	r->clean = ward_mem_alloc(e->mem, r->n_cell * sizeof(*r->clean));
	r->beyond = ward_mem_alloc(e->mem, r->n_state * sizeof(*r->beyond));
	if ((r->n_cell && (!r->on_way || !r->clean)) || (r->n_state && !r->beyond)) {
		ward_router_free(r);
		return WARD_ERR_NOMEM;
	}
	*ret = r;
	return WARD_OK;
}

void ward_router_free(struct ward_router *r)
{
	if (!r)
		return;
	const struct ward_mem *mem = r->e->mem;
	struct list *list[] = {&r->part, &r->stack, &r->chain};

	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		ward_mem_free(mem, list[i]->p, list[i]->cap * sizeof(*list[i]->p));
	ward_mem_free(mem, r->on_way, r->n_cell * sizeof(*r->on_way));
	ward_mem_free(mem, r->clean, r->n_cell * sizeof(*r->clean));
	ward_mem_free(mem, r->beyond, r->n_state * sizeof(*r->beyond));
	ward_mem_free(mem, r->node, r->cap_node * sizeof(*r->node));
	ward_mem_free(mem, r->heap, r->cap_heap * sizeof(*r->heap));
	ward_mem_free(mem, r->way, r->cap_way * sizeof(*r->way));
	ward_mem_free(mem, r->slot, r->cap_slot * sizeof(*r->slot));
	ward_mem_free(mem, r->found.step, r->cap_step * sizeof(*r->found.step));
	ward_mem_free(mem, r->found.part, r->cap_part * sizeof(*r->found.part));
	ward_mem_free(mem, r, sizeof(*r));
}
