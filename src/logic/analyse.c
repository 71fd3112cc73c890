#include "logic/analysis.h"

#include <stdlib.h>

enum { NODES_FIRST = 1 << 15, NODES_GROW = 16, SWEEP_FIRST = 1 << 14 };

static void let_go(struct ward_analysis *a)
{
	ward_dd_free(a->dd);
	a->dd = NULL;
}

void ward_analysis_free(struct ward_analysis *a)
{
	if (!a)
		return;
	size_t n = a->t->n_gate;

	let_go(a);
	cone_fini(&a->cone);
	ward_mem_free(a->mem, a->fn, 3 * n * sizeof(*a->fn));
	ward_mem_free(a->mem, a->left, n * sizeof(*a->left));
	ward_mem_free(a->mem, a->module, n * sizeof(*a->module));
	ward_mem_free(a->mem, a->p, n * sizeof(*a->p));
	ward_mem_free(a->mem, a->value, a->cap_value * sizeof(*a->value));
	ward_mem_free(a->mem, a->weight, a->cap_value * sizeof(*a->weight));
	ward_mem_free(a->mem, a, sizeof(*a));
}

static int deeper_cmp(const void *va, const void *vb, void *ctx)
{
	const struct ward_dd *d = ctx;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	uint32_t la = ward_dd_at(d, a)->level, lb = ward_dd_at(d, b)->level;

	return la != lb ? (la > lb ? -1 : 1) : (a > b) - (a < b);
}

/* Joins those that stand deepest in the order first: their result stays small. */
static enum ward_err join(
	struct ward_dd *d, enum ward_dd_op op, uint32_t *f, size_t n, uint32_t *ret)
{
	uint32_t r = op == WARD_DD_AND ? WARD_DD_TRUE : WARD_DD_FALSE;
	enum ward_err err = WARD_OK;

	if (n > 1 && op != WARD_DD_XOR)
		qsort_r(f, n, sizeof(*f), deeper_cmp, d);
	for (size_t i = 0; !err && i < n; i++)
		err = ward_dd_apply(d, op, f[i], r, &r);
	if (!err)
		*ret = r;
	return err;
}

static enum ward_err negate(struct ward_dd *d, enum ward_err err, uint32_t *f)
{
	return err ? err : ward_dd_apply(d, WARD_DD_XOR, *f, WARD_DD_TRUE, f);
}

/* min to max of them. */
static enum ward_err between(
	struct ward_dd *d, const struct ward_gate *g, const uint32_t *f, uint32_t *ret)
{
	uint32_t more = WARD_DD_FALSE, enough = WARD_DD_FALSE;
	enum ward_err err = ward_dd_atleast(d, g->min, f, g->n, &enough);

	if (!err && g->kind == WARD_GATE_CARDINALITY) {
		err = ward_dd_atleast(d, (size_t)g->max + 1, f, g->n, &more);
		err = negate(d, err, &more);
		if (!err)
			err = ward_dd_apply(d, WARD_DD_AND, enough, more, &enough);
	}
	if (!err)
		*ret = enough;
	return err;
}

/* f[n]: the operands' functions; their order may change. */
static enum ward_err function(
	struct ward_dd *d, const struct ward_gate *g, uint32_t *f, uint32_t *ret)
{
	enum ward_err err;

	switch (g->kind) {
	case WARD_GATE_CONST:
		*ret = g->min ? WARD_DD_TRUE : WARD_DD_FALSE;
		return WARD_OK;
	case WARD_GATE_AND:
		return join(d, WARD_DD_AND, f, g->n, ret);
	case WARD_GATE_NAND:
	case WARD_GATE_NOT:
		return negate(d, join(d, WARD_DD_AND, f, g->n, ret), ret);
	case WARD_GATE_OR:
		return join(d, WARD_DD_OR, f, g->n, ret);
	case WARD_GATE_NOR:
		return negate(d, join(d, WARD_DD_OR, f, g->n, ret), ret);
	case WARD_GATE_XOR:
		return join(d, WARD_DD_XOR, f, g->n, ret);
	case WARD_GATE_IFF:
		return negate(d, join(d, WARD_DD_XOR, f, g->n, ret), ret);
	case WARD_GATE_IMPLY:
		err = negate(d, WARD_OK, &f[0]);
		return err ? err : join(d, WARD_DD_OR, f, g->n, ret);
	case WARD_GATE_ATLEAST:
	case WARD_GATE_CARDINALITY:
		return between(d, g, f, ret);
	case WARD_GATE_EVENT:
	case WARD_GATE_N:
		break;
	}
	WARD_ASSERT(g->kind == WARD_GATE_CONST); /* an event is its own variable */
	return WARD_ERR_STATE;
}

static enum ward_err build_gate(struct ward_analysis *a, uint32_t v, uint32_t *arg)
{
	const struct ward_tree *t = a->t;
	const struct ward_gate *g = &t->gate[v];
	const struct place *p = &a->cone.place[v];
	uint32_t f = WARD_DD_FALSE;
	enum ward_err err;

	for (uint32_t i = 0; i < g->n; i++)
		arg[i] = a->fn[a->cone.arg[g->arg + i]];
	if (g->kind == WARD_GATE_IMPLY) /* the only one whose operands have places */
		for (uint32_t i = 0; i < g->n; i++)
			arg[i] = a->fn[t->arg[g->arg + i]];
	err = g->kind == WARD_GATE_EVENT ? ward_dd_var(a->dd, p->level, &f)
					 : function(a->dd, g, arg, &f);
	if (!err && (v == a->cone.top || (p->module && f > WARD_DD_TRUE))) {
		inner(a)[v] = f;
		if (v != a->cone.top)
			err = ward_dd_var(a->dd, p->level, &f);
		if (!err)
			a->module[a->n_module++] = v;
	}
	if (!err)
		a->fn[v] = f;
	return err;
}

/* What no gate will ask for any more is let go. */
static void used(struct ward_analysis *a, uint32_t v)
{
	const struct ward_gate *g = &a->t->gate[v];

	for (uint32_t i = g->arg; i < g->arg + g->n; i++)
		if (--a->left[a->t->arg[i]] == 0)
			a->fn[a->t->arg[i]] = WARD_DD_FALSE;
}

static enum ward_err build_all(struct ward_analysis *a, uint32_t *arg)
{
	const struct ward_tree *t = a->t;
	size_t n = t->n_gate, sweep = SWEEP_FIRST;
	enum ward_err err = WARD_OK;

	memset(a->fn, 0, 3 * n * sizeof(*a->fn));
	memset(a->left, 0, n * sizeof(*a->left));
	a->n_module = 0;
	for (size_t i = 0; i < a->cone.n; i++) {
		const struct ward_gate *g = &t->gate[a->cone.post[i]];

		for (uint32_t k = g->arg; k < g->arg + g->n; k++)
			a->left[t->arg[k]]++;
	}
	for (size_t i = 0; !err && i < a->cone.n; i++) {
		if (ward_dd_n(a->dd) > sweep) {
			err = ward_dd_sweep(a->dd, a->fn, 2 * n);
			sweep = ward_dd_n(a->dd) * 2 > SWEEP_FIRST ? ward_dd_n(a->dd) * 2
								   : SWEEP_FIRST;
		}
		if (!err)
			err = build_gate(a, a->cone.post[i], arg);
		if (err == WARD_ERR_LIMIT) { /* once more without what is left over */
			err = ward_dd_sweep(a->dd, a->fn, 2 * n);
			if (!err)
				err = build_gate(a, a->cone.post[i], arg);
		}
		if (!err)
			used(a, a->cone.post[i]);
	}
	return err ? err : ward_dd_sweep(a->dd, a->fn, 2 * n);
}

static enum ward_err build(struct ward_analysis *a, size_t node_max)
{
	size_t widest = 1;

	for (size_t i = 0; i < a->t->n_gate; i++)
		widest = a->t->gate[i].n > widest ? a->t->gate[i].n : widest;
	uint32_t *arg = ward_mem_alloc(a->mem, widest * sizeof(*arg));
	enum ward_err err = arg ? WARD_ERR_LIMIT : WARD_ERR_NOMEM;
	bool last = false;

	for (size_t nodes = NODES_FIRST; err == WARD_ERR_LIMIT && !last; nodes *= NODES_GROW) {
		last = nodes >= node_max;
		for (enum order o = 0; err == WARD_ERR_LIMIT && o < ORDER_N; o++) {
			let_go(a);
			cone_walk(&a->cone, o);
			err = ward_dd_new(a->mem, last ? node_max : nodes, &a->dd);
			if (!err)
				err = build_all(a, arg);
		}
	}
	ward_mem_free(a->mem, arg, widest * sizeof(*arg));
	if (!err)
		ward_dd_allow(a->dd, node_max);
	return err;
}

enum ward_err ward_analysis_new(
	const struct ward_tree *t, uint32_t top, size_t node_max, struct ward_analysis **ret)
{
	struct ward_analysis *a = ward_mem_alloc(t->mem, sizeof(*a));
	size_t n = t->n_gate;

	if (!a)
		return WARD_ERR_NOMEM;
	a->mem = t->mem;
	a->t = t;
	enum ward_err err = cone_init(&a->cone, t, top);

	a->fn = ward_mem_alloc(a->mem, 3 * n * sizeof(*a->fn));
	a->left = ward_mem_alloc(a->mem, n * sizeof(*a->left));
	a->module = ward_mem_alloc(a->mem, n * sizeof(*a->module));
	a->p = ward_mem_alloc(a->mem, n * sizeof(*a->p));
	if (!err)
		err = a->fn && a->left && a->module && a->p ? build(a, node_max) : WARD_ERR_NOMEM;
	if (err)
		ward_analysis_free(a);
	else
		*ret = a;
	return err;
}

struct ward_analysis_size ward_analysis_size(const struct ward_analysis *a)
{
	struct ward_analysis_size s = {.modules = a->n_module,
		.nodes = ward_dd_n(a->dd),
		.coherent = a->cone.place[a->cone.top].monotone};

	for (size_t i = 0; i < a->cone.n; i++) {
		bool event = a->t->gate[a->cone.post[i]].kind == WARD_GATE_EVENT;

		s.events += event;
		s.gates += !event;
	}
	return s;
}

bool ward_analysis_uses(const struct ward_analysis *a, uint32_t event)
{
	for (size_t i = 0; i < a->cone.n_level; i++) {
		const struct ward_gate *g = &a->t->gate[a->cone.at_level[i]];

		if (g->kind == WARD_GATE_EVENT && g->event == event)
			return true;
	}
	return false;
}

enum ward_err analysis_room(struct ward_analysis *a)
{
	size_t n = ward_dd_n(a->dd), old = a->cap_value * sizeof(double);

	if (n <= a->cap_value)
		return WARD_OK;
	double *value = ward_mem_resize(a->mem, a->value, old, n * sizeof(double));

	if (!value)
		return WARD_ERR_NOMEM;
	a->value = value;
	double *weight = ward_mem_resize(a->mem, a->weight, old, n * sizeof(double));

	if (!weight) { /* value stays of the size that cap_value says */
		a->value = ward_mem_resize(a->mem, value, n * sizeof(double), old);
		return WARD_ERR_NOMEM;
	}
	a->weight = weight;
	a->cap_value = n;
	return WARD_OK;
}

enum ward_err analysis_evaluate(struct ward_analysis *a, const double *p, double *ret)
{
	enum ward_err err = analysis_room(a);
	double v = 0;

	for (size_t i = 0; i < a->cone.n_level; i++) {
		const struct ward_gate *g = &a->t->gate[a->cone.at_level[i]];

		if (g->kind == WARD_GATE_EVENT)
			a->p[i] = p[g->event];
	}
	for (size_t i = 0; !err && i < a->n_module; i++) {
		uint32_t m = a->module[i];

		err = ward_dd_probability(a->dd, inner(a)[m], a->p, a->value, &v);
		if (m != a->cone.top)
			a->p[a->cone.place[m].level] = v;
	}
	if (!err)
		*ret = v;
	return err;
}

enum ward_err ward_analysis_probability(struct ward_analysis *a, const double *p, double *ret)
{
	return analysis_evaluate(a, p ? p : a->t->p, ret);
}
