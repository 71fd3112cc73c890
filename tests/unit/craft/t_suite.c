#include "lab.h"

static const char rules[] = "title: Forced\nname: forced\n"
			    "logsource: {product: t, service: door}\n"
			    "detection: {sel: {n|gt: 3, on: true}, condition: sel}\n"
			    "---\n"
			    "title: Often\nname: often\n"
			    "correlation: {type: event_count, rules: [forced], group-by: [door], "
			    "timespan: 60s, condition: {gte: 3}}\nlevel: high\n";

struct run {
	struct {
		bool passed;
		size_t rule, got, n_event;
	} t[8];
	size_t n;
};

static void note(void *ctx, const struct ward_craft_test *r)
{
	struct run *run = ctx;

	assert_true(run->n < WARD_ARRAY_LEN(run->t));
	run->t[run->n].passed = r->passed;
	run->t[run->n].rule = r->rule;
	run->t[run->n].got = r->got;
	run->t[run->n++].n_event = r->n_event;
	for (size_t i = 1; i < r->n_event; i++)
		assert_true(r->event[i - 1].time <= r->event[i].time);
}

static struct run run_file(struct dt *t, const char *yaml)
{
	struct ward_craft c = lab_craft(t);
	struct run run = {.n = 0};
	char path[128];

	dt_file(t, "rules.test.yml", yaml);
	(void)snprintf(path, sizeof(path), "%s/rules.test.yml", t->dir);
	assert_int_equal(ward_craft_tests(&c, path, note, &run), WARD_OK);
	return run;
}

#define EVENT "class: door.held, fields: {n: 4, on: true, door: d}"

static void test_counts(void **state)
{
	struct dt t;

	(void)state;
	dt_start(&t, rules);
	struct run r = run_file(&t,
		"tests:\n"
		"  - {name: own rule, events: [{times: 3, every: 1s, " EVENT "}]}\n"
		"  - {name: too slow, detections: 0, events: [{times: 3, every: 40s, " EVENT "}]}\n"
		"  - {name: silent, rule: forced, detections: 2, events: [{times: 2, " EVENT "}]}\n"
		"  - {name: fails, detections: 2, events: [{times: 3, " EVENT "}]}\n"
		"  - {name: at, detections: 1, events: [{at: 10min, " EVENT "}, {at: 0s, " EVENT
		"}, {at: 10min, times: 2, " EVENT "}]}\n");

	assert_int_equal(t.diag.n_error, 0);
	assert_int_equal(r.n, 5);
	for (size_t i = 0; i < r.n; i++)
		assert_int_equal(r.t[i].passed, i != 3);
	assert_int_equal(r.t[0].rule, 1);
	assert_int_equal(r.t[2].rule, 0);
	assert_int_equal(r.t[2].got, 2);
	assert_int_equal(r.t[4].n_event, 4);
	lab_end(&t);
}

/* "~" is the event's number where there are several; types are YAML's. */
static void test_values(void **state)
{
	struct dt t;

	(void)state;
	dt_start(&t, "title: V\nname: v\nlogsource: {product: t, service: door}\n"
		     "detection: {a: {x: '~'}, b: {x: d2}, c: {l: two, z: null, f: 1.5, s: '4'}, "
		     "condition: a or b or c}\n");
	struct run r = run_file(&t,
		"tests:\n"
		"  - {name: one, detections: 1, events: [{class: door.held, fields: {x: '~'}}]}\n"
		"  - {name: many, detections: 1, events: [{class: door.held, times: 4, fields: {x: "
		"d~}}]}\n"
		"  - {name: kinds, detections: 1, events: [{class: door.held, fields: {l: [one, "
		"two], "
		"z: null, f: 1.5, s: '4'}}]}\n");

	assert_int_equal(r.n, 3);
	for (size_t i = 0; i < r.n; i++)
		assert_true(r.t[i].passed);
	lab_end(&t);
}

/* What a file gives all its events, and one event for each of some values. */
static void test_given_and_each(void **state)
{
	struct dt t;

	(void)state;
	dt_start(&t, rules);
	struct run r = run_file(&t,
		"given: {class: door.held, fields: {n: 4, on: true, door: d}}\n"
		"tests:\n"
		"  - {name: given, detections: 1, events: [{times: 3}]}\n"
		"  - {name: own, rule: forced, detections: 1, events: [{}, {fields: {n: 1}}, "
		"{class: log.json}]}\n"
		"  - {name: left out, rule: forced, detections: 0, events: [{fields: {n: null}}]}\n"
		"  - {name: each, rule: forced, detections: 2, events: [{each: {n: [3, 4, 5]}}]}\n"
		"  - {name: in time, detections: 0, events: [{each: {n: [4, 5, 6]}, every: "
		"50s}]}\n");

	assert_int_equal(t.diag.n_error, 0);
	assert_int_equal(r.n, 5);
	for (size_t i = 0; i < r.n; i++)
		assert_true(r.t[i].passed);
	assert_int_equal(r.t[3].n_event, 3);
	lab_end(&t);
}

static void test_mistakes_leave_that_test_out(void **state)
{
	static const char *const bad[] = {
		"{name: no events}",
		"{events: [{class: door.held}]}",
		"{name: no such class, events: [{class: door.hedl}]}",
		"{name: misspelt, event: [{class: door.held}], events: [{class: door.held}]}",
		"{name: no rule, rule: none, events: [{class: door.held}]}",
		"{name: times, events: [{class: door.held, times: 0}]}",
		("{name: too many, events: [{times: 10000, class: door.held}, {times: 1, class: "
		 "door.held}]}"),
		"{name: map, events: [{class: door.held, fields: {x: {y: 1}}}]}",
		"{name: text, events: [a]}",
		"{name: each, events: [{class: door.held, each: {x: 1}}]}",
		"{name: each, events: [{class: door.held, each: {x: [1], y: [2]}}]}",
		"{name: each, events: [{class: door.held, each: {x: []}}]}",
		"{name: each, events: [{class: door.held, times: 2, each: {x: [1, 2]}}]}",
		"{name: beyond, events: [{class: door.held, times: 9000, every: 90000d}]}",
	};
	struct dt t;

	(void)state;
	dt_start(&t, rules);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		char yaml[512];
		size_t errors = t.diag.n_error;

		(void)snprintf(yaml, sizeof(yaml),
			"tests:\n  - %s\n  - {name: good, events: [{times: 3, " EVENT "}]}\n",
			bad[i]);
		struct run r = run_file(&t, yaml);

		assert_int_equal(r.n, 1);
		assert_true(r.t[0].passed);
		assert_true(t.diag.n_error > errors);
	}
	assert_int_equal(run_file(&t, "a: 1\n").n, 0);
	assert_int_equal(run_file(&t, "given: [1]\ntests: []\n").n, 0);
	size_t errors = t.diag.n_error;

	assert_int_equal(
		run_file(&t, "givn: {}\ntests: [{name: good, events: [{times: 3, " EVENT "}]}]\n")
			.n,
		1);
	assert_int_equal(t.diag.n_error, errors + 1);
	assert_int_equal(run_file(&t, "tests: [\n").n, 0);
	lab_end(&t);
}

static void note_case(void *ctx, const struct ward_craft_case *c)
{
	struct run *run = ctx;

	assert_true(ward_str_eqz(c->rule, "0badd08f"));
	assert_true(ward_str_eqz(c->path, run->n ? "b/c.json" : "a.evtx"));
	assert_true(c->want == (run->n ? SIZE_MAX : 2));
	run->n++;
}

static void test_regression(void **state)
{
	struct dt t;
	struct run run = {.n = 0};
	char path[128];

	(void)state;
	dt_start(&t, rules);
	struct ward_craft c = lab_craft(&t);

	dt_file(&t, "info.yml",
		"id: x\nrule_metadata: [{id: 0badd08f, title: x}]\nregression_tests_info:\n"
		"  - {name: p, type: evtx, match_count: 2, path: a.evtx}\n"
		"  - {name: q, type: evtx, path: b/c.json}\n"
		"  - {name: none}\n");
	(void)snprintf(path, sizeof(path), "%s/info.yml", t.dir);
	assert_int_equal(ward_craft_regression(&c, path, note_case, &run), WARD_OK);
	assert_int_equal(run.n, 2);
	assert_int_equal(t.diag.n_error, 1);
	lab_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_counts), T(test_values), T(test_given_and_each),
		T(test_mistakes_leave_that_test_out), T(test_regression)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
