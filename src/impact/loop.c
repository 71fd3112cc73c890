/* Supply loops: things that hold each other up without a live source are down.
 *
 * Failure of supply is a greatest fixpoint, spread a least one inside it: assume that every state
 * of the touched part on a supply loop has fallen, derive by same-asset rules what follows, take
 * back whatever is not then without support, and so on until nothing changes. What remains has
 * no live source. Only nodes on a cycle of supply relations can differ from the least fixpoint, so
 * all this looks at nothing else; without such cycles it costs nothing. One look: O(states on the
 * loop + slots of their gates, once for each member that is taken back). */
#include "impact/engine.h"

#include <stdlib.h>

static const size_t LOOP_EFFORT_MAX = (size_t)1 << 27;

static enum ward_err maybe_add(struct ward_engine *e, uint32_t s, uint32_t not )
{
	enum ward_err err = ward_cell_add(e, s);

	if (err || (ward_cell_at(e, s)->flag & (not | STATE_MAYBE)))
		return err;
	ward_cell_at(e, s)->flag |= STATE_MAYBE;
	return ward_list_put(e, &e->maybe, s);
}

static bool slot_maybe(const struct ward_engine *e, uint32_t slot)
{
	const struct ward_impact_plan *p = e->p;

	for (uint32_t i = p->slot[slot].in; i < p->slot[slot + 1].in; i++)
		if (!ward_edge_cut(e, p->in[i]) &&
			ward_cell_is(e, plan_src(p, p->in[i]), STATE_MAYBE))
			return true;
	return false;
}

/* Would that gate fall if all that is assumed had fallen, and not without the assumptions? */
static bool gate_maybe(const struct ward_engine *e, uint32_t g)
{
	uint32_t down = 0, assumed = 0, r = e->p->gate[g].r;

	for (uint32_t i = e->p->gate[g].slot; i < ward_gate_end(e, g); i++) {
		if (ward_slot_counted(e, i))
			down++;
		else if (slot_maybe(e, i))
			assumed++;
	}
	return down < r && down + assumed >= r;
}

static bool supply_maybe(const struct ward_engine *e, uint32_t s)
{
	for (struct plan_span g = plan_gates(e->p, s); g.i < g.end; g.i++)
		if (e->gate[g.i].run == e->run && gate_maybe(e, g.i))
			return true;
	return false;
}

/* Does a marked state of the same asset give it by a rule on the same asset? */
static bool self_maybe(const struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t in;

	for (struct plan_ways w = plan_ways(p, s); plan_way(p, &w, &in);) {
		if (!ward_edge_cut(e, in) && ward_cell_is(e, plan_src(p, in), STATE_MARK) &&
			e->r->rule[p->edge[in].rule].rel == WARD_REL_N)
			return true;
	}
	return false;
}

static bool is_maybe(const struct ward_engine *e, uint32_t s, uint32_t among, uint32_t want)
{
	return ward_cell_live(e, s) && (ward_cell_at(e, s)->flag & among) == want;
}

/* Loops of thousands that fall bit by bit would take days: looking at so many slots is the end. */
static enum ward_err looked_at(struct ward_engine *e, size_t n)
{
	e->loop_effort += n;
	return e->loop_effort > LOOP_EFFORT_MAX ? WARD_ERR_LIMIT : WARD_OK;
}

static size_t slots_of(const struct ward_impact_plan *p, uint32_t s)
{
	struct plan_span g = plan_gates(p, s);

	return p->gate[g.end].slot - p->gate[g.i].slot;
}

enum { BOTH = STATE_MAYBE | STATE_MARK };

/* Marks what of one asset still follows from what is assumed: by supply, then by its own rules. */
static enum ward_err mark_asset(struct ward_engine *e, uint32_t first, uint32_t end)
{
	bool marked = true;
	enum ward_err err = WARD_OK;

	for (uint32_t s = first; !err && s < end; s++) {
		if (!ward_cell_live(e, s))
			continue;
		ward_cell_at(e, s)->flag &= ~(uint32_t)STATE_MARK;
		if (!is_maybe(e, s, STATE_MAYBE, STATE_MAYBE))
			continue;
		err = looked_at(e, slots_of(e->p, s) + 1);
		if (supply_maybe(e, s))
			ward_cell_at(e, s)->flag |= STATE_MARK;
	}
	while (!err && marked) {
		marked = false;
		for (uint32_t s = first; s < end; s++) {
			if (!is_maybe(e, s, BOTH, STATE_MAYBE) || !self_maybe(e, s))
				continue;
			ward_cell_at(e, s)->flag |= STATE_MARK;
			marked = true;
		}
	}
	return err;
}

/* Takes back what of an asset does not follow; into e->level. */
static enum ward_err prune_asset(struct ward_engine *e, uint32_t asset)
{
	uint32_t first = e->p->first[e->p->rank[asset]], end = e->p->first[e->p->rank[asset] + 1];
	enum ward_err err = mark_asset(e, first, end);

	for (uint32_t s = first; !err && s < end; s++) {
		if (!is_maybe(e, s, BOTH, STATE_MAYBE))
			continue;
		ward_cell_at(e, s)->flag &= ~(uint32_t)STATE_MAYBE;
		err = ward_list_put(e, &e->level, s);
	}
	return err;
}

/* Takes back assumptions until what remains has no live source: all once, then those that hung on
 * what was taken back. Nothing is in e->level meanwhile. */
static enum ward_err prune(struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = WARD_OK;

	e->level.n = 0;
	for (size_t i = 0; !err && i < e->maybe.n; i++)
		if (is_maybe(e, e->maybe.p[i], STATE_MAYBE, STATE_MAYBE))
			err = prune_asset(e, p->state[e->maybe.p[i]].asset);
	while (!err && e->level.n) {
		uint32_t s = e->level.p[--e->level.n];

		for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++) {
			if (!plan_is_slot(p, &p->edge[i]))
				continue;
			uint32_t to = p->gate[plan_slot_of(p, &p->edge[i])->gate].target;

			if (is_maybe(e, to, STATE_MAYBE, STATE_MAYBE))
				err = prune_asset(e, p->state[to].asset);
		}
	}
	return err;
}

enum { NOT_MAYBE = STATE_REACHED | STATE_HIT };

static enum ward_err assume(struct ward_engine *e, uint32_t s)
{
	return ward_cell_wall(e, s) || plan_ring(e->p, s) == WARD_NONE ? WARD_OK
								       : maybe_add(e, s, NOT_MAYBE);
}

/* What would follow on the same loop if that state had fallen. */
static enum ward_err assume_from(struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t ring = p->ring[p->state[s].asset];
	enum ward_err err = WARD_OK;

	for (uint32_t i = p->state[s].edge; !err && i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];

		if (ward_edge_cut(e, i))
			continue;
		if (plan_is_slot(p, edge)) {
			uint32_t g = plan_slot_of(p, edge)->gate, dst = p->gate[g].target;

			if (plan_ring(p, dst) != ring)
				continue;
			err = ward_engine_touch(e, g);
			if (!err)
				err = assume(e, dst);
		} else if (e->r->rule[edge->rule].rel == WARD_REL_N) {
			err = assume(e, edge->dst);
		}
	}
	return err;
}

/* All reached states on supply loops, of which a gate was come to: what the passes watch. */
static enum ward_err collect(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;

	e->maybe.n = 0;
	for (size_t i = 0; !err && e->rings.n && i < e->queue.n; i++) {
		uint32_t s = e->queue.p[i];

		/* What is late is held by nothing. */
		if (s >= e->p->n_row || plan_ring(e->p, s) == WARD_NONE)
			continue;
		ward_cell_at(e, s)->flag |= STATE_LOOP;
		err = ward_list_put(e, &e->maybe, s);
	}
	e->n_loop = e->maybe.n;
	return err;
}

enum ward_err ward_loop_settle(struct ward_engine *e, size_t *ret_n)
{
	enum ward_err err = WARD_OK;
	size_t n = 0;

	*ret_n = 0;
	/* One lost support is enough there: nothing is held by a loop. */
	if (e->p->reference)
		return WARD_OK;
	e->maybe.n = 0;
	for (size_t i = 0, n_gate = e->rings.n; !err && i < n_gate; i++) {
		const struct gate_run *run = &e->gate[e->rings.p[i]];
		const struct plan_gate *g = &e->p->gate[e->rings.p[i]];

		if (run->pass == e->pass && run->count && run->count < g->r)
			err = assume(e, g->target);
	}
	for (size_t i = 0; !err && i < e->maybe.n; i++)
		err = assume_from(e, e->maybe.p[i]);
	if (err)
		return err;
	err = prune(e);
	for (size_t i = 0; !err && i < e->maybe.n; i++) {
		uint32_t s = e->maybe.p[i];

		if (ward_cell_at(e, s)->flag & STATE_MAYBE) {
			err = ward_engine_reach(e, s);
			n++;
		}
		ward_cell_at(e, s)->flag &= ~(uint32_t)(STATE_MAYBE | STATE_MARK);
	}
	if (!err && !n)
		err = collect(e);
	*ret_n = n;
	return err;
}

/* Does it support another state that is still assumed to have fallen? */
static bool supports(const struct ward_engine *e, uint32_t s)
{
	const struct ward_impact_plan *p = e->p;

	for (uint32_t i = p->state[s].edge; i < p->state[s + 1].edge; i++) {
		const struct plan_edge *edge = &p->edge[i];
		bool slot = plan_is_slot(p, edge);
		uint32_t dst = slot ? p->gate[plan_slot_of(p, edge)->gate].target : edge->dst;

		if (!ward_edge_cut(e, i) && ward_cell_is(e, dst, STATE_MAYBE) &&
			(slot || p->state[dst].asset == p->state[s].asset))
			return true;
	}
	return false;
}

static enum ward_err peel_one(struct ward_engine *e, uint32_t s)
{
	if (!is_maybe(e, s, STATE_MAYBE, STATE_MAYBE))
		return WARD_OK;
	enum ward_err err = looked_at(e, plan_edges(e->p, s) + 1);

	if (err || supports(e, s))
		return err;
	ward_cell_at(e, s)->flag &= ~(uint32_t)STATE_MAYBE;
	return ward_list_put(e, &e->level, s);
}

/* Leaves of what remains where those only hang on a loop: they fall when it has fallen. All once,
 * then those that only held up what was peeled off. */
static enum ward_err peel(struct ward_engine *e)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = WARD_OK;

	e->level.n = 0;
	for (size_t i = 0; !err && i < e->n_loop; i++)
		err = peel_one(e, e->maybe.p[i]);
	while (!err && e->level.n) {
		uint32_t s = e->level.p[--e->level.n];
		uint32_t edge;

		for (struct plan_ways w = plan_ways(p, s); !err && plan_way(p, &w, &edge);)
			err = peel_one(e, plan_src(p, edge));
		for (struct plan_span i = plan_gate_ways(p, s); !err && i.i < i.end; i.i++)
			err = peel_one(e, plan_src(p, p->in[i.i]));
	}
	return err;
}

static int value_cmp(const void *va, const void *vb)
{
	uint64_t a = *(const uint64_t *)va, b = *(const uint64_t *)vb;

	return (a > b) - (a < b);
}

static enum ward_err factor(struct ward_engine *e, uint64_t v)
{
	enum ward_err err = ward_mem_more(
		e->mem, &e->factor, e->n_factor, &e->cap_factor, sizeof(*e->factor), SIZE_MAX / 8);

	if (!err)
		e->factor[e->n_factor++] = v;
	return err;
}

/* In which turn a state became final; 0: not in this pass. */
static uint32_t turn_of(const struct ward_engine *e, uint32_t s)
{
	return ward_cell_live(e, s) ? ward_cell_at(e, s)->turn : 0;
}

/* The settled state that counts for a slot: the likeliest. */
static uint32_t slot_state(const struct ward_engine *e, uint32_t slot)
{
	const struct ward_impact_plan *p = e->p;
	uint32_t best = WARD_NONE;

	for (uint32_t i = p->slot[slot].in; i < p->slot[slot + 1].in; i++) {
		uint32_t s = plan_src(p, p->in[i]), turn = turn_of(e, s);

		if (turn && !ward_edge_cut(e, p->in[i]) &&
			(best == WARD_NONE || turn < turn_of(e, best)))
			best = s;
	}
	return best;
}

static uint32_t lost(const struct ward_engine *e, uint32_t slot)
{
	return ward_slot_counted(e, slot) ? slot_state(e, slot) : WARD_NONE;
}

/* Each lost outside support once, and each gate of the loop: in such a world all of it falls. */
static enum ward_err factors_of(struct ward_engine *e, uint32_t g)
{
	const struct ward_impact_plan *p = e->p;
	enum ward_err err = factor(e, p->rule[p->gate[g].rule].lo * (PICO / MICRO));

	if (!err)
		err = factor(e, e->value[e->guard[p->gate[g].target]].lo);
	for (uint32_t i = p->gate[g].slot; !err && i < ward_gate_end(e, g); i++) {
		uint32_t s = lost(e, i);

		if (s == WARD_NONE || (ward_cell_at(e, s)->flag & STATE_MARK))
			continue;
		ward_cell_at(e, s)->flag |= STATE_MARK;
		err = factor(e, (uint64_t)-ward_key(e, METRIC_LO, s));
	}
	return err;
}

static void unmark(struct ward_engine *e, uint32_t g)
{
	for (uint32_t i = e->p->gate[g].slot; i < ward_gate_end(e, g); i++) {
		uint32_t s = lost(e, i);

		if (s != WARD_NONE)
			ward_cell_at(e, s)->flag &= ~(uint32_t)STATE_MARK;
	}
}

static bool falls_with_loop(const struct ward_engine *e, uint32_t g)
{
	return ward_cell_is(e, e->p->gate[g].target, STATE_MAYBE) && gate_maybe(e, g);
}

static enum ward_err loop_likelihood(struct ward_engine *e, int64_t key, int64_t *ret)
{
	uint64_t all = PICO;
	enum ward_err err = WARD_OK;

	e->n_factor = 0;
	for (size_t i = 0; !err && i < e->rings.n; i++)
		if (falls_with_loop(e, e->rings.p[i]))
			err = factors_of(e, e->rings.p[i]);
	for (size_t i = 0; i < e->rings.n; i++)
		if (falls_with_loop(e, e->rings.p[i]))
			unmark(e, e->rings.p[i]);
	if (e->n_factor > 1)
		qsort(e->factor, e->n_factor, sizeof(*e->factor), value_cmp);
	for (size_t i = 0; i < e->n_factor; i++)
		all = mul_down(all, e->factor[i]);
	*ret = -(int64_t)all < key ? key : -(int64_t)all;
	return err;
}

/* The counted member that a gate of the loop lost last; its target when it lost none. */
static uint32_t last_lost(const struct ward_engine *e, uint32_t g)
{
	uint32_t target = e->p->gate[g].target, best = target;

	for (uint32_t i = e->p->gate[g].slot; i < ward_gate_end(e, g); i++) {
		uint32_t s = lost(e, i);

		if (s != WARD_NONE && (best == target || turn_of(e, s) > turn_of(e, best)))
			best = s;
	}
	return best;
}

static enum ward_err fire_gate(
	struct ward_engine *e, uint32_t g, uint32_t any, int64_t key, int64_t likelihood)
{
	uint32_t target = e->p->gate[g].target, last = last_lost(e, g);
	struct way way = {last == target ? any : last, WAY_GATE + g};
	int64_t at = e->metric == METRIC_LO ? likelihood
					    : ward_pass_combine(e, e->metric, key, target, &way);
	bool sooner = e->metric == METRIC_EXPECTED && !turn_of(e, target) &&
		      at < ward_key(e, e->metric, target);
	enum ward_err err = ward_pass_relax(e, target, at, way);

	if (sooner)
		ward_cell_at(e, target)->flag |= STATE_HELD;
	return err;
}

static enum ward_err fire(struct ward_engine *e, int64_t key, int64_t likelihood)
{
	uint32_t any = WARD_NONE;
	enum ward_err err = WARD_OK;

	/* Where a member of the loop lost nothing itself, the last loss of another is the cause. */
	for (size_t i = 0; i < e->rings.n; i++) {
		uint32_t g = e->rings.p[i], s;

		if (!falls_with_loop(e, g))
			continue;
		s = last_lost(e, g);
		if (s != e->p->gate[g].target &&
			(any == WARD_NONE || turn_of(e, s) > turn_of(e, any)))
			any = s;
	}
	for (size_t i = 0; any != WARD_NONE && !err && i < e->rings.n; i++)
		if (falls_with_loop(e, e->rings.p[i]))
			err = fire_gate(e, e->rings.p[i], any, key, likelihood);
	return err;
}

enum ward_err ward_loop_watch(struct ward_engine *e, enum metric m, int64_t key)
{
	int64_t likelihood = 0;
	enum ward_err err = looked_at(e, e->n_loop + e->rings.n);

	for (size_t i = 0; i < e->n_loop; i++) {
		struct cell *c = ward_cell_at(e, e->maybe.p[i]);

		c->flag &= ~(uint32_t)(STATE_MAYBE | STATE_MARK);
		if (!turn_of(e, e->maybe.p[i]))
			c->flag |= STATE_MAYBE;
	}
	if (!err)
		err = prune(e);
	if (!err)
		err = peel(e);
	if (!err && m == METRIC_LO)
		err = loop_likelihood(e, key, &likelihood);
	if (!err)
		err = fire(e, key, likelihood);
	for (size_t i = 0; i < e->n_loop; i++)
		ward_cell_at(e, e->maybe.p[i])->flag &= ~(uint32_t)(STATE_MAYBE | STATE_MARK);
	return err;
}
