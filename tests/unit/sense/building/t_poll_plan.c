#include "sense/building/poll_plan.h"

#include "base/rd.h"
#include "sense/building/bacnet_ask.h"
#include "sense/building/bacnet_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ward_limits lim;

static void comes_back_as_it_was(void **state)
{
	static const struct ward_poll_point points[] = {
		{{"ahu-1.supply", 12}, {"Cel", 3}, {"1001/analog-input:3", 19}, 0.1, -40},
		{{"pump", 4}, {"", 0}, {"1/holding:40001/f32", 19}, 1, 0}};
	uint8_t buf[512];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_poll_plan p;

	(void)state;
	ward_poll_plan_init(&p, ward_mem_heap(), &lim);
	for (size_t i = 0; i < WARD_ARRAY_LEN(points); i++)
		ward_poll_plan_write(&points[i], &w);
	assert_int_equal(ward_poll_plan_read(&p, ward_wr_text(&w)), WARD_OK);
	assert_int_equal(p.n, 2);
	for (size_t i = 0; i < p.n; i++) {
		assert_true(ward_str_eq(p.point[i].id, points[i].id));
		assert_true(ward_str_eq(p.point[i].unit, points[i].unit));
		assert_true(ward_str_eq(p.point[i].address, points[i].address));
		assert_memory_equal(&p.point[i].scale, &points[i].scale, sizeof(double));
		assert_memory_equal(&p.point[i].offset, &points[i].offset, sizeof(double));
	}
	ward_poll_plan_fini(&p);
}

static void refuses_what_is_no_line(void **state)
{
	static const char *const bad[] = {"id", "id\tu\t1\t0\t", "\tu\t1\t0\ta", "id\tu\tx\t0\ta",
		"id\tu\t1\tnan\ta", "id\tu\t\t0\ta"};
	struct ward_poll_plan p;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		ward_poll_plan_init(&p, ward_mem_heap(), &lim);
		assert_int_equal(ward_poll_plan_read(&p, ward_str_z(bad[i])), WARD_ERR_MALFORMED);
		ward_poll_plan_fini(&p);
	}
	ward_poll_plan_init(&p, ward_mem_heap(), &lim);
	p.max = 1;
	assert_int_equal(
		ward_poll_plan_read(&p, WARD_STR("a\t\t1\t0\tx\nb\t\t1\t0\tx\n")), WARD_ERR_LIMIT);
	ward_poll_plan_fini(&p);
}

static void reads_bacnet_addresses(void **state)
{
	static const struct {
		const char *text;
		struct ward_bacnet_ref ref;
	} good[] = {
		{"1001/analog-input:3", {1001, 0, 3, 85, true}},
		{"0/0:0", {0, 0, 0, 85, true}},
		{"7/binary-value:9/present-value", {7, 5, 9, 85, true}},
		{"7/device:7/system-status", {7, 8, 7, 112, false}},
		{"7/300:1/1234", {7, 300, 1, 1234, false}},
	};
	static const char *const bad[] = {"", "1001", "1001/", "1001/analog-input", "x/0:0",
		"4194303/0:0", "1/analog-inputs:1", "1/1024:1", "1/0:4194303", "1/0:1/", "1/0:1/x",
		"1/0:", "-1/0:1"};
	struct ward_bacnet_ref ref;
	const char *why;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(good); i++) {
		assert_int_equal(
			ward_bacnet_ref_parse(ward_str_z(good[i].text), &ref, &why), WARD_OK);
		assert_int_equal(ref.device, good[i].ref.device);
		assert_int_equal(ref.type, good[i].ref.type);
		assert_int_equal(ref.instance, good[i].ref.instance);
		assert_int_equal(ref.property, good[i].ref.property);
		assert_int_equal(ref.usual, good[i].ref.usual);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(
			ward_bacnet_ref_parse(ward_str_z(bad[i]), &ref, &why), WARD_ERR_MALFORMED);
		assert_non_null(why);
	}
}

static void reads_scopes(void **state)
{
	static const char *const bad[] = {"", ":47808", "10.0.0", "10.0.0.1:", "10.0.0.1:0",
		"10.0.0.1/7", "10.0.0.1/33", "10.0.0.1:65536", "fe80::1", "10.0.0.1111111111"};
	struct ward_bacnet_scope s;

	(void)state;
	assert_int_equal(ward_bacnet_scope_parse(WARD_STR("10.1.2.3"), &s), WARD_OK);
	assert_true(s.ip[3] == 3 && s.prefix == 32 && s.port == 47808);
	assert_int_equal(ward_bacnet_scope_parse(WARD_STR("10.1.0.0/16:47809"), &s), WARD_OK);
	assert_true(s.ip[1] == 1 && s.prefix == 16 && s.port == 47809);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++)
		assert_int_equal(
			ward_bacnet_scope_parse(ward_str_z(bad[i]), &s), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(comes_back_as_it_was),
		cmocka_unit_test(refuses_what_is_no_line), cmocka_unit_test(reads_bacnet_addresses),
		cmocka_unit_test(reads_scopes)};

	ward_limits_default(&lim);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
