/* Which parts of a gate can go with a way: each by its own likeliest proof, which must not need a
 * state further down the way. A proof of a state consists of states whose labels come before its
 * own, so most are known to be clean by their likelihood alone. */
#include "impact/router.h"

#include <stdlib.h>

int ward_proof_cmp(const struct ward_engine *e, uint32_t a, uint32_t b)
{
	int64_t x = ward_key(e, METRIC_LO, a), y = ward_key(e, METRIC_LO, b);
	int64_t at = ward_key(e, METRIC_EXPECTED, a), bt = ward_key(e, METRIC_EXPECTED, b);
	uint32_t dx = ward_label(e, METRIC_LO, a)->depth, dy = ward_label(e, METRIC_LO, b)->depth;

	if (x != y)
		return x < y ? -1 : 1;
	if (dx != dy)
		return dx < dy ? -1 : 1;
	if (at != bt)
		return at < bt ? -1 : 1;
	return (a > b) - (a < b);
}

static int slot_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_router *r = ctx;

	return ward_proof_cmp(
		r->e, ((const struct tree_slot *)va)->state, ((const struct tree_slot *)vb)->state);
}

void ward_proof_mark(struct ward_router *r, uint32_t at)
{
	r->stamp += 2; /* clean[] takes it and the next number */
	if (r->stamp > UINT32_MAX / 2) {
		memset(r->on_way, 0, r->n_cell * sizeof(*r->on_way));
		memset(r->clean, 0, r->n_cell * sizeof(*r->clean));
		memset(r->beyond, 0, r->n_state * sizeof(*r->beyond));
		r->stamp = 2;
	}
	for (; at != WARD_NONE; at = r->node[at].next) {
		r->on_way[router_cell(r, r->node[at].state)] = r->stamp;
		r->effort++;
	}
}

static enum ward_err slot_put(struct ward_router *r, uint32_t state, uint32_t slot)
{
	enum ward_err err = ward_mem_more(r->e->mem, &r->slot, r->n_slot, &r->cap_slot,
		sizeof(*r->slot), SIZE_MAX / sizeof(*r->slot));

	if (!err)
		r->slot[r->n_slot++] = (struct tree_slot){state, slot};
	return err;
}

static int soon_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_router *r = ctx;
	int64_t a = ward_key(r->e, METRIC_EXPECTED, ((const struct tree_slot *)va)->state);
	int64_t b = ward_key(r->e, METRIC_EXPECTED, ((const struct tree_slot *)vb)->state);

	return a != b ? (a < b ? -1 : 1) : slot_cmp(va, vb, ctx);
}

/* Which state of a slot is told: the likeliest, the likeliest known to be clean, the soonest. */
enum pick { PICK_ANY, PICK_CLEAN, PICK_SOON };

/* That state of each slot of a gate, into r->slot from `from` on, the likeliest (soonest) first. */
static enum ward_err fallen(struct ward_router *r, uint32_t gate, enum pick pick)
{
	const struct ward_impact_plan *p = r->e->p;
	int (*cmp)(const void *, const void *, void *) = pick == PICK_SOON ? soon_cmp : slot_cmp;
	enum ward_err err = WARD_OK;
	size_t from = r->n_slot;

	for (uint32_t i = p->gate[gate].slot; !err && i < ward_gate_end(r->e, gate); i++) {
		struct tree_slot best = {WARD_NONE, i};

		for (uint32_t k = p->slot[i].in; k < p->slot[i + 1].in; k++) {
			struct tree_slot s = {plan_src(p, p->in[k]), i};

			r->effort++;
			if (ward_edge_cut(r->e, p->in[k]) || !router_has(r, s.state) ||
				(pick == PICK_CLEAN &&
					r->clean[router_cell(r, s.state)] != r->stamp))
				continue;
			if (best.state == WARD_NONE || cmp(&s, &best, r) < 0)
				best = s;
		}
		if (best.state != WARD_NONE)
			err = slot_put(r, best.state, i);
	}
	if (!err && r->n_slot - from > 1)
		qsort_r(r->slot + from, r->n_slot - from, sizeof(*r->slot), cmp, r);
	return err;
}

/* What the likeliest proof of s uses next, onto the stack. */
static enum ward_err uses(struct ward_router *r, uint32_t s)
{
	const struct ward_impact_plan *p = r->e->p;
	const struct way *w = &ward_label(r->e, METRIC_LO, s)->way;
	uint32_t gate = way_gate(w->by);
	size_t from = r->n_slot, n;

	if (w->by == WARD_IMPACT_SEED)
		return WARD_OK;
	enum ward_err err = ward_list_put(r->e, &r->stack, w->src);

	if (err || gate == WARD_NONE || p->gate[gate].r == 1)
		return err;
	err = fallen(r, gate, PICK_ANY);
	n = r->n_slot - from;
	n = n < p->gate[gate].r ? n : p->gate[gate].r;
	for (size_t i = 0; !err && i < n; i++)
		err = ward_list_put(r->e, &r->stack, r->slot[from + i].state);
	r->n_slot = from;
	return err;
}

/* Stamps whether the likeliest proof of s needs a state of the way. `best`: of its keys. */
static enum ward_err look(struct ward_router *r, uint32_t s, int64_t best)
{
	enum ward_err err = WARD_OK;
	size_t from = r->chain.n;
	bool dirty = false;

	r->stack.n = 0;
	err = ward_list_put(r->e, &r->stack, s);
	while (!err && !dirty && r->stack.n) {
		uint32_t v = r->stack.p[--r->stack.n], *clean = &r->clean[router_cell(r, v)];

		r->effort++;
		if (r->on_way[router_cell(r, v)] == r->stamp || *clean == r->stamp + 1) {
			dirty = true;
			break;
		}
		if (*clean == r->stamp)
			continue;
		*clean = r->stamp;
		err = ward_list_put(r->e, &r->chain, v);
		if (!err && ward_key(r->e, METRIC_LO, v) >= best)
			err = uses(r, v);
	}
	/* Which of those on the way there are clean was not found out. */
	for (size_t i = from; dirty && i < r->chain.n; i++)
		r->clean[router_cell(r, r->chain.p[i])] = 0;
	if (dirty)
		r->clean[router_cell(r, s)] = r->stamp + 1;
	r->chain.n = from;
	return err;
}

/* Finds out for all states that lead to the gate. */
static enum ward_err look_all(struct ward_router *r, uint32_t gate, int64_t best)
{
	const struct ward_impact_plan *p = r->e->p;
	uint32_t end = p->slot[p->gate[gate + 1].slot].in;
	enum ward_err err = WARD_OK;

	for (uint32_t k = p->slot[p->gate[gate].slot].in; !err && k < end; k++) {
		uint32_t s = plan_src(p, p->in[k]);

		if (!ward_edge_cut(r->e, p->in[k]) && router_has(r, s) &&
			r->clean[router_cell(r, s)] - r->stamp > 1)
			err = look(r, s, best);
	}
	return err;
}

/* Of what fell in r->slot the first, but the slot itself, as parts of n. *ret: there are as many.
 */
static enum ward_err take_parts(
	struct ward_router *r, uint32_t slot, uint32_t want, struct tree_node *n, bool *ret)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < r->n_slot && n->n_part < want; i++) {
		uint32_t s = r->slot[i].state;
		int64_t earliest;

		if (r->slot[i].slot == slot)
			continue;
		earliest = ward_key(r->e, METRIC_EARLIEST, s);
		n->product = mul_down(n->product, (uint64_t)-ward_key(r->e, METRIC_LO, s));
		n->part_at = earliest > n->part_at ? earliest : n->part_at;
		n->n_part++;
		err = ward_list_put(r->e, &r->part, s);
	}
	*ret = n->n_part == want;
	return err;
}

static uint32_t begin_parts(struct ward_router *r, struct tree_node *n, bool *ret)
{
	uint32_t want = r->e->p->gate[way_gate(n->by)].r - 1;

	n->product = PICO;
	n->part_at = INT64_MIN;
	n->part = (uint32_t)r->part.n;
	n->n_part = 0;
	r->n_slot = 0;
	*ret = !want;
	return want;
}

enum ward_err ward_proof_parts(
	struct ward_router *r, uint32_t slot, uint32_t at, struct tree_node *n, bool *ret)
{
	uint32_t want = begin_parts(r, n, ret);
	enum ward_err err;

	if (!want)
		return WARD_OK;
	err = look_all(r, way_gate(n->by), r->node[at].best);
	r->n_slot = 0;
	if (!err)
		err = fallen(r, way_gate(n->by), PICK_CLEAN);
	return err ? err : take_parts(r, slot, want, n, ret);
}

enum ward_err ward_proof_soonest(
	struct ward_router *r, uint32_t slot, struct tree_node *n, bool *ret)
{
	uint32_t want = begin_parts(r, n, ret);
	enum ward_err err = want ? fallen(r, way_gate(n->by), PICK_SOON) : WARD_OK;

	return err || !want ? err : take_parts(r, slot, want, n, ret);
}
