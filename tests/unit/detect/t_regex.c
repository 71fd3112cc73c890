#include "unit.h"

#include "base/wr.h"
#include "detect/regex.h"

#include <stdio.h>

static bool flagged(const char *pattern, unsigned flags, const char *text)
{
	struct ward_arena a = test_arena();
	struct ward_regex_scratch s;
	const struct ward_regex *re = NULL;
	struct ward_regex_error at;

	assert_int_equal(ward_regex_compile(&a, ward_str_z(pattern), flags, &re, &at), WARD_OK);
	assert_int_equal(
		ward_regex_scratch_init(&s, ward_mem_heap(), ward_regex_size(re)), WARD_OK);
	bool ret = ward_regex_match(re, &s, ward_str_z(text));

	ward_regex_scratch_fini(&s);
	ward_arena_fini(&a);
	return ret;
}

static bool m(const char *pattern, const char *text)
{
	return flagged(pattern, 0, text);
}

/* The texts of which one must be there, joined by '|'. */
static void needs(const char *pattern, unsigned flags, const char *want)
{
	struct ward_arena a = test_arena();
	const struct ward_regex *re = NULL;
	struct ward_regex_error at;
	struct ward_str s[8];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);
	size_t n = 0;

	assert_int_equal(ward_regex_compile(&a, ward_str_z(pattern), flags, &re, &at), WARD_OK);
	assert_int_equal(ward_regex_need(re, &a, s, WARD_ARRAY_LEN(s), &n), WARD_OK);
	for (size_t i = 0; i < n; i++)
		ward_wr_printf(&w, "%s%.*s", i ? "|" : "", WARD_STR_ARG(s[i]));
	if (!ward_str_eqz(ward_wr_text(&w), want)) {
		print_message("%s: %.*s\n", pattern, WARD_STR_ARG(ward_wr_text(&w)));
		fail();
	}
	ward_wr_fini(&w);
	ward_arena_fini(&a);
}

static void needed_texts(void **state)
{
	(void)state;
	needs("abc", 0, "abc");
	needs("aBC", WARD_REGEX_I, "abc");
	needs("a.bcd.e", 0, "bcd");
	needs("x+abc*", 0, "ab");
	needs("(ab)+c", 0, "ab");
	needs("(abc)?de", 0, "de");
	needs("(abc){0,3}", 0, "");
	needs("abc|def|ghij", 0, "abc|def|ghij");
	needs("x(abc|def)y", 0, "abc|def");
	needs("x(abc|.)y", 0, "x");
	needs("(abc|def)?", 0, "");
	needs("(abc|)", 0, "");
	needs("((abc|de)f|ghi)", 0, "f|ghi");
	needs("^\\\\cmd\\.exe$", 0, "\\cmd.exe");
	needs("[a-z]*", 0, "");
	needs("\\x{212A}b", 0, "kb");
}

static void literals(void **state)
{
	(void)state;
	assert_true(m("b", "abc"));
	assert_false(m("B", "abc"));
	assert_true(m("", ""));
	assert_true(m("", "x"));
	assert_true(m("a.c", "xabcx"));
	assert_false(m("a.c", "a\nc"));
	assert_true(flagged("a.c", WARD_REGEX_S, "a\nc"));
	assert_true(m("日.語", "x日本語"));
	assert_true(m("a\\.c", "a.c"));
	assert_false(m("a\\.c", "abc"));
	assert_true(m("\\x41\\x{65e5}\\t", "A日\t"));
	assert_true(m("a{b", "a{b")); /* braces that are no repetition are text */
	assert_true(m("a{,2}", "a{,2}"));
}

static void repeats(void **state)
{
	(void)state;
	assert_true(m("^a*$", ""));
	assert_true(m("^a*$", "aaa"));
	assert_false(m("^a+$", ""));
	assert_true(m("^ab?c$", "ac"));
	assert_true(m("^a{3}$", "aaa"));
	assert_false(m("^a{3}$", "aa"));
	assert_false(m("^a{3}$", "aaaa"));
	assert_true(m("^a{2,}$", "aaaaa"));
	/* as many in a row, anywhere: counted */
	assert_true(m("a{3}", "baaa"));
	assert_false(m("a{3}", "aabaa"));
	assert_true(m("(.){4,}", "ab\ncdef"));
	assert_false(m("(.){4,}", "abc\ndef"));
	assert_true(m("[a-c]{2}d*", "xab"));
	assert_false(m("[a-c]{2}d", "xab"));
	assert_false(m("a{2}$", "aab"));
	assert_true(m("(a{2}|b)", "b"));
	assert_true(m("\xc3\xa4{2}", "x\xc3\xa4\xc3\xa4"));
	assert_false(m("^a{2,}$", "a"));
	assert_true(m("^a{0,2}$", ""));
	assert_true(m("^a{1,3}$", "aaa"));
	assert_false(m("^a{1,3}$", "aaaa"));
	assert_true(m("^(ab){2}$", "abab"));
	assert_false(m("^(ab){2}$", "aba"));
	assert_true(m("^(a|b)*c$", "abbac"));
	assert_true(m("^a+?b$", "aab"));
	assert_true(m("^(a*)*$", "aaaa")); /* empty loops end */
	assert_true(m("^(a{0}b)+$", "bb"));
	assert_true(m(".{5}", "12345"));
	assert_false(m(".{5}", "1234"));
	assert_true(m("^(a|b{2,3}|){2}$", "abbb"));
}

static void alternatives(void **state)
{
	(void)state;
	assert_true(m("^(?:a|bc|)d$", "d"));
	assert_true(m("^(?:a|bc|)d$", "bcd"));
	assert_false(m("^(?:a|bc|)d$", "abcd"));
	assert_true(m("a|b|c", "xcx"));
	assert_true(m("^((a|b)|(c|d))+$", "abcd"));
	assert_false(m("^((a|b)|(c|d))+$", "abe"));
	assert_true(m("(^x)|(y$)", "ay"));
	assert_true(m("(?:\\s|)\"", "\""));
}

static void classes(void **state)
{
	(void)state;
	assert_true(m("^[a-c]+$", "abc"));
	assert_false(m("^[a-c]+$", "abd"));
	assert_true(m("^[^a-c]+$", "xyz\n"));
	assert_true(m("^[]a]+$", "]a"));
	assert_true(m("^[a-]+$", "a-"));
	assert_true(m("^[\\w+|\\s]+$", "a_1| +"));
	assert_true(m("^[\\d-x]+$", "1-x"));
	assert_true(m("^[A-F0-9]{8}$", "DEADBEEF"));
	assert_true(m("[-/–]e", "–e"));
	assert_true(m("^\\d\\D\\w\\W\\s\\S$", "1a_- x"));
	assert_true(m("^[^\\\\]+$", "a/b"));
	assert_true(m("^[\\x{3b1}-\\x{3c9}]$", "β"));
}

static void anchors(void **state)
{
	(void)state;
	assert_false(m("^b", "ab"));
	assert_true(m("b$", "ab"));
	assert_true(m("b$", "ab\n")); /* PCRE: also before a line feed that ends the text */
	assert_false(m("b\\z", "ab\n"));
	assert_true(m("b\\Z", "ab\n"));
	assert_false(m("^b", "a\nb"));
	assert_true(flagged("^b$", WARD_REGEX_M, "a\nb\nc"));
	assert_true(m("\\bcat\\b", "a cat."));
	assert_false(m("\\bcat\\b", "concat"));
	assert_true(m("\\Bcat", "concat"));
	assert_true(m("(?:\\.|\\b){2}", "a..b"));
}

static void flags(void **state)
{
	(void)state;
	assert_true(m("(?i)abc", "xABC"));
	assert_true(m("a(?i)b", "aB"));
	assert_false(m("a(?i)b", "AB"));
	assert_true(m("(?i:a)b", "Ab"));
	assert_false(m("(?i:a)b", "AB"));
	assert_true(m("(a(?i)b)c", "aBc"));
	assert_false(m("(a(?i)b)c", "aBC"));
	assert_true(m("(?i)(?-i:a)B", "ab"));
	assert_true(m("(?i)[a-c]Ä[^x]", "Bäy"));
	assert_false(m("(?i)[^x]", "X"));
	assert_true(m("(?is)A.B", "a\nb"));
}

static void errors(void **state)
{
	static const struct {
		const char *pattern;
		enum ward_err err;
		size_t off;
	} bad[] = {
		{"a(b", WARD_ERR_MALFORMED, 3},
		{"a)b", WARD_ERR_MALFORMED, 1},
		{"[a", WARD_ERR_MALFORMED, 2},
		{"*a", WARD_ERR_MALFORMED, 0},
		{"a**", WARD_ERR_MALFORMED, 2},
		{"a|*", WARD_ERR_MALFORMED, 2},
		{"a++", WARD_ERR_UNSUPPORTED, 2},
		{"(?=a)", WARD_ERR_UNSUPPORTED, 2},
		{"(?<n>a)", WARD_ERR_UNSUPPORTED, 2},
		{"(?P<n>a)", WARD_ERR_UNSUPPORTED, 2},
		{"(a)\\1", WARD_ERR_UNSUPPORTED, 5},
		{"\\pL", WARD_ERR_UNSUPPORTED, 2},
		{"[[:alpha:]]", WARD_ERR_UNSUPPORTED, 1},
		{"[z-a]", WARD_ERR_MALFORMED, 2},
		{"a{3,2}", WARD_ERR_MALFORMED, 6},
		{"a{1001}", WARD_ERR_LIMIT, 7},
		{"(a{1000}){1000}", WARD_ERR_LIMIT, 15},
		{"a\\", WARD_ERR_MALFORMED, 2},
		{"\\xg", WARD_ERR_MALFORMED, 2},
		{"(?i", WARD_ERR_MALFORMED, 3},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_arena a = test_arena();
		const struct ward_regex *re = NULL;
		struct ward_regex_error at = {99, NULL};

		assert_int_equal(ward_regex_compile(&a, ward_str_z(bad[i].pattern), 0, &re, &at),
			bad[i].err);
		assert_int_equal(at.off, bad[i].off);
		assert_non_null(at.what);
		assert_null(re);
		ward_arena_fini(&a);
	}
}

static void deep(void **state)
{
	char pattern[256];
	struct ward_arena a = test_arena();
	const struct ward_regex *re = NULL;
	struct ward_regex_error at;

	(void)state;
	memset(pattern, '(', sizeof(pattern));
	assert_int_equal(
		ward_regex_compile(&a, (struct ward_str){pattern, sizeof(pattern)}, 0, &re, &at),
		WARD_ERR_LIMIT);
	ward_arena_fini(&a);
}

/* What makes a backtracking engine take longer than the universe. */
static void never_slow(void **state)
{
	char text[4001];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	assert_false(m("^(a+)+$b", text));
	assert_false(m("^(a|a)*b$", text));
	assert_false(m("(a*)*(a*)*(a*)*b", text));
	assert_true(m("(.){200,}", text));
	assert_true(m(".{1000,}", text));
}

/* A row of one kind is found wherever it stands: at the start, at the end, behind others, between
 * characters that are not ASCII, and at its very length only. */
static void rows(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		char text[96], byte_wise[96];
		size_t n = 0, row = 0, best = 0, want = 1 + round % 9;
		char pattern[32];

		while (n < 60) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			unsigned v = (unsigned)(seed >> 33) % 12;
			const char *add = v == 0 ? " " : v == 1 ? "\xc3\xa9" : "a";

			row = *add == 'a' ? row + 1 : 0;
			best = row > best ? row : best;
			memcpy(text + n, add, strlen(add));
			n += strlen(add);
			if (v == 2 && n > round % 60)
				break;
		}
		text[n] = 0;
		memcpy(byte_wise, text, n + 1);
		(void)snprintf(pattern, sizeof(pattern), "[a-z]{%zu,}", want);
		assert_int_equal(m(pattern, text), best >= want);
		for (size_t i = 0; i < n; i++) /* without others */
			byte_wise[i] = (char)((uint8_t)text[i] < 128 ? text[i] : '-');
		assert_int_equal(m(pattern, byte_wise), best >= want);
		/* Of all characters that are no blanks, the others count, one each. */
		for (size_t i = best = row = 0; i < n; i++) {
			row += ((uint8_t)text[i] & 0xc0) != 0x80;
			row = text[i] == ' ' ? 0 : row;
			best = row > best ? row : best;
		}
		(void)snprintf(pattern, sizeof(pattern), "\\S{%zu}", want);
		assert_int_equal(m(pattern, text), best >= want);
	}
}

/* A match is found wherever it begins: between others that begin like it, at the very end, behind
 * and within what is not ASCII, and when it is shorter than what is known of beginnings. */
static void beginnings(void **state)
{
	static const char *const text[] = {"set", "sset", "sseset", "seset ", "\xc3\xa9set",
		"s\xc3\xa9set", "se\xc3\xa9 set", "\xc3\xa9\xc3\xa9\xc3\xa9set"};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(text); i++) {
		assert_true(m("set", text[i]));
		assert_true(m("[s-t]e?t", text[i]));
		assert_true(m("(x|se)t", text[i]));
		assert_true(flagged("SET", WARD_REGEX_I, text[i]));
	}
	assert_false(m("set", "se"));
	assert_false(m("set", "sesesese"));
	assert_true(m("b$", "aab"));
	assert_true(m("ab?$", "bba"));
	assert_true(m("ab", "aaab"));
	assert_true(m("a.c", "ab a\xc3\xa9"
			     "c"));
	assert_true(m("\\be", "ab\xc3\xa9 e"));
	assert_false(m("\\be", "abe"));
	assert_true(flagged("ski", WARD_REGEX_I, "as\xe2\x84\xaai")); /* the Kelvin sign */
}

static void no_memory(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 6; n++) {
		struct ward_mem_failing f;
		struct ward_arena a;
		const struct ward_regex *re = NULL;
		struct ward_regex_error at;

		ward_mem_failing_init(&f, n);
		ward_arena_init(&a, &f.mem, 1 << 20);
		enum ward_err err = ward_regex_compile(&a, S("([a-z]+|b{2,900}){3}"), 0, &re, &at);

		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		assert_true(n > 1 || err == WARD_ERR_NOMEM);
		ward_arena_fini(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(literals), T(needed_texts), T(repeats),
		T(alternatives), T(classes), T(anchors), T(flags), T(errors), T(deep),
		T(never_slow), T(rows), T(beginnings), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
