/* Orders to erase: said, read again, asked; what is none is refused whole. */
#include "comply/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct ward_order_item all[] = {{WARD_ORDER_ROW, 2, 9, {{0}}},
	{WARD_ORDER_RECORD, 0, 812, {{0}}}, {WARD_ORDER_ROW, 1, 17, {{0}}},
	{WARD_ORDER_RECORD, 0, 7, {{0}}}, {WARD_ORDER_CLIP, 0, 0, {{5, 6}}}};

static void is_read_again(void **state)
{
	struct ward_order o, back;
	char rule[WARD_ORDER_RULE], text[512];
	uint64_t n;

	(void)state;
	ward_order_init(&o, ward_mem_heap());
	o.request = (struct ward_id){{1, 2, 3}};
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		assert_int_equal(ward_order_add(&o, &all[i]), WARD_OK);
	ward_order_sort(&o);
	for (unsigned of = 0; of < WARD_ORDER_OF_N; of++) {
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_order_write(&o, (enum ward_order_of)of, &w);
		ward_order_init(&back, ward_mem_heap());
		assert_int_equal(ward_order_read(&back, ward_wr_slice(&w)), WARD_OK);
		assert_true(ward_id_eq(back.request, o.request));
		for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
			assert_int_equal(ward_order_has(&back, &all[i]), all[i].of == of);
		ward_order_fini(&back);
	}
	assert_true(ward_order_next(&o, WARD_ORDER_RECORD, 0, 0, &n) && n == 7);
	assert_true(ward_order_next(&o, WARD_ORDER_RECORD, 0, 8, &n) && n == 812);
	assert_false(ward_order_next(&o, WARD_ORDER_RECORD, 0, 813, &n));
	assert_true(ward_order_next(&o, WARD_ORDER_ROW, 1, 0, &n) && n == 17);
	assert_false(ward_order_next(&o, WARD_ORDER_ROW, 1, 18, &n)); /* of kind 2 is 9 */
	assert_false(ward_order_next(&o, WARD_ORDER_ROW, 3, 0, &n));
	ward_order_rule(o.request, rule);
	assert_string_equal(rule, "request 01020300-0000-0000-0000-000000000000");
	assert_true(ward_order_is_rule(ward_str_z(rule)));
	assert_true(ward_order_is_rule(
		WARD_STR("intended, then killed: request 01020300-0000-0000-0000-000000000000")));
	assert_false(ward_order_is_rule(WARD_STR("retention 72h of sources.yml")));
	assert_false(ward_order_is_rule(WARD_STR("request 17")));
	ward_order_fini(&o);
}

static void is_none(void **state)
{
#define HEAD "ward erasing 1\nrequest 01020300-0000-0000-0000-000000000000\n"
	static const char *const bad[] = {"", "ward erasing 2\n", "ward erasing 1\n",
		"ward erasing 1\nrequest 17\n", HEAD "record\n", HEAD "record -1\n",
		HEAD "row 17\n", HEAD "row 256 1\n", HEAD "row x 1\n", HEAD "clip 17\n",
		HEAD "record 1\nerase all\n", HEAD "\n"};
	struct ward_order o;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		ward_order_init(&o, ward_mem_heap());
		assert_int_equal(ward_order_read(&o, ward_str_bytes(ward_str_z(bad[i]))),
			WARD_ERR_MALFORMED);
		assert_int_equal(o.n, 0);
		ward_order_fini(&o);
	}
	ward_order_init(&o, ward_mem_heap());
	assert_int_equal(ward_order_read(&o, ward_str_bytes(WARD_STR(HEAD))), WARD_OK);
	assert_int_equal(o.n, 0);
	ward_order_fini(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read_again),
		cmocka_unit_test(is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
