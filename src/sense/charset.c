#include "sense/charset.h"

#include "base/rd.h"

enum { REPLACEMENT = 0xfffd, CODE_POINT_MAX = 0x10ffff };

static const char *const set_name[WARD_CHARSET_N] = {
	"utf-8", "utf-16le", "utf-16be", "latin-1", "windows-1252"};

/* The WHATWG Encoding Standard's index of windows-1252, 0x80 to 0x9f. */
static const uint16_t windows_1252[32] = {0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019,
	0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
	0x017e, 0x0178};

enum ward_charset ward_charset_find(struct ward_str name)
{
	size_t i = 0;

	while (i < WARD_CHARSET_N && !ward_str_ieq(name, ward_str_z(set_name[i])))
		i++;
	return (enum ward_charset)i;
}

enum ward_charset ward_charset_sniff(struct ward_slice head)
{
	struct ward_rd r = ward_rd_slice(head);
	uint16_t mark = ward_rd_be16(&r);

	if (ward_rd_bad(&r))
		return WARD_CHARSET_UTF8;
	return mark == 0xfffe   ? WARD_CHARSET_UTF16LE
	       : mark == 0xfeff ? WARD_CHARSET_UTF16BE
				: WARD_CHARSET_UTF8;
}

static bool is_high(uint32_t c)
{
	return c >= 0xd800 && c < 0xdc00;
}

static bool is_low(uint32_t c)
{
	return c >= 0xdc00 && c < 0xe000;
}

void ward_utf8_put(struct ward_wr *w, uint32_t c)
{
	if (is_high(c) || is_low(c) || c > CODE_POINT_MAX)
		c = REPLACEMENT;
	if (c < 0x80) {
		ward_wr_u8(w, (uint8_t)c);
	} else if (c < 0x800) {
		ward_wr_u8(w, (uint8_t)(0xc0 | c >> 6));
		ward_wr_u8(w, (uint8_t)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		ward_wr_u8(w, (uint8_t)(0xe0 | c >> 12));
		ward_wr_u8(w, (uint8_t)(0x80 | (c >> 6 & 63)));
		ward_wr_u8(w, (uint8_t)(0x80 | (c & 63)));
	} else {
		ward_wr_u8(w, (uint8_t)(0xf0 | c >> 18));
		ward_wr_u8(w, (uint8_t)(0x80 | (c >> 12 & 63)));
		ward_wr_u8(w, (uint8_t)(0x80 | (c >> 6 & 63)));
		ward_wr_u8(w, (uint8_t)(0x80 | (c & 63)));
	}
}

static uint32_t unit(enum ward_charset set, struct ward_rd *r)
{
	return set == WARD_CHARSET_UTF16BE ? ward_rd_be16(r) : ward_rd_le16(r);
}

/* RFC 2781 2.2. */
static size_t utf16(enum ward_charset set, struct ward_rd *r, bool end, struct ward_wr *w)
{
	size_t n_bad = 0;

	while (ward_rd_left(r) >= 2) {
		struct ward_rd before = *r;
		uint32_t c = unit(set, r);

		if (is_high(c)) {
			struct ward_rd next = *r;
			bool whole = ward_rd_left(r) >= 2;
			uint32_t low = whole ? unit(set, &next) : 0;

			if (!whole && !end) {
				*r = before;
				break;
			}
			if (is_low(low)) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				*r = next;
			}
		}
		n_bad += is_high(c) || is_low(c);
		ward_utf8_put(w, c);
	}
	if (end && ward_rd_left(r) == 1) {
		ward_rd_skip(r, 1);
		ward_utf8_put(w, REPLACEMENT);
		n_bad++;
	}
	return n_bad;
}

static void bytes(enum ward_charset set, struct ward_rd *r, struct ward_wr *w)
{
	while (ward_rd_left(r)) {
		uint8_t c = ward_rd_u8(r);
		bool special = set == WARD_CHARSET_WINDOWS_1252 && c >= 0x80 && c < 0xa0;

		ward_utf8_put(w, special ? windows_1252[c - 0x80] : c);
	}
}

size_t ward_charset_decode(
	enum ward_charset set, struct ward_slice s, bool end, struct ward_wr *w, size_t *ret_used)
{
	struct ward_rd r = ward_rd_slice(s);
	size_t n_bad = 0;

	switch (set) {
	case WARD_CHARSET_UTF16LE:
	case WARD_CHARSET_UTF16BE:
		n_bad = utf16(set, &r, end, w);
		break;
	case WARD_CHARSET_LATIN1:
	case WARD_CHARSET_WINDOWS_1252:
		bytes(set, &r, w);
		break;
	case WARD_CHARSET_UTF8:
	case WARD_CHARSET_N:
		ward_wr_bytes(w, ward_rd_rest(&r).p, s.len);
		break;
	}
	*ret_used = r.off;
	return n_bad;
}
