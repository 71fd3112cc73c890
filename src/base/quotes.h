/* Where the strings of a JSON text begin and end, and what in them is more than it looks: one pass
 * over the bytes, 64 at a time, before anything is parsed.
 *
 * Pure, any thread; the text is untrusted, any bytes give an answer. Uses AVX-512 or AVX2 where the
 * processor has it, else SSE2, else neither, with the same result. */
#ifndef WARD_BASE_QUOTES_H
#define WARD_BASE_QUOTES_H

#include "base/attr.h"

enum { WARD_QUOTES_SLACK = 16 };

/* The caller's memory. */
struct ward_quotes {
	uint32_t *at;   /* offsets of each '"' that no backslash escapes; room for len +
			   WARD_QUOTES_SLACK, len below 2^32 */
	uint64_t *hard; /* a bit per byte: it is below 0x20, or above 0x7f, or stands behind a
			   backslash and is none of '"', '\\', '/', b, f, n, r, t; room for
			   len / 64 + 1 words */
	uint64_t *odd;  /* the same: it is hard, or a backslash */
	bool ascii;     /* all of it */
	bool none_hard; /* no bit of hard is set */
	bool none_odd;  /* no bit of odd is set */
	size_t n;       /* of at; two of offset len follow, so that each has a successor */
};

void ward_quotes_find(const uint8_t *p, size_t len, struct ward_quotes *ret);

/* Is a bit set of those from a to before b? */
static inline bool ward_quotes_any(const uint64_t *bit, size_t a, size_t b)
{
	size_t i = a / 64, end = b / 64;
	uint64_t v = bit[i] & UINT64_MAX << a % 64;

	while (i < end) {
		if (v)
			return true;
		v = bit[++i];
	}
	return (v & (((uint64_t)1 << b % 64) - 1)) != 0;
}

/* The ways to do it, for tests: 0 is the portable one. False: this processor can't. */
enum { WARD_QUOTES_WAYS = 4 };
bool ward_quotes_way(unsigned way, const uint8_t *p, size_t len, struct ward_quotes *ret);

#endif
