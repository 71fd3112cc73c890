/* What a rule could say instead, and whether its examples notice. */
#include "lab.h"

static const char doors[] =
	"title: Forced\nname: forced\n"
	"logsource: {product: t, service: door}\n"
	"detection: {sel: {n|gt: 3, on: true}, out: {zone|startswith: [a, b]}, condition: sel and "
	"not out}\n"
	"---\n"
	"title: Often\nname: often\n"
	"correlation: {type: event_count, rules: [forced], group-by: [door], "
	"timespan: 60s, condition: {gte: 3}}\nlevel: high\n";

/* All that the rule's document could say instead, one per line. */
static enum ward_err note_change(
	void *ctx, const struct ward_craft_change *change, struct ward_str what)
{
	struct ward_wr *w = ctx;

	(void)change;
	ward_wr_str(w, what);
	ward_wr_ch(w, '\n');
	return WARD_OK;
}

static const struct ward_conf *parse(struct ward_arena *a, const char *yaml)
{
	struct ward_limits lim;
	struct ward_diag d;
	const struct ward_conf *docs = NULL;

	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(
		ward_conf_yaml(a, &lim, WARD_STR("x"),
			(struct ward_slice){(const uint8_t *)yaml, strlen(yaml)}, &d, &docs),
		WARD_OK);
	ward_diag_fini(&d);
	return docs->child;
}

static void expect_changes(const char *yaml, const char *want)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_craft_changes(parse(&a, yaml), note_change, &w), WARD_OK);
	ward_wr_ch(&w, 0);
	assert_string_equal((const char *)w.p, want);
	ward_wr_fini(&w);
	ward_arena_fini(&a);
}

static void test_changes_of_a_rule(void **state)
{
	(void)state;
	expect_changes("detection:\n"
		       "  sel: {n|gt: 3, on|exists: true}\n"
		       "  w: [a, b]\n"
		       "  condition: sel and not 1 of w*\n",
		"sel: n left out\n"
		"sel: n turned round\n"
		"sel: n without |gt\n"
		"sel: n 2 in place of 3\n"
		"sel: n 4 in place of 3\n"
		"sel: on left out\n"
		"sel: on turned round\n"
		"w without a\n"
		"w without b\n"
		"sel always true\n"
		"sel never true\n"
		"sel turned round\n"
		"1 of w* always true\n"
		"1 of w* never true\n"
		"1 of w* turned round\n");
	expect_changes("detection: {a: {u|contains|all: [x, y]}, condition: a}\n",
		"a: u turned round\n"
		"a: u without |contains\n"
		"a: u without |all\n"
		"a: u without x\n"
		"a: u without y\n"
		"a always true\n"
		"a never true\n"
		"a turned round\n");
}

static void test_changes_of_a_correlation(void **state)
{
	(void)state;
	expect_changes("correlation: {type: temporal_ordered, rules: [a, b], group-by: [g], "
		       "timespan: 5m}\n"
		       "ward: {without: [c, d], near: {hops: 2}}\n",
		"in any order\n"
		"rules without a\n"
		"rules without b\n"
		"group-by without g\n"
		"timespan 10m in place of 5m\n"
		"timespan 150s in place of 5m\n"
		"ward: without left out\n"
		"ward: without without c\n"
		"ward: without without d\n"
		"ward: near left out\n"
		"ward: near: hops 1 in place of 2\n"
		"ward: near: hops 3 in place of 2\n");
	/* a threshold of none says nothing; a second can't be halved */
	expect_changes("correlation: {type: value_count, rules: [a], timespan: 1s, condition: "
		       "{gte: 1, field: [p, q]}}\n",
		"timespan 2s in place of 1s\n"
		"condition: gte 2 in place of 1\n"
		"condition: field without p\n"
		"condition: field without q\n");
	expect_changes("title: neither\n", "");
}

static enum ward_err first_change(
	void *ctx, const struct ward_craft_change *change, struct ward_str what)
{
	(void)what;
	*(struct ward_craft_change *)ctx = *change;
	return WARD_ERR_CLOSED;
}

static void test_written(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_arena a;
	struct ward_craft_change x;

	(void)state;
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	const struct ward_conf *doc =
		parse(&a, "b: [1, '1', true, null, \"\\u00e9\\x07\\\\\\\"\", {c: d}]\ne: {}\n"
			  "detection: {s: [x, y], condition: s}\n");

	ward_craft_write(&w, doc, NULL);
	ward_wr_ch(&w, 0);
	assert_string_equal((const char *)w.p,
		"{\"b\": [1, \"1\", true, null, \"\\U000000e9\\U00000007\\\\\\\"\", "
		"{\"c\": \"d\"}], \"e\": {}, "
		"\"detection\": {\"s\": [\"x\", \"y\"], \"condition\": \"s\"}}\n");
	/* what a callback says ends it */
	assert_int_equal(ward_craft_changes(doc, first_change, &x), WARD_ERR_CLOSED);
	assert_int_equal(x.how, WARD_CRAFT_DROP);
	ward_wr_reset(&w);
	ward_craft_write(&w, doc, &x);
	ward_wr_ch(&w, 0);
	assert_non_null(strstr((const char *)w.p, "{\"s\": [\"y\"], \"condition\""));
	ward_wr_fini(&w);
	ward_arena_fini(&a);
}

struct flips {
	struct ward_wr w; /* "fate rule change" of each but the noticed */
	size_t n_bare;
};

static void told(void *ctx, const struct ward_craft_flip *f)
{
	static const char *const word[] = {"noticed", "survived", "spared", "stale"};
	struct flips *all = ctx;

	assert_true(f->line > 0);
	if (f->fate != WARD_CRAFT_NOTICED)
		ward_wr_printf(
			&all->w, "%s %zu %.*s\n", word[f->fate], f->rule, WARD_STR_ARG(f->what));
}

static void bare(void *ctx, size_t rule)
{
	(void)rule;
	((struct flips *)ctx)->n_bare++;
}

static enum ward_err flip(
	struct dt *t, const char *yaml, struct flips *all, struct ward_craft_flips *ret)
{
	char path[128];
	const char *const test = path;
	const struct ward_rule_text pipeline = {
		"test.yml", {(const uint8_t *)dt_pipeline, strlen(dt_pipeline)}};
	struct ward_craft c = lab_craft(t);
	struct ward_craft_flip_args args = {.test = &test,
		.n_test = yaml != NULL,
		.extra = {.pipelines = &pipeline, .n_pipelines = 1},
		.flip = told,
		.bare = bare,
		.ctx = all};

	(void)snprintf(path, sizeof(path), "%s/rules.test.yml", t->dir);
	if (yaml)
		dt_file(t, "rules.test.yml", yaml);
	all->w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	all->n_bare = 0;
	return ward_craft_flip(&c, &args, ret);
}

#define GIVEN "given: {class: door.held, fields: {n: 4, on: true, door: d, zone: c}}\ntests:\n"
#define OFTEN                                                                  \
	"  - {name: often, events: [{times: 3, every: 20s}], detections: 1}\n" \
	"  - {name: two, events: [{times: 2, every: 20s}], detections: 0}\n"   \
	"  - {name: slow, events: [{times: 3, every: 45s}], detections: 0}\n"  \
	"  - {name: doors, events: [{each: {door: [d, e, f]}}], detections: 0}\n"
#define FORCED                                                                            \
	"  - {name: more, rule: forced, events: [{fields: {n: 9}}], detections: 1}\n"     \
	"  - {name: three, rule: forced, events: [{fields: {n: 3}}], detections: 0}\n"    \
	"  - {name: off, rule: forced, events: [{fields: {on: false}}], detections: 0}\n" \
	"  - {name: zones, rule: forced, events: [{each: {zone: [a1, b1]}}], detections: 0}\n"

static void test_all_noticed(void **state)
{
	struct ward_craft_flips n;
	struct flips all;
	struct dt t;

	(void)state;
	dt_start(&t, doors);
	assert_int_equal(flip(&t, GIVEN OFTEN FORCED, &all, &n), WARD_OK);
	lab_has_not(&all.w, " ");
	assert_int_equal(n.n_rule, 2);
	assert_int_equal(n.n_bare, 0);
	assert_true(n.n_meant > 15);
	ward_wr_fini(&all.w);
	lab_end(&t);
}

/* Without the tests of the single rule only what the correlation shows of it is noticed. */
static void test_survivors(void **state)
{
	struct ward_craft_flips n;
	struct flips all;
	struct dt t;

	(void)state;
	dt_start(&t, doors);
	assert_int_equal(
		flip(&t,
			GIVEN OFTEN "untested:\n"
				    "  - {rule: forced, change: 'sel: on left out', why: w}\n"
				    "  - {rule: forced, change: sel never true, why: w}\n",
			&all, &n),
		WARD_OK);
	lab_has(&all.w, "survived 0 out never true\n");
	lab_has(&all.w, "spared 0 sel: on left out\n");
	lab_has(&all.w, "stale 0 sel never true\n");
	lab_has_not(&all.w, " 1 ");
	ward_wr_fini(&all.w);
	assert_int_equal(flip(&t, NULL, &all, &n), WARD_OK);
	assert_int_equal(n.n_bare, 2);
	assert_int_equal(all.n_bare, 2);
	assert_int_equal(n.n_meant, 0);
	ward_wr_fini(&all.w);
	lab_end(&t);
}

/* Tests that fail as they are say nothing of changes; a rule that changed on disk neither. */
static void test_refused(void **state)
{
	struct ward_craft_flips n;
	struct flips all;
	struct dt t;

	(void)state;
	dt_start(&t, doors);
	assert_int_equal(
		flip(&t, GIVEN "  - {name: wrong, events: [{}], detections: 1}\n", &all, &n),
		WARD_ERR_STATE);
	ward_wr_fini(&all.w);
	dt_file(&t, "rules.yml", "\n\n\ntitle: moved\n");
	assert_int_equal(flip(&t, GIVEN OFTEN, &all, &n), WARD_ERR_NOT_FOUND);
	ward_wr_fini(&all.w);
	lab_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_changes_of_a_rule),
		T(test_changes_of_a_correlation), T(test_written), T(test_all_noticed),
		T(test_survivors), T(test_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
