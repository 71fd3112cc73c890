/* Of fewer than five people no figure is given. */
#include "base/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_few(void **state)
{
	char text[64];

	(void)state;
	for (uint64_t n = 0; n < 10; n++) {
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_people_put(&w, n);
		assert_int_equal(ward_people_told(n), n >= 5);
		assert_int_equal(ward_str_eqz(ward_wr_text(&w), "fewer than five"), n < 5);
		if (n == 7)
			assert_true(ward_str_eqz(ward_wr_text(&w), "7"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_few)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
