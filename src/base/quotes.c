#include "base/quotes.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX512 "avx512f,avx512bw,avx512vbmi2,bmi,popcnt"
#endif

enum { BLOCK = 64 };

/* A bit for each byte of a block. */
struct block {
	uint64_t quote, back, high;
	uint64_t beyond; /* below 0x20 or above 0x7f */
	uint64_t simple; /* may stand behind a backslash; only right when something is escaped */
};

static WARD_ALWAYS_INLINE bool simple(uint8_t c)
{
	return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' ||
	       c == 't';
}

/* carry: the block's first byte is escaped. */
static WARD_ALWAYS_INLINE void load_portable(const uint8_t *p, uint64_t carry, struct block *b)
{
	*b = (struct block){0};
	for (unsigned i = 0; i < BLOCK; i++) {
		b->quote |= (uint64_t)(p[i] == '"') << i;
		b->back |= (uint64_t)(p[i] == '\\') << i;
		b->high |= (uint64_t)(p[i] >= 0x80) << i;
		b->beyond |= (uint64_t)(p[i] < 0x20 || p[i] >= 0x80) << i;
	}
	for (unsigned i = 0; i < BLOCK && (b->back || carry); i++)
		b->simple |= (uint64_t)simple(p[i]) << i;
}

#if defined(__x86_64__)
static WARD_ALWAYS_INLINE uint64_t bits16(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(a) |
	       (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 |
	       (uint64_t)(unsigned)_mm_movemask_epi8(c) << 32 |
	       (uint64_t)(unsigned)_mm_movemask_epi8(d) << 48;
}

static WARD_ALWAYS_INLINE __m128i equal16(__m128i v, char c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

/* As signed numbers, bytes above 0x7f are below 0x20, too. */
static WARD_ALWAYS_INLINE __m128i beyond16(__m128i v)
{
	return _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
}

static WARD_ALWAYS_INLINE __m128i simple16(__m128i v)
{
	__m128i a = _mm_or_si128(equal16(v, '"'), equal16(v, '\\'));
	__m128i b = _mm_or_si128(equal16(v, '/'), equal16(v, 'b'));
	__m128i c = _mm_or_si128(equal16(v, 'f'), equal16(v, 'n'));
	__m128i d = _mm_or_si128(equal16(v, 'r'), equal16(v, 't'));

	return _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
}

static WARD_ALWAYS_INLINE void load_sse2(const uint8_t *p, uint64_t carry, struct block *b)
{
	const __m128i_u *from = (const __m128i_u *)p;
	__m128i s = _mm_loadu_si128(from), t = _mm_loadu_si128(from + 1);
	__m128i u = _mm_loadu_si128(from + 2), v = _mm_loadu_si128(from + 3);

	b->quote = bits16(equal16(s, '"'), equal16(t, '"'), equal16(u, '"'), equal16(v, '"'));
	b->back = bits16(equal16(s, '\\'), equal16(t, '\\'), equal16(u, '\\'), equal16(v, '\\'));
	b->high = bits16(s, t, u, v);
	b->beyond = bits16(beyond16(s), beyond16(t), beyond16(u), beyond16(v));
	b->simple =
		b->back | carry ? bits16(simple16(s), simple16(t), simple16(u), simple16(v)) : 0;
}

static WARD_TARGET("avx2") WARD_ALWAYS_INLINE uint64_t bits32(__m256i a, __m256i b)
{
	return (uint64_t)(uint32_t)_mm256_movemask_epi8(a) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32;
}

static WARD_TARGET("avx2") WARD_ALWAYS_INLINE __m256i equal32(__m256i v, char c)
{
	return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

/* All but the quote. Of the others, b and r alone have one lower half. */
static WARD_TARGET("avx2") WARD_ALWAYS_INLINE __m256i simple32(__m256i v)
{
	const __m256i by_lower = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(-1, 0, 'r', 0, 't', 0, 'f', 0, 0, 0, 0, 0, '\\', 0, 'n', '/'));

	return _mm256_or_si256(
		_mm256_cmpeq_epi8(v, _mm256_shuffle_epi8(by_lower, v)), equal32(v, 'b'));
}

static WARD_TARGET("avx2") WARD_ALWAYS_INLINE
	void load_avx2(const uint8_t *p, uint64_t carry, struct block *b)
{
	const __m256i space = _mm256_set1_epi8(0x20);
	__m256i v = _mm256_loadu_si256((const __m256i_u *)p);
	__m256i w = _mm256_loadu_si256((const __m256i_u *)p + 1);

	b->quote = bits32(equal32(v, '"'), equal32(w, '"'));
	b->back = bits32(equal32(v, '\\'), equal32(w, '\\'));
	b->beyond = bits32(_mm256_cmpgt_epi8(space, v), _mm256_cmpgt_epi8(space, w));
	b->high = b->beyond ? bits32(v, w) : 0;
	b->simple = b->back | carry ? b->quote | bits32(simple32(v), simple32(w)) : 0;
}

static WARD_TARGET(AVX512) WARD_ALWAYS_INLINE uint64_t simple64(__m512i v)
{
	const __m512i by_lower = _mm512_broadcast_i32x4(
		_mm_setr_epi8(-1, 0, 'r', 0, 't', 0, 'f', 0, 0, 0, 0, 0, '\\', 0, 'n', '/'));

	return _mm512_cmpeq_epi8_mask(v, _mm512_shuffle_epi8(by_lower, v)) |
	       _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('b'));
}

static WARD_TARGET(AVX512) WARD_ALWAYS_INLINE
	void load_avx512(const uint8_t *p, uint64_t carry, struct block *b)
{
	const __m512i v = _mm512_loadu_si512(p);

	b->quote = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"'));
	b->back = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\'));
	b->beyond = _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8(0x20));
	b->high = _mm512_movepi8_mask(v);
	b->simple = b->back | carry ? b->quote | simple64(v) : 0;
}

/* Writes sixteen at once, needed or not: those places of the block are moved together that are
 * one. */
static WARD_TARGET(AVX512) WARD_ALWAYS_INLINE size_t
	offsets_avx512(uint64_t quote, uint32_t at, uint32_t *ret)
{
	static const uint8_t place[BLOCK] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
		37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57,
		58, 59, 60, 61, 62, 63};
	const size_t n = (size_t)__builtin_popcountll(quote);
	__m512i packed = _mm512_maskz_compress_epi8(quote, _mm512_loadu_si512(place));
	__m512i first = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed));

	_mm512_storeu_si512(ret, _mm512_add_epi32(first, _mm512_set1_epi32((int)at)));
	for (size_t i = 0; n > 16 && i < n; i++, quote &= quote - 1)
		ret[i] = at + (uint32_t)__builtin_ctzll(quote);
	return n;
}
#endif

/* The bytes that a backslash stands before which is not escaped itself. A run of backslashes that
 * begins at an odd place ends, by the addition's carry, where one that begins at an even place does
 * not (Langdale and Lemire, 2019). *carry: the first byte of the next block is one of them. */
static WARD_ALWAYS_INLINE uint64_t escaped_by(uint64_t back, uint64_t *carry)
{
	const uint64_t even = 0x5555555555555555u;
	uint64_t first = *carry;

	if (!back) {
		*carry = 0;
		return first;
	}
	back &= ~first;
	uint64_t follows = back << 1 | first, starts = back & ~even & ~follows, ends;

	*carry = __builtin_add_overflow(starts, back, &ends);
	return (even ^ ends << 1) & follows;
}

/* Writes four at once, needed or not: most blocks have no more, so that nothing is to be guessed.
 */
static WARD_ALWAYS_INLINE size_t offsets(uint64_t quote, uint32_t at, uint32_t *ret)
{
	const uint64_t last = (uint64_t)1 << 63;
	size_t n = (size_t)__builtin_popcountll(quote);
	uint64_t b = quote & (quote - 1), c = b & (b - 1), d = c & (c - 1);

	ret[0] = at + (uint32_t)__builtin_ctzll(quote | last);
	ret[1] = at + (uint32_t)__builtin_ctzll(b | last);
	ret[2] = at + (uint32_t)__builtin_ctzll(c | last);
	ret[3] = at + (uint32_t)__builtin_ctzll(d | last);
	quote = d & (d - 1);
	for (size_t i = 4; i < n; i++, quote &= quote - 1)
		ret[i] = at + (uint32_t)__builtin_ctzll(quote);
	return n;
}

/* How a processor does both. */
struct how {
	void (*load)(const uint8_t *p, uint64_t carry, struct block *b);
	size_t (*offsets)(uint64_t quote, uint32_t at, uint32_t *ret);
};

/* What all blocks had. */
struct sum {
	uint64_t high, hard, back;
};

/* One block at offset at: its quotes. */
static WARD_ALWAYS_INLINE uint64_t one(const struct ward_quotes *q, size_t at,
	const struct block *b, uint64_t *carry, struct sum *sum)
{
	uint64_t escaped = escaped_by(b->back, carry);
	uint64_t hard = (escaped & ~b->simple) | b->beyond;

	sum->high |= b->high;
	sum->hard |= hard;
	sum->back |= b->back;
	q->hard[at / BLOCK] = hard;
	q->odd[at / BLOCK] = hard | b->back;
	return b->quote & ~escaped;
}

static WARD_ALWAYS_INLINE void all(
	const uint8_t *p, size_t len, struct ward_quotes *ret, struct how how)
{
	const struct ward_quotes q = *ret; /* of which no store changes what it points to */
	const size_t rest = len % BLOCK, end = len - rest;
	struct sum sum = {0, 0, 0};
	uint64_t carry = 0;
	struct block b;
	size_t n = 0;

	for (size_t at = 0; at < end; at += BLOCK) {
		how.load(p + at, carry, &b);
		n += how.offsets(one(&q, at, &b, &carry, &sum), (uint32_t)at, q.at + n);
	}
	if (rest) {
		uint8_t last[BLOCK];

		memset(last, ' ', sizeof(last));
		memcpy(last, p + end, rest);
		how.load(last, carry, &b);
		n += how.offsets(one(&q, end, &b, &carry, &sum), (uint32_t)end, q.at + n);
	} else {
		q.hard[len / BLOCK] = q.odd[len / BLOCK] = 0;
	}
	q.at[n] = q.at[n + 1] = (uint32_t)len;
	ret->n = n;
	ret->ascii = sum.high == 0;
	ret->none_hard = sum.hard == 0;
	ret->none_odd = (sum.hard | sum.back) == 0;
}

static void portable(const uint8_t *p, size_t len, struct ward_quotes *ret)
{
	all(p, len, ret, (struct how){load_portable, offsets});
}

#if defined(__x86_64__)
static void sse2(const uint8_t *p, size_t len, struct ward_quotes *ret)
{
	all(p, len, ret, (struct how){load_sse2, offsets});
}

static WARD_TARGET("avx2,bmi,popcnt") void avx2(
	const uint8_t *p, size_t len, struct ward_quotes *ret)
{
	all(p, len, ret, (struct how){load_avx2, offsets});
}

static WARD_TARGET(AVX512) void avx512(const uint8_t *p, size_t len, struct ward_quotes *ret)
{
	all(p, len, ret, (struct how){load_avx512, offsets_avx512});
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
	       __builtin_cpu_supports("popcnt");
}

/* Since Ice Lake and Zen 4, which do not slow down for it. */
static bool has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi2");
}

void ward_quotes_find(const uint8_t *p, size_t len, struct ward_quotes *ret)
{
	if (has_avx512())
		avx512(p, len, ret);
	else if (has_avx2())
		avx2(p, len, ret);
	else
		sse2(p, len, ret);
}
#else
void ward_quotes_find(const uint8_t *p, size_t len, struct ward_quotes *ret)
{
	portable(p, len, ret);
}
#endif

bool ward_quotes_way(unsigned way, const uint8_t *p, size_t len, struct ward_quotes *ret)
{
	if (way == 0)
		portable(p, len, ret);
#if defined(__x86_64__)
	if (way == 1)
		sse2(p, len, ret);
	if (way == 2 && has_avx2())
		avx2(p, len, ret);
	if (way == 3 && has_avx512())
		avx512(p, len, ret);
	return way < 2 || (way == 2 ? has_avx2() : way == 3 && has_avx512());
#else
	return way == 0;
#endif
}
