#include "impact/rows.h"

#include "base/hash.h"
#include "impact/scc.h"
#include "model/hours.h"

#include <stdlib.h>

static const char *const kinds[PLAN_BUFFERS] = {"ups", "fuel", "tank", "thermal", "paper"};

enum { VALUES_MAX = 1 << 30 };

struct named {
	struct ward_str id;
	uint32_t i;
};

static int named_cmp(const void *va, const void *vb)
{
	const struct named *a = va, *b = vb;
	int c = ward_str_cmp(a->id, b->id);

	return c ? c : (a->i > b->i) - (a->i < b->i);
}

/* rank[i]: the place of i when all are sorted by id. named[n] is scratch. */
static void rank_by_id(struct named *named, uint32_t n, uint32_t *rank)
{
	if (n > 1)
		qsort(named, n, sizeof(*named), named_cmp);
	for (uint32_t i = 0; i < n; i++)
		rank[named[i].i] = i;
}

static enum ward_err rank_all(struct ward_impact_plan *p)
{
	uint32_t n = p->n_node > p->n_threat ? p->n_node : p->n_threat;
	struct named *named = ward_mem_alloc(p->mem, (size_t)n * sizeof(*named));

	p->rank = ward_mem_alloc(p->mem, p->n_node * sizeof(*p->rank));
	p->threat_rank = ward_mem_alloc(p->mem, p->n_threat * sizeof(*p->threat_rank));
	bool none = (n && !named) || (p->n_node && !p->rank) || (p->n_threat && !p->threat_rank);

	for (uint32_t i = 0; !none && i < p->n_node; i++)
		named[i] = (struct named){ward_model_node(p->m, i)->id, i};
	if (!none)
		rank_by_id(named, p->n_node, p->rank);
	for (uint32_t i = 0; !none && i < p->n_threat; i++)
		named[i] = (struct named){ward_threats_at(ward_model_threats(p->m), i)->code, i};
	if (!none)
		rank_by_id(named, p->n_threat, p->threat_rank);
	ward_mem_free(p->mem, named, (size_t)n * sizeof(*named));
	return none ? WARD_ERR_NOMEM : WARD_OK;
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

/* The product over the scopes of (1 - strongest degree), weakest first, so that rounding does not
 * depend on the order of files. */
struct plan_guard ward_impact_plan_guard(const struct ward_protection *p, size_t n, uint32_t threat)
{
	struct plan_guard g = {PICO, PICO};
	int64_t last = -1;

	for (;;) {
		int64_t best = INT64_MAX;
		size_t same = 0;

		for (size_t i = 0; i < n; i++) {
			if (p[i].degree_micro <= last || p[i].degree_micro > best ||
				!counts(p, n, i, threat))
				continue;
			same = p[i].degree_micro == best ? same + 1 : 1;
			best = p[i].degree_micro;
		}
		if (!same)
			return g;
		for (; same; same--) {
			g.lo = part_down(g.lo, MICRO - (uint64_t)best);
			g.hi = part_up(g.hi, MICRO - (uint64_t)best);
		}
		last = best;
	}
}

static enum ward_err protect(struct ward_impact_plan *p)
{
	enum ward_err err = WARD_OK;

	for (size_t s = 0; !err && s <= p->n_state; s++) {
		struct plan_guard g = {PICO, PICO};
		size_t n;

		if (s) {
			const struct ward_protection *of =
				ward_model_protections(p->m, p->state[s - 1].asset, &n);

			g = ward_impact_plan_guard(of, n, p->state[s - 1].threat);
			if (g.hi == PICO && g.lo == PICO)
				continue;
			p->guard[s - 1] = (uint32_t)p->n_value;
		}
		err = ward_mem_more(p->mem, &p->value, p->n_value, &p->cap_value, sizeof(*p->value),
			VALUES_MAX);
		if (!err)
			p->value[p->n_value++] = g; /* the first: of what is unprotected */
	}
	return err;
}

uint32_t ward_impact_plan_kind(struct ward_str kind)
{
	for (uint32_t k = 0; k < PLAN_BUFFERS; k++)
		if (ward_str_eqz(kind, kinds[k]))
			return k;
	return PLAN_UNBUFFERED;
}

static enum ward_err buffers(struct ward_impact_plan *p)
{
	enum ward_err err = WARD_OK;
	size_t n;

	p->buffer_of = ward_mem_alloc(p->mem, p->n_node * sizeof(*p->buffer_of));
	if (p->n_node && !p->buffer_of)
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; !err && i < p->n_node; i++) {
		const struct ward_buffer *b = ward_model_buffers(p->m, i, &n);

		p->buffer_of[i] = WARD_NONE;
		if (!n)
			continue;
		err = ward_mem_more(p->mem, &p->buffer, p->n_buffer, &p->cap_buffer,
			sizeof(*p->buffer), VALUES_MAX);
		if (err)
			break;
		struct plan_buffer *row = &p->buffer[p->n_buffer];

		*row = (struct plan_buffer){{0}};
		/* Two of a kind feed one after the other. */
		for (size_t k = 0; k < n; k++) {
			uint32_t kind = ward_impact_plan_kind(b[k].kind);

			if (kind != PLAN_UNBUFFERED)
				row->lasts[kind] = ward_later(row->lasts[kind], b[k].lasts);
		}
		p->buffer_of[i] = (uint32_t)p->n_buffer++;
	}
	return err;
}

static enum ward_err weigh(struct ward_impact_plan *p)
{
	const struct ward_rules *r = p->r;

	p->rule = ward_mem_alloc(p->mem, r->n * sizeof(*p->rule));
	if (!p->rule)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < r->n; i++)
		p->rule[i] = (struct plan_rule){.lo = (uint64_t)r->rule[i].lo,
			.hi = (uint64_t)r->rule[i].hi,
			.delay = {r->rule[i].earliest, r->rule[i].expected},
			.kind = ward_impact_plan_kind(r->rule[i].buffer),
			.instead = r->rule[i].buffer_instead,
			.act = r->rule[i].act,
			.common = r->rule[i].common,
			.destroys = r->rule[i].destroys,
			.key = (uint32_t)ward_siphash(
				(struct ward_seed){1, 2}, r->rule[i].id.p, r->rule[i].id.len)};
	p->care = ward_mem_alloc(p->mem, p->n_node * sizeof(*p->care));
	p->need = ward_mem_alloc(p->mem, p->n_threat * sizeof(*p->need));
	if ((p->n_node && !p->care) || (p->n_threat && !p->need))
		return WARD_ERR_NOMEM;
	for (uint32_t i = 0; i < p->n_node; i++) {
		const struct ward_node *n = ward_model_node(p->m, i);

		p->care[i].weight_micro = n->kind == WARD_NODE_SERVICE ? n->weight_micro : 0;
		p->care[i].criticality = n->criticality ? n->criticality : 3;
		p->care[i].hours = ward_model_has_hours(p->m, i);
	}
	for (uint32_t i = 0; i < p->n_threat; i++)
		p->need[i] = ward_threats_at(ward_model_threats(p->m), i)->need;
	return WARD_OK;
}

static void measure(struct ward_impact_plan *p)
{
	for (size_t s = 0; s < p->n_state; s++) {
		struct plan_span gate = plan_gates(p, (uint32_t)s);
		size_t n = plan_in_end(p, (uint32_t)s) - p->state[s].in + (gate.end - gate.i);

		p->fan_max = n > p->fan_max ? n : p->fan_max;
	}
	for (size_t g = 0; g < p->n_gate; g++) {
		size_t n = p->gate[g + 1].slot - p->gate[g].slot;

		p->fan_max = n > p->fan_max ? n : p->fan_max;
	}
}

/* Supply relations as arcs from supplier to supplied, by supplier. */
struct arcs {
	uint32_t *first; /* [n_node + 1] */
	uint32_t *to;
};

static uint32_t arc_next(const void *ctx, uint32_t v, uint32_t i)
{
	const struct arcs *a = ctx;

	return i < a->first[v + 1] - a->first[v] ? a->to[a->first[v] + i] : WARD_NONE;
}

static uint32_t target_of(const struct ward_impact_plan *p, size_t slot)
{
	return p->state[p->gate[p->slot[slot].gate].target].asset;
}

static void arcs_fill(const struct ward_impact_plan *p, struct arcs *a)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < p->n_slot; i++)
		a->first[p->slot[i].node]++;
	for (uint32_t i = 0; i <= p->n_node; i++) {
		uint32_t n = a->first[i];

		a->first[i] = sum;
		sum += n;
	}
	for (size_t i = 0; i < p->n_slot; i++)
		a->to[a->first[p->slot[i].node]++] = target_of(p, i);
	/* Filling moved each start to its end. */
	memmove(a->first + 1, a->first, p->n_node * sizeof(*a->first));
	a->first[0] = 0;
}

static enum ward_err rings(struct ward_impact_plan *p)
{
	size_t n = p->n_node, first_bytes = (n + 1) * sizeof(uint32_t);
	struct arcs a = {ward_mem_alloc(p->mem, first_bytes),
		ward_mem_alloc(p->mem, p->n_slot * sizeof(uint32_t))};
	void *mem = ward_mem_alloc(p->mem, n * SCC_BYTES);
	struct ward_scc s = {.n = (uint32_t)n, .ctx = &a, .next = arc_next};

	p->ring = ward_mem_alloc(p->mem, n * sizeof(*p->ring));
	bool none = !a.first || (p->n_slot && !a.to) || (n && (!mem || !p->ring));

	if (!none) {
		arcs_fill(p, &a);
		ward_scc_place(&s, mem);
		ward_scc_run(&s);
	}
	for (uint32_t i = 0; i < s.n_list; i++) {
		uint32_t c = s.comp[s.list[i]];
		bool with_last = i && s.comp[s.list[i - 1]] == c;
		bool with_next = i + 1 < s.n_list && s.comp[s.list[i + 1]] == c;

		p->ring[s.list[i]] = with_last || with_next ? c : WARD_NONE;
	}
	ward_mem_free(p->mem, a.to, p->n_slot * sizeof(uint32_t));
	ward_mem_free(p->mem, a.first, first_bytes);
	ward_mem_free(p->mem, mem, n * SCC_BYTES);
	return none ? WARD_ERR_NOMEM : WARD_OK;
}

enum ward_err ward_impact_plan_new(const struct ward_model *m, const struct ward_rules *r,
	bool reference, const struct ward_mem *mem, struct ward_impact_plan **ret)
{
	struct ward_impact_plan *p = ward_mem_alloc(mem, sizeof(*p));

	if (!p)
		return WARD_ERR_NOMEM;
	*p = (struct ward_impact_plan){.m = m, .r = r, .mem = mem, .reference = reference};
	p->n_node = ward_model_n(m) + ward_model_n_part(m);
	p->n_threat = ward_threats_n(ward_model_threats(m));
	enum ward_err err = rank_all(p);

	if (!err)
		err = weigh(p);
	if (!err)
		err = buffers(p);
	if (!err)
		err = ward_impact_plan_graph(p);
	if (!err) {
		measure(p);
		err = protect(p);
	}
	if (!err)
		err = rings(p);
	if (!err)
		err = ward_impact_plan_orphans(p);
	if (err)
		ward_impact_plan_free(p);
	else
		*ret = p;
	return err;
}

void ward_impact_plan_free(struct ward_impact_plan *p)
{
	if (!p)
		return;
	const struct ward_mem *mem = p->mem;
	size_t n = p->n_node;

	ward_mem_free(mem, p->rank, n * sizeof(*p->rank));
	ward_mem_free(mem, p->threat_rank, p->n_threat * sizeof(*p->threat_rank));
	ward_mem_free(mem, p->first, (n + 1) * sizeof(*p->first));
	ward_mem_free(mem, p->first_gate, (n + 1) * sizeof(*p->first_gate));
	ward_impact_plan_late_free(p);
	ward_mem_free(mem, p->state, p->cap_state * sizeof(*p->state));
	ward_mem_free(mem, p->edge, p->cap_edge * sizeof(*p->edge));
	ward_mem_free(mem, p->in, p->n_edge_row * sizeof(*p->in));
	ward_mem_free(mem, p->src, plan_src_n(p) * sizeof(*p->src));
	ward_mem_free(mem, p->gate, p->cap_gate * sizeof(*p->gate));
	ward_mem_free(mem, p->slot, p->cap_slot * sizeof(*p->slot));
	ward_mem_free(mem, p->guard, p->cap_guard * sizeof(*p->guard));
	ward_mem_free(mem, p->value, p->cap_value * sizeof(*p->value));
	ward_mem_free(mem, p->buffer_of, n * sizeof(*p->buffer_of));
	ward_mem_free(mem, p->buffer, p->cap_buffer * sizeof(*p->buffer));
	ward_mem_free(mem, p->rule, p->r->n * sizeof(*p->rule));
	ward_mem_free(mem, p->care, n * sizeof(*p->care));
	ward_mem_free(mem, p->need, p->n_threat * sizeof(*p->need));
	ward_mem_free(mem, p->ring, n * sizeof(*p->ring));
	if (p->orphan)
		ward_mem_free(mem, p->orphan, plan_orphan_bytes(p));
	ward_mem_free(mem, p, sizeof(*p));
}

uint32_t ward_impact_plan_find(const struct ward_impact_plan *p, uint32_t asset, uint32_t threat)
{
	uint32_t lo = p->first[p->rank[asset]], end = p->first[p->rank[asset] + 1], hi = end;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (p->threat_rank[p->state[mid].threat] < p->threat_rank[threat])
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < end && p->state[lo].threat == threat)
		return lo;
	return plan_has_late(p) ? ward_impact_plan_late_find(p, asset, threat) : WARD_NONE;
}

size_t ward_impact_plan_bytes(const struct ward_impact_plan *p)
{
	return p->n_node * (6 * sizeof(uint32_t) + sizeof(*p->care)) +
	       p->cap_state * sizeof(*p->state) + p->cap_guard * sizeof(*p->guard) +
	       p->cap_edge * sizeof(*p->edge) + p->n_edge_row * sizeof(*p->in) +
	       plan_src_n(p) * sizeof(*p->src) +
	       (p->late.cap + p->late_in.cap) * sizeof(*p->late.entry) +
	       p->cap_late_next * sizeof(*p->late_next) + p->cap_gate * sizeof(*p->gate) +
	       p->cap_slot * sizeof(*p->slot) + p->cap_value * sizeof(*p->value) +
	       p->cap_buffer * sizeof(*p->buffer);
}
