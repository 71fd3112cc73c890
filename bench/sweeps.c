#include "sweeps.h"

#include "bench.h"

#include <stdlib.h>

enum what { EARLIEST, EXPECTED, LOW };

static void *array(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p)
		bench_die("no memory for the sweeps");
	return p;
}

void bench_sweeps_init(struct sweeps *s, const struct ward_impact_plan *p,
	const struct ward_seed_threat *seed, size_t n_seed)
{
	*s = (struct sweeps){.p = p, .seed = seed, .n_seed = n_seed};
	s->heap.mem = ward_mem_heap();
	s->src = array(p->n_edge, sizeof(*s->src));
	for (uint32_t v = 0; v < p->n_state; v++)
		for (uint32_t i = p->state[v].edge; i < p->state[v + 1].edge; i++)
			s->src[i] = v;
	s->key = array(p->n_state, sizeof(*s->key));
	s->done = array(p->n_state, 1);
	s->count = array(p->n_gate, sizeof(*s->count));
	s->fallen = array(p->n_slot, 1);
	s->product = array(p->n_gate, sizeof(*s->product));
	s->order = array(p->n_state, sizeof(*s->order));
	s->hi = array(p->n_state, sizeof(*s->hi));
}

void bench_sweeps_fini(struct sweeps *s)
{
	free(s->src);
	free(s->key);
	free(s->done);
	free(s->count);
	free(s->fallen);
	free(s->product);
	free(s->order);
	free(s->hi);
	ward_radix_fini(&s->heap);
}

static void clear(struct sweeps *s)
{
	memset(s->done, 0, s->p->n_state);
	memset(s->fallen, 0, s->p->n_slot);
	memset(s->count, 0, s->p->n_gate * sizeof(*s->count));
	s->n_order = 0;
}

static bool wall(const struct ward_impact_plan *p, uint32_t v)
{
	return p->guard[v] && p->value[p->guard[v]].hi == 0;
}

static void reach(struct sweeps *s, uint32_t v)
{
	if (s->done[v] || wall(s->p, v))
		return;
	s->done[v] = 1;
	s->order[s->n_order++] = v;
}

void bench_sweep_supply(void *ctx)
{
	struct sweeps *s = ctx;
	const struct ward_impact_plan *p = s->p;

	clear(s);
	for (size_t i = 0; i < s->n_seed; i++) {
		uint32_t v = ward_impact_plan_find(p, s->seed[i].asset, s->seed[i].threat);

		if (v != WARD_NONE)
			reach(s, v);
	}
	for (size_t at = 0; at < s->n_order; at++) {
		uint32_t v = s->order[at];

		for (uint32_t i = p->state[v].edge; i < p->state[v + 1].edge; i++) {
			const struct plan_edge *e = &p->edge[i];

			if (!plan_is_slot(p, e)) {
				reach(s, e->dst);
				continue;
			}
			uint32_t slot = e->dst - PLAN_SLOTS, g = p->slot[slot].gate;

			if (s->fallen[slot])
				continue;
			s->fallen[slot] = 1;
			if (++s->count[g] == p->gate[g].r)
				reach(s, p->gate[g].target);
		}
	}
}

static void relax(struct sweeps *s, uint32_t v, uint64_t key)
{
	if (s->done[v] == 2 || (s->done[v] && s->key[v] <= key) || wall(s->p, v))
		return;
	s->done[v] = 1;
	s->key[v] = key;
	if (ward_radix_put(&s->heap, key, v) != WARD_OK)
		bench_die("no memory for the heap");
}

/* Keys: nanoseconds, or 1e12 less the likelihood. */
static uint64_t combine(
	const struct ward_impact_plan *p, enum what what, uint64_t key, uint32_t dst, uint32_t rule)
{
	const struct plan_rule *r = &p->rule[rule];

	if (what == LOW)
		return PICO - mul_down(part_down(PICO - key, r->lo), p->value[p->guard[dst]].lo);
	key += (uint64_t)r->delay[what];
	uint32_t b = r->kind == PLAN_UNBUFFERED ? WARD_NONE : p->buffer_of[p->state[dst].asset];

	return b == WARD_NONE ? key : key + (uint64_t)p->buffer[b].lasts[r->kind];
}

static void settle(struct sweeps *s, enum what what, uint32_t v)
{
	const struct ward_impact_plan *p = s->p;
	uint64_t key = s->key[v];

	s->done[v] = 2;
	s->order[s->n_order++] = v;
	for (uint32_t i = p->state[v].edge; i < p->state[v + 1].edge; i++) {
		const struct plan_edge *e = &p->edge[i];

		if (!plan_is_slot(p, e)) {
			relax(s, e->dst, combine(p, what, key, e->dst, e->rule));
			continue;
		}
		uint32_t slot = e->dst - PLAN_SLOTS, g = p->slot[slot].gate;
		uint64_t base = key;

		if (s->fallen[slot])
			continue;
		s->fallen[slot] = 1;
		if (what == LOW) {
			s->product[g] = mul_down(s->count[g] ? s->product[g] : PICO, PICO - key);
			base = PICO - s->product[g];
		}
		if (++s->count[g] != p->gate[g].r)
			continue;
		relax(s, p->gate[g].target, combine(p, what, base, p->gate[g].target, e->rule));
	}
}

static void dijkstra(struct sweeps *s, enum what what)
{
	struct radix_item it;
	bool more = true;

	clear(s);
	ward_radix_clear(&s->heap);
	for (size_t i = 0; i < s->n_seed; i++) {
		uint32_t v = ward_impact_plan_find(s->p, s->seed[i].asset, s->seed[i].threat);

		if (v != WARD_NONE)
			relax(s, v, 0);
	}
	while (ward_radix_least(&s->heap, &more) == WARD_OK && more) {
		/* What costs nothing comes into the bucket that is being emptied. */
		while (ward_radix_take(&s->heap, &it))
			if (s->done[it.state] == 1 && s->key[it.state] == it.key)
				settle(s, what, it.state);
	}
}

void bench_sweep_earliest(void *ctx)
{
	dijkstra(ctx, EARLIEST);
}

void bench_sweep_expected(void *ctx)
{
	dijkstra(ctx, EXPECTED);
}

void bench_sweep_low(void *ctx)
{
	dijkstra(ctx, LOW);
}

static uint64_t any(const struct sweeps *s, uint32_t v)
{
	const struct ward_impact_plan *p = s->p;
	uint64_t none = PICO;
	uint32_t in;

	for (struct plan_ways w = plan_ways(p, v); plan_way(p, &w, &in);) {
		uint64_t hi = s->hi[s->src[in]];

		if (!hi)
			continue;
		none = mul_down(none, PICO - part_up(hi, p->rule[p->edge[in].rule].hi));
	}
	for (struct plan_span of = plan_gates(p, v); of.i < of.end; of.i++) {
		uint32_t g = of.i;
		uint64_t least = PICO, up = PICO;

		for (uint32_t i = p->gate[g].slot; i < p->gate[g + 1].slot; i++) {
			uint64_t hi = 0;

			for (uint32_t k = p->slot[i].in; k < p->slot[i + 1].in; k++)
				hi += s->hi[s->src[p->in[k]]];
			hi = hi > PICO ? PICO : hi;
			least = hi < least ? hi : least;
			up = mul_down(up, PICO - hi);
		}
		least = p->gate[g].r == 1 ? PICO - up : least;
		if (!least)
			continue;
		none = mul_down(none, PICO - part_up(least, p->rule[p->gate[g].rule].hi));
	}
	return mul_up(PICO - none, p->value[p->guard[v]].hi);
}

void bench_sweep_high(void *ctx)
{
	struct sweeps *s = ctx;

	memset(s->hi, 0, s->p->n_state * sizeof(*s->hi));
	for (size_t i = 0; i < s->n_order; i++)
		s->hi[s->order[i]] = PICO;
	for (int turn = 0; turn < 3; turn++)
		for (size_t i = s->n_seed; i < s->n_order; i++)
			s->hi[s->order[i]] = any(s, s->order[i]);
}

void bench_sweep_four(void *ctx)
{
	bench_sweep_supply(ctx);
	bench_sweep_earliest(ctx);
	bench_sweep_low(ctx);
	bench_sweep_high(ctx);
}

void bench_sweep_all(void *ctx)
{
	bench_sweep_supply(ctx);
	bench_sweep_earliest(ctx);
	bench_sweep_expected(ctx);
	bench_sweep_low(ctx);
	bench_sweep_high(ctx);
}
