#include "unit.h"

#include "detect/fold.h"
#include "detect/pattern.h"

static bool wrapped(const char *pattern, enum ward_pattern_wrap wrap, bool fold, const char *value)
{
	struct ward_arena a = test_arena();
	struct ward_pattern p;
	char low[1024];
	struct ward_str s = ward_str_z(value);

	assert_int_equal(ward_pattern_compile(&a, ward_str_z(pattern), wrap, fold, &p), WARD_OK);
	if (fold)
		s = (struct ward_str){low, ward_fold(s, low)};
	bool ret = ward_pattern_match(&p, s);

	ward_arena_fini(&a);
	return ret;
}

static bool m(const char *pattern, const char *value)
{
	return wrapped(pattern, WARD_PATTERN_EXACT, true, value);
}

static void plain(void **state)
{
	(void)state;
	assert_true(m("cmd.exe", "CMD.exe"));
	assert_false(m("cmd.exe", "cmd.exe "));
	assert_false(m("cmd.exe", "cmd.ex"));
	assert_true(m("", ""));
	assert_false(m("", "-"));
	assert_true(m("ÜBER", "über"));
	assert_false(wrapped("cmd", WARD_PATTERN_EXACT, false, "CMD"));
	assert_true(wrapped("CMD", WARD_PATTERN_EXACT, false, "CMD"));
}

static void wildcards(void **state)
{
	(void)state;
	assert_true(m("*", ""));
	assert_true(m("*", "x"));
	assert_true(m("a*c", "abbbc"));
	assert_true(m("a*c", "ac"));
	assert_false(m("a*c", "ab"));
	assert_false(m("ab*bc", "abc")); /* the two parts may not overlap */
	assert_true(m("*a*b*", "xxaxxbxx"));
	assert_false(m("*a*b*", "xxbxxa"));
	assert_true(m("*ab", "abab"));
	assert_true(m("ab*", "abab"));
	assert_true(m("**a**", "a"));
	assert_true(m("prog?.exe", "progA.exe"));
	assert_false(m("prog?.exe", "prog.exe"));
	assert_false(m("prog?.exe", "progAB.exe"));
	assert_true(m("?", "ä")); /* one character, not one byte */
	assert_false(m("?", "ab"));
	assert_false(m("?", ""));
	assert_true(m("*?x", "日x"));
	assert_true(m("*?x", "aa日x"));
	assert_true(m("a?*?b", "a12b"));
	assert_false(m("a?*?b", "a1b"));
	assert_true(m("??*", "日本"));
	assert_false(m("??*", "日"));
	assert_true(m("*??", "日本"));
	assert_false(m("*??", "日"));
	assert_true(m("*a?c*", "xxabcxx"));
}

/* Specification, "Escape Character"; and what other engines got wrong. */
static void escapes(void **state)
{
	(void)state;
	assert_true(m("C:\\Windows\\cmd", "c:\\windows\\cmd"));
	assert_true(m("C:\\\\Windows", "c:\\windows"));
	assert_true(m("a\\*b", "a*b"));
	assert_false(m("a\\*b", "axb"));
	assert_true(m("a\\?b", "a?b"));
	assert_false(m("a\\?b", "axb"));
	assert_true(m("a\\\\*", "a\\b")); /* backslash, then any */
	assert_false(m("a\\\\*", "ab"));
	assert_true(m("a\\\\\\*", "a\\*"));
	assert_false(m("a\\\\\\*", "a\\b"));
	assert_true(m("a\\\\\\b", "a\\\\b"));
	assert_true(m("a\\\\\\\\b", "a\\\\b"));
	assert_true(m("a\\", "a\\"));
	assert_true(m("a\\\\", "a\\"));
	assert_true(wrapped("\\temp\\", WARD_PATTERN_CONTAINS, true, "C:\\Temp\\x"));
	assert_false(wrapped("\\temp\\", WARD_PATTERN_CONTAINS, true, "C:\\Temporary"));
}

static void wraps(void **state)
{
	(void)state;
	assert_true(wrapped("b", WARD_PATTERN_CONTAINS, true, "abc"));
	assert_true(wrapped("a", WARD_PATTERN_STARTS, true, "abc"));
	assert_false(wrapped("b", WARD_PATTERN_STARTS, true, "abc"));
	assert_true(wrapped("c", WARD_PATTERN_ENDS, true, "abc"));
	assert_false(wrapped("b", WARD_PATTERN_ENDS, true, "abc"));
	assert_true(wrapped("a*c", WARD_PATTERN_CONTAINS, true, "xxabbcxx"));
	assert_true(wrapped("?c", WARD_PATTERN_ENDS, true, "abc"));
	assert_true(wrapped("", WARD_PATTERN_CONTAINS, true, "abc"));
	assert_true(wrapped("", WARD_PATTERN_ENDS, true, ""));
}

static void is_plain(void **state)
{
	struct ward_arena a = test_arena();
	struct ward_pattern p;
	const struct {
		const char *text;
		bool plain;
	} c[] = {{"abc", true}, {"", true}, {"a\\*", true}, {"a*", false}, {"*", false},
		{"a?", false}, {"*a", false}, {"a*b", false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(c); i++) {
		assert_int_equal(ward_pattern_compile(
					 &a, ward_str_z(c[i].text), WARD_PATTERN_EXACT, true, &p),
			WARD_OK);
		assert_int_equal(ward_pattern_plain(&p), c[i].plain);
	}
	ward_arena_fini(&a);
}

static void no_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 3; n++) {
		struct ward_mem_failing f;
		struct ward_arena a;
		struct ward_pattern p;

		ward_mem_failing_init(&f, n);
		ward_arena_init(&a, &f.mem, 1 << 20);
		enum ward_err err =
			ward_pattern_compile(&a, S("a*b?c"), WARD_PATTERN_EXACT, true, &p);

		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true(n > 1 || err == WARD_ERR_NOMEM);
		ward_arena_fini(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(plain), T(wildcards), T(escapes), T(wraps), T(is_plain), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
