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
struct halves {
	__m256i lower, upper;
};

/* The buckets that have byte i of their runs, by its halves. */
static WARD_TARGET("avx2") WARD_ALWAYS_INLINE struct halves
	halves(const struct ward_packed *f, size_t i)
{
	return (struct halves){
		_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)f->lower[i])),
		_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i_u *)f->upper[i]))};
}

/* What is asked of each byte, and what was found of the block before. */
struct state {
	struct halves of[WARD_PACKED_BYTES];
	__m256i first, second;
};

static WARD_TARGET("avx2") WARD_ALWAYS_INLINE __m256i
	buckets(const struct halves *h, __m256i lower, __m256i upper)
{
	return _mm256_and_si256(
		_mm256_shuffle_epi8(h->lower, lower), _mm256_shuffle_epi8(h->upper, upper));
}

/* The buckets that have a run which ends at each of 32 bytes. */
static WARD_TARGET("avx2") WARD_ALWAYS_INLINE __m256i
	ends(struct state *t, size_t n_byte, const uint8_t *p)
{
	const __m256i half = _mm256_set1_epi8(0x0f);
	__m256i v = _mm256_loadu_si256((const __m256i_u *)p);
	__m256i low = _mm256_and_si256(v, half);
	__m256i up = _mm256_and_si256(_mm256_srli_epi16(v, 4), half);
	__m256i first = buckets(&t->of[0], low, up), second = buckets(&t->of[1], low, up);
	/* the block's last bytes and the next one's first: what is shifted in */
	__m256i first_on = _mm256_permute2x128_si256(t->first, first, 0x21), all;

	if (n_byte == 2) {
		all = _mm256_and_si256(second, _mm256_alignr_epi8(first, first_on, 15));
	} else {
		__m256i second_on = _mm256_permute2x128_si256(t->second, second, 0x21);

		all = _mm256_and_si256(_mm256_alignr_epi8(first, first_on, 14),
			_mm256_alignr_epi8(second, second_on, 15));
		all = _mm256_and_si256(all, buckets(&t->of[2], low, up));
		t->second = second;
	}
	t->first = first;
	return all;
}

/* Where the runs begin that end in the block; at: of its first byte, n_byte - 1 places back. */
static WARD_TARGET("avx2,bmi") WARD_ALWAYS_INLINE size_t
	put(__m256i all, uint32_t which, size_t at, uint32_t *ret)
{
	uint32_t none =
		(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
	uint32_t bits = ~none & which;
	size_t n = 0;

	for (; bits; bits &= bits - 1)
		ret[n++] = (uint32_t)at + (uint32_t)__builtin_ctz(bits);
	return n;
}

static WARD_TARGET("avx2,bmi") WARD_ALWAYS_INLINE size_t find(const struct ward_packed *f,
	size_t n_byte, struct ward_str s, size_t *off, uint32_t ret[WARD_PACKED_OUT])
{
	const uint8_t *p = (const uint8_t *)s.p;
	const __m256i none = _mm256_setzero_si256();
	struct state t = {{halves(f, 0), halves(f, 1), halves(f, n_byte - 1)}, none, none};
	size_t n = 0, at = *off, rest = (s.len - at) % BLOCK;
	const size_t end = s.len - rest, back = n_byte - 1;

	for (; at < end && n + BLOCK <= WARD_PACKED_OUT; at += BLOCK) {
		__m256i all = ends(&t, n_byte, p + at);

		if (!_mm256_testz_si256(all, all))
			n += put(all, UINT32_MAX, at - back, ret + n);
	}
	if (n + BLOCK > WARD_PACKED_OUT) { /* not in the first block */
		*off = at - back;
		return n;
	}
	if (rest) {
		uint8_t last[BLOCK] = {0};

		memcpy(last, p + at, rest);
		n += put(ends(&t, n_byte, last), UINT32_MAX >> (BLOCK - rest), at - back, ret + n);
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
