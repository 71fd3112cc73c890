/* Random fault trees of a few events against all their worlds. */
#include "props_logic.h"

#include "logic/analyse.h"

#include <math.h>

enum { EVENTS = 9, GATES = 10, NODES = 1 << 14, WORLDS = 1 << EVENTS };

struct drawn {
	struct ward_tree t;
	uint32_t top;
	struct ward_analysis *a;
	double p[EVENTS], top_p; /* by enumeration */
	bool world[WORLDS];      /* does it make the top true? bit i: event i */
	bool minimal[WORLDS];    /* the minimal cut sets of the coherent hull */
	uint64_t n_minimal;
};

static bool gate_holds(const struct ward_gate *g, const struct ward_tree *t, const bool *v)
{
	size_t n = 0;
	bool first = g->n && v[t->arg[g->arg]];

	for (uint32_t i = 0; i < g->n; i++)
		n += v[t->arg[g->arg + i]];
	switch (g->kind) {
	case WARD_GATE_CONST:
		return g->min;
	case WARD_GATE_AND:
		return n == g->n;
	case WARD_GATE_OR:
		return n > 0;
	case WARD_GATE_ATLEAST:
		return n >= g->min;
	case WARD_GATE_CARDINALITY:
		return n >= g->min && n <= g->max;
	case WARD_GATE_NOT:
	case WARD_GATE_NAND:
		return n < g->n;
	case WARD_GATE_NOR:
		return n == 0;
	case WARD_GATE_XOR:
		return n == 1;
	case WARD_GATE_IFF:
		return n != 1;
	case WARD_GATE_IMPLY:
		return !first || n == 2;
	case WARD_GATE_EVENT:
	case WARD_GATE_N:
		break;
	}
	return false;
}

static void enumerate(struct drawn *d)
{
	bool v[EVENTS + GATES];

	for (unsigned w = 0; w < WORLDS; w++) {
		double p = 1;

		for (uint32_t i = 0; i < d->t.n_gate; i++)
			v[i] = i < EVENTS ? w >> i & 1 : gate_holds(&d->t.gate[i], &d->t, v);
		for (unsigned i = 0; i < EVENTS; i++)
			p *= w >> i & 1 ? d->p[i] : 1 - d->p[i];
		d->world[w] = v[d->top];
		d->top_p += v[d->top] ? p : 0;
	}
	for (unsigned w = 0; w < WORLDS; w++) {
		bool smaller = false;

		for (unsigned s = w; s && !smaller;) {
			s = (s - 1) & w; /* the next smaller part of w */
			smaller = d->world[s];
		}
		d->minimal[w] = d->world[w] && !smaller;
		d->n_minimal += d->minimal[w];
	}
}

static void draw_gate(struct ward_rd *r, struct drawn *d, bool coherent)
{
	static const enum ward_gate_kind kinds[] = {WARD_GATE_OR, WARD_GATE_AND, WARD_GATE_ATLEAST,
		WARD_GATE_CONST, WARD_GATE_CARDINALITY, WARD_GATE_NOT, WARD_GATE_NAND,
		WARD_GATE_NOR, WARD_GATE_XOR, WARD_GATE_IFF, WARD_GATE_IMPLY};
	enum ward_gate_kind k = kinds[prop_below(r, coherent ? 3 : WARD_ARRAY_LEN(kinds))];
	uint32_t arg[4], g = 0;
	size_t n = k == WARD_GATE_NOT ? 1 : k >= WARD_GATE_XOR ? 2 : 1 + prop_below(r, 4);
	enum ward_err err;

	for (size_t i = 0; i < n; i++)
		arg[i] = (uint32_t)prop_below(r, d->t.n_gate);
	if (k == WARD_GATE_CONST) {
		err = ward_tree_const(&d->t, prop_below(r, 2), &g);
	} else if (k == WARD_GATE_ATLEAST || k == WARD_GATE_CARDINALITY) {
		uint32_t min = (uint32_t)prop_below(r, n + 1);
		uint32_t max = k == WARD_GATE_ATLEAST ? UINT32_MAX
						      : min + (uint32_t)prop_below(r, n - min + 1);

		err = ward_tree_count(&d->t, min, max, arg, n, &g);
	} else {
		err = ward_tree_gate(&d->t, k, arg, n, &g);
	}
	WARD_ASSERT(!err);
	d->top = g;
}

static struct drawn *draw(struct ward_rd *r, bool coherent)
{
	struct drawn *d = calloc(1, sizeof(*d));

	WARD_ASSERT(d);
	ward_tree_init(&d->t, ward_mem_heap(), 4096);
	for (unsigned i = 0; i < EVENTS; i++) {
		static const double some[] = {.1, .5, .9, .01, 0, 1, .3, .7};
		uint32_t g;

		d->p[i] = some[prop_below(r, WARD_ARRAY_LEN(some))];
		WARD_ASSERT(ward_tree_event(&d->t, d->p[i], &g) == WARD_OK);
	}
	for (size_t n = 1 + prop_below(r, GATES); n; n--)
		draw_gate(r, d, coherent);
	enumerate(d);
	WARD_ASSERT(ward_analysis_new(&d->t, d->top, NODES, &d->a) == WARD_OK);
	return d;
}

static bool done(struct drawn *d, bool ok)
{
	ward_analysis_free(d->a);
	ward_tree_fini(&d->t);
	free(d);
	return ok;
}

static bool near(double a, double b)
{
	return (isnan(a) && isnan(b)) || (isinf(a) && isinf(b)) ||
	       fabs(a - b) <= 1e-12 * fmax(1, fabs(b));
}

static bool probability_is_that_of_all_worlds(struct ward_rd *r)
{
	struct drawn *d = draw(r, prop_below(r, 2));
	double p, again;
	enum ward_err err = ward_analysis_probability(d->a, NULL, &p);

	if (!err)
		err = ward_analysis_probability(d->a, d->p, &again);
	return done(d, !err && near(p, d->top_p) && p == again);
}

static enum ward_err strike(void *ctx, const uint32_t *event, size_t n)
{
	struct drawn *d = ctx;
	unsigned w = 0;

	for (size_t i = 0; i < n; i++)
		w |= 1u << event[i];
	if (!d->minimal[w]) /* none, or told twice */
		return WARD_ERR_MALFORMED;
	d->minimal[w] = false;
	return WARD_OK;
}

static bool cut_sets_are_the_minimal_worlds(struct ward_rd *r)
{
	struct drawn *d = draw(r, prop_below(r, 2));
	size_t top = prop_below(r, EVENTS + 1);
	struct ward_cuts c;
	double rare = 0, none = 1;
	enum ward_err err = ward_analysis_cuts(d->a, &c);
	bool ok = !err && c.n == d->n_minimal && c.longer == 0;

	for (unsigned w = 0; w < WORLDS; w++) {
		double p = 1;

		if (!d->minimal[w])
			continue;
		for (unsigned i = 0; i < EVENTS; i++)
			p *= w >> i & 1 ? d->p[i] : 1;
		rare += p;
		none *= 1 - p;
		c.order[__builtin_popcount(w)]--;
		if ((size_t)__builtin_popcount(w) > top)
			d->minimal[w] = false;
	}
	for (size_t i = 0; i <= EVENTS; i++)
		ok = ok && c.order[i] == 0;
	ok = ok && near(c.rare, fmin(rare, 1)) && fabs(c.bound - (1 - none)) <= 1e-9;
	ok = ok && c.bound >= d->top_p - 1e-12;
	err = ward_analysis_each_cut(d->a, top, strike, d);
	for (unsigned w = 0; w < WORLDS; w++)
		ok = ok && !d->minimal[w];
	return done(d, ok && !err);
}

/* P(top | event is so), by enumeration. */
static double given(const struct drawn *d, unsigned event, bool is)
{
	double sum = 0;

	for (unsigned w = 0; w < WORLDS; w++) {
		double p = 1;

		if (!d->world[w] || (w >> event & 1) != is)
			continue;
		for (unsigned i = 0; i < EVENTS; i++)
			p *= i == event ? 1 : w >> i & 1 ? d->p[i] : 1 - d->p[i];
		sum += p;
	}
	return sum;
}

static double share_of_cut_sets(const struct drawn *d, unsigned event)
{
	double all = 0, with = 0;

	for (unsigned w = 0; w < WORLDS; w++) {
		double p = d->minimal[w];

		for (unsigned i = 0; i < EVENTS; i++)
			p *= w >> i & 1 ? d->p[i] : 1;
		all += p;
		with += w >> event & 1 ? p : 0;
	}
	return all > 0 ? with / all : (double)NAN;
}

static bool importance_is_what_the_worlds_say(struct ward_rd *r)
{
	struct drawn *d = draw(r, prop_below(r, 2));
	struct ward_importance v[EVENTS];
	enum ward_err err = ward_analysis_importance(d->a, true, v);
	bool ok = !err;

	for (unsigned i = 0; ok && i < EVENTS; i++) {
		double with = given(d, i, true), not_ = given(d, i, false);

		ok = near(v[i].birnbaum, with - not_);
		if (!ward_analysis_uses(d->a, i) || d->top_p < 1e-9)
			continue;
		ok = ok && near(v[i].criticality, (with - not_) * d->p[i] / d->top_p) &&
		     near(v[i].raw, with / d->top_p) &&
		     near(v[i].fussell_vesely, share_of_cut_sets(d, i)) &&
		     (not_ > 0 ? fabs(v[i].rrw * not_ / d->top_p - 1) < 1e-9 : isinf(v[i].rrw));
	}
	return done(d, ok);
}

static bool bounds_of_inputs_bound_the_result(struct ward_rd *r)
{
	struct drawn *d = draw(r, true);
	double lo[EVENTS], hi[EVENTS], p_lo = 0, p_hi = 0;

	for (unsigned i = 0; i < EVENTS; i++) {
		double by = (double)prop_below(r, 100) / 100;

		lo[i] = d->p[i] * by;
		hi[i] = d->p[i] + (1 - d->p[i]) * by;
	}
	enum ward_err err = ward_analysis_probability(d->a, lo, &p_lo);

	if (!err)
		err = ward_analysis_probability(d->a, hi, &p_hi);
	return done(d, !err && ward_analysis_size(d->a).coherent && p_lo <= d->top_p + 1e-12 &&
			       d->top_p <= p_hi + 1e-12);
}

const struct prop *props_logic(size_t *ret_n)
{
	static const struct prop all[] = {
		{"probability_is_that_of_all_worlds", probability_is_that_of_all_worlds},
		{"cut_sets_are_the_minimal_worlds", cut_sets_are_the_minimal_worlds},
		{"importance_is_what_the_worlds_say", importance_is_what_the_worlds_say},
		{"bounds_of_inputs_bound_the_result", bounds_of_inputs_bound_the_result},
	};

	*ret_n = WARD_ARRAY_LEN(all);
	return all;
}
