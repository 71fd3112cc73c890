/* Diagrams, common causes, cut sets and importance on examples that are worked by hand, and the
 * corners: constants, one event, negation, division by zero, limits, no memory. */
#include "logic/analyse.h"
#include "logic/dd.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { GATES_MAX = 4096, NODES = 1 << 16 };

struct lab {
	struct ward_tree t;
	struct ward_analysis *a;
};

static void lab_init(struct lab *l)
{
	*l = (struct lab){0};
	ward_tree_init(&l->t, ward_mem_heap(), GATES_MAX);
}

static void lab_fini(struct lab *l)
{
	ward_analysis_free(l->a);
	l->a = NULL;
	ward_tree_fini(&l->t);
}

static uint32_t event(struct lab *l, double p)
{
	uint32_t g = 0;

	assert_int_equal(ward_tree_event(&l->t, p, &g), WARD_OK);
	return g;
}

static uint32_t gate(struct lab *l, enum ward_gate_kind k, uint32_t a, uint32_t b)
{
	uint32_t arg[] = {a, b}, g = 0;

	assert_int_equal(ward_tree_gate(&l->t, k, arg, k == WARD_GATE_NOT ? 1 : 2, &g), WARD_OK);
	return g;
}

static double analyse(struct lab *l, uint32_t top)
{
	double p = -1;

	ward_analysis_free(l->a);
	l->a = NULL;
	assert_int_equal(ward_analysis_new(&l->t, top, NODES, &l->a), WARD_OK);
	assert_int_equal(ward_analysis_probability(l->a, NULL, &p), WARD_OK);
	return p;
}

static void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-12 * fmax(1, fabs(want))))
		fail_msg("%.17g, expected %.17g", got, want);
}

static struct ward_cuts cut(struct lab *l)
{
	struct ward_cuts c;

	assert_int_equal(ward_analysis_cuts(l->a, &c), WARD_OK);
	return c;
}

struct listed {
	char text[256];
};

static enum ward_err list(void *ctx, const uint32_t *e, size_t n)
{
	struct listed *l = ctx;
	size_t at = strlen(l->text);

	for (size_t i = 0; i <= n; i++)
		at += (size_t)snprintf(l->text + at, sizeof(l->text) - at, i < n ? "%c" : " ",
			i < n ? 'a' + (int)e[i] : 0);
	return WARD_OK;
}

static void cuts_are(struct lab *l, size_t order, const char *want)
{
	struct listed got = {""};

	assert_int_equal(ward_analysis_each_cut(l->a, order, list, &got), WARD_OK);
	assert_string_equal(got.text, want);
}

static void two_of_three(void **state)
{
	struct lab l;
	uint32_t arg[3], top, both[2];
	struct ward_cuts c;

	(void)state;
	lab_init(&l);
	arg[0] = event(&l, .1);
	arg[1] = event(&l, .2);
	arg[2] = event(&l, .3);
	assert_int_equal(ward_tree_count(&l.t, 2, UINT32_MAX, arg, 3, &top), WARD_OK);
	near(analyse(&l, top), .098); /* W4 */
	c = cut(&l);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.order[2], 3);
	near(c.rare, .11);
	near(c.bound, 1 - .98 * .97 * .94);
	cuts_are(&l, 2, "bc ac ab ");
	cuts_are(&l, 1, "");
	both[0] = top;
	both[1] = event(&l, .01);
	near(analyse(&l, gate(&l, WARD_GATE_OR, both[0], both[1])), .10702); /* W5 */
	/* Exactly 1 or 2 of three. */
	assert_int_equal(ward_tree_count(&l.t, 1, 2, arg, 3, &top), WARD_OK);
	near(analyse(&l, top), 1 - .1 * .2 * .3 - .9 * .8 * .7);
	assert_false(ward_analysis_size(l.a).coherent);
	lab_fini(&l);
}

static void modules_and_trains(void **state)
{
	struct lab l;
	uint32_t v1, v2, p1, p2, top;

	(void)state;
	lab_init(&l);
	v1 = event(&l, .5);
	p1 = event(&l, .7);
	v2 = event(&l, .5);
	p2 = event(&l, .7);
	top = gate(
		&l, WARD_GATE_AND, gate(&l, WARD_GATE_OR, v1, p1), gate(&l, WARD_GATE_OR, v2, p2));
	near(analyse(&l, top), .7225); /* W7 */
	assert_int_equal(ward_analysis_size(l.a).modules, 3);
	near(cut(&l).rare, 1); /* 1.44, and no probability is above 1 */
	assert_int_equal(cut(&l).n, 4);
	cuts_are(&l, 2, "bd bc ad ac ");
	lab_fini(&l);
}

static void bridge(void **state)
{
	struct lab l;
	uint32_t e[6], fail[4], top;

	(void)state;
	lab_init(&l);
	for (int i = 1; i < 6; i++)
		e[i] = event(&l, .1);
	fail[0] = gate(&l, WARD_GATE_AND, e[1], e[2]);
	fail[1] = gate(&l, WARD_GATE_AND, e[4], e[5]);
	fail[2] = gate(&l, WARD_GATE_AND, gate(&l, WARD_GATE_AND, e[1], e[3]), e[5]);
	fail[3] = gate(&l, WARD_GATE_AND, gate(&l, WARD_GATE_AND, e[2], e[3]), e[4]);
	assert_int_equal(ward_tree_gate(&l.t, WARD_GATE_OR, fail, 4, &top), WARD_OK);
	near(1 - analyse(&l, top), .97848); /* W9 */
	assert_int_equal(cut(&l).order[2], 2);
	assert_int_equal(cut(&l).order[3], 2);
	lab_fini(&l);
}

/* Coherent, so that bounds of the inputs give bounds of the result. */
static void interval(void **state)
{
	struct lab l;
	uint32_t sa, at, sb, bt, top;
	double lo[] = {.4, .8, .6, .5}, hi[] = {.6, .8, .6, .5}, p;

	(void)state;
	lab_init(&l);
	sa = event(&l, .5);
	at = event(&l, .8);
	sb = event(&l, .6);
	bt = event(&l, .5);
	top = gate(
		&l, WARD_GATE_OR, gate(&l, WARD_GATE_AND, sa, at), gate(&l, WARD_GATE_AND, sb, bt));
	near(analyse(&l, top), .58); /* W1 */
	assert_true(ward_analysis_size(l.a).coherent);
	assert_int_equal(ward_analysis_probability(l.a, lo, &p), WARD_OK);
	near(p, .524); /* W13 */
	assert_int_equal(ward_analysis_probability(l.a, hi, &p), WARD_OK);
	near(p, .636);
	lab_fini(&l);
}

static void corners(void **state)
{
	struct lab l;
	uint32_t a, b, yes, no, not_a;

	(void)state;
	lab_init(&l);
	a = event(&l, .1);
	b = event(&l, .2);
	assert_int_equal(ward_tree_const(&l.t, true, &yes), WARD_OK);
	assert_int_equal(ward_tree_const(&l.t, false, &no), WARD_OK);
	not_a = gate(&l, WARD_GATE_NOT, a, 0);
	near(analyse(&l, a), .1); /* a tree of one event */
	cuts_are(&l, 1, "a ");
	near(analyse(&l, yes), 1);
	assert_int_equal(cut(&l).n, 1); /* nothing has to happen */
	assert_int_equal(cut(&l).order[0], 1);
	near(cut(&l).bound, 1);
	near(analyse(&l, no), 0);
	assert_int_equal(cut(&l).n, 0);
	near(cut(&l).bound, 0);
	near(analyse(&l, not_a), .9);
	assert_int_equal(cut(&l).order[0], 1);
	near(analyse(&l, gate(&l, WARD_GATE_OR, a, not_a)), 1);
	near(analyse(&l, gate(&l, WARD_GATE_AND, a, not_a)), 0);
	assert_int_equal(cut(&l).n, 0);
	near(analyse(&l, gate(&l, WARD_GATE_OR, a, yes)), 1);
	near(analyse(&l, gate(&l, WARD_GATE_AND, a, no)), 0);
	near(analyse(&l, gate(&l, WARD_GATE_XOR, a, b)), .26);
	near(analyse(&l, gate(&l, WARD_GATE_IFF, a, b)), .74);
	near(analyse(&l, gate(&l, WARD_GATE_IMPLY, a, b)), 1 - .1 * .8);
	near(analyse(&l, gate(&l, WARD_GATE_IMPLY, b, a)), 1 - .2 * .9);
	near(analyse(&l, gate(&l, WARD_GATE_NAND, a, b)), .98);
	near(analyse(&l, gate(&l, WARD_GATE_NOR, a, b)), .72);
	near(analyse(&l, gate(&l, WARD_GATE_AND, a, a)), .1);
	lab_fini(&l);
}

static void importance_divides_by_zero(void **state)
{
	struct lab l;
	struct ward_importance v[4];
	uint32_t mains, gen, relay, other;

	(void)state;
	lab_init(&l);
	mains = event(&l, .03);
	gen = event(&l, .02);
	relay = event(&l, .05);
	other = event(&l, .5);
	(void)other;
	near(analyse(&l, gate(&l, WARD_GATE_AND, mains, gate(&l, WARD_GATE_OR, gen, relay))),
		.00207);
	assert_int_equal(ward_analysis_importance(l.a, true, v), WARD_OK);
	near(v[0].birnbaum, .069);
	near(v[0].criticality, 1);
	near(v[0].fussell_vesely, 1);
	near(v[0].raw, .069 / .00207);
	assert_true(isinf(v[0].rrw)); /* without it the top cannot be */
	near(v[1].birnbaum, .03 * .95);
	near(v[1].rrw, .00207 / .0015);
	near(v[1].fussell_vesely, .0006 / .0021);
	near(v[1].raw, .03 / .00207);
	near(v[3].birnbaum, 0); /* not below the top */
	near(v[3].raw, 1);
	near(v[3].rrw, 1);
	assert_int_equal(ward_analysis_importance(l.a, false, v), WARD_OK);
	assert_true(isnan(v[0].fussell_vesely));
	assert_true(ward_analysis_uses(l.a, 2) && !ward_analysis_uses(l.a, 3));

	/* A top that cannot be: achieving 0/0 has no answer, achieving from 0 is infinite. */
	uint32_t never = event(&l, 0);

	near(analyse(&l, never), 0);
	struct ward_importance w[5];

	assert_int_equal(ward_analysis_importance(l.a, true, w), WARD_OK);
	assert_true(isinf(w[4].raw) && isnan(w[4].rrw) && isnan(w[4].criticality));
	lab_fini(&l);
}

/* Three trains of a valve and a pump each, q .1, in two groups: worked by enumeration. */
static double three_trains(enum ward_ccf_model m, const double *factor, uint64_t *ret_cuts)
{
	struct lab l;
	double split[3];
	uint32_t of_set[8], pump[3], valve[3], train[3], top;

	lab_init(&l);
	ward_ccf_split(m, .1, factor, 3, split);
	assert_int_equal(ward_ccf_expand(&l.t, split, 3, of_set, pump), WARD_OK);
	assert_int_equal(ward_ccf_expand(&l.t, split, 3, of_set, valve), WARD_OK);
	for (int i = 0; i < 3; i++)
		train[i] = gate(&l, WARD_GATE_OR, pump[i], valve[i]);
	assert_int_equal(ward_tree_gate(&l.t, WARD_GATE_AND, train, 3, &top), WARD_OK);
	double p = analyse(&l, top);

	*ret_cuts = cut(&l).n;
	lab_fini(&l);
	return p;
}

static void common_causes(void **state)
{
	static const double beta[] = {.2}, mgl[] = {.2, .1}, shares[] = {.7, .2, .1};
	double split[4];
	uint64_t n;

	(void)state;
	/* A member's events make up its q. */
	for (enum ward_ccf_model m = WARD_CCF_BETA; m <= WARD_CCF_ALPHA; m++) {
		static const double f[] = {.5, .25, .125, .125};

		ward_ccf_split(m, .01, f, 4, split);
		near(split[0] + 3 * split[1] + 3 * split[2] + split[3], .01);
	}
	ward_ccf_split(WARD_CCF_PHI, .01, shares, 3, split);
	near(split[1], .002);
	assert_int_equal(ward_ccf_factors(WARD_CCF_BETA, 4), 1);
	assert_int_equal(ward_ccf_factors(WARD_CCF_MGL, 4), 3);
	assert_int_equal(ward_ccf_factors(WARD_CCF_ALPHA, 4), 4);
	assert_true(fabs(three_trains(WARD_CCF_BETA, beta, &n) - .04308) < 1e-5);
	assert_int_equal(n, 10);
	assert_true(fabs(three_trains(WARD_CCF_MGL, mgl, &n) - .01630) < 1e-5);
	assert_int_equal(n, 34);
	assert_true(fabs(three_trains(WARD_CCF_ALPHA, shares, &n) - .05298) < 1e-5);
	assert_true(fabs(three_trains(WARD_CCF_PHI, shares, &n) - .04104) < 1e-5);
}

/* 20 of 40: its diagram has the same size in any order of the variables, and that is not 50. */
static void limits_are_said(void **state)
{
	struct lab l;
	uint32_t arg[40], top;
	struct ward_analysis *a = NULL;
	double p;

	(void)state;
	lab_init(&l);
	for (int i = 0; i < 40; i++)
		arg[i] = event(&l, .5);
	assert_int_equal(ward_tree_count(&l.t, 20, UINT32_MAX, arg, 40, &top), WARD_OK);
	assert_int_equal(ward_analysis_new(&l.t, top, 50, &a), WARD_ERR_LIMIT);
	assert_null(a);
	assert_true(fabs(analyse(&l, top) - .5626853438145) < 1e-9);
	assert_int_equal(ward_analysis_probability(l.a, NULL, &p), WARD_OK);
	assert_int_equal(cut(&l).n, 137846528820); /* 40 over 20 */
	lab_fini(&l);
	l.t.max = 1;
	assert_int_equal(ward_tree_event(&l.t, .1, &top), WARD_OK);
	assert_int_equal(ward_tree_event(&l.t, .1, &top), WARD_ERR_LIMIT);
	assert_int_equal(l.t.n_event, 1);
	lab_fini(&l);
}

static enum ward_err all_of_it(const struct ward_mem *mem)
{
	struct ward_tree t;
	struct ward_analysis *a = NULL;
	struct ward_importance v[6];
	struct listed got = {""};
	struct ward_cuts c;
	uint32_t e[6], g[2], top = 0;
	double p;
	enum ward_err err = WARD_OK;

	ward_tree_init(&t, mem, GATES_MAX);
	for (int i = 0; !err && i < 6; i++)
		err = ward_tree_event(&t, .1, &e[i]);
	if (!err)
		err = ward_tree_gate(&t, WARD_GATE_OR, e, 3, &g[0]);
	if (!err)
		err = ward_tree_count(&t, 2, UINT32_MAX, e + 3, 3, &g[1]);
	if (!err)
		err = ward_tree_gate(&t, WARD_GATE_AND, g, 2, &top);
	if (!err)
		err = ward_analysis_new(&t, top, NODES, &a);
	if (!err)
		err = ward_analysis_probability(a, NULL, &p);
	if (!err)
		err = ward_analysis_cuts(a, &c);
	if (!err)
		err = ward_analysis_importance(a, true, v);
	if (!err)
		err = ward_analysis_each_cut(a, 3, list, &got);
	ward_analysis_free(a);
	ward_tree_fini(&t);
	return err;
}

static void memory_may_fail_anywhere(void **state)
{
	uint64_t n = 1;

	(void)state;
	for (;; n++) {
		struct ward_mem_failing f;

		ward_mem_failing_init(&f, n);
		enum ward_err err = all_of_it(&f.mem);

		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	assert_true(n > 20);
}

static void diagrams(void **state)
{
	struct ward_dd *d = NULL;
	uint32_t x[3], f, g, root[2];
	double p[] = {.1, .2, .3}, value[64], ret;

	(void)state;
	assert_int_equal(ward_dd_new(ward_mem_heap(), 64, &d), WARD_OK);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(ward_dd_var(d, i, &x[i]), WARD_OK);
	/* De Morgan: equal functions are equal numbers. */
	assert_int_equal(ward_dd_apply(d, WARD_DD_AND, x[0], x[1], &f), WARD_OK);
	assert_int_equal(ward_dd_apply(d, WARD_DD_XOR, f, WARD_DD_TRUE, &f), WARD_OK);
	assert_int_equal(ward_dd_apply(d, WARD_DD_XOR, x[0], WARD_DD_TRUE, &g), WARD_OK);
	uint32_t h;

	assert_int_equal(ward_dd_apply(d, WARD_DD_XOR, x[1], WARD_DD_TRUE, &h), WARD_OK);
	assert_int_equal(ward_dd_apply(d, WARD_DD_OR, g, h, &g), WARD_OK);
	assert_int_equal(f, g);
	/* What is swept keeps its meaning under its new number. */
	assert_int_equal(ward_dd_apply(d, WARD_DD_AND, f, x[2], &root[0]), WARD_OK);
	root[1] = WARD_DD_TRUE;
	size_t before = ward_dd_n(d);

	assert_int_equal(ward_dd_sweep(d, root, 2), WARD_OK);
	assert_true(ward_dd_n(d) < before && root[1] == WARD_DD_TRUE);
	assert_int_equal(ward_dd_probability(d, root[0], p, value, &ret), WARD_OK);
	near(ret, .98 * .3);
	assert_int_equal(ward_dd_atleast(d, 0, x, 3, &f), WARD_OK);
	assert_int_equal(f, WARD_DD_TRUE);
	assert_int_equal(ward_dd_atleast(d, 4, root, 2, &f), WARD_OK);
	assert_int_equal(f, WARD_DD_FALSE);
	/* Few steps are a limit, too; what is remembered needs none. */
	ward_dd_budget(d, 0);
	assert_int_equal(ward_dd_apply(d, WARD_DD_XOR, root[0], x[1], &f), WARD_ERR_LIMIT);
	ward_dd_budget(d, 100);
	assert_int_equal(ward_dd_apply(d, WARD_DD_XOR, root[0], x[1], &f), WARD_OK);
	ward_dd_budget(d, 0);
	assert_int_equal(ward_dd_apply(d, WARD_DD_XOR, root[0], x[1], &g), WARD_OK);
	assert_int_equal(f, g);
	ward_dd_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diagrams),
		cmocka_unit_test(two_of_three),
		cmocka_unit_test(modules_and_trains),
		cmocka_unit_test(bridge),
		cmocka_unit_test(interval),
		cmocka_unit_test(corners),
		cmocka_unit_test(importance_divides_by_zero),
		cmocka_unit_test(common_causes),
		cmocka_unit_test(limits_are_said),
		cmocka_unit_test(memory_may_fail_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
