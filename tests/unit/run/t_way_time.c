/* How long a program of way.h waits: for each answer, and for all of a letter. */
#include "run/proc/way_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define S(n) ((n)*WARD_NS_PER_S)

static void test_one(void **state)
{
	struct way_time t = {.answer = S(90)};

	(void)state;
	way_time_letter(&t, S(1000));
	assert_false(way_time_is_out(&t, S(2000))); /* it dials once, whenever that is */
	way_time_wait(&t, S(1040));
	assert_false(way_time_is_late(&t, S(1130)));
	assert_true(way_time_is_late(&t, S(1131)));
}

/* Each answer moves it, up to what a letter may take, over any number of connections. */
static void test_several(void **state)
{
	struct way_time t = {.several = true, .answer = S(60)};

	(void)state;
	way_time_letter(&t, S(1000));
	way_time_wait(&t, S(1005));
	assert_true(way_time_is_late(&t, S(1066)));
	way_time_wait(&t, S(1014));
	assert_false(way_time_is_late(&t, S(1066)));
	for (int64_t at = 1015; at < 1075; at += 3) {
		assert_false(way_time_is_out(&t, S(at)));
		way_time_wait(&t, S(at));
		assert_false(way_time_is_late(&t, S(at + 3 < 1075 ? at + 3 : 1075)));
		assert_true(way_time_is_late(&t, S(1076)));
	}
	assert_true(way_time_is_out(&t, S(1075)));
	/* the last that it does is to dial: it is over before the letter comes again */
	way_time_wait(&t, S(1074 + WAY_DIAL_S));
	assert_true(way_time_is_late(&t, S(1074 + WAY_DIAL_S)));
	way_time_letter(&t, S(2000));
	assert_false(way_time_is_out(&t, S(2001)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one), cmocka_unit_test(test_several)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
