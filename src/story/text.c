#include "story/text.h"

#include <stdio.h>

enum { WIDTH_MIN = 40, WIDTH_MAX = 120, INDENT_MAX = 30 };

static const char *const style_code[WARD_STYLE_N] = {
	[WARD_STYLE_PLAIN] = "",
	[WARD_STYLE_BOLD] = "\033[1m",
	[WARD_STYLE_DIM] = "\033[2m",
	[WARD_STYLE_WARN] = "\033[33m",
	[WARD_STYLE_ALARM] = "\033[1;31m",
};

struct range {
	uint32_t from, to;
};

/* Controls; what turns the direction of text round; what can't be seen; line separators; private
 * and tag characters. Sorted. */
static const struct range hidden[] = {{0x00, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c},
	{0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e},
	{0x2060, 0x206f}, {0x3164, 0x3164}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
	{0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xe0000, 0x10ffff}};
/* Marks that stand on the character before them. Sorted. */
static const struct range marks[] = {{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd}, {0x610, 0x61a},
	{0x64b, 0x65f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f}};
/* East Asian wide characters and pictures, coarsely (UAX #11). Sorted. */
static const struct range wide[] = {{0x1100, 0x115e}, {0x2e80, 0x303e}, {0x3041, 0xa4cf},
	{0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6},
	{0x1f300, 0x1faff}, {0x20000, 0x3fffd}};

static bool within(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n && r[i].from <= c; i++)
		if (c <= r[i].to)
			return true;
	return false;
}

bool ward_text_hides(uint32_t c)
{
	return within(hidden, WARD_ARRAY_LEN(hidden), c);
}

/* The character at the start of s, which is not empty; its length in bytes. A byte that begins no
 * character counts as the control character of its number, which is then escaped. */
static size_t character(struct ward_str s, uint32_t *ret)
{
	const uint8_t *p = (const uint8_t *)s.p;
	size_t len = p[0] < 0xc0 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (len > s.len || !ward_utf8_valid((struct ward_slice){p, len}, NULL)) {
		*ret = 0x80 | (p[0] & 0x1fu);
		return 1;
	}
	*ret = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++)
		*ret = *ret << 6 | (p[i] & 0x3fu);
	return len;
}

/* One character as it will stand in the output: its bytes and columns. */
struct glyph {
	char text[16];
	size_t len, columns;
};

static size_t glyph_of(struct ward_str s, struct glyph *ret)
{
	uint32_t c;
	size_t len = character(s, &c);

	if (c == 0xa0 || c == 0x202f) {
		*ret = (struct glyph){" ", 1, 1};
	} else if (within(hidden, WARD_ARRAY_LEN(hidden), c)) {
		int n = snprintf(ret->text, sizeof(ret->text), "\\u{%x}", (unsigned)c);

		ret->len = ret->columns = (size_t)n;
	} else {
		memcpy(ret->text, s.p, len);
		ret->len = len;
		ret->columns = within(marks, WARD_ARRAY_LEN(marks), c) ? 0
			       : within(wide, WARD_ARRAY_LEN(wide), c) ? 2
								       : 1;
	}
	return len;
}

size_t ward_text_columns(struct ward_str s)
{
	size_t columns = 0, off = 0;

	while (off < s.len) {
		struct glyph g;

		off += glyph_of(ward_str_sub(s, off, s.len - off), &g);
		columns += g.columns;
	}
	return columns;
}

static size_t one_line(struct ward_wr *w, struct ward_str s, size_t max, bool paper)
{
	bool cut = ward_text_columns(s) > max;
	size_t columns = 0, off = 0;

	while (off < s.len) {
		struct glyph g;
		bool space = s.p[off] == '\n' || s.p[off] == '\t' || s.p[off] == '\r';
		struct ward_str rest = space ? WARD_STR(" ") : ward_str_sub(s, off, s.len - off);

		size_t len = glyph_of(rest, &g);

		off += len;
		if (cut && columns + g.columns >= max)
			break;
		if (paper && !space && g.len == 1 && len > 1) /* a blank that does not break */
			ward_wr_bytes(w, rest.p, len);
		else
			ward_wr_bytes(w, g.text, g.len);
		columns += g.columns;
	}
	if (cut && max) {
		ward_wr_z(w, "…");
		columns++;
	}
	return columns;
}

size_t ward_text_line(struct ward_wr *w, struct ward_str s, size_t max)
{
	return one_line(w, s, max, false);
}

size_t ward_text_paper(struct ward_wr *w, struct ward_str s, size_t max)
{
	return one_line(w, s, max, true);
}

void ward_text_init(struct ward_text *t, size_t width, bool colour)
{
	if (width < WIDTH_MIN)
		width = WIDTH_MIN;
	if (width > WIDTH_MAX)
		width = WIDTH_MAX;
	*t = (struct ward_text){.width = width, .colour = colour};
}

static void blanks(struct ward_text *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ward_wr_ch(t->w, ' ');
	t->col += n;
}

static void line(struct ward_text *t, size_t indent)
{
	ward_wr_ch(t->w, '\n');
	t->col = 0;
	t->blank = t->begun = false;
	blanks(t, indent);
}

void ward_text_open(struct ward_text *t, size_t first, size_t indent)
{
	WARD_ASSERT(first <= INDENT_MAX && indent <= INDENT_MAX);
	t->indent = indent;
	t->col = 0;
	t->blank = t->begun = false;
	blanks(t, first);
}

void ward_text_close(struct ward_text *t)
{
	line(t, 0);
}

void ward_text_gap(struct ward_text *t)
{
	line(t, 0);
}

void ward_text_tab(struct ward_text *t, size_t col)
{
	t->blank = t->col >= col;
	if (t->col < col)
		blanks(t, col - t->col);
	t->begun = t->blank;
}

static void word(struct ward_text *t, struct ward_str s)
{
	size_t columns = ward_text_columns(s), off = 0;

	if (t->begun && t->blank) {
		if (t->col + 1 + columns > t->width)
			line(t, t->indent);
		else
			blanks(t, 1);
	}
	t->blank = false;
	while (off < s.len) {
		struct glyph g;

		off += glyph_of(ward_str_sub(s, off, s.len - off), &g);
		if (t->begun && t->col + g.columns > t->width)
			line(t, t->indent);
		ward_wr_bytes(t->w, g.text, g.len);
		t->col += g.columns;
		t->begun = true;
	}
}

static void put(struct ward_text *t, enum ward_style style, struct ward_str s, bool every)
{
	const char *code = t->colour ? style_code[style] : "";
	size_t from = 0;

	ward_wr_z(t->w, code);
	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && s.p[i] != ' ')
			continue;
		if (i > from)
			word(t, ward_str_sub(s, from, i - from));
		if (i < s.len && every && i > 0 && s.p[i - 1] == ' ')
			word(t, WARD_STR("\u00a0"));
		else if (i < s.len)
			t->blank = true;
		from = i + 1;
	}
	if (*code)
		ward_wr_z(t->w, "\033[0m");
}

void ward_text_put(struct ward_text *t, enum ward_style style, struct ward_str s)
{
	put(t, style, s, false);
}

void ward_text_quote(struct ward_text *t, enum ward_style style, struct ward_str s)
{
	put(t, style, s, true);
}

void ward_text_z(struct ward_text *t, enum ward_style style, const char *s)
{
	ward_text_put(t, style, ward_str_z(s));
}
