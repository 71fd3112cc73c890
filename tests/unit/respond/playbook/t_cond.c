#include "respond/playbook/cond.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static bool value(void *ctx, struct ward_str name, struct ward_str *ret)
{
	(void)ctx;
	if (ward_str_eqz(name, "__state__"))
		*ret = WARD_STR("open");
	else if (ward_str_eqz(name, "__count__"))
		*ret = WARD_STR("10");
	else if (ward_str_eqz(name, "__yes__"))
		*ret = WARD_STR("true");
	else
		return false;
	return true;
}

static void holds(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum ward_playbook_truth is;
	} c[] = {
		{"__state__:value = 'open'", WARD_PLAYBOOK_TRUTH_YES},
		{"__state__:value == 'shut'", WARD_PLAYBOOK_TRUTH_NO},
		{"__state__:value NOT = 'shut'", WARD_PLAYBOOK_TRUTH_YES},
		{"[ __state__:value <> 'shut' ]", WARD_PLAYBOOK_TRUTH_YES},
		{"__count__:value > 9", WARD_PLAYBOOK_TRUTH_YES}, /* as text it would be less */
		{"__count__:value = 10.0", WARD_PLAYBOOK_TRUTH_YES},
		{"__count__:value = '010'", WARD_PLAYBOOK_TRUTH_YES},
		{"__count__:value < -3", WARD_PLAYBOOK_TRUTH_NO},
		{"-3 <= -2.5", WARD_PLAYBOOK_TRUTH_YES},
		{"-0 = 0", WARD_PLAYBOOK_TRUTH_YES},
		{"__yes__:value = true", WARD_PLAYBOOK_TRUTH_YES},
		{"__state__:value IN ('a', 'open')", WARD_PLAYBOOK_TRUTH_YES},
		{"__state__:value NOT IN ('a', 'open')", WARD_PLAYBOOK_TRUTH_NO},
		{"__state__:value LIKE 'o%n'", WARD_PLAYBOOK_TRUTH_YES},
		{"__state__:value LIKE 'o_n'", WARD_PLAYBOOK_TRUTH_NO},
		{"'it\\'s' = 'it\\'s'", WARD_PLAYBOOK_TRUTH_YES},
		/* NOT before AND before OR */
		{"1 = 1 OR 1 = 2 AND 1 = 2", WARD_PLAYBOOK_TRUTH_YES},
		{"(1 = 1 OR 1 = 2) AND 1 = 2", WARD_PLAYBOOK_TRUTH_NO},
		{"NOT 1 = 2 AND 1 = 1", WARD_PLAYBOOK_TRUTH_YES},
		{"NOT (1 = 1 AND NOT 1 = 2)", WARD_PLAYBOOK_TRUTH_NO},
		/* what is not known decides nothing */
		{"__none__:value = 'a'", WARD_PLAYBOOK_TRUTH_UNKNOWN},
		{"NOT __none__:value = 'a'", WARD_PLAYBOOK_TRUTH_UNKNOWN},
		{"__none__:value = 'a' OR 1 = 1", WARD_PLAYBOOK_TRUTH_YES},
		{"__none__:value = 'a' AND 1 = 2", WARD_PLAYBOOK_TRUTH_NO},
		{"__none__:value = 'a' AND 1 = 1", WARD_PLAYBOOK_TRUTH_UNKNOWN},
	};
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(c); i++) {
		struct ward_playbook_cond *x = NULL;
		const char *why = "";
		size_t off;

		if (ward_playbook_cond_read(&a, ward_str_z(c[i].text), &why, &off, &x) != WARD_OK)
			fail_msg("%s: %s", c[i].text, why);
		if (ward_playbook_cond_holds(x, value, NULL) != c[i].is)
			fail_msg("%s", c[i].text);
	}
	ward_arena_fini(&a);
}

static void refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum ward_err err;
		size_t off;
	} c[] = {
		{"", WARD_ERR_MALFORMED, 0},
		{"__a__:value", WARD_ERR_MALFORMED, 11},
		{"__a__ = 1", WARD_ERR_MALFORMED, 0},
		{"__a__:value = 'x", WARD_ERR_MALFORMED, 15},
		{"__a__:value = 1 1", WARD_ERR_MALFORMED, 16},
		{"(__a__:value = 1", WARD_ERR_MALFORMED, 16},
		{"__a__:value = 1)", WARD_ERR_MALFORMED, 16},
		{"[__a__:value = 1", WARD_ERR_MALFORMED, 16},
		{"__a__:value IN 1", WARD_ERR_MALFORMED, 15},
		{"__a__:value MATCHES '^a'", WARD_ERR_UNSUPPORTED, 12},
		{"__a__:value ISSUBSET '10.0.0.0/8'", WARD_ERR_UNSUPPORTED, 12},
		{"__a__:value = 1 AND", WARD_ERR_MALFORMED, 19},
	};
	char many[4096] = "1=1";
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	for (size_t i = 0; i < WARD_ARRAY_LEN(c); i++) {
		struct ward_playbook_cond *x = NULL;
		const char *why = NULL;
		size_t off = 99;

		assert_int_equal(ward_playbook_cond_read(&a, ward_str_z(c[i].text), &why, &off, &x),
			c[i].err);
		assert_non_null(why);
		if (off != c[i].off)
			fail_msg("%s: byte %zu", c[i].text, off);
	}
	for (size_t i = 3; i + 9 < sizeof(many); i += 8)
		memcpy(many + i, " AND 1=1", 9);
	struct ward_playbook_cond *x = NULL;
	const char *why;
	size_t off;

	assert_int_equal(
		ward_playbook_cond_read(&a, ward_str_z(many), &why, &off, &x), WARD_ERR_LIMIT);
	ward_arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(holds), cmocka_unit_test(refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
