#include "base/slice.h"

#include "base/scan.h"

int ward_str_cmp(struct ward_str a, struct ward_str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int c = len ? memcmp(a.p, b.p, len) : 0;

	if (c != 0)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool ward_str_ieq(struct ward_str a, struct ward_str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	return true;
}

bool ward_str_starts(struct ward_str s, struct ward_str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.p, prefix.p, prefix.len) == 0);
}

bool ward_str_ends(struct ward_str s, struct ward_str suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(s.p + (s.len - suffix.len), suffix.p, suffix.len) == 0);
}

size_t ward_str_find(struct ward_str s, struct ward_str needle)
{
	if (needle.len == 0)
		return 0;
	return ward_scan_find((const uint8_t *)s.p, s.len, (const uint8_t *)needle.p, needle.len);
}

struct ward_str ward_str_sub(struct ward_str s, size_t off, size_t len)
{
	if (off >= s.len)
		return (struct ward_str){s.p ? s.p + s.len : NULL, 0};
	if (len > s.len - off)
		len = s.len - off;
	return (struct ward_str){s.p + off, len};
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct ward_str ward_str_trim(struct ward_str s)
{
	while (s.len && blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len && blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct ward_str ward_str_cut(struct ward_str *rest, char sep)
{
	struct ward_str part = *rest;
	const char *hit = rest->len ? memchr(rest->p, sep, rest->len) : NULL;

	if (!hit) {
		*rest = (struct ward_str){NULL, 0};
		return part;
	}
	part.len = (size_t)(hit - rest->p);
	rest->p = hit + 1;
	rest->len -= part.len + 1;
	return part;
}

size_t ward_utf8_len(const uint8_t *p, size_t left)
{
	uint8_t c = p[0];
	size_t len = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : 0;

	if (c >= 0xf0 && c < 0xf5)
		len = 4;
	if (len == 0 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) ||
		(c == 0xf0 && p[1] < 0x90) || (c == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

bool ward_utf8_valid(struct ward_slice s, size_t *ret_off)
{
	size_t i = 0;

	while (i < s.len) {
		uint64_t eight;

		if (s.len - i >= 8) { /* plain ASCII goes by in words */
			memcpy(&eight, s.p + i, 8);
			if ((eight & 0x8080808080808080u) == 0) {
				i += 8;
				continue;
			}
		}
		size_t len = ward_utf8_len(s.p + i, s.len - i);

		if (len == 0) {
			if (ret_off)
				*ret_off = i;
			return false;
		}
		i += len;
	}
	return true;
}

bool ward_str_u64(struct ward_str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (!ward_mul(v, (uint64_t)10, &v) || !ward_add(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*ret = v;
	return true;
}

bool ward_str_i64(struct ward_str s, int64_t *ret)
{
	bool neg = s.len && s.p[0] == '-';
	uint64_t v;

	if (!ward_str_u64(ward_str_sub(s, neg ? 1 : 0, s.len), &v))
		return false;
	if (neg ? v > (uint64_t)INT64_MAX + 1 : v > (uint64_t)INT64_MAX)
		return false;
	*ret = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

static int nibble(char c)
{
	c = fold(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ward_str_unhex(struct ward_str s, uint8_t *ret, size_t cap)
{
	if (s.len / 2 != cap || s.len % 2)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (nibble(s.p[i]) < 0)
			return false;
	for (size_t i = 0; i < cap; i++)
		ret[i] = (uint8_t)(nibble(s.p[2 * i]) << 4 | nibble(s.p[2 * i + 1]));
	return true;
}
