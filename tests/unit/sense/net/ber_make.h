/* ASN.1 for tests, out of a notation: a tag in hexadecimal, then its content:
 *   30( … )        other elements
 *   04'text'       text
 *   04:0102        bytes in hexadecimal, perhaps none
 *   02=-5          an integer
 *   06#1.3.6.1     an object identifier
 * Blanks stand between elements. Constructed lengths take three octets. */
#ifndef WARD_TESTS_SENSE_NET_BER_MAKE_H
#define WARD_TESTS_SENSE_NET_BER_MAKE_H

#include "base/slice.h"

#include <stdlib.h>

enum { BER_MAKE_MAX = 1 << 16, BER_MAKE_DEPTH = 32 };

struct ber_make {
	uint8_t p[BER_MAKE_MAX];
	size_t len;
};

static inline void ber_make_put(struct ber_make *b, unsigned v)
{
	WARD_ASSERT(b->len < BER_MAKE_MAX);
	b->p[b->len++] = (uint8_t)v;
}

static inline void ber_make_int(struct ber_make *b, int64_t v)
{
	unsigned n = 1;

	while (n < 8 && (v >> (n * 8 - 1)) != 0 && (v >> (n * 8 - 1)) != -1)
		n++;
	ber_make_put(b, n);
	while (n--)
		ber_make_put(b, (unsigned)(v >> n * 8 & 0xff));
}

static inline const char *ber_make_oid(struct ber_make *b, const char *s)
{
	size_t at = b->len, i = 0;
	char *end = NULL;
	uint64_t first = 0;

	ber_make_put(b, 0);
	for (;; i++) {
		uint64_t v = strtoull(s, &end, 10);

		s = end;
		if (i == 0)
			first = v;
		v += i == 1 ? first * 40 : 0;
		for (unsigned shift = 35; shift && i; shift -= 7)
			if (v >> shift)
				ber_make_put(b, 0x80 | (v >> shift & 0x7f));
		if (i)
			ber_make_put(b, v & 0x7f);
		if (*s != '.')
			break;
		s++;
	}
	WARD_ASSERT(b->len - at - 1 < 128);
	b->p[at] = (uint8_t)(b->len - at - 1);
	return s;
}

static inline const char *ber_make_bytes(struct ber_make *b, const char *s)
{
	size_t at = b->len;
	bool text = *s++ == '\'';

	ber_make_put(b, 0x81);
	ber_make_put(b, 0);
	while (text ? *s != '\'' : *s && *s != ' ' && *s != ')') {
		char two[3] = {s[0], text ? 0 : s[1], 0};

		ber_make_put(b, text ? (uint8_t)*s : (unsigned)strtoul(two, NULL, 16));
		s += text ? 1 : 2;
	}
	WARD_ASSERT(b->len - at - 2 < 256);
	b->p[at + 1] = (uint8_t)(b->len - at - 2);
	return text ? s + 1 : s;
}

/* Gives what b holds, until it is used again. */
static inline struct ward_slice ber_make(struct ber_make *b, const char *s)
{
	size_t open[BER_MAKE_DEPTH], depth = 0;
	char *end = NULL;

	b->len = 0;
	while (*s) {
		if (*s == ' ') {
			s++;
			continue;
		}
		if (*s == ')') {
			WARD_ASSERT(depth);
			size_t at = open[--depth], len = b->len - at;

			b->p[at - 2] = (uint8_t)(len >> 8);
			b->p[at - 1] = (uint8_t)len;
			s++;
			continue;
		}
		char tag[3] = {s[0], s[1], 0};

		ber_make_put(b, (unsigned)strtoul(tag, NULL, 16));
		s += 2;
		switch (*s) {
		case '(':
			WARD_ASSERT(depth < BER_MAKE_DEPTH);
			ber_make_put(b, 0x82);
			ber_make_put(b, 0);
			ber_make_put(b, 0);
			open[depth++] = b->len;
			s++;
			break;
		case '=':
			ber_make_int(b, strtoll(s + 1, &end, 10));
			s = end;
			break;
		case '#':
			s = ber_make_oid(b, s + 1);
			break;
		default:
			WARD_ASSERT(*s == ':' || *s == '\'');
			s = ber_make_bytes(b, s);
		}
	}
	WARD_ASSERT(depth == 0);
	return ward_slice_of(b->p, b->len);
}

#endif
