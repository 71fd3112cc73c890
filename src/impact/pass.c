/* Knuth's generalisation of Dijkstra's algorithm (Inf. Proc. Letters 6(1), 1977) over the state
 * graph: every way in is a superior function (delays are not negative, the r-th smallest of the
 * members is not before any member used, a product of likelihoods is not above any factor), so
 * each state is final when it is taken from the heap, cycles included. O(edges · log states). */
#include "impact/engine.h"

static bool item_less(const struct heap_item *a, const struct heap_item *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	if (a->key2 != b->key2)
		return a->key2 < b->key2;
	return a->ord < b->ord;
}

static enum ward_err heap_push(struct ward_engine *e, struct heap_item it)
{
	/* Each edge and each seed pushes at most once; loops push each state once more. */
	size_t max = e->edge_max + 2 * e->state_max;
	enum ward_err err =
		ward_mem_more(e->mem, &e->heap, e->n_heap, &e->cap_heap, sizeof(*e->heap), max);

	if (err)
		return err;
	size_t i = e->n_heap++;

	while (i && item_less(&it, &e->heap[(i - 1) / 4])) {
		e->heap[i] = e->heap[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	e->heap[i] = it;
	return WARD_OK;
}

static struct heap_item heap_pop(struct ward_engine *e)
{
	struct heap_item top = e->heap[0], last = e->heap[--e->n_heap];
	size_t i = 0;

	for (;;) {
		size_t first = 4 * i + 1, best = first;

		if (first >= e->n_heap)
			break;
		for (size_t k = first + 1; k < first + 4 && k < e->n_heap; k++)
			if (item_less(&e->heap[k], &e->heap[best]))
				best = k;
		if (!item_less(&e->heap[best], &last))
			break;
		e->heap[i] = e->heap[best];
		i = best;
	}
	e->heap[i] = last;
	return top;
}

static int64_t later(int64_t t, int64_t by)
{
	int64_t sum;

	/* Beyond the year 2261: never is not reached, the last representable moment is. */
	return ward_add(t, by, &sum) && sum < KEY_WORST ? sum : KEY_WORST - 1;
}

ward_ns ward_pass_buffer(const struct ward_engine *e, uint32_t dst, const struct way *way)
{
	const struct ward_rule *rule = &e->r->rule[way->rule];
	ward_ns lasts = 0;
	size_t n;

	if (way->gate != WARD_NONE && e->gate[way->gate].group != WARD_NONE)
		return ward_model_group(e->m, e->gate[way->gate].group)->buffer;
	if (!rule->buffer.len)
		return 0;
	const struct ward_buffer *b = ward_model_buffers(e->m, e->state[dst].asset, &n);

	/* Two of a kind feed one after the other. */
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(b[i].kind, rule->buffer))
			lasts = later(lasts, b[i].lasts);
	return lasts;
}

int64_t ward_pass_combine(const struct ward_engine *e, enum metric m, int64_t base, uint32_t dst,
	const struct way *way)
{
	const struct ward_rule *rule = &e->r->rule[way->rule];

	if (e->mode == WARD_IMPACT_REFERENCE)
		return base;
	if (m == METRIC_LO) {
		uint64_t lo = mul_down((uint64_t)-base, (uint64_t)rule->lo, MICRO);

		return -(int64_t)mul_down(lo, e->state[dst].pass_lo, PICO);
	}
	base = later(base, m == METRIC_EARLIEST ? rule->earliest : rule->expected);
	return later(base, ward_pass_buffer(e, dst, way));
}

/* Among equal ways: the rule, then where it came from, then the group's name. */
static bool way_less(const struct ward_engine *e, const struct way *a, const struct way *b)
{
	uint64_t oa = e->state[a->src].ord, ob = e->state[b->src].ord;

	if (a->rule != b->rule)
		return a->rule < b->rule;
	if (oa != ob || a->gate == WARD_NONE || b->gate == WARD_NONE)
		return oa < ob;
	uint32_t ga = e->gate[a->gate].group, gb = e->gate[b->gate].group;

	if (ga == WARD_NONE || gb == WARD_NONE || ga == gb)
		return false;
	int c = ward_str_cmp(ward_model_group(e->m, ga)->name, ward_model_group(e->m, gb)->name);

	return c ? c < 0 : ga < gb;
}

enum ward_err ward_pass_relax(
	struct ward_engine *e, enum metric m, uint32_t dst, int64_t key, struct way way)
{
	struct state *s = &e->state[dst];

	if (s->settled || (s->flag & STATE_BARRIER) || key > s->key[m])
		return WARD_OK;
	if (key == s->key[m]) {
		if (s->way[m].rule != WARD_IMPACT_SEED && way_less(e, &way, &s->way[m]))
			s->way[m] = way;
		return WARD_OK;
	}
	s->key[m] = key;
	s->way[m] = way;
	if (m == METRIC_EXPECTED)
		s->loop_held = false; /* loop.c says otherwise afterwards */
	return heap_push(e, (struct heap_item){.key = key,
				    .key2 = m == METRIC_LO ? s->key[METRIC_EXPECTED] : 0,
				    .ord = s->ord,
				    .state = dst});
}

static enum ward_err through_gate(
	struct ward_engine *e, enum metric m, uint32_t s, const struct edge *edge)
{
	struct gate *g = &e->gate[edge->dst];
	struct slot *slot = &e->slot[edge->slot];
	int64_t base = e->state[s].key[m];

	if (slot->counted)
		return WARD_OK;
	slot->counted = true;
	if (e->state[g->target].flag & STATE_LOOP)
		e->watch = true;
	/* Members arrive from the likeliest on: the product of the r likeliest. */
	g->product = mul_down(
		g->count ? g->product : PICO, (uint64_t)(m == METRIC_LO ? -base : 0), PICO);
	if (++g->count != g->r)
		return WARD_OK;
	if (m == METRIC_LO)
		base = -(int64_t)g->product;
	struct way way = {s, g->rule, edge->dst};

	return ward_pass_relax(
		e, m, g->target, ward_pass_combine(e, m, base, g->target, &way), way);
}

static enum ward_err settle(struct ward_engine *e, enum metric m, uint32_t s)
{
	struct state *st = &e->state[s];
	enum ward_err err = ward_mem_more(
		e->mem, &e->order, e->n_order, &e->cap_order, sizeof(*e->order), e->state_max);

	if (err)
		return err;
	e->order[e->n_order++] = s;
	st->settled = (uint32_t)e->n_order;
	if (m == METRIC_EXPECTED) {
		const struct way *w = &st->way[m];

		st->buffered =
			w->rule == WARD_IMPACT_SEED || e->mode == WARD_IMPACT_REFERENCE
				? 0
				: later(e->state[w->src].buffered, ward_pass_buffer(e, s, w));
	}
	for (uint32_t i = 0; !err && i < st->n_edge; i++) {
		const struct edge *edge = &e->edge[st->edge + i];

		if (edge->slot != WARD_NONE) {
			err = through_gate(e, m, s, edge);
			continue;
		}
		struct way way = {s, edge->rule, WARD_NONE};

		err = ward_pass_relax(
			e, m, edge->dst, ward_pass_combine(e, m, st->key[m], edge->dst, &way), way);
	}
	return err;
}

static enum ward_err begin(struct ward_engine *e, enum metric m)
{
	enum ward_err err = WARD_OK;

	e->n_heap = e->n_order = 0;
	e->watch = false;
	for (size_t i = 0; i < e->n_gate; i++)
		e->gate[i].count = 0;
	for (size_t i = 0; i < e->n_slot; i++)
		e->slot[i].counted = false;
	for (size_t i = 0; i < e->n_state; i++) {
		e->state[i].settled = 0;
		e->state[i].key[m] = KEY_WORST;
	}
	for (size_t i = 0; !err && i < e->n_queue; i++) {
		uint32_t q = e->queue[i];
		const struct state *s = &e->state[q];

		if (s->flag & STATE_SEED)
			err = ward_pass_relax(e, m, q,
				m == METRIC_LO ? -(int64_t)s->seed_lo : s->since,
				(struct way){q, WARD_IMPACT_SEED, WARD_NONE});
	}
	return err;
}

enum ward_err ward_pass_run(struct ward_engine *e, enum metric m)
{
	enum ward_err err = begin(e, m);
	int64_t key = INT64_MIN;

	while (!err) {
		if (e->watch && (!e->n_heap || e->heap[0].key > key)) {
			e->watch = false;
			err = ward_loop_watch(e, m, key);
			continue;
		}
		if (!e->n_heap)
			break;
		struct heap_item it = heap_pop(e);

		if (e->state[it.state].settled)
			continue;
		key = it.key;
		err = settle(e, m, it.state);
	}
	return err;
}
