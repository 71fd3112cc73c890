#include "unit.h"

#include "detect/memo.h"

#include <stdio.h>

static struct ward_str text(char *buf, size_t cap, size_t i)
{
	int n = snprintf(buf, cap, "%zu %0*zu", i, (int)(i % 97), i);

	assert_in_range(n, 1, cap - 1);
	return (struct ward_str){buf, (size_t)n};
}

/* What it knows is right; what was just put it knows; the old it may have forgotten. */
static void remembers(void **state)
{
	struct ward_memo m;
	size_t known = 0;
	char buf[256];

	(void)state;
	assert_int_equal(ward_memo_init(&m, ward_mem_heap(), 1 << 18), WARD_OK);
	for (size_t i = 0; i < 20000; i++) {
		uint32_t found[5];
		const uint32_t *got;
		size_t n = 0;
		struct ward_str s = text(buf, sizeof(buf), i);
		uint64_t h = ward_memo_hash(&m, (uint32_t)(i % 3), s);

		for (size_t k = 0; k < i % 6; k++)
			found[k] = (uint32_t)(i + k);
		assert_false(ward_memo_get(&m, h, (uint32_t)(i % 3), s, &got, &n));
		ward_memo_put(&m, h, (uint32_t)(i % 3), s, found, i % 6);
		assert_true(ward_memo_get(&m, h, (uint32_t)(i % 3), s, &got, &n));
		assert_int_equal(n, i % 6);
		if (n)
			assert_memory_equal(got, found, n * sizeof(*found));
	}
	for (size_t i = 0; i < 20000; i++) {
		const uint32_t *got;
		size_t n = 0;
		struct ward_str s = text(buf, sizeof(buf), i);

		if (!ward_memo_get(&m, ward_memo_hash(&m, (uint32_t)(i % 3), s), (uint32_t)(i % 3),
			    s, &got, &n))
			continue;
		known++;
		assert_int_equal(n, i % 6);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(got[k], i + k);
	}
	assert_in_range(known, 100, 19999);
	assert_int_equal(m.n_ring, 1 << 18);
	ward_memo_fini(&m);
}

/* What stood at a place is told again until the place is another's, or was. */
static void again(void **state)
{
	struct ward_memo m;
	char buf[256], first[256];
	const uint32_t found[] = {3, 4}, *got;
	struct ward_str s = text(first, sizeof(first), 7);
	size_t n = 0;

	(void)state;
	assert_int_equal(ward_memo_init(&m, ward_mem_heap(), 1 << 18), WARD_OK);
	assert_false(ward_memo_again(&m, 0, 1, s, &got, &n));
	ward_memo_put(&m, ward_memo_hash(&m, 1, s), 1, s, found, 2);
	uint64_t at = m.at;

	assert_true(ward_memo_get(&m, ward_memo_hash(&m, 1, s), 1, s, &got, &n));
	assert_int_equal(m.at, at);
	assert_true(ward_memo_again(&m, at, 1, s, &got, &n));
	assert_int_equal(n, 2);
	assert_memory_equal(got, found, sizeof(found));
	assert_false(ward_memo_again(&m, at, 2, s, &got, &n));
	assert_false(ward_memo_again(&m, at, 1, S("other"), &got, &n));
	/* Through each of the rings that it grows to, and round the last one. */
	for (size_t i = 8; i < 20000; i++) {
		struct ward_str o = text(buf, sizeof(buf), i);
		bool told = ward_memo_again(&m, at, 1, s, &got, &n);

		assert_true(told || m.n_ring > 1 << 16);
		assert_true(!told || (n == 2 && memcmp(got, found, sizeof(found)) == 0));
		ward_memo_put(&m, ward_memo_hash(&m, 1, o), 1, o, NULL, 0);
		assert_true(ward_memo_again(&m, m.at, 1, o, &got, &n));
	}
	assert_int_equal(m.n_ring, 1 << 18);
	assert_false(ward_memo_again(&m, at, 1, s, &got, &n));
	ward_memo_fini(&m);
}

static void not_what_is_too_long(void **state)
{
	static const char big[WARD_MEMO_TEXT_MAX + 1];
	struct ward_str s = {big, sizeof(big)};
	struct ward_memo m;
	const uint32_t *got;
	size_t n;

	(void)state;
	assert_int_equal(ward_memo_init(&m, ward_mem_heap(), 1 << 16), WARD_OK);
	ward_memo_put(&m, 1, 0, s, NULL, 0);
	assert_int_equal(m.at, 0);
	assert_false(ward_memo_get(&m, 1, 0, s, &got, &n));
	ward_memo_fini(&m);
}

/* Without memory to grow it stays small and goes on. */
static void no_memory(void **state)
{
	struct ward_mem_failing f;
	struct ward_memo m;
	char buf[256];

	(void)state;
	for (uint64_t at = 1; at <= 2; at++) {
		ward_mem_failing_init(&f, at);
		assert_int_equal(ward_memo_init(&m, &f.mem, 1 << 20), WARD_ERR_NOMEM);
	}
	ward_mem_failing_init(&f, 3);
	assert_int_equal(ward_memo_init(&m, &f.mem, 1 << 20), WARD_OK);
	for (size_t i = 0; i < 5000; i++) {
		struct ward_str s = text(buf, sizeof(buf), i);

		ward_memo_put(&m, ward_memo_hash(&m, 0, s), 0, s, NULL, 0);
	}
	assert_int_equal(m.n_ring, 1 << 16);
	ward_memo_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(remembers), T(again), T(not_what_is_too_long), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
