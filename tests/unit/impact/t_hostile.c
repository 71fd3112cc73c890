/* Models and rules that are broken or meant to harm: a run that is bounded, or a finding. */
#include "impact/known.h"
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 20000, TEXT = MANY * 120 };

static const char rules[] =
	"rules:\n"
	"  - {id: power, when: {threat: outage}, relation: powers, gives: outage, mode: supply, "
	"why: w, likelihood: 1}\n"
	"  - {id: worm, when: {threat: malware.worm}, relation: supplies, gives: malware.worm, "
	"why: w, likelihood: 0.5}\n";

static char *text;
static size_t len;

static void WARD_PRINTF(1, 2) put(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(text + len, TEXT - len, fmt, ap);

	va_end(ap);
	assert_true(n >= 0 && (size_t)n < TEXT - len);
	len += (size_t)n;
}

static int text_new(void **state)
{
	(void)state;
	text = malloc(TEXT);
	len = 0;
	return text ? 0 : -1;
}

static int text_free(void **state)
{
	(void)state;
	free(text);
	return 0;
}

/* One thing that everything feeds, and that feeds everything: each change near it touches all. */
static void one_node_with_all_relations(void **state)
{
	struct lab l;
	struct ward_impacts all;

	(void)state;
	put("assets:\n  - {id: hub, name: Hub, class: device.n.h}\n");
	for (int i = 0; i < MANY; i++)
		put("  - {id: n%d, name: N, class: device.n}\n", i);
	put("relations:\n");
	for (int i = 0; i < MANY; i++)
		put("  - {from: n%d, relation: %s, to: hub}\n", i, i % 2 ? "powers" : "supplies");
	lab_open(&l, text, rules);
	lab_run(&l, WARD_IMPACT_FULL, "n0 malware.worm n1 outage");
	assert_non_null(lab_find(&l, "hub", "malware.worm"));
	assert_null(lab_find(&l, "hub", "outage"));

	struct ward_change c = {.kind = WARD_CHANGE_THREAT,
		.threat = ward_threats_find(ward_model_threats(l.m), WARD_STR("outage")),
		.lo_micro = 1000000,
		.hi_micro = 1000000};

	for (int i = 3; i < MANY; i += 2) {
		char id[16];

		(void)snprintf(id, sizeof(id), "n%d", i);
		c.asset = ward_model_find(l.m, ward_str_z(id));
		assert_int_equal(ward_engine_update(l.e, &c, 1), WARD_OK);
		i += 1000;
	}
	assert_int_equal(ward_engine_result(l.e, &all), WARD_OK);
	lab_close(&l);
}

/* Everything requires everything: a circle of suppliers as long as the model. */
static void a_circle_of_supplies(void **state)
{
	struct lab l;

	(void)state;
	put("assets:\n");
	for (int i = 0; i < 400; i++)
		put("  - {id: n%d, name: N, class: device.n}\n", i);
	put("relations:\n");
	for (int i = 0; i < 400; i++)
		put("  - {from: n%d, relation: powers, to: n%d}\n", i, (i + 1) % 400);
	lab_open(&l, text, rules);
	lab_run(&l, WARD_IMPACT_FULL, "n7 outage");
	assert_int_equal(l.all.n, 400);
	lab_close(&l);
}

/* The same with a delay, so that each falls at a moment of its own: every one is looked at anew. */
static void a_circle_that_falls_bit_by_bit(void **state)
{
	enum { LONG = 1000 };
	struct lab l;

	(void)state;
	put("assets:\n");
	for (int i = 0; i < LONG; i++)
		put("  - {id: n%d, name: N, class: device.n}\n", i);
	put("relations:\n");
	for (int i = 0; i < LONG; i++)
		put("  - {from: n%d, relation: powers, to: n%d}\n", i, (i + 1) % LONG);
	lab_open(&l, text,
		"rules: [{id: power, when: {threat: outage}, relation: powers, gives: outage,\n"
		"  mode: supply, why: w, likelihood: 0.9, delay: {earliest: 1min, expected: "
		"2min}}]\n");
	lab_run(&l, WARD_IMPACT_FULL, "n7 outage");
	assert_int_equal(l.all.n, LONG);
	assert_int_equal(lab_find(&l, "n6", "outage")->earliest, (LONG - 1) * LAB_MIN);
	lab_close(&l);
}

/* Likelihood 0 and 1, keep beyond all members, one rule twice under two names. */
static void rules_that_contradict_each_other(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n  - {id: a, name: A, class: device.n}\n"
		"  - {id: b, name: B, class: device.n}\n"
		"relations:\n  - {from: a, relation: powers, to: b}\n",
		"rules:\n"
		"  - {id: never, when: {threat: outage}, relation: powers, gives: outage, "
		"mode: supply, why: w, likelihood: 0}\n"
		"  - {id: always, when: {threat: outage}, relation: powers, gives: outage, "
		"mode: supply, keep: 900, why: w, likelihood: 1}\n"
		"  - {id: back, when: {threat: outage}, relation: powers, direction: in, gives: "
		"outage, why: w, likelihood: 1}\n");
	lab_run(&l, WARD_IMPACT_FULL, "b outage");
	assert_int_equal(lab_find(&l, "a", "outage")->lo_micro, 1000000);
	lab_run(&l, WARD_IMPACT_FULL, "a outage");
	assert_int_equal(lab_find(&l, "b", "outage")->hi_micro, 1000000);
	lab_close(&l);
}

/* Sets of classes and threats, and ends: what is wrong is told where it stands. */
static void sets_and_ends_that_are_wrong(void **state)
{
#define RULE(when, to)                                              \
	"rules:\n  - {id: r, when: " when ", relation: powers, " to \
	"gives: outage, likelihood: 1, why: w}\n"
#define PLAIN "{threat: outage}"
	static const struct {
		const char *rules, *what, *mend;
		uint32_t line;
	} row[] = {
		{RULE("{threat: outage, class: []}", ""), "'class' names nothing", "a list", 2},
		{RULE("{threat: outage, class: [device, devise]}", ""), "no class 'devise'",
			"'device'", 2},
		{RULE("{threat: outage, class: [device, [device]]}", ""), "'class' is no text",
			"one id", 2},
		{RULE("{threat: outage, except: {a: b}}", ""), "'except' names nothing", "", 2},
		{RULE("{threat: [outage, outige]}", ""), "no threat 'outige'", "'outage'", 2},
		{RULE("{threat: []}", ""), "'threat' names nothing", "", 2},
		{RULE("{class: device}", ""), "'threat' is missing", "FAMILY", 2},
		{RULE(PLAIN, "to: {except: [devica]}, "), "no class 'devica'", "", 2},
		{RULE(PLAIN, "") "ends: {a: b}\n", "not a list", "write a list", 3},
		{RULE(PLAIN, "") "ends:\n  - outage\n", "not an end", "why", 4},
		{RULE(PLAIN, "only_buffered: true, "), "only_buffered is for rules that spread",
			"give buffer", 2},
		{RULE(PLAIN, "only_buffered: true, buffer: ups, mode: supply, "),
			"only_buffered is for rules that spread", "no mode supply", 2},
		{RULE(PLAIN, "buffer_instead: true, "), "buffer_instead is for rules that name",
			"give buffer", 2},
		{RULE(PLAIN, "buffer_instead: 5, buffer: ups, "), "", "", 2},
		{RULE(PLAIN, "act: perhaps, "), "", "", 2},
		{RULE(PLAIN, "common: true, mode: supply, "), "spread to others", "no mode supply",
			2},
		{RULE(PLAIN, "unless_required: true, mode: supply, "), "spread to others",
			"name a relation", 2},
		{RULE(PLAIN, "destroys: true, mode: supply, "), "spread to others",
			"no mode supply", 2},
		{RULE(PLAIN, "common: often, "), "", "", 2},
		{RULE(PLAIN, "destroys: much, "), "", "", 2},
		{RULE(PLAIN, "only_buffered: maybe, buffer: ups, "), "", "", 2},
		{"ends:\n  - {threat: outage, class: device}\n", "'why' is missing", "", 2},
		{"ends:\n  - {threat: outige, why: w}\n", "no threat 'outige'", "'outage'", 2},
		{"ends:\n  - {threat: outage, whi: w, why: w}\n", "whi", "", 2},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct lab l;
		bool found = false;

		assert_int_equal(lab_try(&l, "", row[i].rules), WARD_ERR_CONFIG);
		for (size_t k = 0; k < l.diag.n; k++)
			found |= l.diag.item[k].line == row[i].line &&
				 ward_str_find(l.diag.item[k].what, ward_str_z(row[i].what)) !=
					 SIZE_MAX &&
				 ward_str_find(l.diag.item[k].mend, ward_str_z(row[i].mend)) !=
					 SIZE_MAX;
		if (!found) {
			for (size_t k = 0; k < l.diag.n; k++)
				print_error("%u: %.*s\n", l.diag.item[k].line,
					WARD_STR_ARG(l.diag.item[k].what));
			fail_msg("row %zu: not told: %s", i, row[i].what);
		}
		lab_close(&l);
	}
#undef RULE
#undef PLAIN
}

/* A rule of several classes without one of them goes from the others only; what it leaves is known
 * to end, or not known. */
static void a_class_that_is_excepted(void **state)
{
	struct lab l;
	struct ward_known k;

	(void)state;
	lab_open(&l,
		"assets:\n  - {id: a, name: A, class: device.n.a}\n"
		"  - {id: b, name: B, class: device.n.b}\n"
		"  - {id: c, name: C, class: device.n.c}\n"
		"relations:\n  - {from: a, relation: powers, to: b}\n"
		"  - {from: b, relation: powers, to: c}\n  - {from: c, relation: powers, to: a}\n",
		"rules:\n"
		"  - {id: r, when: {threat: outage, class: device.n, except: device.n.b},\n"
		"     relation: powers, to: {class: [device.n.a, device.n.b]}, gives: outage,\n"
		"     likelihood: 1, why: w}\n"
		"ends:\n  - {threat: [outage], class: device.n.b, why: it is spare}\n");
	lab_run(&l, WARD_IMPACT_FULL, "c outage");
	assert_int_equal(l.all.n, 3); /* c, a, b: and not from b to c */
	lab_run(&l, WARD_IMPACT_FULL, "b outage");
	assert_int_equal(l.all.n, 1);
	uint32_t outage = l.all.item[0].threat;

	k = ward_rules_known(l.r, l.m, l.all.item[0].asset, outage);
	assert_int_equal(k.leads, WARD_LEADS_NOWHERE);
	assert_true(ward_str_eqz(k.why, "it is spare"));
	assert_true(k.fits);
	assert_false(k.covered);
	k = ward_rules_known(l.r, l.m, ward_model_find(l.m, WARD_STR("c")), outage);
	assert_int_equal(k.leads, WARD_LEADS_ON);
	char *json = lab_json(&l);

	assert_non_null(strstr(json, "\"leads\":\"nowhere\",\"leads_why\":\"it is spare\""));
	free(json);
	lab_close(&l);
}

/* Such a rule goes on only to what has a buffer of its kind, when that is over. */
static void only_where_a_buffer_is_known(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n  - {id: a, name: A, class: device.n.a}\n"
		"  - {id: b, name: B, class: device.n.b}\n"
		"  - {id: c, name: C, class: device.n.c}\n"
		"  - {id: d, name: D, class: device.n.d}\n"
		"relations:\n  - {from: b, relation: powers, to: a}\n"
		"  - {from: c, relation: powers, to: a}\n  - {from: d, relation: powers, to: a}\n"
		"buffers:\n  - {on: b, kind: fuel, lasts: 90min}\n"
		"  - {on: c, kind: ups, lasts: 90min}\n",
		"rules:\n"
		"  - {id: burn, when: {threat: outage, class: device.n.a}, relation: powers,\n"
		"     direction: in, gives: outage, buffer: fuel, only_buffered: true,\n"
		"     likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "a outage");
	assert_int_equal(l.all.n, 2);
	assert_int_equal(lab_find(&l, "b", "outage")->earliest, 90 * LAB_MIN);
	lab_close(&l);
}

/* What it passes over is told: nobody said how long it lasts. Not of what is out by then. */
static void what_is_taken_to_last_for_ever(void **state)
{
	struct lab l;
	struct ward_arena a;
	struct ward_endless x;
	char said[256];

	(void)state;
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	lab_open(&l,
		"assets:\n  - {id: a, name: A, class: device.n.a}\n"
		"  - {id: b, name: B, class: device.n.b}\n"
		"  - {id: d, name: Dee, class: device.n.d}\n"
		"  - {id: c, name: Cee, class: device.n.c}\n"
		"relations:\n  - {from: b, relation: powers, to: a}\n"
		"  - {from: d, relation: powers, to: a}\n  - {from: c, relation: powers, to: a}\n"
		"buffers:\n  - {on: b, kind: fuel, lasts: 90min}\n"
		"  - {on: c, kind: ups, lasts: 90min}\n",
		"rules:\n"
		"  - {id: burn, when: {threat: outage, class: device.n.a}, relation: powers,\n"
		"     direction: in, gives: outage, buffer: fuel, only_buffered: true,\n"
		"     likelihood: 1, why: w}\n");
	lab_run(&l, WARD_IMPACT_FULL, "a outage");
	assert_int_equal(ward_impacts_endless(&l.all, l.r, l.m, &a, &x), WARD_OK);
	assert_int_equal(x.n, 2);
	struct ward_wr w = ward_wr_fixed(said, sizeof(said));

	ward_endless_say(&x, l.m, NULL, &w);
	assert_true(ward_str_eqz(ward_wr_text(&w),
		"How long Cee runs is not known, so it is taken to run for ever.\n"
		"How long Dee runs is not known, so it is taken to run for ever.\n"));
	lab_run(&l, WARD_IMPACT_FULL, "a outage c outage");
	assert_int_equal(ward_impacts_endless(&l.all, l.r, l.m, &a, &x), WARD_OK);
	assert_int_equal(x.n, 1);
	assert_true(ward_str_eqz(ward_model_node(l.m, x.node[0])->id, "d"));
	lab_run(&l, WARD_IMPACT_FULL, "b outage");
	assert_int_equal(ward_impacts_endless(&l.all, l.r, l.m, &a, &x), WARD_OK);
	assert_int_equal(x.n, 0);
	ward_arena_fini(&a);
	lab_close(&l);
}

/* Beyond a limit nothing is given, and the engine can run again; changes of what is not there are
 * refused. */
static void limits_and_unknown_things(void **state)
{
	struct lab l;
	struct ward_impacts all;
	struct ward_engine *e;
	uint32_t outage;

	(void)state;
	put("assets:\n");
	for (int i = 0; i < 3000; i++)
		put("  - {id: n%d, name: N, class: device.n}\n", i);
	put("relations:\n");
	for (int i = 1; i < 3000; i++)
		put("  - {from: n0, relation: supplies, to: n%d}\n", i);
	lab_open(&l, text, rules);
	outage = ward_threats_find(ward_model_threats(l.m), WARD_STR("outage"));
	l.lim.v[WARD_LIMIT_IMPACT_STATES] = 1024;
	assert_int_equal(ward_engine_new(l.m, l.r, &l.lim, ward_mem_heap(), &e), WARD_OK);

	struct ward_seed_threat worm = {ward_model_find(l.m, WARD_STR("n0")),
		ward_threats_find(ward_model_threats(l.m), WARD_STR("malware.worm")), 0, 1000000,
		1000000};
	struct ward_change bad[] = {{.kind = WARD_CHANGE_THREAT, .asset = 1 << 30},
		{.kind = WARD_CHANGE_THREAT, .threat = 1 << 30},
		{.kind = WARD_CHANGE_BUFFER, .buffer = WARD_STR("ups")},
		{.kind = WARD_CHANGE_BUFFER, .buffer = WARD_STR("beer")},
		{.kind = WARD_CHANGE_CUT, .other = 3}, {.kind = WARD_CHANGE_CUT, .other = 1 << 30},
		{.kind = WARD_CHANGE_N}};
	struct ward_change good = {.kind = WARD_CHANGE_THREAT, .threat = outage};

	/* before any run there is nothing to change */
	assert_int_equal(ward_engine_update(e, &good, 1), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_engine_run(e, WARD_IMPACT_FULL, &worm, 1, &all), WARD_ERR_LIMIT);
	assert_int_equal(ward_engine_result(e, &all), WARD_ERR_NOT_FOUND);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		worm.threat = outage;
		assert_int_equal(ward_engine_run(e, WARD_IMPACT_FULL, &worm, 1, &all), WARD_OK);
		assert_int_equal(ward_engine_update(e, &bad[i], 1), WARD_ERR_NOT_FOUND);
		assert_int_equal(ward_engine_update(e, &good, 1), WARD_ERR_NOT_FOUND);
	}
	ward_engine_free(e);
	lab_close(&l);
}

/* The Nth allocation fails: nothing leaks, and a later run is right. */
static void failing_allocators(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l,
		"assets:\n  - {id: a, name: A, class: device.n}\n"
		"  - {id: b, name: B, class: device.n}\n"
		"  - {id: c, name: C, class: device.n}\n"
		"relations:\n  - {from: a, relation: powers, to: b}\n"
		"  - {from: b, relation: supplies, to: c}\n",
		rules);
	struct ward_seed_threat seed = {ward_model_find(l.m, WARD_STR("a")),
		ward_threats_find(ward_model_threats(l.m), WARD_STR("outage")), 0, 1000000,
		1000000};
	struct ward_change c[] = {{.kind = WARD_CHANGE_ISOLATED, .asset = seed.asset},
		{.kind = WARD_CHANGE_PROTECTED, .asset = seed.asset, .threat = seed.threat}};
	const struct ward_narrow how[] = {{.nodes = 64}, {.worlds = 64}};
	const uint32_t item[] = {0, 1};
	enum ward_err err = WARD_ERR_NOMEM;

	for (uint64_t at = 1; err; at++) {
		struct ward_mem_failing mem;
		struct ward_engine *e = NULL;
		struct ward_impacts all;

		ward_mem_failing_init(&mem, at);
		err = ward_engine_new(l.m, l.r, &l.lim, &mem.mem, &e);
		if (!err)
			err = ward_engine_run(e, WARD_IMPACT_FULL, &seed, 1, &all);
		if (!err)
			err = ward_engine_update(e, c, 2);
		if (!err)
			err = ward_engine_result(e, &all);
		for (size_t i = 0; !err && i < WARD_ARRAY_LEN(how); i++)
			err = ward_engine_narrow(e, &how[i], item, 2);
		assert_true(!err || err == WARD_ERR_NOMEM);
		mem.fail_at = 0;
		if (e) {
			assert_int_equal(
				ward_engine_run(e, WARD_IMPACT_FULL, &seed, 1, &all), WARD_OK);
			assert_int_equal(all.n, 2);
		}
		ward_engine_free(e);
	}
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_node_with_all_relations, text_new, text_free),
		cmocka_unit_test_setup_teardown(a_circle_of_supplies, text_new, text_free),
		cmocka_unit_test_setup_teardown(
			a_circle_that_falls_bit_by_bit, text_new, text_free),
		cmocka_unit_test(rules_that_contradict_each_other),
		cmocka_unit_test(sets_and_ends_that_are_wrong),
		cmocka_unit_test(a_class_that_is_excepted),
		cmocka_unit_test(only_where_a_buffer_is_known),
		cmocka_unit_test(what_is_taken_to_last_for_ever),
		cmocka_unit_test_setup_teardown(limits_and_unknown_things, text_new, text_free),
		cmocka_unit_test(failing_allocators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
