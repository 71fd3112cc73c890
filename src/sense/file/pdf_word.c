#include "sense/file/pdf.h"

enum { TEXT_MOST = 65536 }; /* bytes of a text; what follows one that is longer is read as words */

static const char stops[] = "()<>[]{}/% \t\r\n\f";

size_t ward_pdf_name(struct ward_slice s, char *to, size_t cap)
{
	size_t i = 0, n = 0;

	while (i < s.len && s.p[i] && !strchr(stops, s.p[i])) {
		uint8_t c = s.p[i];

		if (c == '#' && i + 2 < s.len &&
			ward_str_unhex((struct ward_str){(const char *)s.p + i + 1, 2}, &c, 1))
			i += 2;
		i++;
		if (n + 1 < cap)
			to[n++] = (char)c;
	}
	to[n] = 0;
	return i;
}

/* Blanks and comments. */
static void skip(struct ward_slice s, size_t *off)
{
	bool comment = false;

	for (; *off < s.len; ++*off) {
		uint8_t c = s.p[*off];

		comment = comment ? c != '\n' && c != '\r' : c == '%';
		if (!comment && c && !strchr(" \t\r\n\f", c))
			return;
	}
}

/* The length of a text that begins at s: brackets stand in it in pairs, or behind '\'. */
static size_t text_length(struct ward_slice s)
{
	size_t open = 0, i = 0;

	s.len = s.len < TEXT_MOST ? s.len : TEXT_MOST;
	if (s.p[0] == '<') {
		const uint8_t *end = memchr(s.p, '>', s.len);

		return end ? (size_t)(end - s.p) + 1 : s.len;
	}
	do {
		open += s.p[i] == '(';
		open -= s.p[i] == ')';
		i += s.p[i] == '\\' ? 2 : 1;
	} while (i < s.len && open);
	return i < s.len ? i : s.len;
}

enum ward_pdf_what ward_pdf_next(struct ward_slice s, size_t *off, struct ward_slice *ret)
{
	enum ward_pdf_what what = WARD_PDF_WORD;
	size_t n = 1;

	skip(s, off);
	if (*off >= s.len)
		return WARD_PDF_END;
	const uint8_t *p = s.p + *off;
	size_t left = s.len - *off;
	bool twice = left > 1 && p[0] == p[1];

	if (*p == '/') {
		char unused[2];

		n += ward_pdf_name(ward_slice_of(p + 1, left - 1), unused, sizeof(unused));
		*ret = ward_slice_of(p + 1, n - 1);
		*off += n;
		return WARD_PDF_NAME;
	}
	if ((*p == '<' || *p == '>') && twice) {
		what = *p == '<' ? WARD_PDF_OPEN : WARD_PDF_CLOSE;
		n = 2;
	} else if (*p == '(' || *p == '<') {
		what = WARD_PDF_TEXT;
		n = text_length(ward_slice_of(p, left));
	} else if (!strchr(stops, *p)) {
		while (n < left && p[n] && !strchr(stops, p[n]))
			n++;
	}
	*ret = ward_slice_of(p, n);
	*off += n;
	return what;
}

static size_t hex_text(struct ward_slice s, uint8_t *to, size_t cap)
{
	char pair[2];
	size_t n = 0, k = 0;

	for (size_t i = 0; i < s.len && n < cap; i++) {
		uint8_t b;

		pair[k] = (char)s.p[i];
		if (!ward_str_unhex((struct ward_str){(const char[]){'0', pair[k]}, 2}, &b, 1) ||
			++k < 2)
			continue;
		k = 0;
		n += ward_str_unhex((struct ward_str){pair, 2}, to + n, 1);
	}
	return n;
}

/* Behind '\': what it stands for; *i is at its last byte then. -1: for nothing. */
static int escaped(struct ward_slice s, size_t *i)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *at = s.p[*i] ? strchr(from, s.p[*i]) : NULL;
	int v = 0;

	if (at)
		return to[at - from];
	if (s.p[*i] == '\n' || s.p[*i] == '\r')
		return -1;
	if (s.p[*i] < '0' || s.p[*i] > '7')
		return s.p[*i];
	for (size_t n = 0; n < 3 && *i < s.len && s.p[*i] >= '0' && s.p[*i] <= '7'; n++)
		v = v * 8 + s.p[(*i)++] - '0';
	--*i;
	return v & 0xff;
}

size_t ward_pdf_text(struct ward_slice s, uint8_t *to, size_t cap)
{
	size_t n = 0;

	if (s.len < 2)
		return 0;
	bool hex = s.p[0] == '<';

	s = ward_slice_of(s.p + 1, s.len - 2);
	if (hex)
		return hex_text(s, to, cap);
	for (size_t i = 0; i < s.len && n < cap; i++) {
		int c = s.p[i];

		if (c == '\\' && i + 1 < s.len) {
			i++;
			c = escaped(s, &i);
		}
		if (c >= 0)
			to[n++] = (uint8_t)c;
	}
	return n;
}
