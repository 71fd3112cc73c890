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

/* Working memory; nodes are states, then gates. */
struct bound {
	struct ward_engine *e;
	size_t n;                  /* nodes */
	uint32_t *in, *in_edge;    /* CSR: edges that arrive at a node; in has n + 1 */
	uint32_t *gates, *gate_of; /* CSR: gates that aim at a state */
	struct ward_scc scc;
	uint64_t *value;   /* scratch, as many as edges + gates + 1 */
	uint64_t *slot_hi; /* scratch per slot */
	bool ring;         /* the component at hand has a gate on a cycle */
};

static uint32_t node_of(const struct ward_engine *e, const struct edge *edge)
{
	return edge->slot == WARD_NONE ? edge->dst : (uint32_t)e->n_state + edge->dst;
}

/* The i-th successor of a node, or WARD_NONE after the last. */
static uint32_t successor(const void *ctx, uint32_t v, uint32_t i)
{
	const struct bound *b = ctx;
	const struct ward_engine *e = b->e;

	if (v >= e->n_state)
		return i ? WARD_NONE : e->gate[v - e->n_state].target;
	const struct state *s = &e->state[v];

	return i < s->n_edge ? node_of(e, &e->edge[s->edge + i]) : WARD_NONE;
}

static void *carve(uint8_t **at, size_t n, size_t size)
{
	void *p = *at;

	*at += (n * size + 15) & ~(size_t)15;
	return p;
}

static enum ward_err prepare(struct bound *b, struct ward_engine *e)
{
	size_t n = e->n_state + e->n_gate, edges = e->n_edge;
	/* All counts are below 2^32 by their limits: no overflow in size_t of 64 bits. */
	size_t bytes = 16 * 16 +
		       4 * ((n + 1) + edges + (e->n_state + 1) + e->n_gate + n * SCC_BYTES / 4) +
		       8 * (edges + e->n_gate + 1 + e->n_slot);

	*b = (struct bound){.e = e, .n = n};
	if (bytes > e->work_bytes) {
		void *grown = ward_mem_resize(e->mem, e->work, e->work_bytes, bytes);

		if (!grown)
			return WARD_ERR_NOMEM;
		e->work = grown;
		e->work_bytes = bytes;
	}
	memset(e->work, 0, bytes);
	uint8_t *at = e->work;

	b->in = carve(&at, n + 1, 4);
	b->in_edge = carve(&at, edges, 4);
	b->gates = carve(&at, e->n_state + 1, 4);
	b->gate_of = carve(&at, e->n_gate, 4);
	b->scc = (struct ward_scc){.n = (uint32_t)n, .ctx = b, .next = successor};
	ward_scc_place(&b->scc, carve(&at, n, SCC_BYTES));
	b->value = carve(&at, edges + e->n_gate + 1, 8);
	b->slot_hi = carve(&at, e->n_slot, 8);
	return WARD_OK;
}

static void starts(uint32_t *count, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i <= n; i++) {
		uint32_t c = i < n ? count[i] : 0;

		count[i] = sum;
		sum += c;
	}
}

static void link_back(struct bound *b)
{
	struct ward_engine *e = b->e;

	for (size_t i = 0; i < e->n_edge; i++)
		b->in[node_of(e, &e->edge[i])]++;
	for (size_t g = 0; g < e->n_gate; g++)
		b->gates[e->gate[g].target]++;
	starts(b->in, b->n);
	starts(b->gates, e->n_state);
	for (size_t i = 0; i < e->n_edge; i++)
		b->in_edge[b->in[node_of(e, &e->edge[i])]++] = (uint32_t)i;
	for (size_t g = 0; g < e->n_gate; g++)
		b->gate_of[b->gates[e->gate[g].target]++] = (uint32_t)g;
	memmove(b->in + 1, b->in, b->n * sizeof(*b->in));
	memmove(b->gates + 1, b->gates, e->n_state * sizeof(*b->gates));
	b->in[0] = b->gates[0] = 0;
}

static int value_cmp(const void *va, const void *vb)
{
	uint64_t a = *(const uint64_t *)va, b = *(const uint64_t *)vb;

	return (a > b) - (a < b);
}

/* 1 - prod(1 - value), rounded up; sorted first, so that rounding knows no order. */
static uint64_t any_of(uint64_t *value, size_t n)
{
	uint64_t none = PICO;

	if (n == 1)
		return value[0];
	if (n > 2) /* two factors commute */
		qsort(value, n, sizeof(*value), value_cmp);
	for (size_t i = 0; i < n; i++)
		none = mul_down(none, PICO - value[i], PICO);
	return PICO - none;
}

/* Bound of a gate from sources that are outside component `not` (0: from all). */
static uint64_t gate_bound(struct bound *b, uint32_t g, uint32_t not )
{
	const struct ward_engine *e = b->e;
	const struct gate *gate = &e->gate[g];
	uint32_t node = (uint32_t)e->n_state + g;
	uint64_t *hi = b->slot_hi + gate->slot, best = PICO;
	ward_u128 sum = 0;

	for (uint32_t i = 0; i < gate->n; i++)
		hi[i] = 0;
	for (uint32_t i = b->in[node]; i < b->in[node + 1]; i++) {
		const struct edge *edge = &e->edge[b->in_edge[i]];
		uint64_t *h = &hi[edge->slot - gate->slot];

		/* Several states of one member: the union bound, which does not round. */
		if (!not || b->scc.comp[edge->src] != not )
			*h = *h + e->state[edge->src].hi > PICO ? PICO
								: *h + e->state[edge->src].hi;
	}
	if (gate->r == 1)
		return any_of(hi, gate->n);
	if (gate->n > 1)
		qsort(hi, gate->n, sizeof(*hi), value_cmp);
	for (uint32_t i = 0; i < gate->n; i++) {
		uint32_t out = gate->n - 1 - i; /* the likeliest that are taken out */

		sum += hi[i];
		if (out < gate->r) {
			ward_u128 left = gate->r - out, v = (sum + left - 1) / left;

			best = v < best ? (uint64_t)v : best;
		}
	}
	return best;
}

static uint64_t through(const struct ward_engine *e, uint64_t from, uint32_t rule, bool loop)
{
	uint64_t p = (uint64_t)e->r->rule[rule].hi;

	if (!loop)
		return mul_up(from, p, MICRO);
	p *= PICO / MICRO;
	return p < from ? p : from;
}

/* f(v), from sources outside component `not` (0: from all). */
static uint64_t state_bound(struct bound *b, uint32_t v, uint32_t not )
{
	const struct ward_engine *e = b->e;
	const struct state *s = &e->state[v];
	uint64_t both[2];
	size_t n = 0;

	for (uint32_t i = b->in[v]; i < b->in[v + 1]; i++) {
		const struct edge *edge = &e->edge[b->in_edge[i]];

		if (!not || b->scc.comp[edge->src] != not )
			b->value[n++] = through(e, e->state[edge->src].hi, edge->rule, b->ring);
	}
	for (uint32_t i = b->gates[v]; i < b->gates[v + 1]; i++) {
		uint32_t g = b->gate_of[i];

		b->value[n++] = through(e, gate_bound(b, g, not ), e->gate[g].rule, b->ring);
	}
	both[0] = n ? any_of(b->value, n) : 0;
	if (!b->ring)
		both[0] = mul_up(both[0], s->pass_hi, PICO);
	else if (s->pass_hi < both[0])
		both[0] = s->pass_hi;
	both[1] = s->seed_hi;
	return both[0] && both[1] ? any_of(both, 2) : both[0] + both[1];
}

static int earliest_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_engine *e = ctx;
	const struct state *a = &e->state[*(const uint32_t *)va];
	const struct state *b = &e->state[*(const uint32_t *)vb];

	if (a->key[METRIC_EARLIEST] != b->key[METRIC_EARLIEST])
		return a->key[METRIC_EARLIEST] < b->key[METRIC_EARLIEST] ? -1 : 1;
	return (a->ord > b->ord) - (a->ord < b->ord);
}

/* node[n]: one component, gates among it. */
static void bound_component(struct bound *b, uint32_t *node, uint32_t n)
{
	struct ward_engine *e = b->e;
	uint32_t comp = b->scc.comp[node[0]], n_state = 0;
	uint64_t none = PICO;

	for (uint32_t i = 0; i < n; i++)
		if (node[i] < e->n_state && (e->state[node[i]].flag & STATE_REACHED))
			node[n_state++] = node[i];
	if (!n_state)
		return;
	b->ring = n_state > 1 && n > n_state;
	if (n_state > 1)
		qsort_r(node, n_state, sizeof(*node), earliest_cmp, e);
	for (uint32_t i = 0; !b->ring && i < n_state; i++)
		none = mul_down(none, PICO - state_bound(b, node[i], comp), PICO);
	for (uint32_t i = 0; i < n_state; i++)
		e->state[node[i]].hi = b->ring ? PICO : PICO - none;
	for (unsigned turn = 0; n_state > 1 && turn < SWEEPS; turn++)
		for (uint32_t i = 0; i < n_state; i++) {
			uint64_t v = state_bound(b, node[i], 0);

			if (v < e->state[node[i]].hi)
				e->state[node[i]].hi = v;
		}
}

enum ward_err ward_bound_run(struct ward_engine *e)
{
	struct bound b;
	enum ward_err err = prepare(&b, e);

	if (err)
		return err;
	link_back(&b);
	ward_scc_run(&b.scc);
	for (size_t i = 0; i < e->n_state; i++)
		e->state[i].hi = 0;
	for (uint32_t end = b.scc.n_list, first; end; end = first) {
		for (first = end - 1; first && b.scc.comp[b.scc.list[first - 1]] ==
						       b.scc.comp[b.scc.list[end - 1]];)
			first--;
		bound_component(&b, b.scc.list + first, end - first);
	}
	return WARD_OK;
}
