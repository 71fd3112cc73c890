#include "model/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} row[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"ABC", "abc", 0},
		{"abc", "acb", 1},
		{"romms", "rooms", 1},
		{"kitten", "sitting", 3},
		{"abcd", "badc", 2},
	};
	char over[65];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		assert_int_equal(ward_near_distance(ward_str_z(row[i].a), ward_str_z(row[i].b)),
			row[i].want);
		assert_int_equal(ward_near_distance(ward_str_z(row[i].b), ward_str_z(row[i].a)),
			row[i].want);
	}
	memset(over, 'a', sizeof(over));
	assert_int_equal(ward_near_distance((struct ward_str){over, 64}, WARD_STR("")), 64);
	assert_true(ward_near_distance((struct ward_str){over, 65}, WARD_STR("")) == SIZE_MAX);
}

static void offers(void **state)
{
	size_t budget = 3;
	struct ward_near n = ward_near_start(WARD_STR("ahu-9"), &budget);

	(void)state;
	ward_near_offer(&n, WARD_STR("something-else")); /* its length alone rules it out */
	assert_int_equal(budget, 3);
	ward_near_offer(&n, WARD_STR("bhu-1"));
	ward_near_offer(&n, WARD_STR("ahu-1"));
	ward_near_offer(&n, WARD_STR("ahu-2")); /* no nearer: the first stays */
	assert_true(ward_str_eqz(n.best, "ahu-1"));
	ward_near_offer(&n, WARD_STR("ahu-9")); /* nothing left to spend */
	assert_true(ward_str_eqz(n.best, "ahu-1"));
	assert_int_equal(budget, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
