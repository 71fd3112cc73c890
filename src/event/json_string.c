#include "event/json_lex.h"

#include "base/scan.h"

static int hex4(struct ward_str s, size_t off)
{
	uint8_t b[2];

	if (s.len - off < 4 || !ward_str_unhex((struct ward_str){s.p + off, 4}, b, 2))
		return -1;
	return b[0] << 8 | b[1];
}

static size_t put_utf8(uint8_t *p, uint32_t c)
{
	if (c < 0x80) {
		p[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		p[0] = (uint8_t)(0xc0 | c >> 6);
		p[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		p[0] = (uint8_t)(0xe0 | c >> 12);
		p[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		p[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	p[0] = (uint8_t)(0xf0 | c >> 18);
	p[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	p[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	p[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

enum { REPLACEMENT = 0xfffd };

/* \uXXXX at *off (on the 'u'), with its low half when there is one. RFC 8259 section 7. halves (may
 * be NULL): one half by itself is taken for U+FFFD, and counted. */
static enum ward_json_reject unicode(
	struct ward_str s, size_t *off, uint32_t *ret, uint64_t *halves)
{
	int hi = hex4(s, *off + 1), lo;

	if (hi < 0)
		return WARD_JSON_ESCAPE;
	if (hi < 0xd800 || hi > 0xdfff) {
		*ret = (uint32_t)hi;
		*off += 5;
		return WARD_JSON_NONE;
	}
	bool pair =
		hi <= 0xdbff && s.len - *off >= 11 && s.p[*off + 5] == '\\' && s.p[*off + 6] == 'u';

	lo = pair ? hex4(s, *off + 7) : 0;
	if (lo < 0)
		return WARD_JSON_ESCAPE;
	if (lo < 0xdc00 || lo > 0xdfff) {
		if (!halves)
			return WARD_JSON_SURROGATE;
		*ret = REPLACEMENT;
		*off += 5;
		++*halves;
		return WARD_JSON_NONE;
	}
	*ret = 0x10000u + ((uint32_t)(hi - 0xd800) << 10) + (uint32_t)(lo - 0xdc00);
	*off += 11;
	return WARD_JSON_NONE;
}

/* What one escape stands for; *off is on the character after the backslash. */
static enum ward_json_reject escape(struct ward_str s, size_t *off, uint32_t *ret, uint64_t *halves)
{
	static const char to[256] = {['"'] = '"',
		['\\'] = '\\',
		['/'] = '/',
		['b'] = '\b',
		['f'] = '\f',
		['n'] = '\n',
		['r'] = '\r',
		['t'] = '\t'};

	if (*off >= s.len)
		return WARD_JSON_END;
	if (s.p[*off] == 'u')
		return unicode(s, off, ret, halves);
	*ret = (uint8_t)to[(uint8_t)s.p[*off]];
	if (!*ret)
		return WARD_JSON_ESCAPE;
	(*off)++;
	return WARD_JSON_NONE;
}

/* raw is what stands between the quotes: every escape in it is complete as far as its quotes and
 * backslashes go. No escape is shorter than what it stands for, so raw.len bytes are enough. */
static enum ward_json_reject unescape(struct ward_str raw, size_t *bad, struct ward_arena *arena,
	struct ward_str *ret, uint64_t *halves)
{
	uint8_t *to = ward_arena_raw(arena, raw.len + 16);
	size_t n = 0, off = 0;

	if (!to)
		return WARD_JSON_NOMEM;
	for (;;) {
		size_t run =
			ward_scan_copy_plain(to + n, (const uint8_t *)raw.p + off, raw.len - off);
		enum ward_json_reject why;
		uint32_t c;

		n += run;
		off += run;
		if (off == raw.len)
			break;
		*bad = off++;
		why = escape(raw, &off, &c, halves);
		if (why != WARD_JSON_NONE)
			return why;
		if (c < 0x80)
			to[n++] = (uint8_t)c;
		else
			n += put_utf8(to + n, c);
	}
	WARD_ASSERT(n <= raw.len);
	*ret = (struct ward_str){(const char *)to, n};
	return WARD_JSON_NONE;
}

struct ward_str ward_raw_text(struct ward_arena *arena, struct ward_str raw)
{
	struct ward_str s = {NULL, 0};
	size_t bad = 0;

	/* Only valid escapes become RAW. */
	if (unescape(raw, &bad, arena, &s, NULL) != WARD_JSON_NONE)
		s.p = NULL;
	return s;
}

enum ward_json_reject ward_json_lex_string(struct ward_str text, size_t *off,
	struct ward_arena *arena, struct ward_str *ret, uint64_t *halves)
{
	const uint8_t *p = (const uint8_t *)text.p;
	size_t from = *off + 1, at = from, bad = 0;
	bool high = false, escaped = false;

	at = ward_scan_string(p, at, text.len, &high, &escaped);
	if (at >= text.len) {
		*off = text.len;
		return WARD_JSON_END;
	}
	if (p[at] != '"') {
		*off = at;
		return WARD_JSON_CONTROL;
	}
	*ret = (struct ward_str){text.p + from, at - from};
	if (high && !ward_utf8_valid(ward_str_bytes(*ret), &bad)) {
		*off = from + bad;
		return WARD_JSON_UTF8;
	}
	if (escaped) {
		enum ward_json_reject why = unescape(*ret, &bad, arena, ret, halves);

		if (why != WARD_JSON_NONE) {
			*off = from + bad;
			return why;
		}
	}
	*off = at + 1;
	return WARD_JSON_NONE;
}
