#include "unit.h"

#include "base/hash.h"

#include <stdio.h>

/* Reference: CPython 3.11 (siphash13 over bytes under an all-zero key); the empty text under key
 * 00..0f from the vectors of Rust's core library. */
static void siphash(void **state)
{
	static const struct {
		size_t len;
		uint64_t hash;
	} rows[] = {{1, 0x68a914128e01e473}, {7, 0x2f098ab0c751325a}, {8, 0xead411e67ebe2eea},
		{9, 0x75927f9d95124362}, {15, 0xf30eb725bb91c9ea}, {16, 0x8972188433a5c5b7},
		{17, 0x4883c49a2c009c1d}};
	struct ward_seed counting = {0x0706050403020100, 0x0f0e0d0c0b0a0908};
	uint8_t bytes[17];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		assert_true(
			ward_siphash((struct ward_seed){0, 0}, bytes, rows[i].len) == rows[i].hash);
	assert_true(ward_siphash(counting, NULL, 0) == 0xabac0158050fc4dc);
}

static void seeds_differ(void **state)
{
	struct ward_seed a = ward_seed_random(), b = ward_seed_random();

	(void)state;
	assert_true(a.k0 != b.k0 || a.k1 != b.k1);
}

static void intern_dense(void **state)
{
	struct ward_intern t;
	char name[16];
	uint32_t id;

	(void)state;
	ward_intern_init(&t, ward_mem_heap(), 5000, 1 << 20);
	assert_int_equal(ward_intern_find(&t, WARD_STR("x")), WARD_NONE);
	for (int turn = 0; turn < 2; turn++)
		for (unsigned i = 0; i < 5000; i++) {
			(void)snprintf(name, sizeof(name), "name-%u", i);
			assert_int_equal(ward_intern_put(&t, ward_str_z(name), &id), WARD_OK);
			assert_int_equal(id, i);
		}
	assert_int_equal(t.n, 5000);
	assert_text(ward_intern_at(&t, 4999), "name-4999");
	assert_int_equal(ward_intern_at(&t, 4999).p[9], 0);
	assert_int_equal(ward_intern_put(&t, WARD_STR("one more"), &id), WARD_ERR_LIMIT);
	assert_int_equal(ward_intern_put(&t, WARD_STR("name-7"), &id), WARD_OK);
	assert_int_equal(id, 7);
	ward_intern_fini(&t);
}

/* Bytes count, not C strings; the empty text is a name as any other. */
static void intern_bytes(void **state)
{
	struct ward_intern t;
	uint32_t id[3];

	(void)state;
	ward_intern_init(&t, ward_mem_heap(), 10, 1 << 10);
	assert_int_equal(ward_intern_put(&t, (struct ward_str){"a\0b", 3}, &id[0]), WARD_OK);
	assert_int_equal(ward_intern_put(&t, (struct ward_str){"a\0c", 3}, &id[1]), WARD_OK);
	assert_int_equal(ward_intern_put(&t, (struct ward_str){NULL, 0}, &id[2]), WARD_OK);
	assert_int_equal(t.n, 3);
	assert_int_equal(ward_intern_find(&t, WARD_STR("")), id[2]);
	assert_int_equal(ward_intern_find(&t, WARD_STR("a")), WARD_NONE);
	ward_intern_fini(&t);
}

static void intern_text_limit(void **state)
{
	struct ward_intern t;
	uint32_t id = 9;

	(void)state;
	ward_intern_init(&t, ward_mem_heap(), 10, 40); /* two blocks of 16, and a rest */
	assert_int_equal(ward_intern_put(&t, WARD_STR("123456789012345"), &id), WARD_OK);
	assert_int_equal(ward_intern_put(&t, WARD_STR("1234567890123456"), &id), WARD_ERR_LIMIT);
	assert_int_equal(ward_intern_put(&t, WARD_STR("x"), &id), WARD_OK);
	assert_int_equal(ward_intern_put(&t, WARD_STR(""), &id), WARD_ERR_LIMIT);
	assert_int_equal(id, 1);
	ward_intern_fini(&t);
}

/* Whichever call fails, the table is as it was and goes on when memory is back. */
static void intern_no_memory(void **state)
{
	(void)state;
	for (uint64_t fail_at = 1; fail_at < 40; fail_at++) {
		struct ward_mem_failing f;
		struct ward_intern t;
		char name[16];
		uint32_t id;

		ward_mem_failing_init(&f, fail_at);
		ward_intern_init(&t, &f.mem, 1000, 1 << 20);
		for (unsigned i = 0; i < 300; i++) {
			(void)snprintf(name, sizeof(name), "name-%u", i);
			struct ward_str s = ward_str_z(name);

			id = 4242;
			enum ward_err err = ward_intern_put(&t, s, &id);

			if (err) {
				assert_int_equal(err, WARD_ERR_NOMEM);
				assert_int_equal(id, 4242);
				assert_int_equal(t.n, i);
				assert_int_equal(ward_intern_find(&t, s), WARD_NONE);
				f.fail_at = 0;
				err = ward_intern_put(&t, s, &id);
			}
			assert_int_equal(err, WARD_OK);
			assert_int_equal(id, i);
		}
		assert_int_equal(ward_intern_find(&t, WARD_STR("name-0")), 0);
		ward_intern_fini(&t);
	}
}

static void tab_basic(void **state)
{
	struct ward_tab t;
	void *val;
	bool is_new;
	size_t at = 0;
	const void *key;
	uint64_t k = 1, sum = 0;

	(void)state;
	ward_tab_init(&t, ward_mem_heap(), sizeof(k), sizeof(uint32_t), 3000);
	assert_null(ward_tab_find(&t, &k));
	assert_false(ward_tab_del(&t, &k));
	assert_false(ward_tab_next(&t, &at, &key, &val));
	for (k = 0; k < 3000; k++) {
		assert_int_equal(ward_tab_put(&t, &k, &val, &is_new), WARD_OK);
		assert_true(is_new);
		assert_int_equal((uintptr_t)val % 8, 0);
		assert_int_equal(*(uint32_t *)val, 0);
		*(uint32_t *)val = (uint32_t)k * 3;
	}
	val = NULL;
	assert_int_equal(ward_tab_put(&t, &k, &val, NULL), WARD_ERR_LIMIT);
	assert_null(val);
	for (k = 0; k < 3000; k += 2)
		assert_true(ward_tab_del(&t, &k));
	for (k = 0; k < 3000; k++) {
		val = ward_tab_find(&t, &k);
		assert_int_equal(val != NULL, k % 2);
		assert_true(!val || *(uint32_t *)val == k * 3);
	}
	for (at = 0; ward_tab_next(&t, &at, &key, &val);)
		sum += *(uint32_t *)val;
	assert_int_equal(sum, 3 * 1500 * 1500); /* the sum of the odd numbers below 3000 */
	k = 0;
	assert_int_equal(ward_tab_put(&t, &k, &val, &is_new), WARD_OK);
	assert_true(is_new && *(uint32_t *)val == 0); /* nothing left of what was deleted */
	ward_tab_fini(&t);
	assert_null(ward_tab_find(&t, &k));
}

static void tab_odd_sizes(void **state)
{
	struct ward_tab t;
	void *val;
	bool is_new;

	(void)state;
	ward_tab_init(&t, ward_mem_heap(), 1, 0, 256); /* a set of bytes */
	for (unsigned i = 0; i < 512; i++) {
		uint8_t key = (uint8_t)i;

		assert_int_equal(ward_tab_put(&t, &key, &val, &is_new), WARD_OK);
		assert_int_equal(is_new, i < 256);
	}
	assert_int_equal(t.n, 256);
	ward_tab_fini(&t);
}

static void tab_no_memory(void **state)
{
	(void)state;
	for (uint64_t fail_at = 1; fail_at < 8; fail_at++) {
		struct ward_mem_failing f;
		struct ward_tab t;
		void *val = NULL;
		uint64_t k = 0;
		enum ward_err err = WARD_OK;

		ward_mem_failing_init(&f, fail_at);
		ward_tab_init(&t, &f.mem, sizeof(k), 8, 1000);
		for (; k < 1000 && !err; k++)
			err = ward_tab_put(&t, &k, &val, NULL);
		assert_int_equal(err, WARD_ERR_NOMEM);
		for (uint64_t i = 0; i + 1 < k; i++)
			assert_non_null(ward_tab_find(&t, &i));
		assert_int_equal(t.n, k - 1);
		f.fail_at = 0;
		k--;
		assert_int_equal(ward_tab_put(&t, &k, &val, NULL), WARD_OK);
		ward_tab_fini(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(siphash), T(seeds_differ), T(intern_dense),
		T(intern_bytes), T(intern_text_limit), T(intern_no_memory), T(tab_basic),
		T(tab_odd_sizes), T(tab_no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
