#include "lab.h"

struct sheet {
	struct ward_text t;
	struct ward_wr w;
};

static void sheet_init(struct sheet *s, size_t width, bool colour)
{
	s->w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	ward_text_init(&s->t, width, colour);
	s->t.w = &s->w;
}

static void sheet_says(struct sheet *s, const char *want)
{
	if (!ward_str_eqz(ward_wr_text(&s->w), want))
		fail_msg("wanted:\n%s\ngot:\n%.*s", want, WARD_STR_ARG(ward_wr_text(&s->w)));
	ward_wr_fini(&s->w);
}

static void test_wrap(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, 40, false);
	ward_text_open(&s.t, 2, 4);
	ward_text_z(&s.t, WARD_STYLE_PLAIN, "one two three four  five six seven eight nine ten");
	ward_text_z(&s.t, WARD_STYLE_PLAIN, "th eleventh ");
	ward_text_z(&s.t, WARD_STYLE_PLAIN, " twelfth");
	ward_text_close(&s.t);
	ward_text_gap(&s.t);
	sheet_says(&s, "  one two three four five six seven\n"
		       "    eight nine tenth eleventh twelfth\n\n");
}

static void test_exact(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, 40, false);
	ward_text_open(&s.t, 0, 2);
	ward_text_z(&s.t, WARD_STYLE_PLAIN, "123456789 123456789 123456789 1234567890 x");
	ward_text_close(&s.t);
	sheet_says(&s, "123456789 123456789 123456789 1234567890\n  x\n");
}

/* A word longer than the line is broken where the line ends. */
static void test_long_word(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, 1, false); /* counts as 40 */
	ward_text_open(&s.t, 0, 4);
	ward_text_z(&s.t, WARD_STYLE_PLAIN,
		"a 0123456789012345678901234567890123456789012345678901234567890123456789");
	ward_text_close(&s.t);
	sheet_says(&s, "a\n    012345678901234567890123456789012345\n"
		       "    6789012345678901234567890123456789\n");
}

static void test_tab(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, 80, false);
	ward_text_open(&s.t, 0, 8);
	ward_text_z(&s.t, WARD_STYLE_PLAIN, "ab");
	ward_text_tab(&s.t, 4);
	ward_text_z(&s.t, WARD_STYLE_PLAIN, "long one");
	ward_text_tab(&s.t, 8);
	ward_text_z(&s.t, WARD_STYLE_PLAIN, "end");
	ward_text_close(&s.t);
	sheet_says(&s, "ab  long one end\n");
}

static void test_no_break(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, 40, false);
	ward_text_open(&s.t, 0, 0);
	ward_text_z(&s.t, WARD_STYLE_PLAIN, "123456789 123456789 123456789 12345 18\u00a0min");
	ward_text_close(&s.t);
	sheet_says(&s, "123456789 123456789 123456789 12345\n18 min\n");
}

static void test_colour(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, 40, true);
	ward_text_open(&s.t, 0, 0);
	ward_text_z(&s.t, WARD_STYLE_ALARM, "HIGH");
	ward_text_z(&s.t, WARD_STYLE_PLAIN, " plain ");
	ward_text_z(&s.t, WARD_STYLE_BOLD, "\033[5mbold");
	ward_text_close(&s.t);
	sheet_says(&s, "\033[1;31mHIGH\033[0m plain\033[1m \\u{1b}[5mbold\033[0m\n");
}

static const struct {
	const char *in, *out;
	size_t columns;
} escapes[] = {
	{"plain", "plain", 5},
	{"\x1b[2J", "\\u{1b}[2J", 9},
	{"a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}", 18},
	{"\x7f", "\\u{7f}", 6},
	{"\xc2\x9b", "\\u{9b}", 6},
	{"\u202e\u2066\u200f\u061c", "\\u{202e}\\u{2066}\\u{200f}\\u{61c}", 31},
	{"\u200b\ufeff\u00ad", "\\u{200b}\\u{feff}\\u{ad}", 22},
	{"\U000e0041\U0010ffff\ue000", "\\u{e0041}\\u{10ffff}\\u{e000}", 27},
	{"\u2028", "\\u{2028}", 8},
	{"\xff\xc3", "\\u{9f}\\u{83}", 12}, /* no text at all: still nothing raw */
	{"\xe2\x82", "\\u{82}\\u{82}", 12},
	{"é → “ü”", "é → “ü”", 7},
	{"e\u0301", "e\u0301", 1},
	{"医院", "医院", 4},
	{"", "", 0},
};

static void test_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(escapes); i++) {
		struct sheet s;
		char want[64];

		sheet_init(&s, 80, false);
		ward_text_open(&s.t, 0, 0);
		ward_text_z(&s.t, WARD_STYLE_PLAIN, escapes[i].in);
		ward_text_close(&s.t);
		(void)snprintf(want, sizeof(want), "%s\n", escapes[i].out);
		sheet_says(&s, want);
		assert_int_equal(ward_text_columns(ward_str_z(escapes[i].in)), escapes[i].columns);
	}
}

/* On paper a blank that does not break stays so; what hides is escaped as ever. */
static void test_paper(void **state)
{
	const struct ward_str in = WARD_STR("a\u00a0b\u202f: c\n\u200bd");
	char buf[64];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	(void)state;
	assert_int_equal(ward_text_paper(&w, in, 100), 17);
	assert_true(ward_str_eqz(ward_wr_text(&w), "a\u00a0b\u202f: c \\u{200b}d"));
	ward_wr_reset(&w);
	(void)ward_text_line(&w, in, 100);
	assert_true(ward_str_eqz(ward_wr_text(&w), "a b : c \\u{200b}d"));
	ward_wr_reset(&w);
	assert_int_equal(ward_text_paper(&w, in, 4), 4);
	assert_true(ward_str_eqz(ward_wr_text(&w), "a\u00a0b…"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_wrap), T(test_exact), T(test_long_word),
		T(test_tab), T(test_no_break), T(test_colour), T(test_escapes), T(test_paper)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
