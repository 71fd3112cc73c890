#include "story/address.h"

enum { OCTETS = 4, GROUP = 4, PAIRS = 6, BARE = 12, UUID = 36 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* What addresses are made of, but dashes. */
static bool is_part(char c)
{
	return is_hex(c) || c == ':' || c == '.';
}

static size_t run(struct ward_str s, size_t i, bool (*of)(char c))
{
	size_t n = 0;

	while (i + n < s.len && of(s.p[i + n]))
		n++;
	return n;
}

/* Bytes of n groups of `digits` hex digits with sep between them; 0: it is not so. */
static size_t groups(struct ward_str s, size_t i, size_t n, size_t digits, char sep)
{
	size_t at = i;

	for (size_t k = 0; k < n; k++) {
		if (k && (at >= s.len || s.p[at++] != sep))
			return 0;
		for (size_t d = 0; d < digits; d++)
			if (at >= s.len || !is_hex(s.p[at++]))
				return 0;
	}
	return at - i;
}

/* Bytes of four numbers with points between them; the inner ones of at most three digits. */
static size_t dotted(struct ward_str s, size_t i)
{
	size_t at = i;

	for (size_t k = 0; k < OCTETS; k++) {
		if (k && (at >= s.len || s.p[at++] != '.'))
			return 0;
		size_t n = run(s, at, is_digit);

		if (!n || (n > 3 && k && k + 1 < OCTETS))
			return 0;
		at += n;
	}
	return at - i;
}

static size_t count(struct ward_str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.p[i] == c;
	return n;
}

static bool has_gap(struct ward_str s)
{
	return ward_str_find(s, WARD_STR("::")) != SIZE_MAX;
}

/* RFC 4291 2.2, by its shape: eight fields of at most four digits, fewer with "::". */
static bool is_ipv6(struct ward_str s)
{
	size_t colons, dots;

	s = ward_str_cut(&s, '%');
	colons = count(s, ':');
	dots = count(s, '.');
	if (run(s, 0, is_part) != s.len || (dots && dots != OCTETS - 1))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		size_t n = run(s, i, is_hex);

		if (n > GROUP)
			return false;
		i += n;
	}
	return has_gap(s) ? colons <= 8 : colons == (dots ? 6U : 7U);
}

enum ward_address_kind ward_address_kind(struct ward_str s)
{
	size_t n = dotted(s, 0);

	if (n && n <= 15 &&
		(n == s.len || (s.p[n] == ':' && n + 1 < s.len &&
				       n + 1 + run(s, n + 1, is_digit) == s.len)))
		return WARD_ADDRESS_IPV4;
	if (s.len &&
		(groups(s, 0, PAIRS, 2, ':') == s.len || groups(s, 0, PAIRS, 2, '-') == s.len ||
			groups(s, 0, 3, GROUP, '.') == s.len))
		return WARD_ADDRESS_MAC;
	return is_ipv6(s) ? WARD_ADDRESS_IPV6 : WARD_ADDRESS_NONE;
}

/* Are the twelve hex digits at i the last group of a UUID? */
static bool in_uuid(struct ward_str s, size_t i)
{
	static const uint8_t len[] = {8, 4, 4, 4};
	size_t at;

	if (i < UUID - BARE)
		return false;
	at = i - (UUID - BARE);
	for (size_t k = 0; k < WARD_ARRAY_LEN(len); k++) {
		if (run(s, at, is_hex) != len[k] || s.p[at + len[k]] != '-')
			return false;
		at += len[k] + 1U;
	}
	return true;
}

/* Does the run of hex digits, colons and points from i to end hold an address? Colons: a hardware
 * address has five, IPv6 has "::" or seven; a time has two. */
static bool holds(struct ward_str s, size_t i, size_t end)
{
	struct ward_str all = ward_str_sub(s, i, end - i);
	size_t digits = 0;

	for (size_t k = i; k < end; k++) {
		size_t n = run(s, k, is_hex);
		bool first = k == i || !is_hex(s.p[k - 1]);

		digits += is_hex(s.p[k]);
		if ((k == i || !is_digit(s.p[k - 1])) && dotted(s, k))
			return true;
		if (first && (groups(s, k, 3, GROUP, '.') || (n == BARE && !in_uuid(s, k))))
			return true;
	}
	return digits && (has_gap(all) || count(all, ':') >= 3);
}

/* The end of the zone that follows: "%eth0". */
static size_t behind(struct ward_str s, size_t end)
{
	size_t k = end + 1;

	if (end >= s.len || s.p[end] != '%')
		return end;
	while (k < s.len &&
		(is_digit(s.p[k]) || ((s.p[k] | 0x20) >= 'a' && (s.p[k] | 0x20) <= 'z')))
		k++;
	return k == end + 1 ? end : k;
}

/* Does a run of parts begin here, but for points and colons that only end what stands before? A
 * "::" begins one, too. */
static bool begins(struct ward_str s, size_t from, size_t i)
{
	if (s.p[i] == ':') {
		if (i + 1 == s.len || s.p[i + 1] != ':')
			return false;
		while (i > from && s.p[i - 1] == '.')
			i--;
	} else {
		while (i > from && (s.p[i - 1] == '.' || s.p[i - 1] == ':'))
			i--;
	}
	return i == from || !is_part(s.p[i - 1]);
}

size_t ward_address_at(struct ward_str s, size_t from, size_t i)
{
	size_t end, n;

	if (!is_hex(s.p[i]) && s.p[i] != ':')
		return 0;
	if (i == from || !is_hex(s.p[i - 1])) {
		n = groups(s, i, PAIRS, 2, '-');
		if (n && (i + n == s.len || !is_hex(s.p[i + n])))
			return n;
	}
	if (!begins(s, from, i))
		return 0;
	end = i + run(s, i, is_part);
	while (s.p[end - 1] == '.' || (s.p[end - 1] == ':' && s.p[end - 2] != ':'))
		end--; /* no further than i: what begins here is a digit or "::" */
	return holds(s, i, end) ? behind(s, end) - i : 0;
}
