#include "sense/video/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const ward_ns second = WARD_NS_PER_S, ms = WARD_NS_PER_MS;

static void t_even(void **state)
{
	struct ward_pace p = {0};

	(void)state;
	assert_int_equal(ward_pace_time(&p, 7 * second, 100 * second), 100 * second);
	/* the packet was late by 300 ms: the picture was not */
	assert_int_equal(ward_pace_time(&p, 8 * second, 101 * second + 300 * ms), 101 * second);
}

/* A camera whose clock is fast or slow by 1 %, for an hour: never more than two seconds off. */
static void t_drift(void **state)
{
	static const ward_ns of_second[] = {990 * WARD_NS_PER_MS, 1010 * WARD_NS_PER_MS};

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(of_second); k++) {
		struct ward_pace p = {0};
		ward_ns last = 0;

		for (ward_ns n = 0; n < 3600; n++) {
			ward_ns seen = 100 * second + n * second;
			ward_ns t = ward_pace_time(&p, n * of_second[k], seen);

			assert_in_range(t, seen - 2 * second, seen);
			assert_true(t >= last);
			last = t;
		}
	}
}

static void t_lies(void **state)
{
	static const ward_ns stamps[] = {INT64_MAX, INT64_MIN, 0, -1, INT64_MAX, 5};
	struct ward_pace p = {0};
	ward_ns seen = 10 * second;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(stamps); i++, seen += second)
		assert_in_range(ward_pace_time(&p, stamps[i], seen), seen - 2 * second, seen);
}

static void t_restart(void **state)
{
	struct ward_pace p = {0};

	(void)state;
	assert_int_equal(ward_pace_time(&p, 50 * second, 10 * second), 10 * second);
	ward_pace_restart(&p);
	assert_int_equal(ward_pace_time(&p, 0, 60 * second), 60 * second);
	assert_int_equal(ward_pace_time(&p, -second, 60 * second), 60 * second); /* never back */
}

/* Streams that can't be decoded, one after the other, for an hour: a few attempts; and one that is
 * seldom is tried again at once. */
static void t_rest(void **state)
{
	struct ward_pace p = {0};
	ward_ns t = 5 * second;
	unsigned n = 0;

	(void)state;
	assert_int_equal(ward_pace_rest(&p, t), second);
	assert_int_equal(ward_pace_rest(&p, t + second), 2 * second);
	for (; t < 3605 * second; n++) {
		ward_ns wait = ward_pace_rest(&p, t);

		assert_in_range(wait, second, 60 * second);
		t += wait;
	}
	assert_in_range(n, 60, 66);
	assert_int_equal(ward_pace_rest(&p, t + 120 * second), second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_even),
		cmocka_unit_test(t_drift),
		cmocka_unit_test(t_lies),
		cmocka_unit_test(t_restart),
		cmocka_unit_test(t_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
