/* Which states on supply loops had no live source before anything happened, as the model says: the
 * greatest set of them in which each follows from the others by supply, or from those of its own
 * asset by rules on the same asset. Nothing can be said to have been lost there, so no loop holds
 * or drops them: they fall as everything else does, when enough of what supplies them has. O(slots
 * of gates on loops, once for each state that is taken out). */
#include "impact/rows.h"

struct orphans {
	struct ward_impact_plan *p;
	uint64_t *mark;  /* as plan.orphan: of one asset at a time */
	uint32_t *stack; /* [n_state]: taken out, and not yet looked at what hung on them */
	size_t n_stack;
};

static bool has(const uint64_t *set, uint32_t s)
{
	return set[s / 64] >> s % 64 & 1;
}

static void put(uint64_t *set, uint32_t s, bool in)
{
	uint64_t bit = (uint64_t)1 << s % 64;

	set[s / 64] = in ? set[s / 64] | bit : set[s / 64] & ~bit;
}

static bool slot_falls(const struct ward_impact_plan *p, uint32_t slot)
{
	for (uint32_t i = p->slot[slot].in; i < p->slot[slot + 1].in; i++)
		if (has(p->orphan, plan_src(p, p->in[i])))
			return true;
	return false;
}

static bool by_supply(const struct ward_impact_plan *p, uint32_t s)
{
	for (struct plan_span g = plan_gates(p, s); g.i < g.end; g.i++) {
		uint32_t down = 0;

		for (uint32_t i = p->gate[g.i].slot; i < p->gate[g.i + 1].slot; i++)
			down += slot_falls(p, i);
		if (down >= p->gate[g.i].r)
			return true;
	}
	return false;
}

static bool by_itself(const struct orphans *o, uint32_t s)
{
	const struct ward_impact_plan *p = o->p;

	for (uint32_t i = p->state[s].in; i < plan_in_end(p, s); i++) {
		uint32_t edge = p->in[i];

		if (p->r->rule[p->edge[edge].rule].rel == WARD_REL_N &&
			has(o->mark, plan_src(p, edge)))
			return true;
	}
	return false;
}

/* Takes out what of that asset does not follow from what is in. */
static void look(struct orphans *o, uint32_t asset)
{
	struct ward_impact_plan *p = o->p;
	uint32_t first = p->first[p->rank[asset]], end = p->first[p->rank[asset] + 1];
	bool more = true;

	for (uint32_t s = first; s < end; s++)
		put(o->mark, s, has(p->orphan, s) && by_supply(p, s));
	while (more) {
		more = false;
		for (uint32_t s = first; s < end; s++) {
			if (!has(p->orphan, s) || has(o->mark, s) || !by_itself(o, s))
				continue;
			put(o->mark, s, true);
			more = true;
		}
	}
	for (uint32_t s = first; s < end; s++) {
		if (!has(p->orphan, s) || has(o->mark, s))
			continue;
		put(p->orphan, s, false);
		o->stack[o->n_stack++] = s;
	}
}

/* What hung on a state that was taken out. */
static void look_after(struct orphans *o, uint32_t s)
{
	const struct ward_impact_plan *p = o->p;

	for (uint32_t i = p->state[s].edge; i < p->state[s + 1].edge; i++) {
		if (!plan_is_slot(p, &p->edge[i]))
			continue;
		uint32_t to = p->gate[plan_slot_of(p, &p->edge[i])->gate].target;

		if (has(p->orphan, to))
			look(o, p->state[to].asset);
	}
}

static bool wall(const struct ward_impact_plan *p, uint32_t s)
{
	return p->guard[s] && p->value[p->guard[s]].hi == 0;
}

enum ward_err ward_impact_plan_orphans(struct ward_impact_plan *p)
{
	size_t bytes = plan_orphan_bytes(p);
	bool any = false;

	/* The published score knows no loops. */
	for (uint32_t i = 0; i < p->n_node && !p->reference; i++)
		any = any || p->ring[i] != WARD_NONE;
	if (!any || !p->n_state)
		return WARD_OK;
	struct orphans o = {.p = p,
		.mark = ward_mem_alloc(p->mem, bytes),
		.stack = ward_mem_alloc(p->mem, p->n_state * sizeof(*o.stack))};

	p->orphan = ward_mem_alloc(p->mem, bytes);
	enum ward_err err = o.mark && o.stack && p->orphan ? WARD_OK : WARD_ERR_NOMEM;

	for (uint32_t s = 0; !err && s < p->n_state; s++)
		put(p->orphan, s, p->ring[p->state[s].asset] != WARD_NONE && !wall(p, s));
	for (uint32_t i = 0; !err && i < p->n_node; i++)
		if (p->ring[i] != WARD_NONE)
			look(&o, i);
	while (!err && o.n_stack)
		look_after(&o, o.stack[--o.n_stack]);
	ward_mem_free(p->mem, o.mark, bytes);
	ward_mem_free(p->mem, o.stack, p->n_state * sizeof(*o.stack));
	return err;
}
