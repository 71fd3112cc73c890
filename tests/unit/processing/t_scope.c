/* What a version of the directory watches beside the one before, and what of it is other. */
#include "processing/scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 96 << 20, TEXT = 1800, MANY = 3000, LINE = 96 };

static struct fix {
	struct ward_limits lim;
	struct ward_arena arena;
	struct ward_scope was, is;
	char text[4096];
} x;

static void file(struct ward_scope *s, const char *path, const char *text)
{
	ward_scope_file(s, ward_str_z(path), ward_slice_of(text, strlen(text)));
	assert_int_equal(s->err, WARD_OK);
}

static const char *wider(void)
{
	struct ward_wr w = ward_wr_fixed(x.text, sizeof(x.text) - 1);

	memset(x.text, 0, sizeof(x.text));
	ward_scope_wider(&x.was, &x.is, TEXT, &w);
	assert_false(ward_wr_bad(&w));
	return x.text;
}

static const char *moved(void)
{
	struct ward_wr w = ward_wr_fixed(x.text, sizeof(x.text) - 1);

	memset(x.text, 0, sizeof(x.text));
	ward_scope_moved(&x.was, &x.is, TEXT, &w);
	assert_false(ward_wr_bad(&w));
	return x.text;
}

static int begin(void **state)
{
	(void)state;
	ward_limits_default(&x.lim);
	ward_arena_init(&x.arena, ward_mem_heap(), ARENA);
	ward_scope_init(&x.was, &x.lim, &x.arena);
	ward_scope_init(&x.is, &x.lim, &x.arena);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ward_scope_fini(&x.was);
	ward_scope_fini(&x.is);
	ward_arena_fini(&x.arena);
	return 0;
}

static void test_what_an_entry_says(void **state)
{
	(void)state;
	file(&x.was, "processing.yml",
		"entries:\n  - {id: cams, data: [pd:Picture], roles: [guard]}\n");
	file(&x.is, "processing.yml",
		"entries:\n  - {roles: [guard, nurse], id: cams, data: [pd:Picture]}\n");
	assert_string_equal(wider(), "role nurse");
	assert_string_equal(moved(), "entry cams");
}

static void test_the_order_of_members_says_nothing(void **state)
{
	(void)state;
	file(&x.was, "processing.yml", "entries:\n  - {id: cams, retention: 3d, like: camera}\n");
	file(&x.is, "processing.yml", "entries:\n  - {like: camera, id: cams, retention: 3d}\n");
	assert_string_equal(moved(), "");
}

/* Names and texts deep in it count, and which is whose. */
static void test_all_that_is_in_it_counts(void **state)
{
	(void)state;
	file(&x.was, "sources.yml",
		"sources:\n"
		"  - {id: a, kind: video, zones: [{name: till, hours: {from: 8, to: 17}}]}\n"
		"  - {id: b, kind: video, left: on}\n"
		"  - {id: c, kind: syslog, where: x}\n");
	file(&x.is, "sources.yml",
		"sources:\n"
		"  - {id: a, kind: video, zones: [{name: till, hours: {from: 17, to: 8}}]}\n"
		"  - {id: b, kind: video, right: on}\n"
		"  - {id: c, kind: syslog, where: y}\n");
	assert_string_equal(moved(), "source a, source b");
	assert_string_equal(wider(), "");
}

/* Columns that were moved, or are empty, make it no other. */
static void test_cells_by_their_column(void **state)
{
	(void)state;
	file(&x.was, "sources.csv", "id,kind,personal_data,where\nlog1,syslog,true,a\n");
	file(&x.is, "sources.csv", "where,id,note,kind,personal_data\na,log1,,syslog,true\n");
	assert_string_equal(moved(), "");
	ward_scope_fini(&x.is);
	ward_scope_init(&x.is, &x.lim, &x.arena);
	file(&x.is, "sources.csv", "id,kind,personal_data,note\nlog1,syslog,true,a\n");
	assert_string_equal(moved(), "source log1");
}

static void many(struct ward_scope *s, int first, int last, int other)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), MANY * LINE);

	ward_wr_z(&w, "id,kind,personal_data,where\n");
	for (int i = first; i < last; i++)
		ward_wr_printf(&w, "door-%d,syslog,true,%s\n", i, i == other ? "b" : "a");
	assert_false(ward_wr_bad(&w));
	ward_scope_file(s, WARD_STR("sources.csv"), ward_wr_slice(&w));
	assert_int_equal(s->err, WARD_OK);
	ward_wr_fini(&w);
}

/* However many there are: the last one that is other is told, and no other one. */
static void test_nothing_is_cut(void **state)
{
	(void)state;
	many(&x.was, 0, MANY - 1, -1);
	many(&x.is, 0, MANY, MANY - 2);
	assert_string_equal(wider(), "source door-2999");
	assert_string_equal(moved(), "source door-2998, source door-2999");
}

static void test_what_is_gone(void **state)
{
	(void)state;
	many(&x.was, 0, MANY, -1);
	many(&x.is, 1, MANY, -1);
	assert_string_equal(wider(), "");
	assert_string_equal(moved(), "source door-0");
}

/* A list that is long ends with a sign that it does. */
static void test_a_long_list_ends_so(void **state)
{
	(void)state;
	many(&x.is, 0, MANY, -1);
	assert_non_null(strstr(wider(), "source door-0, source door-1,"));
	assert_string_equal(x.text + strlen(x.text) - strlen(" …"), " …");
}

/* Long ids are things like others. */
static void test_long_names(void **state)
{
	char text[600], id[301];

	(void)state;
	memset(id, 'x', 300);
	id[300] = 0;
	(void)snprintf(text, sizeof(text), "sources:\n  - {id: %s, kind: video}\n", id);
	file(&x.was, "sources.yml", "sources: []\n");
	file(&x.is, "sources.yml", text);
	(void)snprintf(text, sizeof(text), "source %s", id);
	assert_string_equal(wider(), text);
	assert_string_equal(moved(), text);
}

static void test_two_of_one_name(void **state)
{
	(void)state;
	file(&x.was, "processing.yml", "entries: [{id: a, why: x}, {id: a, why: y}]\n");
	file(&x.is, "processing.yml", "entries: [{id: a, why: x}, {id: a, why: z}]\n");
	assert_string_equal(moved(), "entry a");
}

static void test_the_house(void **state)
{
	(void)state;
	file(&x.was, "hospital.yml", "hospital: {id: t, clips: {key: e.pub, keep: 72h}}\n");
	file(&x.is, "hospital.yml",
		"hospital: {id: t, clips: {key: e.pub, keep: 96h}, staff_agreement: a.pdf}\n");
	assert_string_equal(wider(), "analytic baselines.persons");
	assert_string_equal(moved(), "analytic baselines.persons, analytic clips");
	ward_scope_file(&x.is, WARD_STR("broken.yml"), ward_slice_of("a: [", 4));
	assert_int_equal(x.is.err, WARD_OK); /* Ward does not run with it */
	assert_false(ward_scope_reads(WARD_STR("plans/a.yml")));
	assert_false(ward_scope_reads(WARD_STR("badges.csv")));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_what_an_entry_says),
		T(test_the_order_of_members_says_nothing),
		T(test_all_that_is_in_it_counts),
		T(test_cells_by_their_column),
		T(test_nothing_is_cut),
		T(test_what_is_gone),
		T(test_a_long_list_ends_so),
		T(test_long_names),
		T(test_two_of_one_name),
		T(test_the_house),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
