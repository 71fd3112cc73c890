/* Stills on their way: what is written is read, what is none is refused, and text of them is back
 * as it was. */
#include "run/still.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct ward_id id = {.b = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static uint8_t body[WARD_STILL_JPEG + 512], text[WARD_STILL_SAYS], back[WARD_STILL_JPEG],
	jpeg[WARD_STILL_JPEG];

static enum ward_err round_trip(const struct ward_still_is *s, struct ward_still_is *ret)
{
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_still_is_put(&w, s);
	assert_false(ward_wr_bad(&w));
	struct ward_rd r = ward_rd_from(w.p, w.len);

	return ward_still_is_get(&r, ret);
}

static void test_messages(void **state)
{
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_id got;
	struct ward_still_is is;

	(void)state;
	ward_still_ask_put(&w, id);
	struct ward_rd r = ward_rd_from(w.p, w.len), shorter = ward_rd_from(w.p, w.len - 1);

	assert_int_equal(ward_still_ask_get(&r, &got), WARD_OK);
	assert_true(ward_id_eq(got, id));
	assert_int_equal(ward_still_ask_get(&shorter, &got), WARD_ERR_MALFORMED);
	const struct ward_still_is none = {.id = id, .why = WARD_STR("it is dark")};

	assert_int_equal(round_trip(&none, &is), WARD_OK);
	assert_true(ward_str_eqz(is.why, "it is dark") && !is.jpeg.len);
	const struct ward_still_is both = {
		.id = id, .why = WARD_STR("x"), .jpeg = ward_slice_of(jpeg, 8)};
	const struct ward_still_is neither = {.id = id};
	const struct ward_still_is no_jpeg = {.id = id, .jpeg = ward_slice_of("GIF89a", 6)};
	const struct ward_still_is no_text = {.id = id, .why = WARD_STR("\xff")};

	assert_int_equal(round_trip(&both, &is), WARD_ERR_MALFORMED);
	assert_int_equal(round_trip(&neither, &is), WARD_ERR_MALFORMED);
	assert_int_equal(round_trip(&no_jpeg, &is), WARD_ERR_MALFORMED);
	assert_int_equal(round_trip(&no_text, &is), WARD_ERR_MALFORMED);
}

static void test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(jpeg); i++)
		jpeg[i] = (uint8_t)(i * 31 >> 3);
	jpeg[0] = jpeg[2] = 0xFF;
	jpeg[1] = 0xD8;
	for (size_t n = 4; n <= sizeof(jpeg); n = n < 9 ? n + 1 : n < 10 ? sizeof(jpeg) : n + 1) {
		const struct ward_still_is s = {.id = id, .jpeg = ward_slice_of(jpeg, n)};
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		size_t got;

		ward_still_say(&w, &s);
		assert_false(ward_wr_bad(&w));
		assert_true(ward_still_said(ward_wr_text(&w), back, sizeof(back), &got));
		assert_int_equal(got, n);
		assert_memory_equal(back, jpeg, n);
		assert_false(ward_still_said(ward_wr_text(&w), back, n - 1, &got));
		assert_false(ward_still_said(
			ward_str_sub(ward_wr_text(&w), 0, w.len - 1), back, sizeof(back), &got));
		text[w.len - 6] = '!';
		assert_false(ward_still_said(ward_wr_text(&w), back, sizeof(back), &got));
	}
	assert_false(ward_still_said(WARD_STR(""), back, sizeof(back), &(size_t){0}));
	assert_false(ward_still_said(
		WARD_STR("{\"decision\":\"x\",\"jpeg\":\"\"}"), back, sizeof(back), &(size_t){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages), cmocka_unit_test(test_text)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
