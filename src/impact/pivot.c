#include "impact/pivot.h"

#include <stdlib.h>

enum { WHOLE = 1000000, COLLECT_MAX = WARD_CHANGES_MAX * 64 };

struct state {
	uint32_t asset, threat;
	bool was; /* without any fact */
};

struct look {
	struct ward_engine *e;
	const struct ward_model *m;
	const struct ward_mem *mem;
	const struct ward_change *change; /* of who asks */
	size_t n_change;
	struct ward_change *fact;
	size_t n_fact, cap_fact;
	bool cut;              /* not all facts were collected */
	struct state *service; /* states of services that could come or go, each once */
	size_t n_service, cap_service;
	struct ward_pivots *ret;
};

static bool is_service(const struct look *l, uint32_t asset)
{
	return ward_model_node(l->m, asset)->kind == WARD_NODE_SERVICE;
}

static bool same(const struct ward_change *a, const struct ward_change *b)
{
	return a->kind == b->kind && a->asset == b->asset &&
	       (a->kind != WARD_CHANGE_PROTECTED || a->threat == b->threat);
}

static enum ward_err add(struct look *l, struct ward_change c)
{
	if (l->n_fact == COLLECT_MAX) { /* far more than are tried */
		l->cut = true;
		return WARD_OK;
	}
	for (size_t i = 0; i < l->n_change; i++)
		if (same(&l->change[i], &c))
			return WARD_OK;
	enum ward_err err = ward_mem_more(
		l->mem, &l->fact, l->n_fact, &l->cap_fact, sizeof(*l->fact), COLLECT_MAX);

	if (!err)
		l->fact[l->n_fact++] = c;
	return err;
}

/* What would keep this state from leading on. */
static enum ward_err spare(struct look *l, const struct ward_impact *it)
{
	struct ward_change c = {.kind = WARD_CHANGE_PROTECTED,
		.asset = it->asset,
		.threat = it->threat,
		.lo_micro = WHOLE,
		.hi_micro = WHOLE};

	if (is_service(l, it->asset))
		return WARD_OK;
	if (it->need == WARD_NEED_AVAILABILITY)
		c = (struct ward_change){.kind = WARD_CHANGE_FAILED_OVER, .asset = it->asset};
	else if (it->rule == WARD_IMPACT_SEED)
		c = (struct ward_change){.kind = WARD_CHANGE_ISOLATED, .asset = it->asset};
	return add(l, c);
}

/* Everything on the best way to some service: up to the seed each time, but no further than where
 * another way has been. */
static enum ward_err collect_ways(struct look *l, const struct ward_impacts *all, uint8_t *seen)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < all->n && !err; i++) {
		if (!is_service(l, all->item[i].asset))
			continue;
		for (uint32_t k = (uint32_t)i; !seen[k] && !err; k = all->item[k].parent) {
			seen[k] = 1;
			err = spare(l, &all->item[k]);
		}
	}
	return err;
}

/* What is on no best way may be on another, or be one of several that are enough: tried where that
 * is not too much. */
static enum ward_err collect_others(
	struct look *l, const struct ward_impacts *all, const uint8_t *seen)
{
	enum ward_err err = WARD_OK;

	l->ret->whole = l->n_fact + all->n <= WARD_PIVOT_FACTS;
	for (size_t i = 0; l->ret->whole && i < all->n && !err; i++)
		if (!seen[i])
			err = spare(l, &all->item[i]);
	return err;
}

static enum ward_err collect_barriers(struct look *l, const struct ward_impacts *all)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < all->n_barrier && !err; i++)
		err = add(l, (struct ward_change){.kind = WARD_CHANGE_PROTECTED,
				     .asset = all->barrier[i].asset,
				     .threat = all->barrier[i].threat});
	return err;
}

static enum ward_err collect_services(struct look *l)
{
	const struct ward_threats *threats = ward_model_threats(l->m);
	struct ward_brief brief;
	enum ward_err err = WARD_OK;

	for (uint32_t a = 0; a < ward_model_n(l->m); a++) {
		for (uint32_t t = 0; is_service(l, a) && t < ward_threats_n(threats); t++) {
			err = ward_mem_more(l->mem, &l->service, l->n_service, &l->cap_service,
				sizeof(*l->service), UINT32_MAX);
			if (err)
				return err;
			l->service[l->n_service++] =
				(struct state){a, t, ward_engine_brief(l->e, a, t, &brief)};
		}
	}
	return err;
}

static int fact_cmp(const void *va, const void *vb)
{
	const struct ward_change *a = va, *b = vb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->lo_micro != b->lo_micro)
		return a->lo_micro > b->lo_micro ? -1 : 1;
	if (a->asset != b->asset)
		return a->asset < b->asset ? -1 : 1;
	return a->threat != b->threat ? (a->threat < b->threat ? -1 : 1) : 0;
}

static void order_facts(struct look *l)
{
	size_t n = 0;

	if (l->n_fact)
		qsort(l->fact, l->n_fact, sizeof(*l->fact), fact_cmp);
	for (size_t i = 0; i < l->n_fact; i++)
		if (!n || fact_cmp(&l->fact[n - 1], &l->fact[i]) != 0)
			l->fact[n++] = l->fact[i];
	l->ret->whole = l->ret->whole && !l->cut && n <= WARD_PIVOT_FACTS;
	l->n_fact = n < WARD_PIVOT_FACTS ? n : WARD_PIVOT_FACTS;
	l->ret->n_fact = l->n_fact;
}

static enum ward_err note(struct look *l, const struct ward_change *fact, bool hit)
{
	struct ward_pivots *p = l->ret;
	struct ward_brief brief;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < l->n_service && !err; i++) {
		const struct state *s = &l->service[i];

		if (s->was == hit || ward_engine_brief(l->e, s->asset, s->threat, &brief) != hit)
			continue;
		err = ward_mem_more(l->mem, &p->item, p->n, &p->cap, sizeof(*p->item), UINT32_MAX);
		if (!err)
			p->item[p->n++] = (struct ward_pivot){*fact, s->asset, s->threat, hit};
	}
	return err;
}

static enum ward_err try_fact(struct look *l, struct ward_change fact)
{
	enum ward_err err = ward_engine_update(l->e, &fact, 1);

	if (!err)
		err = note(l, &fact, false);
	if (!err)
		err = note(l, &fact, true);
	fact.undo = true;
	return err ? err : ward_engine_update(l->e, &fact, 1);
}

enum ward_err ward_pivots_find(struct ward_engine *e, const struct ward_model *m,
	const struct ward_impacts *all, const struct ward_change *change, size_t n_change,
	const struct ward_mem *mem, struct ward_pivots *ret)
{
	struct look l = {
		.e = e, .m = m, .mem = mem, .change = change, .n_change = n_change, .ret = ret};

	*ret = (struct ward_pivots){.mem = mem};
	uint8_t *seen = ward_mem_alloc(mem, all->n + 1);
	enum ward_err err = seen ? collect_ways(&l, all, seen) : WARD_ERR_NOMEM;

	if (!err)
		err = collect_barriers(&l, all);
	if (!err)
		err = collect_others(&l, all, seen);
	ward_mem_free(mem, seen, all->n + 1);
	if (!err)
		err = collect_services(&l);
	if (!err)
		order_facts(&l);
	for (size_t i = 0; i < l.n_fact && !err; i++)
		err = try_fact(&l, l.fact[i]);
	ward_mem_free(mem, l.fact, l.cap_fact * sizeof(*l.fact));
	ward_mem_free(mem, l.service, l.cap_service * sizeof(*l.service));
	return err;
}

void ward_pivots_fini(struct ward_pivots *p)
{
	if (!p->mem)
		return;
	ward_mem_free(p->mem, p->item, p->cap * sizeof(*p->item));
	*p = (struct ward_pivots){0};
}
