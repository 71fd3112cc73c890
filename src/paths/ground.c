#include "paths/ground.h"
#include "model/hours.h"
#include "paths/rank.h"

#include <stdlib.h>

enum { MILLION = 1000000 };

struct build {
	const struct ward_paths_world *w;
	struct ward_ground *ret;
	struct ward_tab fact;    /* {state, node} → fact */
	uint32_t *rule, *attack; /* first of those that give a state; next in the chain */
	uint32_t *rule_next, *attack_next;
	uint32_t n_node, n_state;
	uint32_t *by_rank; /* nodes by id */
	uint32_t *near;    /* of one relation's other ends, by id */
	size_t n_near, cap_near;
};

struct key {
	uint32_t state, node;
};

/* Nodes are numbered in the order of files: facts and steps are made by id, so that no such order
 * changes a plan. Parts keep their places behind; only their owner's groups name them. */
static enum ward_err rank_nodes(struct build *b)
{
	const struct ward_mem *mem = b->ret->g.mem;

	b->ret->n_rank = (size_t)b->n_node + 1;
	b->ret->rank = ward_mem_alloc(mem, b->ret->n_rank * sizeof(uint32_t));
	b->by_rank = ward_mem_alloc(mem, b->ret->n_rank * sizeof(uint32_t));
	if (!b->ret->rank || !b->by_rank)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i <= b->n_node; i++)
		b->ret->rank[i] = b->by_rank[i] = i;
	return ward_rank_by_id(b->w->m, mem, b->ret->rank, b->by_rank);
}

/* qsort has no context: ranks are sorted, and then are nodes again. */
static int u32_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The other ends of one type of a row's relations, each once, by id, into b->near. */
static enum ward_err near_by_id(struct build *b, const struct ward_rel *r, size_t n, unsigned type)
{
	size_t most = b->n_near = 0;

	for (size_t i = 0; i < n; i++) {
		if ((unsigned)r[i].type != type)
			continue;
		enum ward_err err = ward_mem_more(b->ret->g.mem, &b->near, most, &b->cap_near,
			sizeof(*b->near), WARD_GROUND_MAX);

		if (err)
			return err;
		b->near[most++] = b->ret->rank[r[i].node];
	}
	if (most)
		qsort(b->near, most, sizeof(*b->near), u32_cmp);
	for (size_t i = 0; i < most; i++)
		if (!b->n_near || b->by_rank[b->near[i]] != b->near[b->n_near - 1])
			b->near[b->n_near++] = b->by_rank[b->near[i]];
	return WARD_OK;
}

static enum ward_err new_fact(struct build *b, struct ward_ground_fact what, uint32_t *ret)
{
	struct ward_ground *g = b->ret;
	enum ward_err err = ward_aog_fact(&g->g, ret);

	/* r-of-n facts come in numbers: all up to this one */
	for (size_t n = g->cap_fact; !err && g->g.n_fact > n; n = g->cap_fact)
		err = ward_mem_more(
			g->g.mem, &g->fact, n, &g->cap_fact, sizeof(*g->fact), WARD_GROUND_MAX);
	if (!err)
		g->fact[*ret] = what;
	return err;
}

static enum ward_err fact(struct build *b, uint32_t state, uint32_t node, uint32_t *ret)
{
	struct key key = {state, node};
	uint32_t *has = ward_tab_find(&b->fact, &key);
	void *slot;

	if (has) {
		*ret = *has;
		return WARD_OK;
	}
	enum ward_err err = new_fact(b, (struct ward_ground_fact){state, node}, ret);

	if (!err)
		err = ward_tab_put(&b->fact, &key, &slot, NULL);
	if (!err)
		memcpy(slot, ret, sizeof(*ret));
	return err;
}

static enum ward_err threat_fact(struct build *b, uint32_t threat, uint32_t node, uint32_t *ret)
{
	return fact(b, b->n_state + threat, node, ret);
}

static enum ward_err add_step(struct build *b, uint32_t head, const uint32_t *tail, uint32_t n,
	uint32_t kind, struct ward_ground_step what)
{
	struct ward_ground *g = b->ret;
	uint32_t i;
	enum ward_err err = ward_aog_step(&g->g, head, tail, n, kind, &i);

	for (size_t cap = g->cap_step; !err && g->g.n_step > cap; cap = g->cap_step)
		err = ward_mem_more(
			g->g.mem, &g->step, cap, &g->cap_step, sizeof(*g->step), WARD_GROUND_MAX);
	if (!err)
		g->step[i] = what;
	return err;
}

/* "r of these": the facts and steps between, which nothing happens in, are marked as such. */
static enum ward_err threshold(
	struct build *b, const uint32_t *member, uint32_t n, uint32_t r, uint32_t *ret)
{
	struct ward_ground *g = b->ret;
	size_t facts = g->g.n_fact, steps = g->g.n_step;
	enum ward_err err = ward_aog_threshold(&g->g, member, n, r, ret);

	while (!err && g->cap_fact < g->g.n_fact)
		err = ward_mem_more(g->g.mem, &g->fact, g->cap_fact, &g->cap_fact, sizeof(*g->fact),
			WARD_GROUND_MAX);
	while (!err && g->cap_step < g->g.n_step)
		err = ward_mem_more(g->g.mem, &g->step, g->cap_step, &g->cap_step, sizeof(*g->step),
			WARD_GROUND_MAX);
	for (size_t i = facts; !err && i < g->g.n_fact; i++)
		g->fact[i] = (struct ward_ground_fact){WARD_NONE, WARD_NONE};
	for (size_t i = steps; !err && i < g->g.n_step; i++)
		g->step[i] = (struct ward_ground_step){.kind = WARD_GROUND_LINK,
			.lo_micro = MILLION,
			.hi_micro = MILLION,
			.vuln = WARD_NONE};
	return err;
}

int64_t ward_ground_gamma(const struct ward_model *m, uint32_t node, uint32_t threat)
{
	size_t n;
	const struct ward_protection *p = ward_model_protections(m, node, &n);
	int64_t open = MILLION;

	for (size_t i = 0; i < n; i++) {
		bool best = p[i].threat == threat;

		for (size_t k = 0; k < n && best; k++)
			if (k != i && p[k].threat == threat && ward_str_eq(p[k].scope, p[i].scope))
				best = p[k].degree_micro < p[i].degree_micro ||
				       (i < k && p[k].degree_micro == p[i].degree_micro);
		if (best)
			open = open * (MILLION - p[i].degree_micro) / MILLION;
	}
	return MILLION - open;
}

static uint32_t class_at(const struct build *b, uint32_t node)
{
	return node < b->n_node ? ward_model_node(b->w->m, node)->class : 0;
}

/* Alike are steps of one rule on things of one class. */
static uint32_t alike(const struct build *b, uint32_t index, uint32_t node, uint32_t which)
{
	uint32_t n_class = ward_ontology_n(ward_model_ontology(b->w->m));

	return 2 * (index * n_class + class_at(b, node)) + which;
}

static bool serves(const struct ward_attack_step *s, struct ward_str service)
{
	if (!s->n_service || ward_str_eqz(service, "*"))
		return true;
	for (size_t i = 0; i < s->n_service; i++)
		if (ward_str_eq(s->service[i], service))
			return true;
	return false;
}

static int64_t hinder(const struct build *b, const struct ward_attack_step *s, uint32_t to)
{
	int64_t open = MILLION;

	for (size_t i = 0; i < s->n_hindered && to < b->n_node; i++)
		open = open * (MILLION - ward_ground_gamma(b->w->m, to, s->hindered[i])) / MILLION;
	if (s->threat != WARD_NONE && to < b->n_node)
		open = open * (MILLION - ward_ground_gamma(b->w->m, to, s->threat)) / MILLION;
	return open;
}

/* Is the thing open, or shut, as the step asks? */
static bool at_its_hour(const struct build *b, const struct ward_attack_step *s, uint32_t to)
{
	const struct ward_model *m = b->w->m;

	if (s->hour == WARD_HOUR_ANY || to >= b->n_node)
		return true;
	bool shut = b->w->at && ward_model_shut(m, to, b->w->at);

	if (s->hour == WARD_HOUR_OPEN)
		return !shut && ward_model_opens(m, to);
	return (s->hour == WARD_HOUR_SHUT) == shut;
}

/* A move that is sure: which way somebody walked makes no plan another one. */
static bool plain(const struct ward_attack_step *s)
{
	return s->lo_micro == MILLION && s->threat == WARD_NONE && !s->n_need && !s->cost &&
	       (s->rel == WARD_REL_LEADS_TO || s->rel == WARD_ATTACK_REL_NONE);
}

/* One way to do an attack step: from one thing to one other. */
static enum ward_err attack_on(
	struct build *b, uint32_t head, uint32_t index, uint32_t from, uint32_t to)
{
	const struct ward_attack_step *s = &b->w->attack->step[index];
	uint32_t tail[WARD_ATTACK_LIST + 1], n = 0;
	int64_t open = hinder(b, s, to);
	enum ward_err err = WARD_OK;
	size_t n_vuln = 1;
	const struct ward_vuln *v =
		s->vulnerability ? ward_facts_vulns(b->w->facts, to, &n_vuln) : NULL;

	if (!open || !s->hi_micro) {
		b->ret->n_stopped += !open;
		return WARD_OK;
	}
	if (!n_vuln || !at_its_hour(b, s, to))
		return WARD_OK;
	for (size_t i = 0; i < s->n_need && !err; i++) {
		uint32_t of = s->need[i].of == WARD_ATTACK_FROM ? from
			      : s->need[i].of == WARD_ATTACK_TO ? to
								: b->n_node;

		err = fact(b, s->need[i].state, of, &tail[n++]);
	}
	if (s->state != WARD_NONE && !err) /* last: where the attacker then is */
		err = fact(b, s->state, from, &tail[n++]);
	for (size_t i = 0; i < n_vuln && !err; i++) {
		struct ward_ground_step what = {WARD_GROUND_ATTACK, index, from, to,
			v ? (uint32_t)(v + i - b->w->facts->vuln) : WARD_NONE,
			s->lo_micro * open / MILLION, s->hi_micro * open / MILLION, s->time};

		if (v) {
			what.lo_micro = what.lo_micro * v[i].lo_micro / MILLION;
			what.hi_micro = what.hi_micro * v[i].hi_micro / MILLION;
		}
		err = add_step(
			b, head, tail, n, plain(s) ? WARD_NONE : alike(b, index, to, 0), what);
	}
	return err;
}

static bool starts(const struct build *b, const struct ward_attack_step *s, uint32_t x)
{
	return ward_attack_fits(&s->from, b->w->m, x);
}

/* From each network that reaches it for such a service, by id. */
static enum ward_err attack_over(struct build *b, uint32_t head, uint32_t index, uint32_t to)
{
	const struct ward_attack_step *s = &b->w->attack->step[index];
	enum ward_err err = WARD_OK;
	size_t n, n_near = 0;
	const struct ward_reach *r = ward_facts_reaching(b->w->facts, to, &n);

	for (size_t i = 0; i < n && !err; i++) {
		if (!starts(b, s, r[i].from) || !serves(s, r[i].service))
			continue;
		err = ward_mem_more(b->ret->g.mem, &b->near, n_near, &b->cap_near, sizeof(*b->near),
			WARD_GROUND_MAX);
		if (!err)
			b->near[n_near++] = b->ret->rank[r[i].from];
	}
	if (n_near)
		qsort(b->near, n_near, sizeof(*b->near), u32_cmp);
	for (size_t i = 0; i < n_near && !err; i++) /* once for each service that is let through */
		err = attack_on(b, head, index, b->by_rank[b->near[i]], to);
	return err;
}

/* The step onto one known thing, from all that it can come from. */
static enum ward_err attack_to(struct build *b, uint32_t head, uint32_t index, uint32_t to)
{
	const struct ward_attack_step *s = &b->w->attack->step[index];
	enum ward_err err = WARD_OK;
	size_t n = 0;

	if (!ward_attack_fits(&s->to, b->w->m, to))
		return WARD_OK;
	if (s->rel == WARD_ATTACK_REL_NONE)
		return attack_on(b, head, index, b->n_node, to);
	if (s->rel == WARD_ATTACK_REL_SELF)
		return starts(b, s, to) ? attack_on(b, head, index, to, to) : WARD_OK;
	if (s->rel == WARD_ATTACK_REL_REACHES) {
		return attack_over(b, head, index, to);
	}
	const struct ward_rel *r =
		s->in ? ward_model_out(b->w->m, to, &n) : ward_model_in(b->w->m, to, &n);

	err = near_by_id(b, r, n, s->rel);
	for (size_t i = 0; i < b->n_near && !err; i++)
		if (starts(b, s, b->near[i]))
			err = attack_on(b, head, index, b->near[i], to);
	return err;
}

static enum ward_err attacks(struct build *b, uint32_t head, struct ward_ground_fact f)
{
	enum ward_err err = WARD_OK;

	for (uint32_t i = b->attack[f.state]; i != WARD_NONE && !err; i = b->attack_next[i]) {
		const struct ward_attack_step *s = &b->w->attack->step[i];

		if (f.node < b->n_node) {
			err = attack_to(b, head, i, f.node);
		} else if (s->rel == WARD_ATTACK_REL_NONE) {
			err = attack_on(b, head, i, b->n_node, b->n_node);
		} else { /* the attacker gets it from any thing of that class */
			for (uint32_t x = 0; x < ward_model_n(b->w->m) && !err; x++)
				err = attack_to(b, head, i, b->by_rank[x]);
		}
	}
	return err;
}

static ward_ns buffers(const struct ward_model *m, uint32_t node, struct ward_str kind)
{
	size_t n;
	const struct ward_buffer *b = ward_model_buffers(m, node, &n);
	ward_ns sum = 0;

	for (size_t i = 0; i < n && kind.len; i++)
		if (ward_str_eq(b[i].kind, kind))
			sum += b[i].lasts;
	return sum;
}

/* Any of the threats that the rule starts from, on one thing. */
static enum ward_err any_threat(
	struct build *b, const struct ward_rule_view *v, uint32_t node, uint32_t *ret)
{
	enum ward_err err = WARD_OK;

	if (v->n_when == 1)
		return threat_fact(b, v->when[0], node, ret);
	err = new_fact(b, (struct ward_ground_fact){WARD_NONE, WARD_NONE}, ret);
	for (size_t i = 0; i < v->n_when && !err; i++) {
		struct ward_ground_step link = {.kind = WARD_GROUND_LINK,
			.lo_micro = MILLION,
			.hi_micro = MILLION,
			.vuln = WARD_NONE};
		uint32_t one;

		err = threat_fact(b, v->when[i], node, &one);
		if (!err)
			err = add_step(b, *ret, &one, 1, WARD_NONE, link);
	}
	return err;
}

static enum ward_err rule_on(struct build *b, uint32_t head, uint32_t rule,
	const struct ward_rule_view *v, const uint32_t *member, uint32_t n, uint32_t from)
{
	struct ward_ground_fact f = b->ret->fact[head];
	int64_t open = MILLION - ward_ground_gamma(b->w->m, f.node, v->gives);
	ward_ns delay = ward_rule_delays(v, b->w->m, f.node) ? v->expected : 0;
	struct ward_ground_step what = {WARD_GROUND_RULE, rule, from, f.node, WARD_NONE,
		v->lo_micro * open / MILLION, v->hi_micro * open / MILLION,
		delay + buffers(b->w->m, f.node, v->buffer)};
	uint32_t r = n > v->keep ? n - v->keep + 1 : 1, tail;

	if (!what.hi_micro)
		return WARD_OK;
	enum ward_err err = v->supply ? threshold(b, member, n, r, &tail) : WARD_OK;

	if (!v->supply)
		tail = member[0];
	return err ? err : add_step(b, head, &tail, 1, alike(b, rule, f.node, 1), what);
}

/* A propagation rule read backwards: what must be on its sources that the target gets it. */
static enum ward_err rule_to(struct build *b, uint32_t head, uint32_t rule)
{
	const struct ward_model *m = b->w->m;
	struct ward_rule_view v = ward_rules_view(b->w->rules, rule);
	uint32_t to = b->ret->fact[head].node, member;
	size_t n, n_member = 0, cap = 0;
	uint32_t *members = NULL;
	enum ward_err err = WARD_OK;

	if (!v.hi_micro || !ward_rule_fits(v.to, class_at(b, to)) ||
		(v.only_buffered && !buffers(m, to, v.buffer)))
		return WARD_OK;
	if (v.rel == WARD_REL_N) {
		if (!ward_rule_fits(v.from, class_at(b, to)))
			return WARD_OK;
		err = any_threat(b, &v, to, &member);
		return err ? err : rule_on(b, head, rule, &v, &member, 1, to);
	}
	const struct ward_rel *r = v.in ? ward_model_out(m, to, &n) : ward_model_in(m, to, &n);
	uint32_t last = WARD_NONE;

	err = near_by_id(b, r, n, v.rel); /* each once: several groups may name one member */
	for (size_t i = 0; i < b->n_near && !err; i++) {
		if (!ward_rule_fits(v.from, class_at(b, b->near[i])) ||
			ward_rule_yields(v.unless_required, m, b->near[i], to))
			continue;
		last = b->near[i];
		err = any_threat(b, &v, last, &member);
		if (!err && !v.supply)
			err = rule_on(b, head, rule, &v, &member, 1, last);
		else if (!err)
			err = ward_mem_more(b->ret->g.mem, &members, n_member, &cap,
				sizeof(*members), WARD_GROUND_MAX);
		if (!err && v.supply)
			members[n_member++] = member;
	}
	if (!err && n_member)
		err = rule_on(b, head, rule, &v, members, (uint32_t)n_member, last);
	ward_mem_free(b->ret->g.mem, members, cap * sizeof(*members));
	return err;
}

static enum ward_err group_to(
	struct build *b, uint32_t head, const struct ward_group *g, uint32_t outage)
{
	uint32_t *member = ward_mem_alloc(b->ret->g.mem, g->n_member * sizeof(*member)), tail;
	enum ward_err err = member ? WARD_OK : WARD_ERR_NOMEM;
	struct ward_ground_step what = {WARD_GROUND_GROUP,
		(uint32_t)(g - ward_model_group(b->w->m, 0)),
		ward_model_whole(b->w->m, g->member[0]), ward_model_whole(b->w->m, g->owner),
		WARD_NONE, MILLION, MILLION, g->buffer};

	for (uint32_t i = 0; i < g->n_member && !err; i++)
		err = threat_fact(b, outage, g->member[i], &member[i]);
	if (!err)
		err = threshold(b, member, g->n_member, g->n_member - g->need + 1, &tail);
	if (!err)
		err = add_step(b, head, &tail, 1, UINT32_MAX - 1 - what.index, what);
	ward_mem_free(b->ret->g.mem, member, g->n_member * sizeof(*member));
	return err;
}

static enum ward_err expand(struct build *b, uint32_t head)
{
	struct ward_ground_fact f = b->ret->fact[head];
	uint32_t outage = ward_threats_find(ward_model_threats(b->w->m), WARD_STR("outage"));

	if (f.state == WARD_NONE)
		return WARD_OK;
	/* Of a requirement, only what it requires makes a part fall. */
	bool part = f.node < b->n_node && f.node >= ward_model_n(b->w->m);
	enum ward_err err = part ? WARD_OK : attacks(b, head, f);

	for (uint32_t i = b->rule[f.state]; i != WARD_NONE && !err && !part; i = b->rule_next[i])
		err = rule_to(b, head, i);
	if (f.state != b->n_state + outage || f.node >= b->n_node)
		return err;
	size_t n;
	const struct ward_group *g = ward_model_groups(b->w->m, f.node, &n);
	bool barred = ward_ground_gamma(b->w->m, f.node, outage) == MILLION;

	for (size_t i = 0; i < n && !err && !barred; i++)
		if (g[i].n_member && g[i].need)
			err = group_to(b, head, &g[i], outage);
	return err;
}

static enum ward_err index_rules(struct build *b)
{
	const struct ward_attack *a = b->w->attack;
	const struct ward_mem *mem = b->ret->g.mem;
	size_t n = ward_rules_n(b->w->rules);
	size_t states = b->n_state + ward_threats_n(ward_model_threats(b->w->m));

	b->rule = ward_mem_alloc(mem, (states + 1) * sizeof(uint32_t));
	b->attack = ward_mem_alloc(mem, (states + 1) * sizeof(uint32_t));
	b->rule_next = ward_mem_alloc(mem, (n + 1) * sizeof(uint32_t));
	b->attack_next = ward_mem_alloc(mem, (a->n_step + 1) * sizeof(uint32_t));
	if (!b->rule || !b->attack || !b->rule_next || !b->attack_next)
		return WARD_ERR_NOMEM;
	memset(b->rule, 0xff, (states + 1) * sizeof(uint32_t));
	memset(b->attack, 0xff, (states + 1) * sizeof(uint32_t));
	for (uint32_t i = (uint32_t)n; i-- > 0;) {
		uint32_t gives = b->n_state + ward_rules_view(b->w->rules, i).gives;

		b->rule_next[i] = b->rule[gives];
		b->rule[gives] = i;
	}
	for (uint32_t i = (uint32_t)a->n_step; i-- > 0;) {
		uint32_t gives = a->step[i].gives != WARD_NONE ? a->step[i].gives
							       : b->n_state + a->step[i].threat;

		b->attack_next[i] = b->attack[gives];
		b->attack[gives] = i;
	}
	return WARD_OK;
}

static void drop_index(struct build *b)
{
	const struct ward_mem *mem = b->ret->g.mem;
	size_t states = b->n_state + ward_threats_n(ward_model_threats(b->w->m)) + 1;

	ward_mem_free(mem, b->rule, states * sizeof(uint32_t));
	ward_mem_free(mem, b->attack, states * sizeof(uint32_t));
	ward_mem_free(mem, b->rule_next, (ward_rules_n(b->w->rules) + 1) * sizeof(uint32_t));
	ward_mem_free(mem, b->attack_next, (b->w->attack->n_step + 1) * sizeof(uint32_t));
	ward_mem_free(mem, b->by_rank, b->ret->n_rank * sizeof(uint32_t));
	ward_mem_free(mem, b->near, b->cap_near * sizeof(*b->near));
	ward_tab_fini(&b->fact);
}

enum ward_err ward_ground_build(const struct ward_paths_world *w, const uint32_t *service,
	size_t n_service, uint32_t threat, const struct ward_mem *mem, struct ward_ground *ret,
	uint32_t *ret_goal)
{
	struct build b = {.w = w,
		.ret = ret,
		.n_node = ward_model_n(w->m) + ward_model_n_part(w->m),
		.n_state = (uint32_t)w->attack->n_state};

	*ret = (struct ward_ground){0};
	ward_aog_init(&ret->g, mem, WARD_GROUND_MAX);
	ward_tab_init(&b.fact, mem, sizeof(struct key), sizeof(uint32_t), WARD_GROUND_MAX);
	enum ward_err err = rank_nodes(&b);

	if (!err)
		err = index_rules(&b);
	for (size_t i = 0; i < n_service && !err; i++)
		err = threat_fact(&b, threat, service[i], &ret_goal[i]);
	for (uint32_t f = 0; f < ret->g.n_fact && !err; f++)
		err = expand(&b, f);
	if (!err)
		err = ward_aog_seal(&ret->g);
	ret->n_fact = ret->g.n_fact;
	ret->n_step = ret->g.n_step;
	drop_index(&b);
	return err;
}

void ward_ground_fini(struct ward_ground *g)
{
	const struct ward_mem *mem = g->g.mem;

	if (!mem)
		return;
	ward_mem_free(mem, g->fact, g->cap_fact * sizeof(*g->fact));
	ward_mem_free(mem, g->step, g->cap_step * sizeof(*g->step));
	ward_mem_free(mem, g->rank, g->n_rank * sizeof(*g->rank));
	ward_aog_fini(&g->g);
	*g = (struct ward_ground){0};
}

/* Binary logarithm by squaring: x = micro / 10^6 is brought into [1, 2), then each squaring gives
 * a bit of the fraction. Q31, no floating point: the same on every machine. */
uint64_t ward_ground_bits(int64_t micro)
{
	if (micro <= 0)
		return WARD_AOG_NEVER;
	uint64_t x = ((uint64_t)micro << 31) / MILLION, whole = 0, log = 0;

	for (; x < 1ull << 31; x <<= 1)
		whole++;
	for (unsigned i = 0; i < 12; i++) {
		x = x * x >> 31;
		log = log << 1 | (x >> 32);
		x >>= x >> 32;
	}
	return whole * 4096 - log;
}

void ward_ground_costs(const struct ward_ground *g, const struct ward_attack *a,
	enum ward_paths_by by, uint64_t *ret)
{
	for (size_t i = 0; i < g->g.n_step; i++) {
		const struct ward_ground_step *s = &g->step[i];

		ret[i] = s->kind == WARD_GROUND_LINK ? 0 : 1;
		if (by == WARD_BY_LIKELIHOOD && s->kind != WARD_GROUND_LINK) {
			uint64_t bits = ward_ground_bits((s->lo_micro + s->hi_micro) / 2);

			ret[i] = bits == WARD_AOG_NEVER ? bits : bits + 1;
		} else if (by == WARD_BY_COST) {
			ret[i] = s->kind == WARD_GROUND_ATTACK ? a->step[s->index].cost : 0;
		} else if (by == WARD_BY_TIME) {
			ret[i] = (uint64_t)(s->time / WARD_NS_PER_S);
		}
	}
}
