#include "run/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_fetch_comes_as_it_went(void **state)
{
	struct ward_fetch f = {.id = {{1, 2}}, .reading = {3, 4}, .off = 5ULL << 33}, got;
	uint8_t buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	ward_fetch_put(&w, &f);
	ward_wr_u8(&w, 0); /* one byte too many */
	for (size_t n = 0; n <= w.len; n++) {
		struct ward_rd r = ward_rd_from(buf, n);

		assert_int_equal(
			ward_fetch_get(&r, &got), n == w.len - 1 ? WARD_OK : WARD_ERR_MALFORMED);
	}
	assert_memory_equal(&got, &f, sizeof(f));
}

static enum ward_err get(const struct ward_fetched *d, uint64_t off)
{
	static uint8_t buf[WARD_SEALED_PIECE + 64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_fetched got;

	ward_fetched_put(&w, d);
	struct ward_rd r = ward_rd_from(buf, w.len);
	enum ward_err err = ward_fetched_get(&r, off, &got);

	if (!err) {
		assert_true(got.err == d->err && got.size == d->size);
		assert_int_equal(got.bytes.len, d->bytes.len);
	}
	return err;
}

/* Bytes that are not of the file, or with an error, are none. */
static void a_piece_lies_within_its_file(void **state)
{
	static const uint8_t some[WARD_SEALED_PIECE + 1];
	struct ward_fetched d = {.size = 100, .bytes = {some, 40}};
	uint8_t no_error[] = {WARD_ERR_N, 0, 0, 0, 0, 0, 0, 0, 0};
	struct ward_rd r = ward_rd_from(no_error, sizeof(no_error));

	(void)state;
	assert_int_equal(get(&d, 0), WARD_OK);
	assert_int_equal(get(&d, 60), WARD_OK);
	assert_int_equal(get(&d, 61), WARD_ERR_MALFORMED);
	assert_int_equal(get(&d, 100), WARD_ERR_MALFORMED);
	assert_int_equal(get(&d, UINT64_MAX), WARD_ERR_MALFORMED);
	d.bytes.len = 0;
	assert_int_equal(get(&d, 0), WARD_ERR_MALFORMED);
	d = (struct ward_fetched){.size = 1 << 20, .bytes = {some, sizeof(some)}};
	assert_int_equal(get(&d, 0), WARD_ERR_MALFORMED);
	d = (struct ward_fetched){.err = WARD_ERR_NOT_FOUND};
	assert_int_equal(get(&d, 7), WARD_OK);
	d.bytes = ward_slice_of(some, 1);
	assert_int_equal(get(&d, 0), WARD_ERR_MALFORMED);
	assert_int_equal(ward_fetched_get(&r, 0, &d), WARD_ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fetch_comes_as_it_went),
		cmocka_unit_test(a_piece_lies_within_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
