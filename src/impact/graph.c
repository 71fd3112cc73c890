#include "impact/plan.h"

#include <stdlib.h>

enum { MEMBERS_MAX = 1 << 30 };

enum stage { MARK, COUNT, FILL, LATE };

/* What one compilation carries from function to function. */
struct build {
	struct ward_impact_plan *p;
	size_t words;           /* of 64 bits: threats of one node */
	uint64_t *has;          /* [n_node][words]: threats that can occur, by rank */
	uint64_t *given;        /* as has: those that something leads to, or a gate looks at */
	uint32_t *node_of;      /* [n_node]: by rank */
	uint32_t *fits, *first; /* supply rules by class of the target; first: [n_class + 1] */
	size_t n_fits;
	uint32_t *member; /* scratch: those of one gate */
	size_t n_member, cap_member;
	struct plan_gate *local; /* scratch: gates of one node */
	size_t n_local, cap_local;
	enum stage stage;
	uint64_t n_edge;
	struct plan_edge *late; /* where those of one late state go, or NULL */
};

static bool live(const struct build *b, const struct ward_rule *rule)
{
	return rule->hi > 0 || b->p->reference;
}

static void mark(struct build *b, uint32_t node, uint32_t threat)
{
	uint32_t t = b->p->threat_rank[threat];

	b->has[node * b->words + t / 64] |= (uint64_t)1 << t % 64;
}

static void mark_given(struct build *b, uint32_t node, uint32_t threat)
{
	uint32_t t = b->p->threat_rank[threat];

	mark(b, node, threat);
	b->given[node * b->words + t / 64] |= (uint64_t)1 << t % 64;
}

static bool marked(const struct build *b, uint32_t node, uint32_t threat)
{
	uint32_t t = b->p->threat_rank[threat];

	return b->has[node * b->words + t / 64] >> t % 64 & 1;
}

/* Of a threat that was marked. */
static uint32_t state_of(const struct build *b, uint32_t node, uint32_t threat)
{
	const uint64_t *has = b->has + node * b->words;
	uint32_t t = b->p->threat_rank[threat], s = b->p->first[b->p->rank[node]];

	for (uint32_t w = 0; w < t / 64; w++)
		s += (uint32_t)__builtin_popcountll(has[w]);
	return s + (uint32_t)__builtin_popcountll(has[t / 64] & (((uint64_t)1 << t % 64) - 1));
}

static void put_edge(struct build *b, uint32_t src, uint32_t dst, uint32_t rule)
{
	struct ward_impact_plan *p = b->p;
	bool slot = dst >= PLAN_SLOTS;
	uint32_t *in = slot ? &p->slot[dst - PLAN_SLOTS].in : &p->state[dst].in;

	if (b->stage == COUNT) {
		b->n_edge++;
		p->state[src].edge++;
		++*in;
		return;
	}
	p->edge[p->state[src].edge] = (struct plan_edge){dst, rule};
	p->in[(*in)++] = p->state[src].edge++;
}

/* May the rule aim at it? Some only where a buffer is known. */
static bool lasts(const struct ward_impact_plan *p, uint32_t rule, uint32_t y)
{
	const struct ward_rule *r = &p->r->rule[rule];
	size_t n;
	const struct ward_buffer *has = ward_model_buffers(p->m, y, &n);

	for (size_t i = 0; r->only_buffered && i < n; i++)
		if (ward_str_eq(has[i].kind, r->buffer))
			return true;
	return !r->only_buffered;
}

static void spread_edge(struct build *b, uint32_t x, uint32_t t, uint32_t rule, uint32_t y)
{
	uint32_t gives = b->p->r->rule[rule].gives;

	if ((x == y && t == gives) || !lasts(b->p, rule, y) ||
		ward_rule_yields(b->p->r->rule[rule].unless_required, b->p->m, x, y))
		return;
	if (b->stage == LATE) {
		if (b->late)
			b->late[b->n_edge] = (struct plan_edge){
				.dst = ward_impact_plan_find(b->p, y, gives), .rule = rule};
		b->n_edge++;
		return;
	}
	if (b->stage != MARK) {
		put_edge(b, state_of(b, x, t), state_of(b, y, gives), rule);
		return;
	}
	mark(b, x, t);
	mark_given(b, y, gives);
}

static bool class_fits(const struct ward_model *m, const bool *of, uint32_t node)
{
	return ward_rule_fits(of, ward_model_node(m, node)->class);
}

/* The rules that spread one threat from one node. */
static void spread_threat(struct build *b, uint32_t x, uint32_t t)
{
	const struct ward_model *m = b->p->m;
	const struct ward_rules *r = b->p->r;
	size_t n_out, n_in, n;
	const uint32_t *of = ward_rules_of(r, t, ward_model_node(m, x)->class, &n);

	if (!n)
		return; /* so are most, and this is asked of each threat at each node */
	const struct ward_rel *out = ward_model_out(m, x, &n_out);
	const struct ward_rel *in = ward_model_in(m, x, &n_in);

	for (size_t k = 0; k < n; k++) {
		const struct ward_rule *rule = &r->rule[of[k]];

		if (rule->supply || !live(b, rule))
			continue;
		if (rule->rel == WARD_REL_N) {
			spread_edge(b, x, t, of[k], x);
			continue;
		}
		struct ward_rel_span s =
			ward_rules_span(rule->in ? in : out, rule->in ? n_in : n_out, rule->rel);

		for (size_t i = 0; i < s.n; i++)
			if ((!i || s.rel[i].node != s.rel[i - 1].node) &&
				class_fits(m, rule->to, s.rel[i].node))
				spread_edge(b, x, t, of[k], s.rel[i].node);
	}
}

/* For every threat on it. */
static void spread_from(struct build *b, uint32_t x)
{
	for (uint32_t t = 0; x < ward_model_n(b->p->m) && t < b->p->n_threat; t++)
		if (b->stage == MARK || marked(b, x, t))
			spread_threat(b, x, t);
}

size_t ward_impact_plan_leads(
	const struct ward_impact_plan *p, uint32_t asset, uint32_t threat, struct plan_edge *ret)
{
	/* Nothing of the plan is changed in this stage. */
	struct build b = {.p = (struct ward_impact_plan *)(uintptr_t)p, .stage = LATE, .late = ret};

	if (asset < ward_model_n(p->m))
		spread_threat(&b, asset, threat);
	return b.n_edge;
}

static enum ward_err member_add(struct build *b, uint32_t node)
{
	enum ward_err err = ward_mem_more(b->p->mem, &b->member, b->n_member, &b->cap_member,
		sizeof(*b->member), MEMBERS_MAX);

	if (!err)
		b->member[b->n_member++] = node;
	return err;
}

static int u32_cmp(const void *va, const void *vb)
{
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;

	return (a > b) - (a < b);
}

/* Members of a requirement group, or everything that supplies y by that rule; each counts once. */
static enum ward_err members_of(struct build *b, uint32_t y, uint32_t rule, uint32_t group)
{
	const struct ward_model *m = b->p->m;
	const struct ward_rule *rl = &b->p->r->rule[rule];
	const struct ward_group *grp = group != WARD_NONE ? ward_model_group(m, group) : NULL;
	enum ward_err err = WARD_OK;
	size_t n, kept = 0;

	b->n_member = 0;
	for (uint32_t i = 0; !err && grp && i < grp->n_member; i++)
		err = member_add(b, grp->member[i]);
	if (!grp) {
		const struct ward_rel *rel =
			rl->in ? ward_model_out(m, y, &n) : ward_model_in(m, y, &n);
		struct ward_rel_span s = ward_rules_span(rel, n, rl->rel);

		for (size_t i = 0; !err && i < s.n; i++)
			if (class_fits(m, rl->from, s.rel[i].node))
				err = member_add(b, s.rel[i].node);
	} else if (b->n_member > 1) {
		qsort(b->member, b->n_member, sizeof(*b->member), u32_cmp);
	}
	for (size_t i = 0; i < b->n_member; i++)
		if (!kept || b->member[i] != b->member[kept - 1])
			b->member[kept++] = b->member[i];
	b->n_member = kept;
	return err;
}

static enum ward_err local_add(struct build *b, uint32_t rule, uint32_t group)
{
	enum ward_err err = ward_mem_more(
		b->p->mem, &b->local, b->n_local, &b->cap_local, sizeof(*b->local), MEMBERS_MAX);

	if (!err)
		b->local[b->n_local++] = (struct plan_gate){.rule = rule, .group = group};
	return err;
}

static int local_cmp(const void *va, const void *vb, void *ctx)
{
	const struct plan_gate *a = va, *b = vb;
	const struct ward_impact_plan *p = ctx;
	uint32_t ta = p->threat_rank[p->r->rule[a->rule].gives];
	uint32_t tb = p->threat_rank[p->r->rule[b->rule].gives];

	if (ta != tb || a->rule != b->rule)
		return ta != tb ? (ta > tb) - (ta < tb) : (a->rule > b->rule) - (a->rule < b->rule);
	if (a->group == WARD_NONE || b->group == WARD_NONE)
		return 0;
	int c = ward_str_cmp(
		ward_model_group(p->m, a->group)->name, ward_model_group(p->m, b->group)->name);

	return c ? c : (a->group > b->group) - (a->group < b->group);
}

/* The gates that may aim at states of node y. */
static enum ward_err locals_of(struct build *b, uint32_t y)
{
	const struct ward_model *m = b->p->m;
	uint32_t class = ward_model_node(m, y)->class;
	enum ward_err err = WARD_OK;
	size_t n;
	const struct ward_group *grp = ward_model_groups(m, y, &n);

	b->n_local = 0;
	/* A part of a requirement is only what its group is. */
	for (uint32_t i = b->first[class]; !err && y < ward_model_n(m) && i < b->first[class + 1];
		i++)
		err = local_add(b, b->fits[i], WARD_NONE);
	for (size_t i = 0; !err && i < n && b->p->r->outage != WARD_NONE; i++)
		err = local_add(b, ward_rules_builtin(b->p->r),
			(uint32_t)(grp - ward_model_group(m, 0) + (ptrdiff_t)i));
	if (!err && b->n_local > 1 && b->stage != MARK)
		qsort_r(b->local, b->n_local, sizeof(*b->local), local_cmp, b->p);
	return err;
}

/* All (asset, threat) that make a slot of that rule fallen. */
static void feeders(struct build *b, uint32_t x, uint32_t rule, uint32_t slot)
{
	const struct ward_rule *rl = &b->p->r->rule[rule];
	bool builtin = rule == ward_rules_builtin(b->p->r);
	const uint32_t *when = builtin ? &b->p->r->outage : rl->when;

	for (size_t i = 0; i < (builtin ? 1 : rl->n_when); i++) {
		if (b->stage == MARK)
			mark_given(b, x, when[i]);
		else
			put_edge(b, state_of(b, x, when[i]), PLAN_SLOTS + slot, rule);
	}
}

static uint32_t must_fall(const struct build *b, const struct plan_gate *g)
{
	uint32_t n = (uint32_t)b->n_member, need = b->p->r->rule[g->rule].keep;

	if (g->group != WARD_NONE)
		need = ward_model_group(b->p->m, g->group)->need;
	/* The published score knows no redundancy: one lost support is enough. */
	if (b->p->reference || n < need)
		return 1;
	return n - (need ? need : 1) + 1;
}

static enum ward_err gate_add(struct build *b, const struct plan_gate *local, uint32_t y)
{
	struct ward_impact_plan *p = b->p;
	enum ward_err err = ward_mem_more(
		p->mem, &p->gate, p->n_gate, &p->cap_gate, sizeof(*p->gate), MEMBERS_MAX);
	uint32_t target = state_of(b, y, p->r->rule[local->rule].gives);

	if (err)
		return err;
	p->gate[p->n_gate] = (struct plan_gate){
		local->rule, local->group, target, (uint32_t)p->n_slot, must_fall(b, local)};
	for (size_t i = 0; !err && i < b->n_member; i++) {
		err = ward_mem_more(
			p->mem, &p->slot, p->n_slot, &p->cap_slot, sizeof(*p->slot), MEMBERS_MAX);
		if (err)
			break;
		p->slot[p->n_slot] = (struct plan_slot){b->member[i], (uint32_t)p->n_gate, 0};
		feeders(b, b->member[i], local->rule, (uint32_t)p->n_slot++);
	}
	p->n_gate++;
	return err;
}

static enum ward_err gates_of(struct build *b, uint32_t y)
{
	enum ward_err err = locals_of(b, y);

	for (size_t i = 0; !err && i < b->n_local; i++) {
		err = members_of(b, y, b->local[i].rule, b->local[i].group);
		if (err || !b->n_member)
			continue;
		if (b->stage == COUNT) {
			err = gate_add(b, &b->local[i], y);
			continue;
		}
		mark_given(b, y, b->p->r->rule[b->local[i].rule].gives);
		for (size_t k = 0; k < b->n_member; k++)
			feeders(b, b->member[k], b->local[i].rule, 0);
	}
	return err;
}

/* Which supply rules a node of that class may be the target of. */
static enum ward_err index_fits(struct build *b)
{
	const struct ward_rules *r = b->p->r;
	const struct ward_ontology *o = ward_model_ontology(b->p->m);
	uint32_t n_class = ward_ontology_n(o), n = 0;

	b->first = ward_mem_alloc(b->p->mem, (n_class + 1) * sizeof(*b->first));
	if (!b->first)
		return WARD_ERR_NOMEM;
	for (int fill = 0; fill < 2; fill++) {
		n = 0;
		for (uint32_t c = 0; c < n_class; c++) {
			b->first[c] = n;
			for (uint32_t k = 0; k < ward_rules_builtin(r); k++) {
				if (!r->rule[k].supply || !live(b, &r->rule[k]) ||
					!ward_rule_fits(r->rule[k].to, c))
					continue;
				if (fill)
					b->fits[n] = k;
				n++;
			}
		}
		b->first[n_class] = n;
		if (fill || !n)
			break;
		b->n_fits = n;
		b->fits = ward_mem_alloc(b->p->mem, n * sizeof(*b->fits));
		if (!b->fits)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

static enum ward_err number_states(struct build *b)
{
	struct ward_impact_plan *p = b->p;
	uint64_t n = 0;

	for (uint32_t k = 0; k < p->n_node; k++) {
		const uint64_t *has = b->has + b->node_of[k] * b->words;

		p->first[k] = (uint32_t)n;
		for (size_t w = 0; w < b->words; w++)
			n += (uint64_t)__builtin_popcountll(has[w]);
		if (n >= PLAN_SLOTS)
			return WARD_ERR_LIMIT;
	}
	p->first[p->n_node] = (uint32_t)n;
	p->n_state = p->n_row = p->cap_guard = n;
	p->cap_state = n + 1;
	p->state = ward_mem_alloc(p->mem, (n + 1) * sizeof(*p->state));
	p->guard = ward_mem_alloc(p->mem, n * sizeof(*p->guard));
	if (!p->state || (n && !p->guard))
		return WARD_ERR_NOMEM;
	for (uint32_t x = 0; x < p->n_node; x++)
		for (uint32_t t = 0; t < p->n_threat; t++) {
			uint32_t at = p->threat_rank[t];

			if (!(b->has[x * b->words + at / 64] >> at % 64 & 1))
				continue;
			p->state[state_of(b, x, t)] = (struct plan_state){.asset = x, .threat = t};
		}
	return WARD_OK;
}

/* Turns counts into starts; `next` is where the following array goes on. */
static uint32_t start(uint32_t *count, uint32_t next)
{
	uint32_t n = *count;

	*count = next;
	return next + n;
}

static enum ward_err place_edges(struct build *b)
{
	struct ward_impact_plan *p = b->p;
	uint32_t edge = 0, in = 0;

	p->n_edge = p->n_edge_row = p->cap_edge = b->n_edge;
	if (b->n_edge >= UINT32_MAX || p->n_slot >= PLAN_SLOTS)
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_mem_more(
		p->mem, &p->gate, p->n_gate, &p->cap_gate, sizeof(*p->gate), MEMBERS_MAX);
	if (!err)
		err = ward_mem_more(
			p->mem, &p->slot, p->n_slot, &p->cap_slot, sizeof(*p->slot), MEMBERS_MAX);
	p->edge = ward_mem_alloc(p->mem, p->n_edge * sizeof(*p->edge));
	p->in = ward_mem_alloc(p->mem, p->n_edge * sizeof(*p->in));
	p->src = ward_mem_alloc(p->mem, plan_src_n(p) * sizeof(*p->src));
	if (err || !p->src || (p->n_edge && (!p->edge || !p->in)))
		return err ? err : WARD_ERR_NOMEM;
	p->gate[p->n_gate] = (struct plan_gate){.slot = (uint32_t)p->n_slot};
	p->slot[p->n_slot] = (struct plan_slot){.gate = (uint32_t)p->n_gate};
	for (size_t s = 0; s <= p->n_state; s++) {
		edge = start(&p->state[s].edge, edge);
		in = start(&p->state[s].in, in);
	}
	for (size_t s = 0; s <= p->n_slot; s++)
		in = start(&p->slot[s].in, in);
	return WARD_OK;
}

/* Filling moved each start to its end, which is the next one's start. */
static void restart(struct ward_impact_plan *p)
{
	uint32_t last = p->n_state ? p->state[p->n_state - 1].in : 0;

	for (size_t s = p->n_state; s > 0; s--) {
		p->state[s].edge = p->state[s - 1].edge;
		p->state[s].in = p->state[s - 1].in;
	}
	p->state[0].edge = p->state[0].in = 0;
	for (uint32_t i = 0, s = 0; i < plan_src_n(p); i++) {
		while (s + 1 < p->n_state && p->state[s + 1].edge <= i * PLAN_SRC)
			s++;
		p->src[i] = s;
	}
	for (size_t s = p->n_slot; s > 0; s--)
		p->slot[s].in = p->slot[s - 1].in;
	p->slot[0].in = last;
}

static enum ward_err graph(struct build *b)
{
	struct ward_impact_plan *p = b->p;
	enum ward_err err = WARD_OK;

	for (uint32_t x = 0; !err && x < p->n_node; x++) {
		spread_from(b, x);
		err = gates_of(b, x);
	}
	for (size_t i = 0; i < p->n_node * b->words; i++)
		b->has[i] &= b->given[i]; /* the others are late */
	if (!err)
		err = number_states(b);
	b->stage = COUNT;
	for (uint32_t k = 0; !err && k < p->n_node; k++) {
		p->first_gate[k] = (uint32_t)p->n_gate;
		spread_from(b, b->node_of[k]);
		err = gates_of(b, b->node_of[k]);
	}
	p->first_gate[p->n_node] = (uint32_t)p->n_gate;
	if (!err)
		err = place_edges(b);
	if (err)
		return err;
	b->stage = FILL;
	for (uint32_t k = 0; k < p->n_node; k++)
		spread_from(b, b->node_of[k]);
	for (size_t i = 0; i < p->n_slot; i++)
		feeders(b, p->slot[i].node, p->gate[p->slot[i].gate].rule, (uint32_t)i);
	restart(p);
	return WARD_OK;
}

enum ward_err ward_impact_plan_graph(struct ward_impact_plan *p)
{
	struct build b = {.p = p, .words = (p->n_threat + 63) / 64};
	size_t bytes = p->n_node * b.words * sizeof(*b.has);
	size_t n_class = ward_ontology_n(ward_model_ontology(p->m));

	b.has = ward_mem_alloc(p->mem, bytes);
	b.given = ward_mem_alloc(p->mem, bytes);
	b.node_of = ward_mem_alloc(p->mem, p->n_node * sizeof(*b.node_of));
	p->first = ward_mem_alloc(p->mem, (p->n_node + 1) * sizeof(*p->first));
	p->first_gate = ward_mem_alloc(p->mem, (p->n_node + 1) * sizeof(*p->first_gate));
	enum ward_err err = (bytes && (!b.has || !b.given)) || (p->n_node && !b.node_of) ||
					    !p->first || !p->first_gate
				    ? WARD_ERR_NOMEM
				    : index_fits(&b);
	for (uint32_t i = 0; !err && i < p->n_node; i++)
		b.node_of[p->rank[i]] = i;
	if (!err)
		err = graph(&b);
	ward_mem_free(p->mem, b.has, bytes);
	ward_mem_free(p->mem, b.given, bytes);
	ward_mem_free(p->mem, b.node_of, p->n_node * sizeof(*b.node_of));
	ward_mem_free(p->mem, b.fits, b.n_fits * sizeof(*b.fits));
	ward_mem_free(p->mem, b.first, (n_class + 1) * sizeof(*b.first));
	ward_mem_free(p->mem, b.member, b.cap_member * sizeof(*b.member));
	ward_mem_free(p->mem, b.local, b.cap_local * sizeof(*b.local));
	return err;
}
