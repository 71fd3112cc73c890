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

/* What leads to a node: a state, by that rule, or through that slot of a gate; or a gate. */
struct pred {
	uint32_t node, by;
};
/* What is looked at again and again, close together. */
struct node {
	uint64_t hi;
	uint32_t guard; /* states: in engine.value */
	uint32_t seed;  /* states: 1 and its place in engine.seed; 0: it is none */
};

/* Working memory. Nodes are the cells, then the gates that something came to. */
struct bound {
	struct ward_engine *e;
	const struct plan_rule *rule; /* the plan's */
	uint32_t n_state, n;
	struct ward_scc scc;
	uint32_t *first;   /* [n + 1] in pred; they end where the next node's begin */
	struct node *node; /* [n], where the search for components has done its work */
	struct pred *pred; /* what is reached, by ways that are open, and gates */
	uint64_t *value;   /* scratch, as many as the most ways into a state + 1 */
	uint64_t *slot_hi; /* scratch, as many as the most slots of a gate */
	bool ring;         /* the component at hand has a gate on a cycle */
};

/* The i-th predecessor of a node, or WARD_NONE after the last. */
static uint32_t predecessor(const void *ctx, uint32_t v, uint32_t i)
{
	const struct bound *b = ctx;
	uint32_t at = b->first[v] + i;

	return at < b->first[v + 1] ? b->pred[at].node : WARD_NONE;
}

/* The node that a near edge leads to. */
static uint32_t node_of(const struct bound *b, const struct near_edge *edge)
{
	return edge->to < PLAN_SLOTS ? edge->to : b->n_state + b->e->gate[edge->by].at;
}

/* Turns counts into starts. */
static void start(uint32_t *first, size_t n)
{
	uint32_t at = 0;

	for (size_t v = 0; v < n; v++) {
		uint32_t count = first[v];

		first[v] = at;
		at += count;
	}
}

/* The near rows the other way round. */
static void fill(struct bound *b)
{
	const struct ward_engine *e = b->e;
	const struct near *near = &e->near;
	uint32_t *first = b->first, *target = b->scc.at; /* cells that gates aim at */

	memset(first, 0, b->n * sizeof(*first));
	for (uint32_t i = 0; i < near->first[b->n_state]; i++)
		first[node_of(b, &near->edge[i])]++;
	for (uint32_t i = 0; i < e->gates.n; i++) {
		uint32_t s = e->p->gate[e->gates.p[i]].target;

		target[i] = ward_cell_is(e, s, STATE_REACHED) ? e->number[s] : WARD_NONE;
		if (target[i] != WARD_NONE)
			first[target[i]]++;
	}
	start(first, b->n);
	for (uint32_t v = 0; v < b->n_state; v++)
		for (uint32_t i = near->first[v]; i < near->first[v + 1]; i++) {
			const struct near_edge *edge = &near->edge[i];

			b->pred[first[node_of(b, edge)]++] =
				(struct pred){v, edge->to < PLAN_SLOTS ? edge->by & ~NEAR_GUARDED
								       : edge->to - PLAN_SLOTS};
		}
	for (uint32_t i = 0; i < e->gates.n; i++)
		if (target[i] != WARD_NONE)
			b->pred[first[target[i]]++] =
				(struct pred){b->n_state + i, e->p->gate[e->gates.p[i]].rule};
	/* Filling moved each start to its end, which is the next one's start. */
	memmove(first + 1, first, b->n * sizeof(*first));
	first[0] = 0;
}

static int by_cmp(const void *va, const void *vb)
{
	const struct pred *a = va, *b = vb;

	return (a->by > b->by) - (a->by < b->by);
}

/* What leads to one slot of a gate stands together. */
static void sort_gates(struct bound *b)
{
	for (uint32_t v = b->n_state; v < b->n; v++) {
		struct pred *pred = b->pred + b->first[v];
		uint32_t n = b->first[v + 1] - b->first[v], i = 1;

		while (i < n && pred[i - 1].by <= pred[i].by)
			i++;
		if (i < n)
			qsort(pred, n, sizeof(*pred), by_cmp);
	}
}

/* Once the components are known; what these were found with is then free: low to call become nodes,
 * at the places by (earliest time, state). */
static void open_nodes(struct bound *b)
{
	const struct ward_engine *e = b->e;

	for (uint32_t v = 0; v < b->n_state; v++) {
		const struct cell *c = &e->cell[v];
		bool seed = (c->flag & STATE_SEED) && (c->flag & STATE_REACHED);

		b->node[v] = (struct node){0, e->guard[c->state], seed ? c->seed + 1 : 0};
	}
	for (uint32_t i = 0; i < e->soonest.n; i++)
		b->scc.at[e->soonest.p[i]] = i;
}

static enum ward_err prepare(struct bound *b, struct ward_engine *e)
{
	enum ward_err err = e->near.live ? WARD_OK : ward_near_build(e);
	size_t n = e->n_cell + e->gates.n, fan = e->p->fan_max + 1;
	/* No more than edges that lead on from what is reached, and gates. */
	size_t n_pred = e->near.n_edge + e->gates.n;
	size_t scc = (n * SCC_BYTES + 7) & ~(size_t)7, first = (n + 2) / 2 * 8;
	void *mem;

	*b = (struct bound){
		.e = e, .rule = e->p->rule, .n_state = (uint32_t)e->n_cell, .n = (uint32_t)n};
	if (!err && n_pred >= UINT32_MAX)
		err = WARD_ERR_LIMIT;
	if (!err)
		err = ward_near_room(
			e, scc + first + n_pred * sizeof(*b->pred) + 2 * 8 * fan, &mem);
	if (err)
		return err;
	b->scc = (struct ward_scc){.n = b->n, .ctx = b, .next = predecessor};
	ward_scc_place(&b->scc, mem);
	_Static_assert(sizeof(*b->node) + 3 * sizeof(uint32_t) <= SCC_BYTES, "nodes fit there");
	b->node = (void *)b->scc.low;
	b->first = (void *)((uint8_t *)mem + scc);
	b->pred = (void *)((uint8_t *)b->first + first);
	b->value = (void *)(b->pred + n_pred);
	b->slot_hi = b->value + fan;
	fill(b);
	sort_gates(b);
	memset(mem, 0, scc);
	return WARD_OK;
}

static int value_cmp(const void *va, const void *vb)
{
	uint64_t a = *(const uint64_t *)va, b = *(const uint64_t *)vb;

	return (a > b) - (a < b);
}

static void sort_values(uint64_t *value, size_t n)
{
	enum { FEW = 64 }; /* they are nearly in order, mostly */

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
	if (n == 1)
		return value[0];
	if (n > 2) /* two factors commute */
		sort_values(value, n);
	uint64_t none = PICO - value[n - 1];

	for (size_t i = n - 1; i-- > 0 && none;)
		none = mul_down(none, PICO - value[i]);
	return PICO - none;
}

/* The bound of where a way comes from, outside component `not` (0: of all), else 0. */
static uint64_t source(const struct bound *b, uint32_t v, uint32_t not )
{
	return not &&b->scc.comp[v] == not ? 0 : b->node[v].hi;
}

/* Bound of a gate from sources that are outside component `not` (0: from all). */
static uint64_t gate_bound(struct bound *b, uint32_t v, uint32_t not )
{
	uint32_t r = b->e->p->gate[b->e->gates.p[v - b->n_state]].r, n = 0;
	uint64_t *hi = b->slot_hi, best = PICO;
	ward_u128 sum = 0;

	for (uint32_t i = b->first[v], end = b->first[v + 1]; i < end; n++) {
		uint32_t slot = b->pred[i].by;

		/* Several states of one member: the union bound, which does not round. */
		for (hi[n] = 0; i < end && b->pred[i].by == slot; i++)
			hi[n] += source(b, b->pred[i].node, not );
		hi[n] = hi[n] > PICO ? PICO : hi[n];
	}
	if (n < r)
		return 0;
	if (r == 1)
		return any_of(hi, n);
	sort_values(hi, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t out = n - 1 - i; /* the likeliest that are taken out */

		sum += hi[i];
		if (out < r) {
			ward_u128 left = r - out, least = (sum + left - 1) / left;

			best = least < best ? (uint64_t)least : best;
		}
	}
	return best;
}

static uint64_t through(const struct bound *b, uint64_t from, uint32_t rule)
{
	uint64_t p = b->rule[rule].hi;

	if (!b->ring)
		return part_up(from, p);
	p *= PICO / MICRO;
	return p < from ? p : from;
}

/* f(v), from sources outside component `not` (0: from all). */
static uint64_t state_bound(struct bound *b, uint32_t v, uint32_t not )
{
	const struct node *to = &b->node[v];
	uint64_t open = b->e->value[to->guard].hi; /* what protection lets through */
	uint64_t both[2] = {0, to->seed ? b->e->seed[to->seed - 1].hi : 0};
	uint64_t *value = b->value;
	size_t n = 0;

	for (const struct pred *by = &b->pred[b->first[v]], *end = &b->pred[b->first[v + 1]];
		by < end; by++) {
		uint64_t from = by->node < b->n_state ? source(b, by->node, not )
						      : gate_bound(b, by->node, not );

		if (from)
			value[n++] = through(b, from, by->by);
	}
	if (n)
		both[0] = any_of(value, n);
	if (!b->ring)
		both[0] = open == PICO ? both[0] : mul_up(both[0], open);
	else if (open < both[0])
		both[0] = open;
	return both[0] && both[1] ? any_of(both, 2) : both[0] + both[1];
}

/* member[n]: one component, gates among it. Its states are bounded in the order of earliest
 * arrival. */
static enum ward_err bound_component(struct bound *b, uint32_t *member, uint32_t n)
{
	struct ward_engine *e = b->e;
	uint32_t comp = b->scc.comp[member[0]], n_state = 0, *soon = b->scc.at;
	uint64_t none = PICO;
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < n; i++)
		if (member[i] < b->n_state)
			member[n_state++] = member[i];
	b->ring = n_state > 1 && n > n_state;
	for (uint32_t i = 0; n_state > 1 && i < n_state; i++)
		member[i] = soon[member[i]];
	if (n_state > 1)
		err = ward_sort_numbers(e, member, n_state);
	for (uint32_t i = 0; n_state > 1 && i < n_state; i++)
		member[i] = e->soonest.p[member[i]];
	for (uint32_t i = 0; !b->ring && i < n_state && none; i++)
		none = mul_down(none, PICO - state_bound(b, member[i], comp));
	for (uint32_t i = 0; i < n_state; i++)
		b->node[member[i]].hi = b->ring ? PICO : PICO - none;
	for (unsigned turn = 0; n_state > 1 && turn < SWEEPS; turn++)
		for (uint32_t i = 0; i < n_state; i++) {
			uint64_t v = state_bound(b, member[i], 0);

			if (v < b->node[member[i]].hi)
				b->node[member[i]].hi = v;
		}
	return err;
}

enum ward_err ward_bound_run(struct ward_engine *e)
{
	struct bound b;
	enum ward_err err = prepare(&b, e);

	if (err)
		return err;
	/* Along predecessors: what leads to a component comes before it. */
	ward_scc_run(&b.scc);
	open_nodes(&b);
	for (uint32_t first = 0, end; !err && first < b.scc.n_list; first = end) {
		uint32_t comp = b.scc.comp[b.scc.list[first]];

		for (end = first + 1; end < b.scc.n_list && b.scc.comp[b.scc.list[end]] == comp;)
			end++;
		err = bound_component(&b, b.scc.list + first, end - first);
	}
	for (uint32_t v = 0; v < b.n_state; v++)
		e->cell[v].hi = (uint32_t)((b.node[v].hi + PICO / MICRO - 1) / (PICO / MICRO));
	return err;
}
