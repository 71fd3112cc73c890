/* Minimal cut sets. They are families over events and modules; a module stands for any one of its
 * own cut sets, so that numbers and sums multiply and nothing is written out. */
#include "logic/analysis.h"

#include <math.h>
#include <stdlib.h>

enum ward_err ward_analysis_cut(struct ward_analysis *a)
{
	enum ward_err err = WARD_OK;

	if (a->cut)
		return WARD_OK;
	for (size_t i = 0; !err && i < a->n_module; i++) {
		uint32_t m = a->module[i];

		err = ward_dd_apply(a->dd, WARD_DD_CUTS, inner(a)[m], 0, &cuts(a)[m]);
	}
	if (!err)
		err = ward_dd_sweep(a->dd, a->fn, 3 * a->t->n_gate);
	a->cut = !err;
	return err;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return ward_add(a, b, &sum) ? sum : UINT64_MAX;
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return ward_mul(a, b, &product) ? product : UINT64_MAX;
}

/* How many sets of which order: [order] up to top, those with more at [top + 1]. */
struct orders {
	size_t top;
	uint64_t *node;  /* [nodes][top + 2] */
	uint64_t *level; /* [levels][top + 2] of modules; an event has one set of order 1 */
};

static void multiply(const struct orders *o, const uint64_t *a, const uint64_t *b, uint64_t *to)
{
	size_t w = o->top + 2;

	for (size_t i = 0; i < w; i++)
		for (size_t k = 0; a[i] && k < w; k++) {
			size_t order = i + k < w ? i + k : w - 1;

			to[order] = add(to[order], times(a[i], b[k]));
		}
}

static void count_node(const struct ward_dd *d, const struct orders *o, uint32_t f)
{
	const struct ward_dd_node *n = ward_dd_at(d, f);
	size_t w = o->top + 2;
	uint64_t *to = o->node + f * w;

	memcpy(to, o->node + n->lo * w, w * sizeof(*to));
	multiply(o, o->level + n->level * w, o->node + n->hi * w, to);
}

static enum ward_err count(struct ward_analysis *a, struct orders *o)
{
	size_t w = o->top + 2, n_below;
	const uint32_t *below;
	enum ward_err err = WARD_OK;

	o->node[WARD_DD_TRUE * w] = 1;
	for (size_t i = 0; i < a->cone.n_level; i++)
		if (a->t->gate[a->cone.at_level[i]].kind == WARD_GATE_EVENT)
			o->level[i * w + 1] = 1;
	for (size_t i = 0; !err && i < a->n_module; i++) {
		uint32_t m = a->module[i], f = cuts(a)[m];

		err = ward_dd_below(a->dd, f, &below, &n_below);
		for (size_t k = 2; !err && k < n_below; k++)
			count_node(a->dd, o, below[k]);
		if (!err && m != a->cone.top)
			memcpy(o->level + a->cone.place[m].level * w, o->node + f * w,
				w * sizeof(*o->level));
	}
	return err;
}

/* Orders up to the most that fit into a quarter of what the nodes themselves may take. */
static enum ward_err orders(struct ward_analysis *a, struct ward_cuts *ret)
{
	struct orders o = {.top = WARD_CUT_ORDER_MAX};
	size_t n = ward_dd_n(a->dd), levels = a->cone.n_level + 1;

	while (o.top > 4 && n * (o.top + 2) * sizeof(uint64_t) > (size_t)1 << 28)
		o.top /= 2;
	size_t w = o.top + 2;

	o.node = ward_mem_alloc(a->mem, n * w * sizeof(*o.node));
	o.level = ward_mem_alloc(a->mem, levels * w * sizeof(*o.level));
	enum ward_err err = o.node && o.level ? count(a, &o) : WARD_ERR_NOMEM;

	for (size_t i = 0; !err && i < w; i++) {
		uint64_t v = o.node[cuts(a)[a->cone.top] * w + i];

		ret->n = add(ret->n, v);
		if (i <= o.top)
			ret->order[i] = v;
		else
			ret->longer = v;
	}
	ward_mem_free(a->mem, o.node, n * w * sizeof(*o.node));
	ward_mem_free(a->mem, o.level, levels * w * sizeof(*o.level));
	return err;
}

/* The sum over all cut sets of P(cut set)^power, or with power 0 the largest P(cut set). */
static enum ward_err sum(struct ward_analysis *a, double power, double *ret)
{
	enum ward_err err = analysis_room(a);
	const uint32_t *below;
	size_t n;
	double v = 0;

	for (size_t i = 0; i < a->cone.n_level; i++) {
		const struct ward_gate *g = &a->t->gate[a->cone.at_level[i]];

		if (g->kind == WARD_GATE_EVENT)
			a->p[i] = power == 0 || power == 1 ? a->t->p[g->event]
							   : pow(a->t->p[g->event], power);
	}
	for (size_t i = 0; !err && i < a->n_module; i++) {
		uint32_t m = a->module[i], f = cuts(a)[m];

		err = ward_dd_below(a->dd, f, &below, &n);
		a->value[WARD_DD_FALSE] = 0;
		a->value[WARD_DD_TRUE] = 1;
		for (size_t k = 2; !err && k < n; k++) {
			const struct ward_dd_node *x = ward_dd_at(a->dd, below[k]);
			double with = a->p[x->level] * a->value[x->hi], lo = a->value[x->lo];

			a->value[below[k]] = power != 0 ? lo + with : with > lo ? with : lo;
		}
		v = a->value[f];
		if (!err && m != a->cone.top)
			a->p[a->cone.place[m].level] = v;
	}
	if (!err)
		*ret = v;
	return err;
}

enum { POWERS_MAX = 512 };

/* -log prod(1 - c) = sum over k of (sum of c^k)/k. What the series leaves is bounded by a geometric
 * one and counted in, so that the result stays a bound. */
static enum ward_err min_cut_bound(struct ward_analysis *a, double *ret)
{
	double most, all = 0, s = 0;
	enum ward_err err = sum(a, 0, &most);

	if (err)
		return err;
	if (most >= 1) {
		*ret = 1;
		return WARD_OK;
	}
	for (unsigned k = 1; !err && k <= POWERS_MAX; k++) {
		err = sum(a, k, &s);
		all += s / k;
		double left = s * most / (1 - most) / (k + 1);

		if (left <= all * 1e-16 || k == POWERS_MAX) {
			all += left;
			break;
		}
	}
	if (!err)
		*ret = -expm1(-all);
	return err;
}

enum ward_err ward_analysis_cuts(struct ward_analysis *a, struct ward_cuts *ret)
{
	struct ward_cuts c = {0};
	enum ward_err err = ward_analysis_cut(a);

	if (!err)
		err = orders(a, &c);
	if (!err)
		err = sum(a, 1, &c.rare);
	if (!err)
		err = min_cut_bound(a, &c.bound);
	if (err)
		return err;
	c.rare = c.rare < 1 ? c.rare : 1;
	*ret = c;
	return WARD_OK;
}

/* The search for cut sets. What has still to be chosen from is a list of families; `least` counts
 * the events that all of them together need at least. */
struct task {
	uint32_t family, next, least;
};
/* Where the search goes on, after what lies above it. */
struct branch {
	uint32_t task, n_task;
	uint32_t n_event,
		event; /* the last of the n_event that are chosen, or WARD_NONE: as before */
};

struct search {
	struct ward_analysis *a;
	uint32_t *least; /* [nodes] the smallest set of the family; WARD_NONE: there is none */
	uint32_t *level_least; /* [levels] */
	size_t order_max;
	struct task *task;
	size_t n_task, cap_task;
	struct branch *branch;
	size_t n_branch, cap_branch;
	uint32_t event[WARD_CUT_ORDER_MAX + 1];
};

static uint32_t plus(uint32_t a, uint32_t b)
{
	uint32_t sum;

	return a == WARD_NONE || b == WARD_NONE || !ward_add(a, b, &sum) ? WARD_NONE : sum;
}

static enum ward_err find_least(struct search *s)
{
	struct ward_analysis *a = s->a;
	enum ward_err err = WARD_OK;

	s->least[WARD_DD_FALSE] = WARD_NONE;
	s->least[WARD_DD_TRUE] = 0;
	for (size_t i = 0; i < a->cone.n_level; i++)
		s->level_least[i] = 1;
	for (size_t i = 0; !err && i < a->n_module; i++) {
		uint32_t m = a->module[i], f = cuts(a)[m];
		const uint32_t *below;
		size_t n;

		err = ward_dd_below(a->dd, f, &below, &n);
		for (size_t k = 2; !err && k < n; k++) {
			const struct ward_dd_node *x = ward_dd_at(a->dd, below[k]);
			uint32_t with = plus(s->least[x->hi], s->level_least[x->level]);

			s->least[below[k]] = with < s->least[x->lo] ? with : s->least[x->lo];
		}
		if (!err && m != a->cone.top)
			s->level_least[a->cone.place[m].level] = s->least[f];
	}
	return err;
}

/* Puts a family in front of the tasks from next on; *ret: may it lead to a set that is short
 * enough? */
static enum ward_err put(
	struct search *s, uint32_t family, uint32_t next, uint32_t n_event, bool *ret)
{
	uint32_t least = plus(s->least[family], next == WARD_NONE ? 0 : s->task[next].least);

	*ret = plus(least, n_event) <= s->order_max;
	if (!*ret)
		return WARD_OK;
	enum ward_err err = ward_mem_more(
		s->a->mem, &s->task, s->n_task, &s->cap_task, sizeof(*s->task), SIZE_MAX / 64);

	if (!err)
		s->task[s->n_task++] = (struct task){family, next, least};
	return err;
}

static enum ward_err push(
	struct search *s, uint32_t family, uint32_t next, uint32_t n_event, uint32_t event)
{
	bool fits;
	enum ward_err err = put(s, family, next, n_event, &fits);

	if (err || !fits)
		return err;
	err = ward_mem_more(s->a->mem, &s->branch, s->n_branch, &s->cap_branch, sizeof(*s->branch),
		SIZE_MAX / 64);
	if (!err)
		s->branch[s->n_branch++] = (struct branch){
			(uint32_t)s->n_task - 1, (uint32_t)s->n_task, n_event, event};
	return err;
}

static int u32_cmp(const void *va, const void *vb)
{
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;

	return (a > b) - (a < b);
}

static enum ward_err give(struct search *s, uint32_t n,
	enum ward_err (*fn)(void *ctx, const uint32_t *event, size_t n), void *ctx)
{
	uint32_t copy[WARD_CUT_ORDER_MAX + 1];

	if (n)
		memcpy(copy, s->event, n * sizeof(*copy));
	if (n > 1)
		qsort(copy, n, sizeof(*copy), u32_cmp);
	return fn(ctx, copy, n);
}

/* With the family's first variable, or without it, which is looked at first. */
static enum ward_err choose(struct search *s, struct task t, uint32_t n)
{
	struct ward_analysis *a = s->a;
	const struct ward_dd_node *x = ward_dd_at(a->dd, t.family);
	uint32_t v = a->cone.at_level[x->level];
	enum ward_err err = WARD_OK;
	bool fits;

	if (a->t->gate[v].kind == WARD_GATE_EVENT) {
		err = push(s, x->hi, t.next, n + 1, a->t->gate[v].event);
	} else { /* a set of the module, then what follows it */
		err = put(s, x->hi, t.next, n, &fits);
		if (!err && fits)
			err = push(s, cuts(a)[v], (uint32_t)s->n_task - 1, n, WARD_NONE);
	}
	return err ? err : push(s, x->lo, t.next, n, WARD_NONE);
}

static enum ward_err search(struct search *s,
	enum ward_err (*fn)(void *ctx, const uint32_t *event, size_t n), void *ctx)
{
	enum ward_err err = push(s, cuts(s->a)[s->a->cone.top], WARD_NONE, 0, WARD_NONE);

	while (!err && s->n_branch) {
		struct branch b = s->branch[--s->n_branch];
		struct task t = s->task[b.task];

		s->n_task = b.n_task; /* those above are done with */
		if (b.event != WARD_NONE)
			s->event[b.n_event - 1] = b.event;
		if (t.family > WARD_DD_TRUE)
			err = choose(s, t, b.n_event);
		else if (t.next != WARD_NONE)
			err = push(s, s->task[t.next].family, s->task[t.next].next, b.n_event,
				WARD_NONE);
		else
			err = give(s, b.n_event, fn, ctx);
	}
	return err;
}

enum ward_err ward_analysis_each_cut(struct ward_analysis *a, size_t order_max,
	enum ward_err (*fn)(void *ctx, const uint32_t *event, size_t n), void *ctx)
{
	struct search s = {.a = a, .order_max = order_max};
	enum ward_err err = ward_analysis_cut(a);
	size_t n = ward_dd_n(a->dd), levels = a->cone.n_level + 1;

	WARD_ASSERT(order_max <= WARD_CUT_ORDER_MAX);
	s.least = ward_mem_alloc(a->mem, n * sizeof(*s.least));
	s.level_least = ward_mem_alloc(a->mem, levels * sizeof(*s.level_least));
	if (!err)
		err = s.least && s.level_least ? find_least(&s) : WARD_ERR_NOMEM;
	if (!err)
		err = search(&s, fn, ctx);
	ward_mem_free(a->mem, s.least, n * sizeof(*s.least));
	ward_mem_free(a->mem, s.level_least, levels * sizeof(*s.level_least));
	ward_mem_free(a->mem, s.task, s.cap_task * sizeof(*s.task));
	ward_mem_free(a->mem, s.branch, s.cap_branch * sizeof(*s.branch));
	return err;
}
