#include "unit.h"

#include "base/limit.h"

/* Each row of the list makes sense: a range around its default, a name of its own, a reason. */
static void rows(void **state)
{
	struct ward_limits l;

	(void)state;
	ward_limits_default(&l);
	for (unsigned i = 0; i < WARD_LIMIT_N; i++) {
		const struct ward_limit_info *a = ward_limit_info((enum ward_limit)i);

		assert_true(a->min <= a->def && a->def <= a->max && a->min > 0);
		assert_non_null(strchr(a->name, '.'));
		assert_true(strlen(a->unit) > 0 && strlen(a->what) > 0);
		assert_null(strchr(a->what, '|')); /* it is a cell of docs/limits.md */
		assert_int_equal(ward_limit(&l, (enum ward_limit)i), a->def);
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(a->name, ward_limit_info((enum ward_limit)k)->name);
	}
}

static void sets(void **state)
{
	const struct ward_limit_info *info = ward_limit_info(WARD_LIMIT_NET_FLOWS);
	struct ward_str name = ward_str_z(info->name);
	struct ward_limits l, was;

	(void)state;
	ward_limits_default(&l);
	assert_int_equal(ward_limits_set(&l, name, info->max), WARD_OK);
	assert_int_equal(ward_limit(&l, WARD_LIMIT_NET_FLOWS), info->max);
	assert_int_equal(ward_limits_set(&l, name, info->min), WARD_OK);
	was = l;
	assert_int_equal(ward_limits_set(&l, name, info->min - 1), WARD_ERR_LIMIT);
	assert_int_equal(ward_limits_set(&l, name, info->max + 1), WARD_ERR_LIMIT);
	assert_int_equal(ward_limits_set(&l, WARD_STR("net.flow"), 2000), WARD_ERR_NOT_FOUND);
	assert_int_equal(ward_limits_set(&l, WARD_STR(""), 2000), WARD_ERR_NOT_FOUND);
	assert_memory_equal(&l, &was, sizeof(l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(rows), T(sets)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
