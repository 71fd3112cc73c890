/* A permit that is made at the desk: held to what a line is held to; as a row, and back. */
#include "../lab.h"
#include "model/permit/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fix {
	struct lab lab;
	struct ward_arena a;
	struct ward_permits *s;
};

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	ward_arena_init(&x->a, ward_mem_heap(), 1 << 24);
	assert_int_equal(ward_permits_new(x->lab.m, &x->lab.lim, ward_mem_heap(), &x->s), WARD_OK);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_permits_free(x->s);
	ward_arena_fini(&x->a);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static enum ward_err take(struct fix *x, const char *thing, const char *args, const char **why)
{
	const struct ward_permit_in in = {x->lab.m, &x->lab.lim, ward_mem_heap(), NULL};
	struct ward_permit_wish w = {.id = WARD_STR("w-9"),
		.thing = ward_str_z(thing),
		.by = WARD_STR("guard"),
		.why = WARD_STR("paint, \"two\" coats"),
		.args = ward_str_z(args)};

	*why = NULL;
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-19T08:00:00Z"), &w.at), WARD_OK);
	return ward_permit_wish_take(&in, &w, &x->a, x->s, why);
}

#define ARGS(until, effects) \
	"{\"who\":\"Firm\",\"until\":\"2026-" until ":00:00Z\",\"effects\":[" effects "]}"

static void test_taken(void **state)
{
	struct fix *x = *state;
	const char *why;

	assert_int_equal(take(x, "hall", ARGS("03-19T10", "\"bms.command\""), &why), WARD_OK);
	assert_int_equal(
		take(x, "ahu-1", ARGS("03-19T12", "\"bms.*\""), &why), WARD_OK); /* the same id */
	assert_int_equal(ward_permits_n(x->s), 1);
	const struct ward_permit *p = ward_permits_at(x->s, 0);

	assert_int_equal(p->n_place, 0);
	assert_int_equal(p->asset[0], lab_node(&x->lab, "ahu-1"));
	assert_true(p->decided && p->from == p->made && p->n_threat > 1);
	assert_true(ward_str_eqz(p->why, "paint, \"two\" coats"));
	/* as a row, and back */
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_json j = ward_json_on(&w);
	const struct ward_conf *row = NULL;
	struct ward_permit back;

	ward_json_obj(&j);
	ward_permit_to_row(p, x->lab.m, &j);
	ward_json_obj_end(&j);
	assert_int_equal(ward_conf_json(&x->a, &x->lab.lim, WARD_STR("row"), 1, ward_wr_slice(&w),
				 &x->lab.d, &row),
		WARD_OK);
	assert_false(ward_permit_is_reset_row(row));
	assert_int_equal(ward_permit_of_row(row, x->lab.m, &x->a, &back), WARD_OK);
	assert_true(ward_permit_same(p, &back));
	ward_wr_fini(&w);
	/* what was decided stays while the file's go */
	back.id = WARD_STR("w-1");
	back.decided = false;
	assert_int_equal(ward_permits_put(x->s, &back, NULL), WARD_OK);
	ward_permits_clear_told(x->s);
	assert_int_equal(ward_permits_n(x->s), 1);
	assert_non_null(ward_permits_find(x->s, WARD_STR("w-9")));
	/* ended, it stays known until its time is over: else the file would bring it back */
	back = *ward_permits_at(x->s, 0);
	back.ended = back.from + 1;
	assert_int_equal(ward_permits_put(x->s, &back, NULL), WARD_OK);
	ward_permits_expire(x->s, back.until + 86400 * WARD_NS_PER_S);
	assert_int_equal(ward_permits_n(x->s), 1);
	ward_permits_expire(x->s, back.until + 86401 * WARD_NS_PER_S);
	assert_int_equal(ward_permits_n(x->s), 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *thing, *args, *why;
	} t[] = {{"nowhere", ARGS("03-19T10", "\"bms.command\""),
			 "which the hospital does not have"},
		{"s", ARGS("03-19T10", "\"bms.command\""), "the permit is too wide"},
		{"hall", ARGS("03-19T10", "\"bms.comand\""),
			"which is no threat: write 'bms.command'"},
		{"hall", ARGS("03-19T10", "7, \"a b\""), "which is no threat"},
		{"hall", "{\"who\":\"Firm\",\"until\":\"2026-03-19T10:00:00Z\",\"effects\":7}",
			"effects"},
		{"hall", ARGS("05-19T10", "\"bms.command\""), "more than 31 days"},
		{"hall", ARGS("03-19T07", "\"bms.command\""), "the permit ends before it begins"},
		{"hall",
			"{\"who\":\"F\",\"from\":\"2026-03-19T05:00:00Z\",\"until\":"
			"\"2026-03-19T06:00:00Z\",\"effects\":[\"bms.command\"]}",
			"over before it is made"},
		{"hall", "{\"until\":\"2026-03-19T10:00:00Z\",\"effects\":[\"bms.command\"]}",
			"who"},
		{"hall", "{\"who\":\"F\",\"until\":\"soon\",\"effects\":[\"bms.command\"]}",
			"until"},
		{"hall", "[", ""}};
	struct fix *x = *state;

	for (size_t i = 0; i < WARD_ARRAY_LEN(t); i++) {
		const char *why;
		enum ward_err err = take(x, t[i].thing, t[i].args, &why);

		if (err != WARD_ERR_CONFIG || !why || !strstr(why, t[i].why))
			fail_msg("%zu: %s, %s", i, ward_err_name(err), why ? why : "-");
	}
	assert_int_equal(ward_permits_n(x->s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
