#include "sense/net/line.h"

enum ward_line ward_line_take(
	struct ward_slice s, size_t max, struct ward_str *ret, size_t *ret_used)
{
	const uint8_t *newline = s.len ? memchr(s.p, '\n', s.len < max ? s.len : max) : NULL;

	if (!newline) {
		*ret = ward_slice_text(s);
		ret->len -= s.len && s.p[s.len - 1] == '\r';
		return s.len < max ? WARD_LINE_MORE : WARD_LINE_LONG;
	}
	*ret = (struct ward_str){(const char *)s.p, (size_t)(newline - s.p)};
	*ret_used = ret->len + 1;
	if (ret->len && ret->p[ret->len - 1] == '\r')
		ret->len--;
	return WARD_LINE_WHOLE;
}

struct ward_str ward_line_word(struct ward_str *rest)
{
	struct ward_str word = ward_str_cut(rest, ' ');

	while (rest->len && *rest->p == ' ')
		*rest = ward_str_sub(*rest, 1, rest->len);
	return word;
}

bool ward_line_reply(struct ward_str line, struct ward_reply *ret)
{
	uint64_t code;
	char mark = line.len > 3 ? line.p[3] : ' ';

	if (!ward_str_u64(ward_str_sub(line, 0, 3), &code) || code < 100 || code > 599 ||
		(mark >= '0' && mark <= '9'))
		return false;
	*ret = (struct ward_reply){.code = (unsigned)code,
		.last = mark != '-',
		.text = ward_str_trim(ward_str_sub(line, mark == '-' ? 4 : 3, line.len))};
	return true;
}

bool ward_line_may_begin(struct ward_str front)
{
	enum { WORD_MAX = 8 };
	bool digits = front.len && front.p[0] >= '1' && front.p[0] <= '5';
	size_t n = 0, most = digits ? 3 : WORD_MAX;

	for (; n < front.len && n <= most; n++) {
		char c = front.p[n];

		if (digits ? c < '0' || c > '9' : (c | 0x20) < 'a' || (c | 0x20) > 'z')
			break;
	}
	return n == front.len ? n <= most
			      : n && n <= most && (!digits || n == 3) &&
					ward_line_is_text(ward_str_sub(front, n, front.len));
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

bool ward_line_has(struct ward_str text, const char *word)
{
	size_t n = strlen(word);

	for (size_t at = 0; at + n <= text.len; at++) {
		size_t i = 0;

		while (i < n && lower(text.p[at + i]) == word[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

bool ward_line_is_text(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((uint8_t)s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
			return false;
	return true;
}

static unsigned value_of(char c)
{
	static const char sign[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(sign, c) : NULL;

	return at ? (unsigned)(at - sign) : 64;
}

size_t ward_line_base64(struct ward_str s, uint8_t *ret, size_t cap)
{
	uint32_t bits = 0;
	unsigned n_bit = 0;
	size_t n = 0;

	while (s.len && s.p[s.len - 1] == '=')
		s.len--;
	for (size_t i = 0; i < s.len; i++) {
		unsigned v = value_of(s.p[i]);

		if (v == 64)
			return SIZE_MAX;
		bits = bits << 6 | v;
		n_bit += 6;
		if (n_bit < 8)
			continue;
		n_bit -= 8;
		if (n < cap)
			ret[n++] = (uint8_t)(bits >> n_bit);
	}
	return n;
}
