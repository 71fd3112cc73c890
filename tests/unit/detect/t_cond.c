#include "unit.h"

#include "detect/cond.h"

static const struct ward_str names[] = {
	{"a", 1}, {"b", 1}, {"c", 1}, {"sel_1", 5}, {"sel_2", 5}, {"_hidden", 7}};
enum { N = 6 };

static bool bit(void *ctx, size_t i)
{
	return (*(unsigned *)ctx >> i & 1) != 0;
}

/* Whenever it is true, one of those that it needs is, whatever they cost. */
static void check_need(struct ward_arena *a, const struct ward_cond *c, unsigned v, bool is)
{
	static const uint32_t cost[][N] = {{1, 1, 1, 1, 1, 1}, {9, 5, 1, 7, 3, 2},
		{WARD_COND_NEVER, 1, WARD_COND_NEVER, 1, 2, 1}};

	for (size_t k = 0; k < WARD_ARRAY_LEN(cost); k++) {
		bool need[N], has = false, any = false;

		assert_int_equal(ward_cond_need(a, c, cost[k], N, need, &has), WARD_OK);
		for (size_t i = 0; i < N; i++) {
			any |= need[i] && (v >> i & 1);
			assert_false(need[i] && cost[k][i] == WARD_COND_NEVER);
		}
		assert_true(!is || !has || any);
	}
}

/* The truth of text when the bits of v say which identifiers match. */
static bool eval(const char *text, unsigned v)
{
	struct ward_arena arena = test_arena();
	struct ward_str t = ward_str_z(text);
	struct ward_cond c;
	struct ward_cond_error at;
	uint8_t used[N] = {0};

	assert_int_equal(ward_cond_compile(&arena, &t, 1, names, N, used, &c, &at), WARD_OK);
	bool ret = ward_cond_eval(&c, bit, &v);

	check_need(&arena, &c, v, ret);
	ward_arena_fini(&arena);
	return ret;
}

static void precedence(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 8; v++) {
		bool a = v & 1, b = v & 2, c = v & 4;

		assert_int_equal(eval("a or b and c", v), a || (b && c));
		assert_int_equal(eval("a and b or c", v), (a && b) || c);
		assert_int_equal(eval("(a or b) and c", v), (a || b) && c);
		assert_int_equal(eval("not a and b", v), !a && b);
		assert_int_equal(eval("not a or b", v), !a || b);
		assert_int_equal(eval("not (a and b) or c", v), !(a && b) || c);
		assert_int_equal(eval("not not a", v), a);
		assert_int_equal(eval("a and not b and not c", v), a && !b && !c);
		assert_int_equal(eval("a or not (b or not (c and a))", v), a || !(b || !(c && a)));
		assert_int_equal(eval("a AND b OR NOT c", v), (a && b) || !c);
		assert_int_equal(eval("((a))and(b)", v), a && b);
	}
}

static void quantifiers(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 1 << N; v++) {
		bool s1 = v & 8, s2 = v & 16, hidden = v & 32;

		assert_int_equal(eval("1 of sel_*", v), s1 || s2);
		assert_int_equal(eval("all of sel_*", v), s1 && s2);
		assert_int_equal(eval("1 of them", v), (v & 31) != 0);
		assert_int_equal(eval("all of them", v), (v & 31) == 31);
		assert_int_equal(eval("1 of *_1", v), s1);
		assert_int_equal(eval("1 of _hid*", v), hidden);
		assert_int_equal(eval("1 of sel_1", v), s1);
		assert_int_equal(eval("not 1 of sel_* and a", v), !(s1 || s2) && (v & 1));
	}
}

/* Which ones, as bits; -1: none must match. */
static int needed(const char *text, const uint32_t cost[N])
{
	struct ward_arena arena = test_arena();
	struct ward_str t = ward_str_z(text);
	struct ward_cond c;
	struct ward_cond_error at;
	uint8_t used[N] = {0};
	bool need[N], has = false;
	int bits = 0;

	assert_int_equal(ward_cond_compile(&arena, &t, 1, names, N, used, &c, &at), WARD_OK);
	assert_int_equal(ward_cond_need(&arena, &c, cost, N, need, &has), WARD_OK);
	for (size_t i = 0; i < N; i++)
		bits |= (int)need[i] << i;
	ward_arena_fini(&arena);
	return has ? bits : -1;
}

static void needed_ones(void **state)
{
	static const uint32_t cost[N] = {5, 3, 1, 7, 2, 1}, no_c[N] = {5, 3, WARD_COND_NEVER, 7, 2};

	(void)state;
	assert_int_equal(needed("a", cost), 1);
	assert_int_equal(needed("not a", cost), -1);
	assert_int_equal(needed("not not a", cost), 1);
	assert_int_equal(needed("a and not b", cost), 1);
	assert_int_equal(needed("a and b and c", cost), 4);
	assert_int_equal(needed("a and b and c", no_c), 2);
	assert_int_equal(needed("a or b", cost), 3);
	assert_int_equal(needed("a or not b", cost), -1);
	assert_int_equal(needed("a or c", no_c), -1);
	assert_int_equal(needed("all of sel_* and not 1 of _hid*", cost), 16);
	assert_int_equal(needed("1 of sel_*", cost), 24);
	assert_int_equal(needed("(a or b) and c", cost), 4);
	assert_int_equal(needed("a and not a", cost), 1);
}

static void used_ones(void **state)
{
	struct ward_arena arena = test_arena();
	struct ward_str t[2] = {S("a and not 1 of sel_*"), S("c")};
	struct ward_cond c;
	struct ward_cond_error at;
	uint8_t used[N] = {0};
	unsigned v;

	(void)state;
	assert_int_equal(ward_cond_compile(&arena, t, 2, names, N, used, &c, &at), WARD_OK);
	assert_true(used[0] && !used[1] && used[2] && used[3] && used[4] && !used[5]);
	assert_int_equal(used[0], WARD_COND_USED | WARD_COND_SPEAKS_FOR);
	assert_int_equal(used[3], WARD_COND_USED); /* below a `not` */
	v = 4;                                     /* a list of conditions is an OR */
	assert_true(ward_cond_eval(&c, bit, &v));
	v = 1;
	assert_true(ward_cond_eval(&c, bit, &v));
	v = 9;
	assert_false(ward_cond_eval(&c, bit, &v));
	ward_arena_fini(&arena);
}

static void errors(void **state)
{
	static const struct {
		const char *text;
		enum ward_err err;
	} bad[] = {
		{"", WARD_ERR_MALFORMED},
		{"a and", WARD_ERR_MALFORMED},
		{"and a", WARD_ERR_MALFORMED},
		{"a b", WARD_ERR_MALFORMED},
		{"(a", WARD_ERR_MALFORMED},
		{"a)", WARD_ERR_MALFORMED},
		{"()", WARD_ERR_MALFORMED},
		{"not", WARD_ERR_MALFORMED},
		{"1 of", WARD_ERR_MALFORMED},
		{"x", WARD_ERR_NOT_FOUND},
		{"1 of x*", WARD_ERR_NOT_FOUND},
		{"2 of sel_*", WARD_ERR_UNSUPPORTED},
		{"any of sel_*", WARD_ERR_UNSUPPORTED},
		{"a | count() > 5", WARD_ERR_UNSUPPORTED},
		{"a ! b", WARD_ERR_MALFORMED},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_arena arena = test_arena();
		struct ward_str t = ward_str_z(bad[i].text);
		struct ward_cond c;
		struct ward_cond_error at = {0};
		uint8_t used[N];

		assert_int_equal(
			ward_cond_compile(&arena, &t, 1, names, N, used, &c, &at), bad[i].err);
		assert_non_null(at.what);
		ward_arena_fini(&arena);
	}
}

static void limits(void **state)
{
	struct ward_arena arena = test_arena();
	static char text[40000];
	struct ward_str t = {text, 0};
	struct ward_cond c;
	struct ward_cond_error at;
	uint8_t used[N];

	(void)state;
	memset(text, '(', 100);
	t.len = 100;
	assert_int_equal(ward_cond_compile(&arena, &t, 1, names, N, used, &c, &at), WARD_ERR_LIMIT);
	for (t.len = 0; t.len + 5 <= sizeof(text); t.len += 5)
		memcpy(text + t.len, "a or ", 5);
	assert_int_equal(ward_cond_compile(&arena, &t, 1, names, N, used, &c, &at), WARD_ERR_LIMIT);
	ward_arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(precedence), T(quantifiers), T(needed_ones), T(used_ones), T(errors), T(limits)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
