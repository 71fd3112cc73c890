#include "sense/net/text.h"

void ward_net_text(struct ward_wr *w, struct ward_slice s, const char *escape)
{
	bool utf8 = ward_utf8_valid(s, NULL);

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];

		if (c < ' ' || c == 0x7f || (c > 0x7f && !utf8)) {
			ward_wr_ch(w, '\\');
			ward_wr_ch(w, (char)('0' + c / 100));
			ward_wr_ch(w, (char)('0' + c / 10 % 10));
			ward_wr_ch(w, (char)('0' + c % 10));
			continue;
		}
		if (c == '\\' || strchr(escape, c))
			ward_wr_ch(w, '\\');
		ward_wr_u8(w, c);
	}
}
