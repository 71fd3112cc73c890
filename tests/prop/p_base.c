#include "props_base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void holds(void **state)
{
	assert_true(prop_check(*state));
}

static bool below_100(struct ward_rd *r)
{
	return ward_rd_left(r) < 2 || ward_rd_be16(r) < 100;
}

/* The shrinker itself: the smallest input that fails has two bytes, and none of the rest. */
static void shrinks(void **state)
{
	static const struct prop p = {"below_100", below_100};
	uint8_t data[] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde};

	(void)state;
	assert_false(prop_holds_on(&p, data, sizeof(data)));
	assert_int_equal(prop_shrink(&p, data, sizeof(data)), 2);
	assert_int_equal(data[0], 0x12);
	assert_int_equal(data[1], 0);
}

int main(void)
{
	struct CMUnitTest tests[64] = {cmocka_unit_test(shrinks)};
	size_t n;
	const struct prop *p = props_base(&n);

	WARD_ASSERT(n + 1 <= WARD_ARRAY_LEN(tests));
	for (size_t i = 0; i < n; i++)
		tests[i + 1] =
			(struct CMUnitTest){p[i].name, holds, NULL, NULL, (void *)(uintptr_t)&p[i]};
	return _cmocka_run_group_tests("base", tests, n + 1, NULL, NULL);
}
