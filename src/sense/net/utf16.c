#include "sense/net/utf16.h"

#include "base/rd.h"

enum { REPLACEMENT = 0xfffd };

static bool is_high(uint32_t c)
{
	return c >= 0xd800 && c < 0xdc00;
}

static bool is_low(uint32_t c)
{
	return c >= 0xdc00 && c < 0xe000;
}

static void put(struct ward_wr *w, uint32_t c)
{
	if (c < 0x20 || c == 0x7f) {
		ward_wr_ch(w, '?');
	} else if (c < 0x80) {
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

void ward_utf16le_text(struct ward_wr *w, struct ward_slice s)
{
	struct ward_rd r = ward_rd_slice(s);

	while (ward_rd_left(&r) >= 2) {
		uint32_t c = ward_rd_le16(&r);
		struct ward_rd ahead = r;
		uint32_t low = ward_rd_le16(&ahead);

		if (!c)
			return;
		if (is_high(c) && !ward_rd_bad(&ahead) && is_low(low)) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			r = ahead;
		} else if (is_high(c) || is_low(c)) {
			c = REPLACEMENT;
		}
		put(w, c);
	}
}
