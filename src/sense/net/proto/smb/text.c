#include "sense/net/proto/smb/stream.h"

#include "sense/net/text.h"
#include "sense/net/utf16.h"

enum { CONVERT = 2048 };

static size_t convert(struct ward_slice s, bool unicode, char *text)
{
	struct ward_wr w = ward_wr_fixed(text, CONVERT);

	/* A unit takes three bytes at most. */
	if (unicode)
		ward_utf16le_text(
			&w, ward_slice_of(s.p, s.len < CONVERT / 3 * 2 ? s.len : CONVERT / 3 * 2));
	else
		ward_text_ascii(&w, s, CONVERT);
	return w.len;
}

static bool inside_character(const char *p)
{
	return ((uint8_t)*p & 0xc0) == 0x80;
}

size_t ward_smb_tail(struct ward_slice s, bool unicode, char *ret, size_t cap)
{
	char text[CONVERT];
	size_t unit = unicode ? 2 : 1;

	/* Only the end counts, and of that not more than can be converted. */
	if (s.len > CONVERT / 3 * unit) {
		size_t over = (s.len - CONVERT / 3 * unit) / unit * unit;

		s = ward_slice_of(s.p + over, s.len - over);
	}
	size_t len = convert(s, unicode, text), from = len > cap ? len - cap : 0;

	while (from < len && inside_character(text + from))
		from++;
	memcpy(ret, text + from, len - from);
	return len - from;
}

void ward_smb_keep(struct ward_ntlm_text *t, struct ward_slice s, bool unicode)
{
	char text[CONVERT];
	size_t len = convert(s, unicode, text), n = len < WARD_NTLM_TEXT ? len : WARD_NTLM_TEXT;

	while (n < len && n && inside_character(text + n))
		n--;
	memcpy(t->p, text, n);
	t->len = (uint8_t)n;
}
