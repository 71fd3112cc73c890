/* What roles resolved: in one order whatever it was added in, and no more than there is room for.
 */
#include "exercise/resolved.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct ward_resolves all;

static void in_order(void **state)
{
	const struct ward_resolved is[] = {
		{WARD_LEAD_CONTAINED, WARD_STR("a"), WARD_STR("x"), 7, 0},
		{WARD_LEAD_ACKNOWLEDGED, WARD_STR("b"), WARD_STR("x"), 7, 0},
		{WARD_LEAD_ACKNOWLEDGED, WARD_STR("c"), WARD_STR("x"), 7, 0},
		{WARD_LEAD_CONTAINED, WARD_STR("d"), WARD_STR("x"), 3, 0},
		{WARD_LEAD_CONTAINED, WARD_STR("e"), WARD_STR("x"), 7, 0},
	};
	char order[WARD_ARRAY_LEN(is) + 1] = "";

	(void)state;
	all.n = 0;
	for (size_t i = 0; i < WARD_ARRAY_LEN(is); i++)
		assert_int_equal(ward_resolves_add(&all, &is[i]), WARD_OK);
	ward_resolves_order(&all);
	for (size_t i = 0; i < all.n; i++)
		order[i] = all.item[i].of.p[0];
	assert_string_equal(
		order, WARD_LEAD_ACKNOWLEDGED < WARD_LEAD_CONTAINED ? "dbcae" : "daebc");
}

static void bound(void **state)
{
	struct ward_resolved is = {
		WARD_LEAD_ACKNOWLEDGED, WARD_STR(""), WARD_STR(""), WARD_RESOLVED_MAX, 0};

	(void)state;
	all.n = 0;
	for (size_t i = 0; i < WARD_RESOLVED_MAX;
		i++, is.at--) { /* each sooner than those before */
		assert_int_equal(ward_resolves_add(&all, &is), WARD_OK);
		assert_int_equal(ward_resolves_add(&all, &is), WARD_OK); /* no news */
		assert_int_equal(all.n, i + 1);
	}
	assert_int_equal(ward_resolves_add(&all, &is), WARD_ERR_LIMIT);
	assert_int_equal(all.n, WARD_RESOLVED_MAX);
	ward_resolves_order(&all);
	for (size_t i = 0; i < all.n; i++)
		assert_int_equal(all.item[i].order, all.n - 1 - i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(in_order), cmocka_unit_test(bound)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
