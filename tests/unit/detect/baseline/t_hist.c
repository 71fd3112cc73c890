#include "../unit.h"

#include "detect/baseline/hist.h"

static void t_buckets(void **state)
{
	static const int64_t v[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 1000, 123456789, INT64_MAX - 1,
		INT64_MAX, -1, -9, INT64_MIN + 1, INT64_MIN};
	int32_t before = -1;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(v); i++) {
		int32_t b = ward_hist_bucket_of(v[i]);
		int64_t edge = ward_hist_edge(b);

		assert_true(b >= -WARD_HIST_BUCKET_MAX && b <= WARD_HIST_BUCKET_MAX);
		assert_int_equal(v[i] < 0, b < 0);
		assert_true(v[i] < 0 ? edge <= v[i] || v[i] == INT64_MIN : edge >= v[i]);
		assert_true(v[i] <= 0 || edge - v[i] <= v[i] / 4);
	}
	for (int64_t x = 0; x < 100000; x++) {
		int32_t b = ward_hist_bucket_of(x);

		assert_true(b == before || b == before + 1); /* without holes */
		if (b != before && x > 0)
			assert_int_equal(ward_hist_edge(before), x - 1);
		before = b;
	}
}

static void t_quantiles(void **state)
{
	struct ward_hist h = {.n = 0};

	(void)state;
	assert_int_equal(ward_hist_quantile(&h, 0, 500), 0);
	assert_int_equal(ward_hist_mad(&h, 0, 0), 0);
	for (int i = 1; i <= 7; i++)
		assert_int_equal(
			ward_hist_add(ward_mem_heap(), &h, ward_hist_bucket_of(i), 1), WARD_OK);
	assert_int_equal(ward_hist_quantile(&h, 0, 500), 4);
	assert_int_equal(ward_hist_quantile(&h, 0, 1000), 7);
	assert_int_equal(ward_hist_mad(&h, 0, 4), 2);
	assert_int_equal(ward_hist_quantile(&h, 7, 500), 0);
	assert_int_equal(ward_hist_quantile(&h, 7, 1000), 7);
	assert_int_equal(ward_hist_mad(&h, 20, 0), 0);
	ward_hist_fini(ward_mem_heap(), &h);
}

/* Negative, zero and positive numbers, in any order. */
static void t_order(void **state)
{
	static const int64_t v[] = {5, -3, 0, 100, -3, 7, 0, -1000};
	struct ward_hist a = {.n = 0}, b = {.n = 0};
	size_t n = WARD_ARRAY_LEN(v);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
			ward_hist_add(ward_mem_heap(), &a, ward_hist_bucket_of(v[i]), 1), WARD_OK);
		assert_int_equal(
			ward_hist_add(ward_mem_heap(), &b, ward_hist_bucket_of(v[n - 1 - i]), 1),
			WARD_OK);
	}
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		assert_int_equal(a.b[i].bucket, b.b[i].bucket);
		assert_int_equal(a.b[i].count, b.b[i].count);
		assert_true(i == 0 || a.b[i - 1].bucket < a.b[i].bucket);
	}
	assert_int_equal(ward_hist_quantile(&a, 0, 500), 0);
	assert_true(ward_hist_quantile(&a, 0, 1) <= -1000);
	ward_hist_fini(ward_mem_heap(), &a);
	ward_hist_fini(ward_mem_heap(), &b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_buckets), T(t_quantiles), T(t_order)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
