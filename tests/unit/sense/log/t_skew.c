#include "sense/log/skew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const ward_ns s = WARD_NS_PER_S, bound = 60 * WARD_NS_PER_S;

static void test_median(void **state)
{
	struct ward_skew k = {.n = 0};
	ward_ns m;

	(void)state;
	assert_false(ward_skew_median(&k, &m));
	/* a few wrong ones say nothing */
	for (int i = 0; i < 20; i++)
		assert_false(ward_skew_take(&k, 100 * s, i % 4 ? 98 * s : 0, bound, &m));
	assert_true(ward_skew_median(&k, &m));
	assert_int_equal(m, 2 * s);
	assert_false(ward_skew_take(&k, INT64_MAX, INT64_MIN, bound, &m));
	assert_false(ward_skew_take(&k, INT64_MIN, INT64_MAX, bound, &m));
}

/* Told when it goes wrong and when it is right again, once each. */
static void test_turns(void **state)
{
	struct ward_skew k = {.n = 0};
	int n = 0;
	ward_ns m = 0;

	(void)state;
	for (int i = 0; i < 4 * WARD_SKEW_RECORDS; i++)
		n += ward_skew_take(&k, 0, 3600 * s, bound, &m);
	assert_int_equal(n, 1);
	assert_true(k.off);
	assert_int_equal(m, -3600 * s);
	for (int i = 0; i < WARD_SKEW_RECORDS; i++) /* better, not good */
		n += ward_skew_take(&k, 0, 45 * s, bound, &m);
	assert_int_equal(n, 1);
	for (int i = 0; i < 2 * WARD_SKEW_RECORDS; i++)
		n += ward_skew_take(&k, s, 0, bound, &m);
	assert_int_equal(n, 2);
	assert_false(k.off);
	assert_int_equal(m, s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
