/* Which event matters: Birnbaum's derivative by one walk down the diagrams, the others from it. */
#include "logic/analysis.h"

#include <math.h>

/* Below this share of P(top), P(top | not event) is computed anew: the difference would be noise.
 */
#define NEARLY_NOTHING 1e-3

/* share[level] += what one module's diagram gives its variables, times the module's own. Families:
 * the part of the sum of cut sets that has the variable; functions: the derivative. */
static enum ward_err walk(
	struct ward_analysis *a, uint32_t f, bool family, double own, double *share)
{
	const uint32_t *below;
	size_t n;
	enum ward_err err = ward_dd_below(a->dd, f, &below, &n);

	a->value[WARD_DD_FALSE] = 0;
	a->value[WARD_DD_TRUE] = 1;
	for (size_t i = 0; !err && i < n; i++) {
		const struct ward_dd_node *x = ward_dd_at(a->dd, below[i]);

		a->weight[below[i]] = 0;
		if (i >= 2)
			a->value[below[i]] = a->p[x->level] * a->value[x->hi] +
					     (family ? 1 : 1 - a->p[x->level]) * a->value[x->lo];
	}
	if (!err)
		a->weight[f] = own;
	for (size_t i = n; !err && i-- > 2;) {
		const struct ward_dd_node *x = ward_dd_at(a->dd, below[i]);
		double w = a->weight[below[i]], p = a->p[x->level];

		share[x->level] +=
			family ? w * p * a->value[x->hi] : w * (a->value[x->hi] - a->value[x->lo]);
		a->weight[x->hi] += w * p;
		a->weight[x->lo] += family ? w : w * (1 - p);
	}
	return err;
}

/* Modules from the top down; p per level and rooms are set. */
static enum ward_err derive(struct ward_analysis *a, double *share)
{
	enum ward_err err = WARD_OK;

	for (size_t i = a->n_module; !err && i-- > 0;) {
		uint32_t m = a->module[i];
		double own = m == a->cone.top ? 1 : share[a->cone.place[m].level];

		err = walk(a, inner(a)[m], false, own, share);
	}
	return err;
}

/* The sums of the cut sets of each module, then each variable's part. */
static enum ward_err divide(struct ward_analysis *a, double *share)
{
	double *sum = ward_mem_alloc(a->mem, (a->cone.n_level + 1) * sizeof(*sum));
	enum ward_err err = sum ? analysis_room(a) : WARD_ERR_NOMEM;

	/* Once upwards for p, then downwards for the parts; a module's p is its sum. */
	for (size_t i = 0; !err && i < a->n_module; i++) {
		uint32_t m = a->module[i];

		err = walk(a, cuts(a)[m], true, 0, sum);
		if (m != a->cone.top)
			a->p[a->cone.place[m].level] = a->value[cuts(a)[m]];
	}
	for (size_t i = a->n_module; !err && i-- > 0;) {
		uint32_t m = a->module[i];
		double all = 0, own = 1;

		if (m != a->cone.top) {
			all = a->p[a->cone.place[m].level];
			own = all > 0 ? share[a->cone.place[m].level] / all : 0;
		}
		err = walk(a, cuts(a)[m], true, own, share);
	}
	ward_mem_free(a->mem, sum, (a->cone.n_level + 1) * sizeof(*sum));
	return err;
}

static double ratio(double a, double b)
{
	return b > 0 ? a / b : a > 0 ? (double)INFINITY : (double)NAN;
}

/* P(top | not event), anew: p[event] is put to 0 for the time. */
static enum ward_err without(struct ward_analysis *a, uint32_t event, double *p, double *ret)
{
	double was = p[event];

	p[event] = 0;
	enum ward_err err = analysis_evaluate(a, p, ret);

	p[event] = was;
	return err;
}

static enum ward_err measure(
	struct ward_analysis *a, uint32_t event, double *p, double top, struct ward_importance *to)
{
	double with = top + (1 - p[event]) * to->birnbaum, not_ = top - p[event] * to->birnbaum;
	enum ward_err err = WARD_OK;

	if (not_ < top * NEARLY_NOTHING)
		err = without(a, event, p, &not_);
	to->criticality = ratio(to->birnbaum * p[event], top);
	to->raw = ratio(with, top);
	to->rrw = ratio(top, not_);
	return err;
}

/* ret[].birnbaum and fussell_vesely; share[n_level] is scratch. */
static enum ward_err shares(struct ward_analysis *a, bool cuts_too, double *top, double *share,
	struct ward_importance *ret)
{
	size_t n = a->cone.n_level;
	enum ward_err err = analysis_evaluate(a, a->t->p, top);

	if (!err)
		err = derive(a, share);
	for (size_t i = 0; !err && i < n; i++) {
		const struct ward_gate *g = &a->t->gate[a->cone.at_level[i]];

		if (g->kind == WARD_GATE_EVENT)
			ret[g->event].birnbaum = share[i];
		share[i] = 0;
	}
	if (err || !cuts_too)
		return err;
	err = divide(a, share);
	double all = a->value[cuts(a)[a->cone.top]];

	for (size_t i = 0; !err && i < n; i++) {
		const struct ward_gate *g = &a->t->gate[a->cone.at_level[i]];

		if (g->kind == WARD_GATE_EVENT)
			ret[g->event].fussell_vesely = ratio(share[i], all);
	}
	return err;
}

enum ward_err ward_analysis_importance(
	struct ward_analysis *a, bool cuts_too, struct ward_importance *ret)
{
	size_t n = a->t->n_event, n_level = a->cone.n_level + 1;
	enum ward_err err = cuts_too ? ward_analysis_cut(a) : WARD_OK;
	double *share = ward_mem_alloc(a->mem, n_level * sizeof(*share));
	double *p = ward_mem_alloc(a->mem, (n + 1) * sizeof(*p)), top = 0;

	if (!err)
		err = share && p ? WARD_OK : WARD_ERR_NOMEM;
	for (size_t i = 0; !err && i < n; i++) {
		ret[i] = (struct ward_importance){
			.raw = 1, .rrw = 1, .fussell_vesely = cuts_too ? 0 : (double)NAN};
		p[i] = a->t->p[i];
	}
	if (!err)
		err = shares(a, cuts_too, &top, share, ret);
	for (size_t i = 0; !err && i < a->cone.n_level; i++) {
		const struct ward_gate *g = &a->t->gate[a->cone.at_level[i]];

		if (g->kind == WARD_GATE_EVENT)
			err = measure(a, g->event, p, top, &ret[g->event]);
	}
	ward_mem_free(a->mem, share, n_level * sizeof(*share));
	ward_mem_free(a->mem, p, (n + 1) * sizeof(*p));
	return err;
}
