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

/* As ward_scan_string. */
static inline size_t ward_scan_string_bytewise(
	const uint8_t *p, size_t off, size_t len, bool *high, bool *escaped)
{
	while (off < len && p[off] != '"' && p[off] >= 0x20) {
		if (p[off] == '\\') {
			*escaped = true;
			off += 2;
			continue;
		}
		*high |= p[off++] >= 0x80;
	}
	return off < len ? off : len;
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

/* The end of a JSON string's text that begins at off: offset of the first '"' or byte below 0x20
 * that no backslash precedes, or len. *high as above; *escaped becomes true when a backslash came.
 */
static inline size_t ward_scan_string(
	const uint8_t *p, size_t off, size_t len, bool *high, bool *escaped)
{
	const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\');
	const __m128i low = _mm_set1_epi8(0x1f);

	while (off <= len && len - off >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i_u *)(p + off));
		unsigned b = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, back));
		unsigned m = b | (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, quote),
					 _mm_cmpeq_epi8(_mm_min_epu8(v, low), v)));
		unsigned h = (unsigned)_mm_movemask_epi8(v), skip = 0;

		while (m) {
			unsigned at = (unsigned)__builtin_ctz(m);

			if (!(b >> at & 1)) {
				*high |= (h & ((1u << at) - 1)) != 0;
				return off + at;
			}
			/* What it escapes is no end; it may stand in the next block. */
			*escaped = true;
			m &= ~(3u << at);
			h &= ~(2u << at);
			skip = at == 15;
		}
		*high |= h != 0;
		off += 16 + skip;
	}
	return ward_scan_string_bytewise(p, off, len, high, escaped);
}

/* Copies the len bytes at p up to the first backslash to `to`, which has room for len + 16: how
 * many. */
static inline size_t ward_scan_copy_plain(uint8_t *to, const uint8_t *p, size_t len)
{
	const __m128i back = _mm_set1_epi8('\\');
	size_t off = 0;

	for (; len - off >= 16; off += 16) {
		__m128i v = _mm_loadu_si128((const __m128i_u *)(p + off));
		unsigned m = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, back));

		_mm_storeu_si128((__m128i_u *)(to + off), v);
		if (m)
			return off + (unsigned)__builtin_ctz(m);
	}
	for (; off < len && p[off] != '\\'; off++)
		to[off] = p[off];
	return off;
}

/* Is every byte below 0x80? */
static inline bool ward_scan_ascii(const uint8_t *p, size_t len)
{
	__m128i all = _mm_setzero_si128();
	uint8_t rest = 0;
	size_t off = 0;

	for (; len - off >= 16; off += 16)
		all = _mm_or_si128(all, _mm_loadu_si128((const __m128i_u *)(p + off)));
	for (; off < len; off++)
		rest |= p[off];
	return (_mm_movemask_epi8(all) | (rest & 0x80)) == 0;
}

/* One block of sixteen places, from off on, where the needle may begin: its offset, or SIZE_MAX.
 * off + 16 + n - 1 <= length of p. */
static inline size_t ward_scan_find_block(
	const uint8_t *p, size_t off, const uint8_t *needle, size_t n)
{
	__m128i first = _mm_cmpeq_epi8(
		_mm_loadu_si128((const __m128i_u *)(p + off)), _mm_set1_epi8((char)needle[0]));
	__m128i last = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i_u *)(p + off + n - 1)),
		_mm_set1_epi8((char)needle[n - 1]));
	unsigned m = (unsigned)_mm_movemask_epi8(_mm_and_si128(first, last));

	for (; m; m &= m - 1) {
		size_t at = off + (unsigned)__builtin_ctz(m);

		if (memcmp(p + at, needle, n) == 0)
			return at;
	}
	return SIZE_MAX;
}

/* Offset of the first needle (n > 0 bytes) in p, or SIZE_MAX. Looks for its first and last byte at
 * their distance; for short needles and texts far below the set-up that memmem makes at each call.
 * O(len * n) at worst. */
static inline size_t ward_scan_find(const uint8_t *p, size_t len, const uint8_t *needle, size_t n)
{
	if (len < n)
		return SIZE_MAX;
	size_t off = 0, end = len - n + 1; /* places where it may begin */

	for (; end - off >= 16; off += 16) {
		size_t at = ward_scan_find_block(p, off, needle, n);

		if (at != SIZE_MAX)
			return at;
	}
	if (off > 0 && off < end) /* the rest, with places that were looked at before */
		return ward_scan_find_block(p, end - 16, needle, n);
	for (; off < end; off++)
		if (p[off] == needle[0] && memcmp(p + off, needle, n) == 0)
			return off;
	return SIZE_MAX;
}
#else
static inline size_t ward_scan_copy_plain(uint8_t *to, const uint8_t *p, size_t len)
{
	const uint8_t *back = len ? (const uint8_t *)memchr(p, '\\', len) : NULL;
	size_t n = back ? (size_t)(back - p) : len;

	if (n)
		memcpy(to, p, n);
	return n;
}

static inline bool ward_scan_ascii(const uint8_t *p, size_t len)
{
	uint64_t v, all = 0;
	size_t off = 0;

	for (; len - off >= 8; off += 8) {
		memcpy(&v, p + off, 8);
		all |= v;
	}
	for (; off < len; off++)
		all |= p[off];
	return (all & 0x8080808080808080u) == 0;
}

static inline size_t ward_scan_find(const uint8_t *p, size_t len, const uint8_t *needle, size_t n)
{
	const uint8_t *hit = len < n ? NULL : (const uint8_t *)memmem(p, len, needle, n);

	return hit ? (size_t)(hit - p) : SIZE_MAX;
}

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

static inline size_t ward_scan_string(
	const uint8_t *p, size_t off, size_t len, bool *high, bool *escaped)
{
	while (off < len) {
		off = ward_scan_text(p, off, len, high);
		if (off >= len || p[off] != '\\')
			return off;
		*escaped = true;
		off += 2;
	}
	return len;
}
#endif

#endif
