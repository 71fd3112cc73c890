/* Versions in their order, and ranges as advisories write them. */
#include "risk/match.h"
#include "risk/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int sign(int c)
{
	return (c > 0) - (c < 0);
}

static void order(void **state)
{
	static const char *const up[] = {"0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta",
		"1.0.0-rc1", "1.0.0-rc2", "1.0", "1.0a", "1.0.1", "1.2", "1.10", "v2", "2.0.1-rc1",
		"2.0.1", "10"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(up); i++)
		for (size_t k = 0; k < WARD_ARRAY_LEN(up); k++)
			if (sign(ward_version_cmp(ward_str_z(up[i]), ward_str_z(up[k]))) !=
				(i > k) - (i < k))
				fail_msg("%s and %s", up[i], up[k]);
	assert_int_equal(ward_version_cmp(WARD_STR("1"), WARD_STR("1.0.0")), 0);
	assert_int_equal(ward_version_cmp(WARD_STR("v1.2"), WARD_STR("1.2.0")), 0);
	assert_int_equal(ward_version_cmp(WARD_STR("1.02"), WARD_STR("1.2")), 0);
}

static void ranges(void **state)
{
	static const struct {
		const char *range, *version;
		enum ward_fit fit;
	} row[] = {{"", "1", WARD_FIT_YES}, {"*", "", WARD_FIT_YES}, {"<2.0", "", WARD_FIT_MAYBE},
		{"1.4", "1.4.0", WARD_FIT_YES}, {"1.4", "1.4.1", WARD_FIT_NO},
		{"<2.0", "1.9.9", WARD_FIT_YES}, {"<2.0", "2.0", WARD_FIT_NO},
		{"<=2.0", "2.0", WARD_FIT_YES}, {">=1.0|<1.4", "1.3", WARD_FIT_YES},
		{">=1.0|<1.4", "1.4", WARD_FIT_NO}, {">=1.0, <1.4", "0.9", WARD_FIT_NO},
		{">=1.0 <1.4", "1.2", WARD_FIT_YES}, {"vers:generic/<=3.1", "3.1", WARD_FIT_YES},
		{"vers:all/*", "7", WARD_FIT_YES}, {"1.0 to 1.4", "1.2", WARD_FIT_YES},
		{"1.0 to 1.4", "1.5", WARD_FIT_NO}, {"4.x", "4.7.1", WARD_FIT_YES},
		{"4.x", "5.0", WARD_FIT_NO}, {"prior to 4.2", "4.1", WARD_FIT_YES},
		{"prior to version 4.2", "4.2", WARD_FIT_NO}, {"1.0|1.2", "1.2", WARD_FIT_YES},
		{"1.0|1.2", "1.1", WARD_FIT_NO}, {"!=1.1", "1.1", WARD_FIT_NO},
		{"the blue one", "1", WARD_FIT_MAYBE}, {"<next", "1", WARD_FIT_MAYBE},
		{"<=1.14.0", "unknown", WARD_FIT_MAYBE}, {"1.0|<0.5", "1.0", WARD_FIT_YES}};
	/* Bounds make intervals, as VERS has it. */
	static const char *const two = ">=1.0|<1.4|>=2.0|<2.3", *const gap = "<1.4,>=2.0";
	const struct {
		const char *range, *version;
		enum ward_fit fit;
	} more[] = {{two, "0.9", WARD_FIT_NO}, {two, "1.2", WARD_FIT_YES},
		{two, "1.4", WARD_FIT_NO}, {two, "2.1", WARD_FIT_YES}, {two, "2.3", WARD_FIT_NO},
		{">=2.0|<2.3|>=1.0|<1.4", "1.2", WARD_FIT_YES},
		{"vers:generic/<1.4|>=2.0|<2.3", "1.2", WARD_FIT_YES},
		{"vers:generic/<1.4|>=2.0|<2.3", "1.7", WARD_FIT_NO},
		{"vers:generic/<1.4|>=2.0|<2.3", "2.2", WARD_FIT_YES}, {gap, "1.2", WARD_FIT_YES},
		{gap, "1.4", WARD_FIT_NO}, {gap, "2.0", WARD_FIT_YES},
		{"<1.4, >=1.0", "0.9", WARD_FIT_NO}, {"<1.4, >=1.0", "1.2", WARD_FIT_YES},
		{">=1.0|<=1.4|>1.4|<2", "1.5", WARD_FIT_YES},
		{">=1.0|!=1.2|<1.4", "1.2", WARD_FIT_NO}, {">=1.0|!=1.2|<1.4", "1.3", WARD_FIT_YES},
		{"!=1.1", "1.2", WARD_FIT_YES}, {">=1.0, prior to 4.2", "0.5", WARD_FIT_NO},
		{">=1.4,<=1.4", "1.4", WARD_FIT_YES}, {">=1.4,<=1.4", "1.5", WARD_FIT_NO},
		{">=2.0,<1.4", "1.2", WARD_FIT_MAYBE}, {">=1.4,<1.4", "1.4", WARD_FIT_MAYBE},
		{"<=1.4,>=1.4", "2", WARD_FIT_MAYBE}, {"<1.4|<2.0", "1.2", WARD_FIT_YES},
		{"<1.4|<2.0", "1.7", WARD_FIT_MAYBE}, {"<1.4|<2.0", "2.0", WARD_FIT_NO},
		{">=1|<2|<3", "0.5", WARD_FIT_NO}, {">=1.0|<next", "1.2", WARD_FIT_MAYBE},
		{"1.0-1.4", "1.2", WARD_FIT_MAYBE}, {"1.0~1.4", "1.2", WARD_FIT_MAYBE},
		{"v1.0-v1.4", "1.2", WARD_FIT_MAYBE}, {"1.0 - 1.4", "1.2", WARD_FIT_MAYBE},
		{"1.0-1.4|2.0", "2.0", WARD_FIT_YES}, {"4.18-147", "4.18-147", WARD_FIT_YES},
		{"1.0.0-rc1", "1.2", WARD_FIT_NO}, {"1.4 to 1.0", "1.2", WARD_FIT_MAYBE}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++)
		if (ward_version_in(ward_str_z(row[i].range), ward_str_z(row[i].version)) !=
			row[i].fit)
			fail_msg("'%s' in '%s'", row[i].version, row[i].range);
	for (size_t i = 0; i < WARD_ARRAY_LEN(more); i++)
		if (ward_version_in(ward_str_z(more[i].range), ward_str_z(more[i].version)) !=
			more[i].fit)
			fail_msg("'%s' in '%s'", more[i].version, more[i].range);
}

static void names(void **state)
{
	(void)state;
	assert_true(ward_names_agree(WARD_STR("Philips"), WARD_STR("PHILIPS Healthcare")));
	assert_true(ward_names_agree(WARD_STR("Vitalia-M8"), WARD_STR("m8")));
	assert_false(ward_names_agree(WARD_STR("M8"), WARD_STR("M80")));
	assert_false(ward_names_agree(WARD_STR(""), WARD_STR("M80")));
	assert_false(ward_names_agree(WARD_STR("--"), WARD_STR("--")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order), cmocka_unit_test(ranges), cmocka_unit_test(names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
