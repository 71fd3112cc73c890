#include "impact/engine.h"

#include <stdlib.h>

static enum ward_err more(
	struct ward_engine *e, void *items, size_t n, size_t *cap, size_t size, size_t max)
{
	return ward_mem_more(e->mem, items, n, cap, size, max);
}

static bool counts(const struct ward_protection *p, size_t n, size_t i, uint32_t threat)
{
	if (p[i].threat != threat)
		return false;
	/* Of one scope the strongest counts; on a tie the first. */
	for (size_t k = 0; k < n; k++) {
		bool stronger = k < i ? p[k].degree_micro >= p[i].degree_micro
				      : p[k].degree_micro > p[i].degree_micro;

		if (k != i && stronger && p[k].threat == threat &&
			ward_str_eq(p[k].scope, p[i].scope))
			return false;
	}
	return true;
}

/* 1 - gamma = product over the scopes of (1 - strongest degree), weakest first, so that rounding
 * does not depend on the order of files. */
static void protect(const struct ward_engine *e, struct state *s)
{
	size_t n;
	const struct ward_protection *p = ward_model_protections(e->m, s->asset, &n);
	int64_t last = -1;

	s->pass_lo = s->pass_hi = PICO;
	for (;;) {
		int64_t best = INT64_MAX;
		size_t same = 0;

		for (size_t i = 0; i < n; i++) {
			if (p[i].degree_micro <= last || p[i].degree_micro > best ||
				!counts(p, n, i, s->threat))
				continue;
			same = p[i].degree_micro == best ? same + 1 : 1;
			best = p[i].degree_micro;
		}
		if (!same)
			break;
		for (; same; same--) {
			s->pass_lo = mul_down(s->pass_lo, MICRO - (uint64_t)best, MICRO);
			s->pass_hi = mul_up(s->pass_hi, MICRO - (uint64_t)best, MICRO);
		}
		last = best;
	}
}

enum ward_err ward_engine_state(
	struct ward_engine *e, uint32_t asset, uint32_t threat, uint32_t *ret)
{
	for (uint32_t i = e->state_head[asset]; i != WARD_NONE; i = e->state[i].next)
		if (e->state[i].threat == threat) {
			*ret = i;
			return WARD_OK;
		}
	enum ward_err err =
		more(e, &e->state, e->n_state, &e->cap_state, sizeof(*e->state), e->state_max);

	if (err)
		return err;
	struct state *s = &e->state[e->n_state];

	*s = (struct state){.asset = asset,
		.threat = threat,
		.next = e->state_head[asset],
		.ord = (uint64_t)e->rank[asset] << 32 | e->threat_rank[threat]};
	protect(e, s);
	if (s->pass_hi == 0)
		s->flag = STATE_BARRIER;
	*ret = e->state_head[asset] = (uint32_t)e->n_state++;
	return WARD_OK;
}

enum ward_err ward_engine_reach(struct ward_engine *e, uint32_t s)
{
	struct state *st = &e->state[s];

	if (st->flag & STATE_BARRIER)
		st->flag |= STATE_HIT;
	if (st->flag & (STATE_BARRIER | STATE_REACHED))
		return WARD_OK;
	enum ward_err err =
		more(e, &e->queue, e->n_queue, &e->cap_queue, sizeof(*e->queue), e->state_max);

	if (err)
		return err;
	st->flag |= STATE_REACHED;
	e->queue[e->n_queue++] = s;
	return WARD_OK;
}

bool ward_engine_to_fits(const struct ward_engine *e, const struct ward_rule *rule, uint32_t node)
{
	return rule->to == WARD_NONE || ward_model_is(e->m, node, rule->to);
}

static enum ward_err slot_add(struct ward_engine *e, uint32_t node)
{
	enum ward_err err =
		more(e, &e->slot, e->n_slot, &e->cap_slot, sizeof(*e->slot), e->edge_max);

	if (!err)
		e->slot[e->n_slot++] = (struct slot){.node = node};
	return err;
}

static int slot_cmp(const void *va, const void *vb)
{
	const struct slot *a = va, *b = vb;

	return (a->node > b->node) - (a->node < b->node);
}

/* Members of a requirement group; each counts once. */
static enum ward_err slots_of_group(struct ward_engine *e, const struct ward_group *grp)
{
	size_t first = e->n_slot, n = 0;
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; !err && i < grp->n_member; i++)
		err = slot_add(e, grp->member[i]);
	if (err || e->n_slot == first)
		return err;
	qsort(e->slot + first, e->n_slot - first, sizeof(*e->slot), slot_cmp);
	for (size_t i = first; i < e->n_slot; i++)
		if (i == first || e->slot[i].node != e->slot[first + n - 1].node)
			e->slot[first + n++] = e->slot[i];
	e->n_slot = first + n;
	return WARD_OK;
}

/* Everything that supplies y by that rule. Relations are sorted by node, so duplicates adjoin. */
static enum ward_err slots_of_rule(struct ward_engine *e, const struct ward_rule *rule, uint32_t y)
{
	size_t n;
	const struct ward_rel *rel =
		rule->in ? ward_model_out(e->m, y, &n) : ward_model_in(e->m, y, &n);
	struct ward_rel_span s = ward_rules_span(rel, n, rule->rel);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < s.n; i++) {
		if (i && s.rel[i].node == s.rel[i - 1].node)
			continue;
		if (rule->class == WARD_NONE || ward_model_is(e->m, s.rel[i].node, rule->class))
			err = slot_add(e, s.rel[i].node);
	}
	return err;
}

static uint32_t must_fall(const struct ward_engine *e, uint32_t n, uint32_t need)
{
	/* The published score knows no redundancy: one lost support is enough. */
	if (e->mode == WARD_IMPACT_REFERENCE || n < need)
		return 1;
	return n - need + 1;
}

enum ward_err ward_engine_gate(
	struct ward_engine *e, uint32_t rule, uint32_t target, uint32_t group, uint32_t *ret)
{
	uint32_t y = e->state[target].asset;

	for (uint32_t g = e->gate_head[y]; g != WARD_NONE; g = e->gate[g].next)
		if (e->gate[g].rule == rule && e->gate[g].group == group) {
			*ret = g;
			return WARD_OK;
		}
	enum ward_err err =
		more(e, &e->gate, e->n_gate, &e->cap_gate, sizeof(*e->gate), e->state_max);
	size_t first = e->n_slot;
	uint32_t need = e->r->rule[rule].keep;

	if (!err && group != WARD_NONE) {
		need = ward_model_group(e->m, group)->need;
		err = slots_of_group(e, ward_model_group(e->m, group));
	} else if (!err) {
		err = slots_of_rule(e, &e->r->rule[rule], y);
	}
	if (err)
		return err;
	uint32_t n = (uint32_t)(e->n_slot - first);

	e->gate[e->n_gate] = (struct gate){.rule = rule,
		.group = group,
		.target = target,
		.next = e->gate_head[y],
		.slot = (uint32_t)first,
		.n = n,
		.r = must_fall(e, n, need ? need : 1)};
	*ret = e->gate_head[y] = (uint32_t)e->n_gate++;
	return WARD_OK;
}

uint32_t ward_engine_slot(const struct ward_engine *e, const struct gate *g, uint32_t node)
{
	uint32_t lo = 0, hi = g->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (e->slot[g->slot + mid].node < node)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < g->n && e->slot[g->slot + lo].node == node ? g->slot + lo : WARD_NONE;
}

static enum ward_err edge_add(struct ward_engine *e, struct edge edge)
{
	enum ward_err err =
		more(e, &e->edge, e->n_edge, &e->cap_edge, sizeof(*e->edge), e->edge_max);

	if (!err)
		e->edge[e->n_edge++] = edge;
	return err;
}

static enum ward_err spread_to(struct ward_engine *e, uint32_t s, uint32_t rule, uint32_t y)
{
	uint32_t dst;
	enum ward_err err = ward_engine_state(e, y, e->r->rule[rule].gives, &dst);

	if (err || dst == s)
		return err;
	err = edge_add(e, (struct edge){s, dst, rule, WARD_NONE});
	return err ? err : ward_engine_reach(e, dst);
}

static enum ward_err gate_touch(
	struct ward_engine *e, uint32_t s, uint32_t rule, uint32_t y, uint32_t group)
{
	uint32_t dst, g;
	enum ward_err err = ward_engine_state(e, y, e->r->rule[rule].gives, &dst);

	if (!err)
		err = ward_engine_gate(e, rule, dst, group, &g);
	if (err)
		return err;
	uint32_t slot = ward_engine_slot(e, &e->gate[g], e->state[s].asset);

	if (slot == WARD_NONE)
		return WARD_OK;
	err = edge_add(e, (struct edge){s, g, rule, slot});
	if (err || e->slot[slot].n_state++)
		return err;
	return ++e->gate[g].fallen == e->gate[g].r ? ward_engine_reach(e, dst) : WARD_OK;
}

static enum ward_err apply(struct ward_engine *e, uint32_t s, uint32_t rule)
{
	const struct ward_rule *rl = &e->r->rule[rule];
	uint32_t x = e->state[s].asset;
	size_t n;
	enum ward_err err = WARD_OK;

	if (rl->hi == 0 && e->mode == WARD_IMPACT_FULL)
		return WARD_OK;
	if (rl->rel == WARD_REL_N)
		return spread_to(e, s, rule, x);
	const struct ward_rel *rel =
		rl->in ? ward_model_in(e->m, x, &n) : ward_model_out(e->m, x, &n);
	struct ward_rel_span span = ward_rules_span(rel, n, rl->rel);

	for (size_t i = 0; !err && i < span.n; i++) {
		uint32_t y = span.rel[i].node;

		if ((i && y == span.rel[i - 1].node) || !ward_engine_to_fits(e, rl, y))
			continue;
		err = rl->supply ? gate_touch(e, s, rule, y, WARD_NONE) : spread_to(e, s, rule, y);
	}
	return err;
}

static enum ward_err expand(struct ward_engine *e, uint32_t s)
{
	uint32_t x = e->state[s].asset, threat = e->state[s].threat;
	size_t first = e->n_edge, n;
	const uint32_t *rule = ward_rules_of(e->r, threat, ward_model_node(e->m, x)->class, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++)
		err = apply(e, s, rule[i]);
	if (!err && threat == e->r->outage) {
		size_t n_rel;
		const struct ward_rel *rel = ward_model_in(e->m, x, &n_rel);
		struct ward_rel_span span = ward_rules_span(rel, n_rel, WARD_REL_REQUIRES);

		for (size_t i = 0; !err && i < span.n; i++)
			if (span.rel[i].group != WARD_NONE)
				err = gate_touch(e, s, ward_rules_builtin(e->r), span.rel[i].node,
					span.rel[i].group);
	}
	e->state[s].edge = (uint32_t)first;
	e->state[s].n_edge = (uint32_t)(e->n_edge - first);
	return err;
}

static uint64_t pico(int64_t micro)
{
	uint64_t v = micro < 0 ? 0 : (uint64_t)micro;

	return (v > MICRO ? MICRO : v) * (PICO / MICRO);
}

static enum ward_err plant(struct ward_engine *e, const struct ward_seed_threat *seed)
{
	uint32_t s;

	if (seed->asset >= e->n_node || seed->threat >= e->n_threat)
		return WARD_ERR_NOT_FOUND;
	enum ward_err err = ward_engine_state(e, seed->asset, seed->threat, &s);

	if (err)
		return err;
	struct state *st = &e->state[s];
	uint64_t lo = pico(seed->lo_micro), hi = pico(seed->hi_micro);

	if (!(st->flag & STATE_SEED) || seed->since < st->since)
		st->since = seed->since;
	st->seed_lo = lo > st->seed_lo ? lo : st->seed_lo;
	/* Seen more than once: at most all of them independently. Sums do not round. */
	st->seed_hi = st->seed_hi + hi > PICO ? PICO : st->seed_hi + hi;
	st->flag = (uint8_t)((st->flag | STATE_SEED) & ~STATE_BARRIER);
	return ward_engine_reach(e, s);
}

enum ward_err ward_engine_explore(
	struct ward_engine *e, const struct ward_seed_threat *seed, size_t n)
{
	enum ward_err err = WARD_OK;
	size_t n_loop = 0;

	for (size_t i = 0; !err && i < n; i++)
		err = plant(e, &seed[i]);
	do {
		while (!err && e->at_queue < e->n_queue)
			err = expand(e, e->queue[e->at_queue++]);
		if (!err)
			err = ward_loop_settle(e, &n_loop);
	} while (!err && n_loop);
	return err;
}
