/* Stills: what a veil hides is blurred and a mask black, for as long around the picture as in a
 * clip; nothing that could not be hidden comes out; a picture has its own shape and fits. */
#include "sense/video/still.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { W = 1280, H = 720, STEP_MS = 200 };

static struct ward_still still; /* large */
static uint8_t pixels[W * H * 3 / 2];
static uint8_t out[WARD_STILL_BYTES];

/* Noise: blurred it is one grey, and not blurred large as JPEG. */
static struct ward_canvas picture(unsigned w, unsigned h, bool noise)
{
	size_t n = (size_t)w * h;
	uint32_t seed = 1;

	for (size_t i = 0; i < n * 3 / 2; i++) {
		seed = seed * 1664525 + 1013904223;
		pixels[i] = i < n && noise ? (uint8_t)(seed >> 24) : 128;
	}
	return (struct ward_canvas){.w = w,
		.h = h,
		.plane = {pixels, pixels + n, pixels + n + n / 4},
		.stride = {w, w / 2, w / 2}};
}

static void note(int ms, uint64_t columns)
{
	struct ward_veil v;

	for (size_t y = 0; y < WARD_VEIL_ROWS; y++)
		v.row[y] = columns;
	ward_still_note(&still, ms * WARD_NS_PER_MS, &v, 0);
}

static void begin(void)
{
	ward_still_forget(&still);
	still.n = 0;
}

static void test_waits_and_joins(void **state)
{
	struct ward_canvas c = picture(W, H, false);

	(void)state;
	begin();
	assert_int_equal(ward_still_take(&still, &c), WARD_ERR_UNSUPPORTED); /* nothing noted */
	note(0, 1);                                                          /* too long before */
	note(700, 2);                                                        /* within reach */
	note(1000, 4);                                                       /* the picture */
	assert_int_equal(ward_still_take(&still, &c), WARD_OK);
	assert_int_equal(still.w, 640);
	assert_int_equal(still.h, 360);
	assert_false(ward_still_ready(&still));
	note(1200, 8);
	assert_false(ward_still_ready(&still));
	note(1400, 16);
	assert_true(ward_still_ready(&still));
	assert_true(still.veil.row[0] == (2 | 4 | 8 | 16));
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	static struct ward_plan plan;

	ward_plan_default(&plan);
	assert_int_equal(ward_still_make(&still, &plan, &w), WARD_OK);
	assert_true(w.len > 100 && out[0] == 0xFF && out[1] == 0xD8);
	assert_false(still.taken);
	for (size_t i = 0; i < sizeof(still.pixel); i++) /* nothing of it is left */
		assert_int_equal(still.pixel[i], 0);
	assert_int_equal(ward_still_make(&still, &plan, &w), WARD_ERR_STATE);
}

/* While a background is learned all is hidden: that is no picture. */
static void test_all_hidden(void **state)
{
	static struct ward_plan plan;
	struct ward_canvas c = picture(W, H, false);
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	(void)state;
	begin();
	note(1000, UINT64_MAX);
	assert_int_equal(ward_still_take(&still, &c), WARD_OK);
	note(1400, 0);
	assert_int_equal(ward_still_make(&still, &plan, &w), WARD_ERR_STATE);
	assert_int_equal(w.len, 0);
	assert_false(still.taken);
}

/* Bytes of noise that the left half hides are fewer than those that nothing hides: it is smooth. */
static size_t bytes_of(uint64_t columns)
{
	static struct ward_plan plan;
	struct ward_canvas c = picture(320, 240, true);
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	begin();
	ward_plan_default(&plan);
	note(1000, columns);
	assert_int_equal(ward_still_take(&still, &c), WARD_OK);
	note(1400, columns);
	assert_int_equal(ward_still_make(&still, &plan, &w), WARD_OK);
	return w.len;
}

static void test_hides(void **state)
{
	(void)state;
	assert_true(bytes_of(UINT32_MAX) * 3 / 2 < bytes_of(0));
}

/* What is too large as JPEG is made smaller, in its own shape. */
static void test_fits(void **state)
{
	static struct ward_plan plan;
	struct ward_canvas c = picture(W, H, true);
	struct ward_wr w = ward_wr_fixed(out, sizeof(out));

	(void)state;
	/* pure noise of every pixel, so that making it smaller leaves some */
	begin();
	c.w = 640;
	c.h = 480;
	ward_plan_default(&plan);
	note(1000, 0);
	assert_int_equal(ward_still_take(&still, &c), WARD_OK);
	assert_int_equal(still.w, 640);
	note(1400, 0);
	assert_int_equal(ward_still_make(&still, &plan, &w), WARD_OK);
	assert_true(w.len && w.len <= WARD_STILL_BYTES);
	assert_true(still.w < 640 && still.w * 3 == still.h * 4);
	/* as high as a phone is: by its height */
	c = picture(480, 960, true);
	begin();
	note(1000, 0);
	assert_int_equal(ward_still_take(&still, &c), WARD_OK);
	assert_int_equal(still.h, 480);
	assert_int_equal(still.w, 240);
	c.w = 8;
	assert_int_equal(ward_still_take(&still, &c), WARD_ERR_UNSUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_waits_and_joins),
		cmocka_unit_test(test_all_hidden), cmocka_unit_test(test_hides),
		cmocka_unit_test(test_fits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
