#include "unit.h"

#include "base/slice.h"

#define S(lit) WARD_STR(lit)
static const struct ward_str nothing = {NULL, 0};

static void compare(void **state)
{
	(void)state;
	assert_true(ward_str_eq(S("ab"), S("ab")));
	assert_false(ward_str_eq(S("ab"), S("abc")));
	assert_true(ward_str_eq(nothing, S("")));
	assert_true(ward_str_eqz(S("x"), "x"));
	assert_true(ward_str_eqz(nothing, NULL));
	assert_int_equal(ward_str_cmp(S("a"), S("a")), 0);
	assert_true(ward_str_cmp(S("a"), S("ab")) < 0);
	assert_true(ward_str_cmp(S("b"), S("ab")) > 0);
	assert_true(ward_str_cmp(nothing, S("a")) < 0);
	assert_int_equal(ward_str_cmp(nothing, S("")), 0);
	/* bytes over 0x7f sort after ASCII, whatever the sign of char */
	assert_true(ward_str_cmp(S("\xc3"), S("z")) > 0);
}

static void fold(void **state)
{
	(void)state;
	assert_true(ward_str_ieq(S("GET"), S("get")));
	assert_true(ward_str_ieq(nothing, S("")));
	assert_false(ward_str_ieq(S("get"), S("gets")));
	assert_false(ward_str_ieq(S("@"), S("`")));
	assert_false(ward_str_ieq(S("["), S("{")));
	assert_false(ward_str_ieq(S("\xc3\x84"), S("\xc3\xa4")));
}

static void ends(void **state)
{
	(void)state;
	assert_true(ward_str_starts(S("net.dns"), S("net.")));
	assert_true(ward_str_starts(nothing, nothing));
	assert_false(ward_str_starts(S("ne"), S("net.")));
	assert_true(ward_str_ends(S("a.yml"), S(".yml")));
	assert_true(ward_str_ends(S("a"), nothing));
	assert_false(ward_str_ends(S("l"), S("yml")));
}

static void find_and_sub(void **state)
{
	(void)state;
	assert_int_equal(ward_str_find(S("abcabd"), S("abd")), 3);
	assert_int_equal(ward_str_find(S("abc"), nothing), 0);
	assert_int_equal(ward_str_find(nothing, nothing), 0);
	assert_true(ward_str_find(S("ab"), S("abc")) == SIZE_MAX);
	assert_true(ward_str_find(nothing, S("a")) == SIZE_MAX);
	assert_text(ward_str_sub(S("abcdef"), 2, 3), "cde");
	assert_text(ward_str_sub(S("abcdef"), 4, SIZE_MAX), "ef");
	assert_text(ward_str_sub(S("abc"), 3, 1), "");
	assert_text(ward_str_sub(S("abc"), SIZE_MAX, SIZE_MAX), "");
	assert_null(ward_str_sub(nothing, 5, 5).p);
}

static void trim_and_cut(void **state)
{
	struct ward_str rest = S("a,,b,");

	(void)state;
	assert_text(ward_str_trim(S(" \t\r\n x y \n")), "x y");
	assert_text(ward_str_trim(S("  ")), "");
	assert_text(ward_str_trim(nothing), "");
	assert_text(ward_str_cut(&rest, ','), "a");
	assert_text(ward_str_cut(&rest, ','), "");
	assert_text(ward_str_cut(&rest, ','), "b");
	assert_non_null(rest.p);
	assert_text(ward_str_cut(&rest, ','), "");
	assert_null(rest.p);
	assert_text(ward_str_cut(&rest, ','), "");
}

static void utf8(void **state)
{
	static const struct {
		const char *text;
		size_t bad; /* SIZE_MAX: valid */
	} rows[] = {
		{"", SIZE_MAX},
		{"plain ASCII of some length", SIZE_MAX},
		{"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8f\xa5", SIZE_MAX},
		{"\xf4\x8f\xbf\xbf", SIZE_MAX}, /* U+10FFFF */
		{"\xed\x9f\xbf\xee\x80\x80", SIZE_MAX},
		{"12345678\x80", 8},
		{"1234567\xff"
		 "12345678",
			7},
		{"\xc0\x80", 0},     /* overlong NUL */
		{"\xc1\xbf", 0},     /* overlong */
		{"\xe0\x9f\xbf", 0}, /* overlong */
		{"\xf0\x8f\xbf\xbf", 0},
		{"\xed\xa0\x80", 0},     /* surrogate */
		{"\xf4\x90\x80\x80", 0}, /* over U+10FFFF */
		{"\xf5\x80\x80\x80", 0},
		{"a\xc3", 1},
		{"a\xe2\x82", 1},
		{"a\xf0\x9f\x8f", 1},
		{"\xc3(", 0},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		struct ward_slice s = ward_str_bytes(ward_str_z(rows[i].text));
		size_t off = SIZE_MAX;

		assert_int_equal(ward_utf8_valid(s, &off), rows[i].bad == SIZE_MAX);
		assert_true(off == rows[i].bad);
		assert_int_equal(ward_utf8_valid(s, NULL), rows[i].bad == SIZE_MAX);
	}
	assert_true(ward_utf8_valid(ward_str_bytes(nothing), NULL));
}

static void integers(void **state)
{
	static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "1a", "--1", "0x1", "1.0"};
	uint64_t u = 77;
	int64_t i = 77;

	(void)state;
	for (size_t k = 0; k < WARD_ARRAY_LEN(bad); k++) {
		assert_false(ward_str_u64(ward_str_z(bad[k]), &u));
		assert_false(ward_str_i64(ward_str_z(bad[k]), &i));
	}
	assert_false(ward_str_u64(S("18446744073709551616"), &u));
	assert_false(ward_str_u64(S("99999999999999999999"), &u));
	assert_false(ward_str_u64(S("-1"), &u));
	assert_false(ward_str_i64(S("9223372036854775808"), &i));
	assert_false(ward_str_i64(S("-9223372036854775809"), &i));
	assert_true(u == 77 && i == 77); /* untouched by every failure */
	assert_true(ward_str_u64(S("18446744073709551615"), &u) && u == UINT64_MAX);
	assert_true(ward_str_u64(S("007"), &u) && u == 7);
	assert_true(ward_str_i64(S("-9223372036854775808"), &i) && i == INT64_MIN);
	assert_true(ward_str_i64(S("9223372036854775807"), &i) && i == INT64_MAX);
	assert_true(ward_str_i64(S("-0"), &i) && i == 0);
}

static void unhex(void **state)
{
	uint8_t b[2] = {1, 2};

	(void)state;
	assert_false(ward_str_unhex(S("aabbc"), b, 2));
	assert_false(ward_str_unhex(S("aabbcc"), b, 2));
	assert_false(ward_str_unhex(S("aab"), b, 2));
	assert_false(ward_str_unhex(S("aabg"), b, 2));
	assert_false(ward_str_unhex(S("aa b"), b, 2));
	assert_true(b[0] == 1 && b[1] == 2); /* untouched by every failure */
	assert_true(ward_str_unhex(S("fE09"), b, 2));
	assert_true(b[0] == 0xfe && b[1] == 0x09);
	assert_true(ward_str_unhex(nothing, b, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(compare), T(fold), T(ends), T(find_and_sub),
		T(trim_and_cut), T(utf8), T(integers), T(unhex)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
