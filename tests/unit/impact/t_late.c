/* States that only somebody's sight begins have a row once they are seen, not before; what comes of
 * them knows no order in which they were seen. */
#include "lab.h"

#include "impact/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NODE(name) "  - {id: " name ", name: " name ", class: device.n."
#define ARC(a, b) "  - {from: " a ", relation: supplies, to: " b "}\n"

static const char hospital[] =
	"assets:\n" NODE("s1") "s}\n" NODE("s2") "s}\n" NODE("s3") "s}\n" NODE("t") "t}\n" NODE(
		"u") "u}\n"
		     "relations:\n" ARC("s1", "t") ARC("s2", "t") ARC("s3", "t") ARC("t", "u");
static const char rules[] =
	"rules:\n"
	"  - {id: s-t, when: {threat: malware.worm, class: device.n.s}, relation: supplies, to: "
	"{class: device.n.t}, gives: malware.worm, likelihood: 0.5, delay: {earliest: 1min, "
	"expected: 2min}, why: w}\n"
	"  - {id: t-u, when: {threat: malware.worm, class: device.n.t}, relation: supplies, to: "
	"{class: device.n.u}, gives: malware.worm, likelihood: 0.5, why: w}\n";

static size_t rows(const struct lab *l)
{
	return l->e->plan[WARD_IMPACT_FULL]->n_state;
}

static char *told_of(const char *before, const char *seeds)
{
	struct lab l;

	lab_open(&l, hospital, rules);
	if (before)
		lab_run(&l, WARD_IMPACT_FULL, before);
	lab_run_with(&l, seeds, 800000, 900000);
	char *text = lab_json(&l);

	lab_close(&l);
	return text;
}

static void row_once_seen(void **state)
{
	struct lab l;

	(void)state;
	lab_open(&l, hospital, rules);
	assert_int_equal(rows(&l), 2); /* of t and u, which something leads to */
	lab_run(&l, WARD_IMPACT_FULL, "t malware.worm");
	assert_int_equal(rows(&l), 2);
	lab_run(&l, WARD_IMPACT_FULL, "s2 malware.worm s3 malware.worm");
	assert_int_equal(rows(&l), 4);
	assert_non_null(lab_find(&l, "u", "malware.worm"));
	assert_int_equal(lab_find(&l, "u", "malware.worm")->lo_micro, 250000);
	assert_int_equal(lab_find(&l, "t", "malware.worm")->hi_micro, 750000);
	lab_run(&l, WARD_IMPACT_FULL, "s3 malware.worm");
	assert_int_equal(rows(&l), 4);
	assert_int_equal(lab_find(&l, "t", "malware.worm")->hi_micro, 500000);
	assert_null(lab_find(&l, "s2", "malware.worm"));
	lab_close(&l);
}

static void any_order(void **state)
{
	static const char *const seeds[] = {"s1 malware.worm s2 malware.worm s3 malware.worm",
		"s3 malware.worm s2 malware.worm s1 malware.worm",
		"s2 malware.worm s3 malware.worm s1 malware.worm"};
	static const char *const before[] = {NULL, "s3 malware.worm", "s2 malware.worm"};
	char *first = told_of(NULL, seeds[0]);

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(seeds); i++)
		for (size_t k = 0; k < WARD_ARRAY_LEN(before); k++) {
			char *text = told_of(before[k], seeds[i]);

			assert_string_equal(first, text);
			free(text);
		}
	free(first);
}

static uint32_t node(const struct lab *l, const char *id)
{
	return ward_model_find(l->m, ward_str_z(id));
}

/* What is cut before it is seen stays cut; a row that comes with an update is as any. */
static void by_updates(void **state)
{
	struct ward_change c[] = {
		{.kind = WARD_CHANGE_CUT, .rel = WARD_REL_SUPPLIES},
		{.kind = WARD_CHANGE_THREAT, .lo_micro = 800000, .hi_micro = 900000},
		{.kind = WARD_CHANGE_THREAT, .lo_micro = 800000, .hi_micro = 900000},
	};
	struct lab l;

	(void)state;
	lab_open(&l, hospital, rules);
	lab_run(&l, WARD_IMPACT_FULL, "u malware.worm");
	uint32_t worm = lab_find(&l, "u", "malware.worm")->threat;

	c[0].asset = node(&l, "s1");
	c[0].other = node(&l, "t");
	c[1].asset = node(&l, "s1");
	c[2].asset = node(&l, "s2");
	c[1].threat = c[2].threat = worm;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(ward_engine_update(l.e, &c[i], 1), WARD_OK);
	assert_int_equal(ward_engine_result(l.e, &l.all), WARD_OK);
	assert_null(lab_find(&l, "t", "malware.worm"));
	assert_int_equal(ward_engine_update(l.e, &c[2], 1), WARD_OK);
	assert_int_equal(ward_engine_result(l.e, &l.all), WARD_OK);
	assert_int_equal(lab_find(&l, "t", "malware.worm")->lo_micro, 400000);
	assert_int_equal(lab_find(&l, "t", "malware.worm")->hi_micro, 450000);
	c[0].undo = true; /* now both */
	assert_int_equal(ward_engine_update(l.e, &c[0], 1), WARD_OK);
	assert_int_equal(ward_engine_result(l.e, &l.all), WARD_OK);
	assert_int_equal(lab_find(&l, "t", "malware.worm")->hi_micro, 697500);
	assert_int_equal(rows(&l), 4);
	lab_close(&l);
}

enum { MANY = 150 }; /* so many that what holds them grows more than once */

/* A hospital in which MANY things supply "t". */
static char *many_text(void)
{
	size_t n;
	char *text = NULL;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	fputs("assets:\n" NODE("t") "t}\n" NODE("u") "u}\n", f);
	for (int i = 0; i < MANY; i++)
		fprintf(f, NODE("s%d") "s}\n", i, i);
	fputs("relations:\n" ARC("t", "u"), f);
	for (int i = 0; i < MANY; i++)
		fprintf(f, ARC("s%d", "t"), i);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* Each allocation fails once, while one relation is cut and MANY states come late, and what was
 * seen so far is asked for again: nothing leaks, and a later run is right. */
static void no_memory(void **state)
{
	char *text = many_text();
	struct lab l;
	enum ward_err err = WARD_ERR_NOMEM;
	struct ward_change late[MANY];

	(void)state;
	lab_open(&l, text, rules);
	lab_run(&l, WARD_IMPACT_FULL, "u malware.worm");
	const uint32_t worm = lab_find(&l, "u", "malware.worm")->threat, s0 = node(&l, "s0");
	const struct ward_seed_threat seed = {s0, worm, 0, 1000000, 1000000};
	const struct ward_change cut = {.kind = WARD_CHANGE_CUT,
		.rel = WARD_REL_SUPPLIES,
		.asset = s0,
		.other = node(&l, "t")};

	for (int i = 0; i < MANY; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "s%d", i);
		late[i] = (struct ward_change){.kind = WARD_CHANGE_THREAT,
			.asset = node(&l, name),
			.threat = worm,
			.hi_micro = 1000000};
	}
	for (uint64_t at = 1; err; at++) {
		struct ward_mem_failing mem;
		struct ward_engine *e = NULL;
		struct ward_impacts all;

		ward_mem_failing_init(&mem, at);
		err = ward_engine_new(l.m, l.r, &l.lim, &mem.mem, &e);
		if (!err)
			err = ward_engine_run(e, WARD_IMPACT_FULL, &seed, 1, &all);
		if (!err)
			err = ward_engine_update(e, &cut, 1);
		if (!err)
			err = ward_engine_update(e, late, MANY);
		if (!err)
			err = ward_engine_result(e, &all);
		assert_true(!err || err == WARD_ERR_NOMEM);
		mem.fail_at = 0;
		for (int i = 0; e && i < MANY; i++) { /* some may have a row by now */
			struct ward_brief brief;

			if (ward_engine_brief(e, late[i].asset, worm, &brief))
				assert_in_range(brief.lo_micro, 0, 1000000);
			assert_in_range(ward_engine_upper(e, late[i].asset, worm), 0, 1000000);
		}
		if (e) { /* it can run again, with what is late by now */
			assert_int_equal(
				ward_engine_run(e, WARD_IMPACT_FULL, &seed, 1, &all), WARD_OK);
			assert_int_equal(all.n, 3);
			assert_int_equal(ward_engine_update(e, late + 1, MANY - 1), WARD_OK);
			assert_int_equal(ward_engine_result(e, &all), WARD_OK);
			assert_int_equal(all.n, MANY + 2);
		}
		ward_engine_free(e);
	}
	lab_close(&l);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(row_once_seen),
		cmocka_unit_test(any_order),
		cmocka_unit_test(by_updates),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
