/* Upper bounds of the likelihood.
 *
 * Model of chance: each seed is an independent event; each rule on each relation, or each gate, is
 * one; and for each (asset, threat) one event says that its protections fail, shared by all ways
 * in. All reached states are then increasing functions of independent events, hence positively
 * associated (Esary and Proschan, 1963): P(any of A) <= 1 - prod(1 - P(A)).
 *  - f(v) = seed or (1 - gamma)·[1 - prod over ways (1 - p·P(from))] bounds P(v) by bounds of its
 *    sources, since the first proof of v uses neither v's own edges nor v;
 *  - a gate that falls with any of n is such an OR; with r of n: min over j < r of (sum of the n-j
 * smallest)/(r-j) (Markov on what is left when the j likeliest are taken out);
 *  - a strongly connected component is entered by some way from outside (or by a seed): E = 1 -
 *    prod over entries bounds every state in it. f is then applied to these bounds a stated number
 *    of times, in the order of earliest arrival; each value stays a bound, as f is monotone. So a
 *    cycle can only lower a bound, never feed itself.
 * A component with a gate on a cycle may be a supply loop, which needs no entry to fall: it is
 * bounded from 1 by f alone, with min(p, P) for p·P, as there a gate may depend on itself. O(edges
 * · log edges). */
#include "impact/engine.h"
#include "impact/scc.h"

#include <stdlib.h>

enum { SWEEPS = 3 };

/* Working memory. Nodes are the cells, then the gates that something came to. */
struct bound {
	struct ward_engine *e;
	uint32_t n_state, n;
	struct ward_scc scc;
	uint64_t *value;   /* scratch, as many as the most ways into a state + 1 */
	uint64_t *slot_hi; /* scratch, as many as the most slots of a gate */
	bool ring;         /* the component at hand has a gate on a cycle */
};

/* The node of a state; WARD_NONE when it was not reached. */
static uint32_t node_of(const struct bound *b, uint32_t s)
{
	return ward_cell_is(b->e, s, STATE_REACHED) ? b->e->number[s] : WARD_NONE;
}

/* The i-th successor of a node (itself where there is none), or WARD_NONE after the last. */
static uint32_t successor(const void *ctx, uint32_t v, uint32_t i)
{
	const struct bound *b = ctx;
	const struct ward_engine *e = b->e;
	const struct ward_impact_plan *p = e->p;
	uint32_t to;

	if (v >= b->n_state) {
		if (i)
			return WARD_NONE;
		to = node_of(b, p->gate[e->gates.p[v - b->n_state]].target);
	} else {
		uint32_t s = e->cell[v].state;

		if (i >= plan_edges(p, s) || !(e->cell[v].flag & STATE_REACHED))
			return WARD_NONE;
		const struct plan_edge *edge = &p->edge[p->state[s].edge + i];

		if (ward_edge_cut(e, p->state[s].edge + i))
			return v;
		to = plan_is_slot(p, edge) ? b->n_state + e->gate[plan_slot_of(p, edge)->gate].at
					   : node_of(b, edge->dst);
	}
	return to == WARD_NONE ? v : to;
}

static enum ward_err prepare(struct bound *b, struct ward_engine *e)
{
	size_t n = e->n_cell + e->gates.n, fan = e->p->fan_max + 1;
	size_t scc = (n * SCC_BYTES + 7) & ~(size_t)7;
	void *mem;
	enum ward_err err = ward_scratch(e, scc + 2 * 8 * fan, &mem);

	*b = (struct bound){.e = e, .n_state = (uint32_t)e->n_cell, .n = (uint32_t)n};
	if (err)
		return err;
	memset(mem, 0, scc);
	b->scc = (struct ward_scc){.n = b->n, .ctx = b, .next = successor};
	ward_scc_place(&b->scc, mem);
	b->value = (void *)((uint8_t *)mem + scc);
	b->slot_hi = b->value + fan;
	for (uint32_t i = 0; i < b->n_state; i++)
		e->cell[i].hi = 0;
	for (uint32_t i = 0; i < e->soonest.n; i++)
		ward_cell_at(e, e->soonest.p[i])->soon = i;
	return WARD_OK;
}

static int value_cmp(const void *va, const void *vb)
{
	uint64_t a = *(const uint64_t *)va, b = *(const uint64_t *)vb;

	return (a > b) - (a < b);
}

static void sort_values(uint64_t *value, size_t n)
{
	enum { FEW = 24 };

	if (n > FEW)
		qsort(value, n, sizeof(*value), value_cmp);
	for (size_t i = 1; n <= FEW && i < n; i++) {
		uint64_t v = value[i];
		size_t k = i;

		for (; k && value[k - 1] > v; k--)
			value[k] = value[k - 1];
		value[k] = v;
	}
}

/* 1 - prod(1 - value), rounded up; sorted first, so that rounding knows no order. */
static uint64_t any_of(uint64_t *value, size_t n)
{
	uint64_t none = PICO;

	if (n == 1)
		return value[0];
	if (n > 2) /* two factors commute */
		sort_values(value, n);
	for (size_t i = n; i-- > 0 && none;)
		none = mul_down(none, PICO - value[i]);
	return PICO - none;
}

/* The bound of where the i-th way comes from, outside component `not` (0: of all), else 0. */
static uint64_t source(const struct bound *b, uint32_t i, uint32_t not )
{
	uint32_t edge = b->e->p->in[i], s = b->e->p->edge[edge].src;
	uint32_t v = ward_edge_cut(b->e, edge) ? WARD_NONE : node_of(b, s);

	return v == WARD_NONE || (not &&b->scc.comp[v] == not ) ? 0 : ward_cell_at(b->e, s)->hi;
}

/* Bound of a gate from sources that are outside component `not` (0: from all). */
static uint64_t gate_bound(struct bound *b, uint32_t g, uint32_t not )
{
	const struct ward_impact_plan *p = b->e->p;
	uint32_t first = p->gate[g].slot, n = p->gate[g + 1].slot - first, r = p->gate[g].r;
	uint64_t *hi = b->slot_hi, best = PICO;
	ward_u128 sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		hi[i] = 0;
		/* Several states of one member: the union bound, which does not round. */
		for (uint32_t k = p->slot[first + i].in; k < p->slot[first + i + 1].in; k++)
			hi[i] += source(b, k, not );
		hi[i] = hi[i] > PICO ? PICO : hi[i];
	}
	if (r == 1)
		return any_of(hi, n);
	sort_values(hi, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t out = n - 1 - i; /* the likeliest that are taken out */

		sum += hi[i];
		if (out < r) {
			ward_u128 left = r - out, v = (sum + left - 1) / left;

			best = v < best ? (uint64_t)v : best;
		}
	}
	return best;
}

static uint64_t through(const struct bound *b, uint64_t from, uint32_t rule)
{
	uint64_t p = b->e->p->rule[rule].hi;

	if (!b->ring)
		return part_up(from, p);
	p *= PICO / MICRO;
	return p < from ? p : from;
}

/* f(v), from sources outside component `not` (0: from all). */
static uint64_t state_bound(struct bound *b, uint32_t s, uint32_t not )
{
	const struct ward_engine *e = b->e;
	const struct ward_impact_plan *p = e->p;
	uint64_t both[2], pass = e->value[e->guard[s]].hi;
	size_t n = 0;

	for (uint32_t i = p->state[s].in; i < plan_in_end(p, s); i++) {
		uint64_t from = source(b, i, not );

		if (from)
			b->value[n++] = through(b, from, p->edge[p->in[i]].rule);
	}
	for (uint32_t g = p->state[s].gate; g < p->state[s + 1].gate; g++)
		if (e->gate[g].run == e->run)
			b->value[n++] = through(b, gate_bound(b, g, not ), p->gate[g].rule);
	both[0] = n ? any_of(b->value, n) : 0;
	if (!b->ring)
		both[0] = mul_up(both[0], pass);
	else if (pass < both[0])
		both[0] = pass;
	both[1] = ward_cell_at(e, s)->flag & STATE_SEED ? e->seed[ward_cell_at(e, s)->seed].hi : 0;
	return both[0] && both[1] ? any_of(both, 2) : both[0] + both[1];
}

/* node[n]: one component, gates among it. Its states are bounded in the order of earliest arrival.
 */
static enum ward_err bound_component(struct bound *b, uint32_t *node, uint32_t n)
{
	struct ward_engine *e = b->e;
	uint32_t comp = b->scc.comp[node[0]], n_state = 0;
	uint64_t none = PICO;

	for (uint32_t i = 0; i < n; i++)
		if (node[i] < b->n_state)
			node[n_state++] = node[i];
	if (!n_state || !(e->cell[node[0]].flag & STATE_REACHED))
		return WARD_OK; /* what is not reached is by itself */
	b->ring = n_state > 1 && n > n_state;
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; n_state > 1 && i < n_state; i++)
		node[i] = e->cell[node[i]].soon;
	if (n_state > 1)
		err = ward_sort_numbers(e, node, n_state);
	for (uint32_t i = 0; i < n_state; i++)
		node[i] = n_state > 1 ? e->soonest.p[node[i]] : e->cell[node[i]].state;
	for (uint32_t i = 0; !b->ring && i < n_state && none; i++)
		none = mul_down(none, PICO - state_bound(b, node[i], comp));
	for (uint32_t i = 0; i < n_state; i++)
		ward_cell_at(e, node[i])->hi = b->ring ? PICO : PICO - none;
	for (unsigned turn = 0; n_state > 1 && turn < SWEEPS; turn++)
		for (uint32_t i = 0; i < n_state; i++) {
			uint64_t v = state_bound(b, node[i], 0);

			if (v < ward_cell_at(e, node[i])->hi)
				ward_cell_at(e, node[i])->hi = v;
		}
	return err;
}

enum ward_err ward_bound_run(struct ward_engine *e)
{
	struct bound b;
	enum ward_err err = prepare(&b, e);

	if (err)
		return err;
	ward_scc_run(&b.scc);
	for (uint32_t end = b.scc.n_list, first; !err && end; end = first) {
		uint32_t comp = b.scc.comp[b.scc.list[end - 1]];

		for (first = end - 1; first && b.scc.comp[b.scc.list[first - 1]] == comp;)
			first--;
		err = bound_component(&b, b.scc.list + first, end - first);
	}
	return err;
}
