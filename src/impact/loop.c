/* Supply loops: things that hold each other up without a live source are down.
 *
 * Failure of supply is a greatest fixpoint, spread a least one inside it: assume that every state
 * of the touched part on a supply loop has fallen, derive by same-asset rules what follows, take
 * back whatever is not then without support, and so on until nothing changes. What remains has
 * no live source. Only nodes on a cycle of supply relations can differ from the least fixpoint, so
 * all this looks at nothing else; without such cycles it costs nothing. Rounds <= states on the
 * loop; each looks at their gates: O(states · gates' slots) for one loop at worst. */
#include "impact/engine.h"
#include "impact/scc.h"

#include <stdlib.h>

/* Supply relations as arcs from supplier to supplied, by supplier (CSR). */
struct arcs {
	uint32_t *first; /* [n_node + 1] */
	uint32_t *to;
	size_t n;
	bool fill;
};

static void arc(struct arcs *a, uint32_t x, uint32_t y)
{
	if (a->fill)
		a->to[a->first[x]] = y;
	a->first[x]++;
	a->n++;
}

static void arcs_of_rule(
	const struct ward_engine *e, const struct ward_rule *rule, uint32_t y, struct arcs *a)
{
	size_t n;
	const struct ward_rel *rel =
		rule->in ? ward_model_out(e->m, y, &n) : ward_model_in(e->m, y, &n);
	struct ward_rel_span s = ward_rules_span(rel, n, rule->rel);

	if (!ward_engine_to_fits(e, rule, y))
		return;
	for (size_t i = 0; i < s.n; i++)
		if (rule->class == WARD_NONE || ward_model_is(e->m, s.rel[i].node, rule->class))
			arc(a, s.rel[i].node, y);
}

static void arcs_all(const struct ward_engine *e, struct arcs *a)
{
	a->n = 0;
	for (uint32_t k = 0; k < ward_rules_builtin(e->r); k++)
		for (uint32_t y = 0; e->r->rule[k].supply && y < e->n_node; y++)
			arcs_of_rule(e, &e->r->rule[k], y, a);
	for (uint32_t g = 0; g < ward_model_n_group(e->m); g++) {
		const struct ward_group *grp = ward_model_group(e->m, g);

		for (uint32_t i = 0; i < grp->n_member; i++)
			arc(a, grp->member[i], grp->owner);
	}
}

static uint32_t arc_next(const void *ctx, uint32_t v, uint32_t i)
{
	const struct arcs *a = ctx;

	return i < a->first[v + 1] - a->first[v] ? a->to[a->first[v] + i] : WARD_NONE;
}

static void number_rings(struct ward_engine *e, const struct ward_scc *s)
{
	for (uint32_t i = 0; i < s->n_list; i++) {
		uint32_t c = s->comp[s->list[i]];
		bool with_last = i && s->comp[s->list[i - 1]] == c;
		bool with_next = i + 1 < s->n_list && s->comp[s->list[i + 1]] == c;

		e->ring[s->list[i]] = with_last || with_next ? c : WARD_NONE;
	}
}

enum ward_err ward_loop_find_rings(struct ward_engine *e)
{
	size_t n = e->n_node, first_bytes = (n + 1) * sizeof(uint32_t), sum = 0;
	struct arcs a = {.first = ward_mem_alloc(e->mem, first_bytes)};
	void *mem = ward_mem_alloc(e->mem, n * SCC_BYTES);
	enum ward_err err = !a.first || (n && !mem) ? WARD_ERR_NOMEM : WARD_OK;

	if (!err)
		arcs_all(e, &a);
	size_t n_arc = a.n;

	for (size_t i = 0; !err && i <= n; i++) {
		uint32_t count = i < n ? a.first[i] : 0;

		a.first[i] = (uint32_t)sum;
		sum += count;
	}
	if (!err && n_arc) {
		a.to = ward_mem_alloc(e->mem, n_arc * sizeof(*a.to));
		err = a.to ? WARD_OK : WARD_ERR_NOMEM;
	}
	if (!err) {
		struct ward_scc s = {.n = (uint32_t)n, .ctx = &a, .next = arc_next};

		a.fill = true;
		arcs_all(e, &a);
		/* Filling moved each start to its end. */
		memmove(a.first + 1, a.first, n * sizeof(*a.first));
		a.first[0] = 0;
		ward_scc_place(&s, mem);
		ward_scc_run(&s);
		number_rings(e, &s);
	}
	ward_mem_free(e->mem, a.to, n_arc * sizeof(*a.to));
	ward_mem_free(e->mem, a.first, first_bytes);
	ward_mem_free(e->mem, mem, n * SCC_BYTES);
	return err;
}

static enum ward_err maybe_add(struct ward_engine *e, uint32_t s, uint8_t not )
{
	if (e->state[s].flag & (not | STATE_MAYBE))
		return WARD_OK;
	enum ward_err err = ward_mem_more(
		e->mem, &e->maybe, e->n_maybe, &e->cap_maybe, sizeof(*e->maybe), e->state_max);

	if (err)
		return err;
	e->state[s].flag |= STATE_MAYBE;
	e->maybe[e->n_maybe++] = s;
	return WARD_OK;
}

/* Can that state be what makes a slot of a gate by that rule fallen? (Slots fit its class.) */
static bool feeds(const struct ward_engine *e, uint32_t rule, const struct state *s)
{
	const struct ward_rule *rl = &e->r->rule[rule];

	if (rule == ward_rules_builtin(e->r))
		return s->threat == e->r->outage;
	for (size_t i = 0; i < rl->n_when; i++)
		if (rl->when[i] == s->threat)
			return true;
	return false;
}

static bool slot_maybe(const struct ward_engine *e, const struct gate *g, uint32_t slot)
{
	for (uint32_t i = e->state_head[e->slot[slot].node]; i != WARD_NONE; i = e->state[i].next)
		if ((e->state[i].flag & STATE_MAYBE) && feeds(e, g->rule, &e->state[i]))
			return true;
	return false;
}

/* Would that gate fall if all that is assumed had fallen, and not without the assumptions? */
static bool gate_maybe(const struct ward_engine *e, const struct gate *g, bool timed)
{
	uint32_t down = 0, assumed = 0;

	for (uint32_t i = g->slot; i < g->slot + g->n; i++) {
		if (timed ? e->slot[i].counted : e->slot[i].n_state > 0)
			down++;
		else if (slot_maybe(e, g, i))
			assumed++;
	}
	return down < g->r && down + assumed >= g->r;
}

static bool supply_maybe(const struct ward_engine *e, uint32_t s, bool timed)
{
	uint32_t y = e->state[s].asset;

	for (uint32_t g = e->gate_head[y]; g != WARD_NONE; g = e->gate[g].next)
		if (e->gate[g].target == s && gate_maybe(e, &e->gate[g], timed))
			return true;
	return false;
}

/* Does a marked state of the same asset give it by a rule on the same asset? */
static bool self_maybe(const struct ward_engine *e, uint32_t s)
{
	const struct state *to = &e->state[s];
	uint32_t class = ward_model_node(e->m, to->asset)->class;

	for (uint32_t i = e->state_head[to->asset]; i != WARD_NONE; i = e->state[i].next) {
		size_t n;
		const uint32_t *of;

		if (!(e->state[i].flag & STATE_MARK))
			continue;
		of = ward_rules_of(e->r, e->state[i].threat, class, &n);
		for (size_t k = 0; k < n; k++)
			if (e->r->rule[of[k]].rel == WARD_REL_N && e->r->rule[of[k]].hi &&
				e->r->rule[of[k]].gives == to->threat)
				return true;
	}
	return false;
}

/* Takes back assumptions until what remains has no live source. */
static void prune(struct ward_engine *e, bool timed)
{
	bool changed = true;

	while (changed) {
		bool marked = true;

		changed = false;
		for (size_t i = 0; i < e->n_maybe; i++) {
			struct state *s = &e->state[e->maybe[i]];

			s->flag &= (uint8_t)~STATE_MARK;
			if ((s->flag & STATE_MAYBE) && supply_maybe(e, e->maybe[i], timed))
				s->flag |= STATE_MARK;
		}
		while (marked) {
			marked = false;
			for (size_t i = 0; i < e->n_maybe; i++) {
				struct state *s = &e->state[e->maybe[i]];

				if ((s->flag & (STATE_MAYBE | STATE_MARK)) != STATE_MAYBE ||
					!self_maybe(e, e->maybe[i]))
					continue;
				s->flag |= STATE_MARK;
				marked = true;
			}
		}
		for (size_t i = 0; i < e->n_maybe; i++) {
			struct state *s = &e->state[e->maybe[i]];

			if ((s->flag & (STATE_MAYBE | STATE_MARK)) != STATE_MAYBE)
				continue;
			s->flag &= (uint8_t)~STATE_MAYBE;
			changed = true;
		}
	}
}

enum { NOT_MAYBE = STATE_REACHED | STATE_BARRIER };

static enum ward_err assume(
	struct ward_engine *e, uint32_t rule, uint32_t y, uint32_t group, uint32_t ring)
{
	uint32_t dst, g;

	if (e->ring[y] != ring || !ward_engine_to_fits(e, &e->r->rule[rule], y))
		return WARD_OK;
	enum ward_err err = ward_engine_state(e, y, e->r->rule[rule].gives, &dst);

	if (!err && e->r->rule[rule].supply)
		err = ward_engine_gate(e, rule, dst, group, &g);
	return err ? err : maybe_add(e, dst, NOT_MAYBE);
}

/* What would follow on the same loop if that state had fallen. */
static enum ward_err assume_from(struct ward_engine *e, uint32_t s)
{
	uint32_t x = e->state[s].asset, threat = e->state[s].threat, ring = e->ring[x];
	size_t n, n_rel;
	const uint32_t *of = ward_rules_of(e->r, threat, ward_model_node(e->m, x)->class, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		const struct ward_rule *rl = &e->r->rule[of[i]];

		if (rl->hi == 0)
			continue;
		if (rl->rel == WARD_REL_N)
			err = assume(e, of[i], x, WARD_NONE, ring);
		if (!rl->supply)
			continue;
		const struct ward_rel *rel =
			rl->in ? ward_model_in(e->m, x, &n_rel) : ward_model_out(e->m, x, &n_rel);
		struct ward_rel_span span = ward_rules_span(rel, n_rel, rl->rel);

		for (size_t k = 0; !err && k < span.n; k++)
			err = assume(e, of[i], span.rel[k].node, WARD_NONE, ring);
	}
	if (err || threat != e->r->outage)
		return err;
	const struct ward_rel *rel = ward_model_in(e->m, x, &n_rel);
	struct ward_rel_span span = ward_rules_span(rel, n_rel, WARD_REL_REQUIRES);

	for (size_t k = 0; !err && k < span.n; k++)
		if (span.rel[k].group != WARD_NONE)
			err = assume(e, ward_rules_builtin(e->r), span.rel[k].node,
				span.rel[k].group, ring);
	return err;
}

/* All reached states on supply loops: what the passes watch. */
static enum ward_err collect(struct ward_engine *e)
{
	enum ward_err err = WARD_OK;

	e->n_maybe = 0;
	for (size_t i = 0; !err && i < e->n_queue; i++) {
		uint32_t s = e->queue[i];

		if (e->ring[e->state[s].asset] == WARD_NONE)
			continue;
		err = maybe_add(e, s, 0);
		e->state[s].flag = (uint8_t)((e->state[s].flag | STATE_LOOP) & ~STATE_MAYBE);
	}
	e->n_loop = e->n_maybe;
	return err;
}

enum ward_err ward_loop_settle(struct ward_engine *e, size_t *ret_n)
{
	enum ward_err err = WARD_OK;
	size_t n = 0;

	*ret_n = 0;
	/* One lost support is enough there: nothing is held by a loop. */
	if (e->mode == WARD_IMPACT_REFERENCE)
		return WARD_OK;
	e->n_maybe = 0;
	for (size_t g = 0, n_gate = e->n_gate; !err && g < n_gate; g++)
		if (e->gate[g].fallen && e->gate[g].fallen < e->gate[g].r &&
			e->ring[e->state[e->gate[g].target].asset] != WARD_NONE)
			err = maybe_add(e, e->gate[g].target, NOT_MAYBE);
	for (size_t i = 0; !err && i < e->n_maybe; i++)
		err = assume_from(e, e->maybe[i]);
	if (err)
		return err;
	prune(e, false);
	for (size_t i = 0; !err && i < e->n_maybe; i++) {
		uint32_t s = e->maybe[i];

		if (e->state[s].flag & STATE_MAYBE) {
			err = ward_engine_reach(e, s);
			n++;
		}
		e->state[s].flag &= (uint8_t) ~(STATE_MAYBE | STATE_MARK);
	}
	if (!err && !n)
		err = collect(e);
	*ret_n = n;
	return err;
}

/* Does it support another state that is still assumed to have fallen? */
static bool supports(const struct ward_engine *e, uint32_t s)
{
	const struct state *st = &e->state[s];

	for (uint32_t i = 0; i < st->n_edge; i++) {
		const struct edge *edge = &e->edge[st->edge + i];
		uint32_t dst = edge->slot == WARD_NONE ? edge->dst : e->gate[edge->dst].target;

		if ((e->state[dst].flag & STATE_MAYBE) &&
			(edge->slot != WARD_NONE || e->state[dst].asset == st->asset))
			return true;
	}
	return false;
}

/* Leaves of what remains where those only hang on a loop: they fall when it has fallen. */
static void peel(struct ward_engine *e)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < e->n_loop; i++) {
			struct state *s = &e->state[e->maybe[i]];

			if (!(s->flag & STATE_MAYBE) || supports(e, e->maybe[i]))
				continue;
			s->flag &= (uint8_t)~STATE_MAYBE;
			changed = true;
		}
	}
}

static int value_cmp(const void *va, const void *vb)
{
	uint64_t a = *(const uint64_t *)va, b = *(const uint64_t *)vb;

	return (a > b) - (a < b);
}

static enum ward_err factor(struct ward_engine *e, uint64_t v)
{
	enum ward_err err = ward_mem_more(
		e->mem, &e->value, e->n_value, &e->cap_value, sizeof(*e->value), e->edge_max);

	if (!err)
		e->value[e->n_value++] = v;
	return err;
}

/* The settled state that counts for a slot: the likeliest. */
static uint32_t slot_state(const struct ward_engine *e, const struct gate *g, uint32_t slot)
{
	uint32_t best = WARD_NONE;

	for (uint32_t i = e->state_head[e->slot[slot].node]; i != WARD_NONE; i = e->state[i].next) {
		const struct state *s = &e->state[i];

		if (!s->settled || !feeds(e, g->rule, s))
			continue;
		if (best == WARD_NONE || s->settled < e->state[best].settled)
			best = i;
	}
	return best;
}

/* Each lost outside support once, and each gate of the loop: in such a world all of it falls. */
static enum ward_err factors_of(struct ward_engine *e, const struct gate *g)
{
	enum ward_err err = factor(e, (uint64_t)e->r->rule[g->rule].lo * (PICO / MICRO));

	if (!err)
		err = factor(e, e->state[g->target].pass_lo);
	for (uint32_t i = g->slot; !err && i < g->slot + g->n; i++) {
		uint32_t s = e->slot[i].counted ? slot_state(e, g, i) : WARD_NONE;

		if (s == WARD_NONE || (e->state[s].flag & STATE_MARK))
			continue;
		e->state[s].flag |= STATE_MARK;
		err = factor(e, (uint64_t)-e->state[s].key[METRIC_LO]);
	}
	return err;
}

static enum ward_err loop_likelihood(struct ward_engine *e, int64_t key, int64_t *ret)
{
	uint64_t all = PICO;
	enum ward_err err = WARD_OK;

	e->n_value = 0;
	for (size_t i = 0; i < e->n_state; i++)
		e->state[i].flag &= (uint8_t)~STATE_MARK;
	for (size_t g = 0; !err && g < e->n_gate; g++) {
		const struct state *to = &e->state[e->gate[g].target];

		if ((to->flag & STATE_MAYBE) && gate_maybe(e, &e->gate[g], true))
			err = factors_of(e, &e->gate[g]);
	}
	if (e->n_value > 1)
		qsort(e->value, e->n_value, sizeof(*e->value), value_cmp);
	for (size_t i = 0; i < e->n_value; i++)
		all = mul_down(all, e->value[i], PICO);
	*ret = -(int64_t)all < key ? key : -(int64_t)all;
	return err;
}

/* The counted member that a gate of the loop lost last; itself when it lost none. */
static uint32_t last_lost(const struct ward_engine *e, const struct gate *g)
{
	uint32_t best = g->target;

	for (uint32_t i = g->slot; i < g->slot + g->n; i++) {
		uint32_t s = e->slot[i].counted ? slot_state(e, g, i) : WARD_NONE;

		if (s != WARD_NONE &&
			(best == g->target || e->state[s].settled > e->state[best].settled))
			best = s;
	}
	return best;
}

static enum ward_err fire(struct ward_engine *e, enum metric m, int64_t key, int64_t likelihood)
{
	uint32_t any = WARD_NONE;
	enum ward_err err = WARD_OK;

	/* Where a member of the loop lost nothing itself, the last loss of another is the cause. */
	for (size_t g = 0; g < e->n_gate; g++) {
		const struct gate *gate = &e->gate[g];
		uint32_t s;

		if (!(e->state[gate->target].flag & STATE_MAYBE) || !gate_maybe(e, gate, true))
			continue;
		s = last_lost(e, gate);
		if (s != gate->target &&
			(any == WARD_NONE || e->state[s].settled > e->state[any].settled))
			any = s;
	}
	for (size_t g = 0; any != WARD_NONE && !err && g < e->n_gate; g++) {
		const struct gate *gate = &e->gate[g];
		struct way way = {any, gate->rule, (uint32_t)g};

		if (!(e->state[gate->target].flag & STATE_MAYBE) || !gate_maybe(e, gate, true))
			continue;
		if (last_lost(e, gate) != gate->target)
			way.src = last_lost(e, gate);
		int64_t at = m == METRIC_LO ? likelihood
					    : ward_pass_combine(e, m, key, gate->target, &way);

		struct state *to = &e->state[gate->target];
		bool sooner = m == METRIC_EXPECTED && !to->settled && at < to->key[m];

		err = ward_pass_relax(e, m, gate->target, at, way);
		to->loop_held = to->loop_held || sooner;
	}
	return err;
}

enum ward_err ward_loop_watch(struct ward_engine *e, enum metric m, int64_t key)
{
	int64_t likelihood = 0;
	enum ward_err err = WARD_OK;

	e->n_maybe = e->n_loop;
	for (size_t i = 0; i < e->n_loop; i++) {
		struct state *s = &e->state[e->maybe[i]];

		s->flag &= (uint8_t) ~(STATE_MAYBE | STATE_MARK);
		if (!s->settled)
			s->flag |= STATE_MAYBE;
	}
	prune(e, true);
	peel(e);
	if (m == METRIC_LO)
		err = loop_likelihood(e, key, &likelihood);
	if (!err)
		err = fire(e, m, key, likelihood);
	for (size_t i = 0; i < e->n_loop; i++)
		e->state[e->maybe[i]].flag &= (uint8_t) ~(STATE_MAYBE | STATE_MARK);
	return err;
}
