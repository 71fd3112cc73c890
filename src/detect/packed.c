#include "detect/packed.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { BLOCK = 32, CASE = 0x20 };

void ward_packed_add(struct ward_packed *f, const char *run, unsigned bucket)
{
	uint8_t bit = (uint8_t)(1u << bucket);

	for (size_t i = 0; i < f->n_byte; i++) {
		uint8_t small = (uint8_t)run[i] | CASE, capital = (uint8_t)(small & ~CASE);

		f->lower[i][small & 0x0f] |= bit;
		f->upper[i][small >> 4] |= bit;
		f->upper[i][capital >> 4] |= bit;
	}
}

static bool begins(const struct ward_packed *f, const uint8_t *p)
{
	uint8_t all = 0xff;

	for (size_t i = 0; i < f->n_byte; i++)
		all &= f->lower[i][p[i] & 0x0f] & f->upper[i][p[i] >> 4];
	return all != 0;
}

size_t ward_packed_find_bytewise(
	const struct ward_packed *f, struct ward_str s, size_t *off, uint32_t ret[WARD_PACKED_OUT])
{
	size_t n = 0, at = *off;

	for (; s.len - at >= f->n_byte && n < WARD_PACKED_OUT; at++)
		if (begins(f, (const uint8_t *)s.p + at))
			ret[n++] = (uint32_t)at;
	*off = s.len - at >= f->n_byte ? at : s.len;
	return n;
}

#if defined(__x86_64__)
struct tables {
	__m256i lower[WARD_PACKED_BYTES], upper[WARD_PACKED_BYTES];
};

static WARD_TARGET("avx2") WARD_ALWAYS_INLINE __m256i table(const uint8_t p[16])
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)p));
}

/* The buckets that have byte i of their runs at each place, shifted by i. */
static WARD_TARGET("avx2") WARD_ALWAYS_INLINE __m256i
	byte_at(__m256i lower, __m256i upper, const uint8_t *p)
{
	const __m256i half = _mm256_set1_epi8(0x0f);
	__m256i v = _mm256_loadu_si256((const __m256i_u *)p);
	__m256i low = _mm256_and_si256(v, half);
	__m256i up = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);

	return _mm256_and_si256(_mm256_shuffle_epi8(lower, low), _mm256_shuffle_epi8(upper, up));
}

/* A bit for each of the 32 places at p: a run may begin there. */
static WARD_TARGET("avx2") WARD_ALWAYS_INLINE uint32_t
	places(const struct tables *t, size_t n_byte, const uint8_t *p)
{
	__m256i all = _mm256_and_si256(
		byte_at(t->lower[0], t->upper[0], p), byte_at(t->lower[1], t->upper[1], p + 1));

	if (n_byte > 2)
		all = _mm256_and_si256(all, byte_at(t->lower[2], t->upper[2], p + 2));
	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

static WARD_ALWAYS_INLINE size_t put(uint32_t bits, size_t at, uint32_t *ret)
{
	size_t n = 0;

	for (; bits; bits &= bits - 1)
		ret[n++] = (uint32_t)at + (uint32_t)__builtin_ctz(bits);
	return n;
}

static WARD_TARGET("avx2,bmi") WARD_ALWAYS_INLINE size_t find(const struct ward_packed *f,
	size_t n_byte, struct ward_str s, size_t *off, uint32_t ret[WARD_PACKED_OUT])
{
	const uint8_t *p = (const uint8_t *)s.p;
	uint8_t last[2 * BLOCK] = {0};
	struct tables t;
	size_t n = 0, at = *off;

	for (size_t i = 0; i < WARD_PACKED_BYTES; i++) {
		t.lower[i] = table(f->lower[i]);
		t.upper[i] = table(f->upper[i]);
	}
	for (; s.len - at >= BLOCK + n_byte - 1; at += BLOCK) {
		uint32_t bits = places(&t, n_byte, p + at);

		if (!bits)
			continue;
		if (n + BLOCK > WARD_PACKED_OUT) {
			*off = at;
			return n;
		}
		n += put(bits, at, ret + n);
	}
	*off = at;
	if (n + BLOCK > WARD_PACKED_OUT)
		return n;
	size_t rest = s.len - at;

	if (rest >= n_byte) { /* no more than 32 places */
		memcpy(last, p + at, rest);
		uint32_t bits = places(&t, n_byte, last);

		n += put(bits & (UINT32_MAX >> (BLOCK - (rest - n_byte + 1))), at, ret + n);
	}
	*off = s.len;
	return n;
}

static WARD_TARGET("avx2,bmi") size_t
	find_pairs(const struct ward_packed *f, struct ward_str s, size_t *off, uint32_t *ret)
{
	return find(f, 2, s, off, ret);
}

static WARD_TARGET("avx2,bmi") size_t
	find_triples(const struct ward_packed *f, struct ward_str s, size_t *off, uint32_t *ret)
{
	return find(f, 3, s, off, ret);
}

bool ward_packed_here(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
}

size_t ward_packed_find(
	const struct ward_packed *f, struct ward_str s, size_t *off, uint32_t ret[WARD_PACKED_OUT])
{
	if (!ward_packed_here())
		return ward_packed_find_bytewise(f, s, off, ret);
	return f->n_byte == 2 ? find_pairs(f, s, off, ret) : find_triples(f, s, off, ret);
}
#else
bool ward_packed_here(void)
{
	return false;
}

size_t ward_packed_find(
	const struct ward_packed *f, struct ward_str s, size_t *off, uint32_t ret[WARD_PACKED_OUT])
{
	return ward_packed_find_bytewise(f, s, off, ret);
}
#endif
