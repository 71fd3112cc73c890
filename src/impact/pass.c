/* Knuth's generalisation of Dijkstra's algorithm (Inf. Proc. Letters 6(1), 1977) over the plan:
 * every way in is a superior function (delays are not negative, the r-th smallest of the members
 * is not before any member used, a product of likelihoods is not above any factor), so each state
 * is final when its key is the least that is left, cycles included. States of one key are settled
 * by depth, those of one depth in their own order (for the best proof: by expected time first).
 * O(edges + states · bits of a key). */
#include "impact/engine.h"

ward_ns ward_pass_buffer(const struct ward_engine *e, uint32_t dst, const struct way *way)
{
	const struct ward_impact_plan *p = e->p;

	uint32_t gate = way_gate(way->by);

	if (gate != WARD_NONE && p->gate[gate].group != WARD_NONE)
		return ward_model_group(e->m, p->gate[gate].group)->buffer;
	uint32_t kind = p->rule[way_rule(p, way->by)].kind, b;

	if (kind == PLAN_UNBUFFERED)
		return 0;
	b = p->buffer_of[p->state[dst].asset];
	return b == WARD_NONE ? 0 : e->buffer[b].lasts[kind];
}

/* Does a buffer that the directory states take the place of the rule's delay, also once it is
 * spent? */
static bool says_delay(const struct ward_engine *e, uint32_t dst, const struct plan_rule *rule)
{
	uint32_t b = e->p->buffer_of[e->p->state[dst].asset];

	return b != WARD_NONE && e->p->buffer[b].lasts[rule->kind] > 0;
}

/* *dst: the state, which is looked at only where something protects or postpones. */
static inline int64_t combine(const struct ward_engine *e, enum metric m, int64_t base,
	const uint32_t *dst, bool unguarded, const struct way *way)
{
	const struct plan_rule *rule = &e->p->rule[way_rule(e->p, way->by)];

	if (e->p->reference)
		return base;
	if (m == METRIC_LO) {
		uint64_t lo = part_down((uint64_t)-base, rule->lo);
		uint32_t g = unguarded ? 0 : e->guard[*dst];

		return -(int64_t)(g ? mul_down(lo, e->value[g].lo) : lo);
	}
	if (!rule->instead || !says_delay(e, *dst, rule))
		base = ward_later(base, rule->delay[m]);
	if (way->by < WAY_GATE && rule->kind == PLAN_UNBUFFERED)
		return base;
	return ward_later(base, ward_pass_buffer(e, *dst, way));
}

int64_t ward_pass_combine(const struct ward_engine *e, enum metric m, int64_t base, uint32_t dst,
	const struct way *way)
{
	return combine(e, m, base, &dst, false, way);
}

bool ward_way_less(const struct ward_impact_plan *p, const struct way *a, const struct way *b)
{
	uint32_t x = way_rule(p, a->by), y = way_rule(p, b->by);

	if (x != y)
		return x < y;
	/* Of one rule: both are gates, or both the rule itself. */
	return a->src != b->src ? plan_before(p, a->src, b->src) : a->by < b->by;
}

/* What is final has a lesser key, or this one at a lesser depth. */
static enum ward_err relax(struct ward_engine *e, uint32_t c, int64_t key, struct way way)
{
	int64_t *best = &e->keys[e->metric][c];

	if (key > *best)
		return WARD_OK;
	struct label *l = &e->label[e->metric][c];
	uint32_t depth = key == e->key ? e->depth + 1 : 0;

	if (key == *best) {
		if (depth > l->depth || l->way.by == WARD_IMPACT_SEED)
			return WARD_OK;
		if (depth == l->depth) {
			if (ward_way_less(e->p, &way, &l->way))
				l->way = way;
			return WARD_OK;
		}
	}
	*best = key;
	l->depth = depth;
	l->way = way;
	if (e->n_loop && e->metric == METRIC_EXPECTED)
		e->cell[c].flag &= ~(uint32_t)STATE_HELD; /* loop.c says otherwise afterwards */
	if (key == e->key)
		return ward_list_put(e, &e->next, c);
	return ward_radix_put(&e->heap, (uint64_t)key ^ (uint64_t)1 << 63, c);
}

enum ward_err ward_pass_relax(struct ward_engine *e, uint32_t dst, int64_t key, struct way way)
{
	/* Whatever a pass comes to was explored: what is not reached then is a barrier. */
	return ward_cell_is(e, dst, STATE_REACHED) ? relax(e, e->number[dst], key, way) : WARD_OK;
}

static enum ward_err through_gate(struct ward_engine *e, uint32_t s, uint32_t slot, uint32_t at)
{
	const struct plan_gate *g = &e->p->gate[at];
	struct gate_run *run = &e->gate[at];
	int64_t base = e->key;

	if (ward_slot_counted(e, slot))
		return WARD_OK;
	e->slot_pass[slot] = e->pass;
	if (run->pass != e->pass) {
		run->pass = e->pass;
		run->count = 0;
		run->product = PICO;
	}
	if (e->n_loop && ward_cell_is(e, g->target, STATE_LOOP))
		e->watch = true;
	/* Members arrive from the likeliest on: the product of the r likeliest. */
	if (e->metric == METRIC_LO)
		run->product = mul_down(run->product, (uint64_t)-base);
	if (++run->count != g->r)
		return WARD_OK;
	if (e->metric == METRIC_LO)
		base = -(int64_t)run->product;
	struct way way = {s, WAY_GATE + at};

	return ward_pass_relax(
		e, g->target, ward_pass_combine(e, e->metric, base, g->target, &way), way);
}

static enum ward_err settle(struct ward_engine *e, uint32_t c)
{
	const struct near_edge *edge = e->near.edge + e->near.first[c];
	const struct near_edge *end = e->near.edge + e->near.first[c + 1];
	const int64_t *keys = e->keys[e->metric];
	uint32_t s = e->cell[c].state;
	enum ward_err err = WARD_OK;

	if (e->n_loop)
		e->cell[c].turn = ++e->turn;
	for (; !err && edge < end; edge++) {
		if (edge->to >= PLAN_SLOTS) {
			err = through_gate(e, s, edge->to - PLAN_SLOTS, edge->by);
			continue;
		}
		/* No step makes it better: most edges lead back to what is final. */
		if (keys[edge->to] < e->key)
			continue;
		struct way way = {s, edge->by & ~NEAR_GUARDED};
		int64_t key = combine(e, e->metric, e->key, &e->cell[edge->to].state,
			!(edge->by & NEAR_GUARDED), &way);

		err = relax(e, edge->to, key, way);
	}
	return err;
}

/* Cells of one key and depth in the order in which they count. */
static enum ward_err sort_level(struct ward_engine *e)
{
	struct list *l = &e->level;

	if (e->metric != METRIC_LO)
		return ward_sort_numbers(e, l->p, l->n);
	for (size_t i = 0; i < l->n; i++)
		l->p[i] = e->cell[l->p[i]].at;
	enum ward_err err = ward_sort_numbers(e, l->p, l->n);

	for (size_t i = 0; i < l->n; i++)
		l->p[i] = e->order.p[l->p[i]];
	return err;
}

/* Where the order of a pass is kept, or NULL. */
static struct list *kept(struct ward_engine *e)
{
	return e->metric == METRIC_EARLIEST   ? &e->soonest
	       : e->metric == METRIC_EXPECTED ? &e->order
					      : NULL;
}

/* So far ahead are rows asked for, and what these lead to. So few cells are in the cache anyway. */
enum { AHEAD_ROW = 24, AHEAD_TO = 8, CACHED = 1 << 14 };

static void look_ahead(const struct ward_engine *e, size_t at)
{
	const struct near *near = &e->near;
	const int64_t *keys = e->keys[e->metric];
	const uint32_t *c = e->level.p + at;

	if (e->n_cell < CACHED || e->level.n - at <= AHEAD_ROW)
		return;
	__builtin_prefetch(&near->edge[near->first[c[AHEAD_ROW]]]);
	for (uint32_t k = near->first[c[AHEAD_TO]]; k < near->first[c[AHEAD_TO] + 1]; k++) {
		const struct near_edge *edge = &near->edge[k];

		if (edge->to < PLAN_SLOTS) {
			__builtin_prefetch(&keys[edge->to]);
		} else {
			__builtin_prefetch(&e->slot_pass[edge->to - PLAN_SLOTS]);
			__builtin_prefetch(&e->gate[edge->by]);
			__builtin_prefetch(&e->p->gate[edge->by]);
		}
	}
}

static enum ward_err settle_level(struct ward_engine *e)
{
	struct list swap = e->level, *keep = kept(e);
	enum ward_err err = sort_level(e);

	for (size_t i = 0; !err && keep && i < e->level.n; i++)
		err = ward_list_put(e, keep, e->level.p[i]);
	for (size_t i = 0; !err && i < e->level.n; i++) {
		look_ahead(e, i);
		err = settle(e, e->level.p[i]);
	}
	e->level = e->next;
	e->next = swap;
	e->next.n = 0;
	e->depth++;
	return err;
}

/* What was settled at one key is kept by state, at whatever depth it was. */
static enum ward_err end_key(struct ward_engine *e)
{
	struct list *keep = kept(e);
	enum ward_err err = WARD_OK;

	if (keep && e->depth > 1 && keep->n > e->same)
		err = ward_sort_numbers(e, keep->p + e->same, keep->n - e->same);
	if (keep)
		e->same = keep->n;
	return err;
}

/* The cells of the least key that is left become the level. */
static enum ward_err next_key(struct ward_engine *e, bool *ret)
{
	struct radix_item it;
	enum ward_err err = end_key(e);

	if (!err)
		err = ward_radix_least(&e->heap, ret);
	if (err || !*ret)
		return err;
	e->key = (int64_t)(e->heap.last ^ (uint64_t)1 << 63);
	e->depth = 0;
	while (!err && ward_radix_take(&e->heap, &it))
		if (e->keys[e->metric][it.state] == e->key)
			err = ward_list_put(e, &e->level, it.state);
	return err;
}

static enum ward_err begin(struct ward_engine *e, enum metric m)
{
	enum ward_err err = WARD_OK;

	e->metric = m;
	e->key = INT64_MIN; /* before all */
	e->depth = e->turn = 0;
	e->level.n = e->next.n = 0;
	if (kept(e))
		kept(e)->n = e->same = 0;
	e->watch = false;
	e->pass++;
	for (size_t i = 0; e->n_loop && i < e->n_cell; i++)
		e->cell[i].turn = 0;
	ward_radix_clear(&e->heap);
	for (size_t i = 0; !err && i < e->n_seed; i++) {
		const struct seed *s = &e->seed[i];

		if (ward_seed_live(e, s))
			err = ward_pass_relax(e, s->state,
				m == METRIC_LO ? -(int64_t)s->lo : s->since,
				(struct way){s->state, WARD_IMPACT_SEED});
	}
	return err;
}

enum ward_err ward_pass_run(struct ward_engine *e, enum metric m)
{
	enum ward_err err = begin(e, m);
	bool more = true;

	while (!err && more) {
		if (e->level.n) {
			err = settle_level(e);
		} else if (e->watch) {
			e->watch = false;
			err = ward_loop_watch(e, m, e->key);
			e->level.n = 0;
			for (size_t i = 0; !err && i < e->next.n; i++)
				err = ward_list_put(e, &e->level, e->next.p[i]);
			e->next.n = 0;
			e->depth++;
		} else {
			err = next_key(e, &more);
		}
	}
	return err;
}
