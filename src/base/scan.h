/* Finding bytes fast in text: sixteen at a time where the machine has SSE2, else eight.
 *
 * Pure, any thread, never reads past len. */
#ifndef WARD_BASE_SCAN_H
#define WARD_BASE_SCAN_H

#include "base/attr.h"

#include <string.h>

/* Eight bytes at once: the high bit of each byte that is '"', '\\' or below 0x20. May also set
 * bits above a true one (borrow), so only the lowest is exact; big-endian machines test bytewise.
 */
static inline uint64_t ward_scan_word_stops(uint64_t v)
{
	const uint64_t one = 0x0101010101010101u, high = 0x8080808080808080u;
	uint64_t quote = v ^ one * '"', back = v ^ one * '\\';

	return (((quote - one) & ~quote) | ((back - one) & ~back) | ((v - one * 0x20) & ~v)) & high;
}

/* Offset of the first '"', '\\' or byte below 0x20 from `off` on, or len. *high becomes true when a
 * byte of 0x80 or above stands before it, and is left alone otherwise. */
static inline size_t ward_scan_text_bytewise(const uint8_t *p, size_t off, size_t len, bool *high)
{
	for (; off < len; off++) {
		if (p[off] == '"' || p[off] == '\\' || p[off] < 0x20)
			return off;
		*high |= p[off] >= 0x80;
	}
	return off;
}

#if defined(__SSE2__)
#include <emmintrin.h>
static inline size_t ward_scan_text(const uint8_t *p, size_t off, size_t len, bool *high)
{
	const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\');
	const __m128i low = _mm_set1_epi8(0x1f);

	for (; len - off >= 16; off += 16) {
		__m128i v = _mm_loadu_si128((const __m128i_u *)(p + off));
		__m128i stop = _mm_or_si128(
			_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, back)),
			_mm_cmpeq_epi8(_mm_min_epu8(v, low), v));
		unsigned m = (unsigned)_mm_movemask_epi8(stop);
		unsigned h = (unsigned)_mm_movemask_epi8(v);

		if (m) {
			unsigned at = (unsigned)__builtin_ctz(m);

			*high |= (h & ((1u << at) - 1)) != 0;
			return off + at;
		}
		*high |= h != 0;
	}
	return ward_scan_text_bytewise(p, off, len, high);
}
#else
static inline size_t ward_scan_text(const uint8_t *p, size_t off, size_t len, bool *high)
{
	for (; len - off >= 8; off += 8) {
		uint64_t v;

		memcpy(&v, p + off, 8);
		if (ward_scan_word_stops(v))
			return ward_scan_text_bytewise(p, off, len, high);
		*high |= (v & 0x8080808080808080u) != 0;
	}
	return ward_scan_text_bytewise(p, off, len, high);
}
#endif

#endif
