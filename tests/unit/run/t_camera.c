/* What is told of a camera: any of it comes out as it went in, and nothing else is taken. */
#include "run/camera.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void t_round_trip(void **state)
{
	uint8_t bytes[64];

	(void)state;
	for (unsigned what = WARD_CAMERA_WENT; what <= WARD_CAMERA_CLOCK; what++)
		for (unsigned reason = 0; reason < WARD_HEALTH_N; reason++) {
			struct ward_camera_news in = {(enum ward_camera_what)what,
				(enum ward_health_reason)reason, reason % 2 != 0, INT64_MAX, -5};
			struct ward_camera_news out = {0};
			struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

			ward_camera_write(&in, &w);
			for (size_t n = 0; n < w.len; n++) {
				struct ward_rd part = ward_rd_from(bytes, n);

				assert_int_equal(ward_camera_read(&part, &out), WARD_ERR_MALFORMED);
			}
			struct ward_rd r = ward_rd_from(bytes, w.len);

			assert_int_equal(ward_camera_read(&r, &out), WARD_OK);
			assert_int_equal(out.what, in.what);
			assert_int_equal(out.reason, in.reason);
			assert_int_equal(out.wrong, in.wrong);
			assert_int_equal(out.time, in.time);
			assert_int_equal(out.length, in.length);
		}
}

/* Each byte that is a word of a list, with each value: known words only. */
static void t_words(void **state)
{
	struct ward_camera_news n = {.what = WARD_CAMERA_WENT};
	uint8_t bytes[65];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes) - 1);

	(void)state;
	ward_camera_write(&n, &w);
	for (unsigned at = 0; at < 3; at++) {
		static const unsigned known[] = {3, WARD_HEALTH_N, 2};
		uint8_t was = bytes[at];
		unsigned taken = 0;

		for (unsigned v = 0; v < 256; v++) {
			struct ward_rd r = ward_rd_from(bytes, w.len);

			bytes[at] = (uint8_t)v;
			taken += ward_camera_read(&r, &n) == WARD_OK;
		}
		bytes[at] = was;
		assert_int_equal(taken, known[at]);
	}
	struct ward_rd longer = ward_rd_from(bytes, w.len + 1);

	assert_int_equal(ward_camera_read(&longer, &n), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_round_trip),
		cmocka_unit_test(t_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
