/* What is told of a camera, and which of a device's streams it is: any of it comes out as it went
 * in, and nothing else is taken. */
#include "run/camera.h"
#include "run/choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const struct ward_choice chosen = {.taken = true,
	.reason = WARD_HEALTH_FOREIGN,
	.tls = true,
	.port = 554,
	.path = "/live?channel=1",
	.profile = "Profil d'été",
	.encoding = "H264",
	.width = 640,
	.height = 360,
	.millifps = 12500,
	.kbps = 512,
	.offered = 3,
	.suffices = true};

static enum ward_err back(const struct ward_choice *in, struct ward_choice *out)
{
	uint8_t bytes[WARD_CHOICE_BYTES];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_choice_write(in, &w);
	assert_false(ward_wr_bad(&w));
	struct ward_rd r = ward_rd_from(bytes, w.len);

	return ward_choice_read(&r, out);
}

static void t_choice(void **state)
{
	struct ward_choice out = {0}, full = chosen, none = {.reason = WARD_HEALTH_DENIED};
	uint8_t bytes[WARD_CHOICE_BYTES];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(back(&chosen, &out), WARD_OK);
	assert_memory_equal(&out, &chosen, sizeof(out));
	assert_int_equal(back(&none, &out), WARD_OK);
	assert_memory_equal(&out, &none, sizeof(out));
	memset(full.path, 'x', sizeof(full.path) - 1); /* as long as may be */
	full.path[0] = '/';
	memset(full.profile, 'y', sizeof(full.profile) - 1);
	assert_int_equal(back(&full, &out), WARD_OK);
	assert_memory_equal(&out, &full, sizeof(out));

	ward_choice_write(&chosen, &w);
	for (size_t n = 0; n < w.len; n++) { /* cut anywhere */
		struct ward_rd part = ward_rd_from(bytes, n);

		assert_int_equal(ward_choice_read(&part, &out), WARD_ERR_MALFORMED);
	}
	struct ward_rd longer = ward_rd_from(bytes, w.len + 1);

	assert_int_equal(ward_choice_read(&longer, &out), WARD_ERR_MALFORMED);
}

/* What would change the address that is asked for, or the log: another host, a new line, a number
 * that is none. */
static void t_choice_refused(void **state)
{
	static const char *const paths[] = {
		"@192.0.2.9/x", "x", "/a b", "/a\r\nX: y", "/\x7f", "/\xff"};
	struct ward_choice bad = chosen, out;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(paths); i++) {
		(void)snprintf(bad.path, sizeof(bad.path), "%s", paths[i]);
		assert_int_equal(back(&bad, &out), WARD_ERR_MALFORMED);
	}
	bad = chosen;
	(void)snprintf(bad.profile, sizeof(bad.profile), "a\nb");
	assert_int_equal(back(&bad, &out), WARD_ERR_MALFORMED);
	bad = chosen;
	bad.port = 0;
	assert_int_equal(back(&bad, &out), WARD_ERR_MALFORMED);
	bad = chosen;
	bad.width = WARD_CHOICE_SIDE + 1;
	assert_int_equal(back(&bad, &out), WARD_ERR_MALFORMED);
	bad = chosen;
	bad.reason = WARD_HEALTH_N;
	assert_int_equal(back(&bad, &out), WARD_ERR_MALFORMED);
	bad = chosen;
	bad.millifps = 240001;
	assert_int_equal(back(&bad, &out), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_round_trip),
		cmocka_unit_test(t_words),
		cmocka_unit_test(t_choice),
		cmocka_unit_test(t_choice_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
