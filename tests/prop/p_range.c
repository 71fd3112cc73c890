#include "props_range.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void holds(void **state)
{
	assert_true(prop_check(*state));
}

int main(void)
{
	struct CMUnitTest tests[64];
	size_t n;
	const struct prop *p = props_range(&n);

	WARD_ASSERT(n <= WARD_ARRAY_LEN(tests));
	for (size_t i = 0; i < n; i++)
		tests[i] =
			(struct CMUnitTest){p[i].name, holds, NULL, NULL, (void *)(uintptr_t)&p[i]};
	return _cmocka_run_group_tests("range", tests, n, NULL, NULL);
}
