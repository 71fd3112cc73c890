#include "detect/reading.h"

#include <arpa/inet.h>
#include <stdlib.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Four numbers of at most three digits with dots between them, without leading zeros. */
static bool read_ipv4(struct ward_str s, uint8_t ret[4])
{
	size_t off = 0;

	for (size_t part = 0; part < 4; part++) {
		size_t from = off;
		unsigned v = 0;

		for (; off < s.len && off - from < 3 && is_digit(s.p[off]); off++)
			v = v * 10 + (unsigned)(s.p[off] - '0');
		if (off == from || v > 255 || (s.p[from] == '0' && off - from > 1))
			return false;
		ret[part] = (uint8_t)v;
		if (part < 3 && (off == s.len || s.p[off++] != '.'))
			return false;
	}
	return off == s.len;
}

bool ward_read_addr(struct ward_str s, uint8_t ret[16])
{
	char text[INET6_ADDRSTRLEN];

	if (s.len && memchr(s.p, ':', s.len))
		s = ward_str_cut(&s, '%'); /* RFC 4007 11: the zone of a link-local address */
	if (s.len == 0 || s.len >= sizeof(text) || memchr(s.p, 0, s.len))
		return false;
	if (memchr(s.p, ':', s.len)) {
		memcpy(text, s.p, s.len);
		text[s.len] = 0;
		return inet_pton(AF_INET6, text, ret) == 1;
	}
	memset(ret, 0, 10);
	memset(ret + 10, 0xff, 2);
	return read_ipv4(s, ret + 12);
}

enum { DIGITS_MAX = 18 }; /* below 2^63: exact in every long double, as their powers of ten are */

/* Digits with a point among them or not: the quotient of two exact numbers is as near as can be. */
static bool read_plain(struct ward_str s, long double *ret)
{
	bool minus = s.p[0] == '-', point = false;
	uint64_t v = 0, scale = 1;
	size_t off = minus || s.p[0] == '+', n = 0;

	for (; off < s.len && n <= DIGITS_MAX; off++) {
		if (s.p[off] == '.' && !point) {
			point = true;
			continue;
		}
		if (!is_digit(s.p[off]))
			return false;
		v = v * 10 + (uint64_t)(s.p[off] - '0');
		scale *= point ? 10 : 1;
		n++;
	}
	if (off < s.len || n == 0 || n > DIGITS_MAX)
		return false;
	*ret = (long double)v / (long double)scale;
	*ret = minus ? -*ret : *ret;
	return true;
}

bool ward_read_number(struct ward_str s, long double *ret)
{
	char text[64], *end = NULL;

	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	if (read_plain(s, ret))
		return true;
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789+-.eE", s.p[i]) || !s.p[i])
			return false;
	memcpy(text, s.p, s.len);
	text[s.len] = 0;
	*ret = strtold(text, &end);
	return end == text + s.len;
}
