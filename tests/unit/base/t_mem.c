#include "unit.h"

#include "base/mem.h"

static void alloc(void **state)
{
	const struct ward_mem *mem = ward_mem_heap();
	uint8_t *p = ward_mem_alloc(mem, 100);

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	p[99] = 7;
	p = ward_mem_resize(mem, p, 100, 200);
	assert_int_equal(p[99], 7);
	ward_mem_free(mem, p, 200);
	assert_null(ward_mem_alloc(mem, 0));
	ward_mem_free(mem, NULL, 0);
}

static void failing(void **state)
{
	struct ward_mem_failing f;

	(void)state;
	ward_mem_failing_init(&f, 2);
	void *p = ward_mem_alloc(&f.mem, 8);

	assert_non_null(p);
	assert_null(ward_mem_alloc(&f.mem, 8));
	assert_null(ward_mem_alloc(&f.mem, 8)); /* and each one after */
	p = ward_mem_resize(&f.mem, p, 8, 4);   /* shrinking never fails */
	assert_non_null(p);
	ward_mem_free(&f.mem, p, 4);
	ward_mem_failing_init(&f, 0);
	p = ward_mem_alloc(&f.mem, 8);
	assert_non_null(p);
	assert_int_equal(f.n_call, 1);
	ward_mem_free(&f.mem, p, 8);
}

static void more(void **state)
{
	const struct ward_mem *mem = ward_mem_heap();
	uint32_t *item = NULL;
	size_t n = 0, cap = 0;

	(void)state;
	for (; n < 100; n++) {
		assert_int_equal(ward_mem_more(mem, &item, n, &cap, sizeof(*item), 100), WARD_OK);
		assert_true(cap > n && cap <= 100);
		assert_int_equal(item[n], 0);
		item[n] = (uint32_t)n;
	}
	assert_int_equal(ward_mem_more(mem, &item, n, &cap, sizeof(*item), 100), WARD_ERR_LIMIT);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(item[i], i);
	ward_mem_free(mem, item, cap * sizeof(*item));
}

static void more_fails(void **state)
{
	struct ward_mem_failing f;
	uint8_t *item = NULL;
	size_t cap = 0, huge = SIZE_MAX / 4;

	(void)state;
	ward_mem_failing_init(&f, 2);
	assert_int_equal(ward_mem_more(&f.mem, &item, 0, &cap, 1, 10), WARD_OK);
	uint8_t *was = item;

	assert_int_equal(ward_mem_more(&f.mem, &item, cap, &cap, 1, 10), WARD_ERR_NOMEM);
	assert_true(item == was && cap == 4);
	ward_mem_free(&f.mem, item, cap);
	item = NULL;
	cap = 0;
	assert_int_equal(ward_mem_more(&f.mem, &item, 0, &cap, huge, 10), WARD_ERR_NOMEM);
	assert_int_equal(ward_mem_more(&f.mem, &item, 0, &cap, 1, 0), WARD_ERR_LIMIT);
	assert_true(item == NULL && cap == 0);
}

static void arena_limits(void **state)
{
	struct ward_arena a;

	(void)state;
	ward_arena_init(&a, ward_mem_heap(), 64);
	assert_non_null(ward_arena_alloc(&a, 0));
	assert_non_null(ward_arena_alloc(&a, 1));
	assert_int_equal(a.used_bytes, 16);
	assert_non_null(ward_arena_alloc(&a, 48));
	assert_null(ward_arena_alloc(&a, 1));
	assert_null(ward_arena_alloc(&a, SIZE_MAX));
	assert_null(ward_arena_alloc(&a, SIZE_MAX - 15));
	assert_null(ward_arena_array(&a, SIZE_MAX / 2, 3));
	assert_null(ward_arena_str(&a, WARD_STR("x")).p);
	assert_null(ward_arena_str(&a, (struct ward_str){"x", SIZE_MAX}).p);
	assert_int_equal(a.used_bytes, 64);
	ward_arena_reset(&a);
	assert_int_equal(a.used_bytes, 0);
	assert_non_null(ward_arena_array(&a, 4, 16));
	ward_arena_fini(&a);
	ward_arena_fini(&a);
}

/* A steady loop allocates nothing after its first turns. */
static void arena_reset_keeps(void **state)
{
	struct ward_mem_failing f;
	struct ward_arena a;

	(void)state;
	ward_mem_failing_init(&f, 0);
	ward_arena_init(&a, &f.mem, 1 << 20);
	ward_arena_reset(&a);
	for (int turn = 0; turn < 10; turn++) {
		for (int i = 0; i < 100; i++) {
			uint8_t *p = ward_arena_alloc(&a, 1000);

			assert_non_null(p);
			assert_int_equal(p[999], 0); /* zeroed also when reused */
			p[999] = 1;
		}
		ward_arena_reset(&a);
		if (turn == 4)
			f.n_call = 0;
	}
	assert_int_equal(f.n_call, 0);
	ward_arena_fini(&a);
}

static void arena_copies(void **state)
{
	struct ward_arena a;

	(void)state;
	ward_arena_init(&a, ward_mem_heap(), 4096);
	struct ward_str s = ward_arena_str(&a, WARD_STR("abc"));

	assert_text(s, "abc");
	assert_int_equal(s.p[3], 0);
	s = ward_arena_str(&a, (struct ward_str){NULL, 0});
	assert_non_null(s.p);
	assert_int_equal(s.len, 0);
	struct ward_slice b = ward_arena_bytes(&a, ward_slice_of("\0x", 2));

	assert_memory_equal(b.p, "\0x", 2);
	ward_arena_fini(&a);
}

static void arena_no_memory(void **state)
{
	struct ward_mem_failing f;
	struct ward_arena a;

	(void)state;
	ward_mem_failing_init(&f, 2);
	ward_arena_init(&a, &f.mem, 1 << 20);
	assert_non_null(ward_arena_alloc(&a, 16 * 1024));
	assert_null(ward_arena_alloc(&a, 16));
	assert_int_equal(a.used_bytes, 16 * 1024);
	assert_null(ward_arena_bytes(&a, ward_slice_of("x", 1)).p);
	ward_arena_fini(&a);
}

static void wipe(void **state)
{
	uint8_t secret[] = "secret";
	static const uint8_t zero[sizeof(secret)];

	(void)state;
	ward_wipe(secret, sizeof(secret));
	assert_memory_equal(secret, zero, sizeof(secret));
	ward_wipe(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(alloc), T(failing), T(more), T(more_fails),
		T(arena_limits), T(arena_reset_keeps), T(arena_copies), T(arena_no_memory),
		T(wipe)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
