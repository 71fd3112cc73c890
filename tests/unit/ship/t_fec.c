/* Any of as many shards as there are of parity may be lost, one by one or in a row; one more may
 * not. */
#include "ship/fec.h"

#include "base/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEN = 37 };

static uint64_t seed = 0x9e3779b97f4a7c15;

static unsigned draw(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed % n);
}

static void one(size_t k, size_t m, size_t n_lost, bool in_a_row)
{
	static uint8_t was[WARD_FEC_SHARDS * LEN], is[WARD_FEC_SHARDS * LEN];
	bool have[WARD_FEC_SHARDS];
	size_t first = in_a_row ? draw((unsigned)(k + m - n_lost + 1)) : 0;

	for (size_t i = 0; i < k * LEN; i++)
		was[i] = (uint8_t)draw(256);
	ward_fec_encode(was, k, m, LEN);
	memcpy(is, was, sizeof(is));
	for (size_t i = 0; i < k + m; i++)
		have[i] = true;
	for (size_t n = 0; n < n_lost; n++) {
		size_t i = in_a_row ? first + n : draw((unsigned)(k + m));

		while (!have[i])
			i = (i + 1) % (k + m);
		have[i] = false;
		memset(is + i * LEN, 0xee, LEN);
	}
	bool ok = ward_fec_decode(is, have, k, m, LEN);

	assert_int_equal(ok, n_lost <= m);
	if (ok)
		assert_memory_equal(is, was, k * LEN);
}

static void makes_up_for_what_is_lost(void **state)
{
	(void)state;
	for (unsigned turn = 0; turn < 3000; turn++) {
		size_t k = 1 + draw(WARD_FEC_DATA), m = draw(WARD_FEC_PARITY + 1);

		one(k, m, draw((unsigned)m + 1), turn & 1);
	}
	one(WARD_FEC_DATA, WARD_FEC_PARITY, WARD_FEC_PARITY, true);
	for (size_t k = 1; k <= WARD_FEC_PARITY; k++)
		one(k, WARD_FEC_PARITY, k, true); /* parity alone */
}

static void says_when_too_few_are_there(void **state)
{
	(void)state;
	for (unsigned turn = 0; turn < 200; turn++) {
		size_t k = 1 + draw(WARD_FEC_DATA), m = draw(WARD_FEC_PARITY + 1);
		static uint8_t shard[WARD_FEC_SHARDS * LEN], before[WARD_FEC_SHARDS * LEN];
		bool have[WARD_FEC_SHARDS] = {false};

		for (size_t i = 0; i < (k + m) * LEN; i++)
			shard[i] = (uint8_t)draw(256);
		for (size_t i = 0; i + 1 < k; i++)
			have[m + 1 + i] = true; /* one fewer than k */
		memcpy(before, shard, sizeof(before));
		assert_false(ward_fec_decode(shard, have, k, m, LEN));
		assert_memory_equal(before, shard, sizeof(before));
	}
}

/* The same bytes in ten years: a known answer, of the definition (1 / (128 + r ^ i) over 0x11d). */
static void is_the_code_that_it_says(void **state)
{
	uint8_t shard[3] = {1, 0, 0}, two[4] = {0, 1, 0, 0};

	(void)state;
	ward_fec_encode(shard, 1, 2, 1);
	/* inverses of 128 and 129 */
	assert_int_equal(shard[1], 0x1b);
	assert_int_equal(shard[2], 0x54);
	ward_fec_encode(two, 2, 2, 1);
	assert_int_equal(two[2], 0x54);
	assert_int_equal(two[3], 0x1b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_up_for_what_is_lost),
		cmocka_unit_test(says_when_too_few_are_there),
		cmocka_unit_test(is_the_code_that_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
