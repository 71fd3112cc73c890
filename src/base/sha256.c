/* SHA-256 (FIPS 180-4) in one go: by the processor's own instructions where it has them, which is
 * several times as fast as any program without, and the ledger hashes all that is told; else by
 * libsodium. */
#include "base/id.h"

#include <sodium.h>
#include <stdatomic.h>

enum { BLOCK = 64 };

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>

static const uint32_t round_constant[BLOCK] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
	0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
	0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152,
	0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
	0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3,
	0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* Is known after the first use; who asks at once finds the same. */
static bool has_instructions(void)
{
	enum { UNKNOWN, NO, YES };
	static atomic_int known = UNKNOWN;
	int is = atomic_load_explicit(&known, memory_order_relaxed);
	unsigned a = 0, b = 0, c = 0, d = 0;

	if (is != UNKNOWN)
		return is == YES;
	bool sse = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) && (c & bit_SSSE3);

	is = sse && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) ? YES : NO;
	atomic_store_explicit(&known, is, memory_order_relaxed);
	return is == YES;
}

#define BY_INSTRUCTIONS __attribute__((target("sha,sse4.1,ssse3")))

struct state { /* as the instructions want it */
	__m128i abef, cdgh;
};

/* Four rounds, with the i-th four words of the schedule. */
BY_INSTRUCTIONS static inline void rounds(struct state *s, __m128i words, int i)
{
	__m128i k =
		_mm_add_epi32(words, _mm_loadu_si128((const __m128i_u *)&round_constant[4 * i]));

	s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, k);
	s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(k, 0x0e));
}

/* The four words of the block from p on, which are big-endian. */
BY_INSTRUCTIONS static inline __m128i words_at(const uint8_t *p)
{
	const __m128i big = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i_u *)p), big);
}

/* The next four words, of the sixteen before: w is the oldest. */
BY_INSTRUCTIONS static inline __m128i words_next(__m128i w, __m128i one, __m128i two, __m128i three)
{
	return _mm_sha256msg2_epu32(
		_mm_add_epi32(_mm_sha256msg1_epu32(w, one), _mm_alignr_epi8(three, two, 4)), three);
}

BY_INSTRUCTIONS static inline void take_block(struct state *s, const uint8_t *p)
{
	__m128i a = words_at(p), b = words_at(p + 16), c = words_at(p + 32), d = words_at(p + 48);

	for (int i = 0;; i += 4) { /* names, no array: they stay in registers */
		rounds(s, a, i);
		rounds(s, b, i + 1);
		rounds(s, c, i + 2);
		rounds(s, d, i + 3);
		if (i == 12)
			return;
		a = words_next(a, b, c, d);
		b = words_next(b, c, d, a);
		c = words_next(c, d, a, b);
		d = words_next(d, a, b, c);
	}
}

BY_INSTRUCTIONS static void take(uint32_t state[8], const uint8_t *p, size_t n_block)
{
	__m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i_u *)&state[0]), 0xb1);
	__m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i_u *)&state[4]), 0x1b);
	struct state s = {_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xf0)};

	for (; n_block; n_block--, p += BLOCK) {
		const struct state before = s;

		take_block(&s, p);
		s.abef = _mm_add_epi32(s.abef, before.abef);
		s.cdgh = _mm_add_epi32(s.cdgh, before.cdgh);
	}
	low = _mm_shuffle_epi32(s.abef, 0x1b);
	high = _mm_shuffle_epi32(s.cdgh, 0xb1);
	_mm_storeu_si128((__m128i_u *)&state[0], _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((__m128i_u *)&state[4], _mm_alignr_epi8(high, low, 8));
}
#else
static bool has_instructions(void)
{
	return false;
}

static void take(uint32_t state[8], const uint8_t *p, size_t n_block)
{
	(void)state;
	(void)p;
	(void)n_block;
	WARD_ASSERT(false);
}
#endif

struct hash {
	uint32_t state[8];
	uint8_t block[2 * BLOCK]; /* what is no whole block yet, and at the end its padding */
	size_t n;
	uint64_t len;
};

static void add(struct hash *h, struct ward_slice s)
{
	h->len += s.len;
	while (s.len) {
		size_t whole = h->n ? 0 : s.len / BLOCK * BLOCK, n = BLOCK - h->n;

		if (whole) {
			take(h->state, s.p, whole / BLOCK);
			s = ward_slice_of(s.p + whole, s.len - whole);
			continue;
		}
		n = n < s.len ? n : s.len;
		memcpy(h->block + h->n, s.p, n);
		s = ward_slice_of(s.p + n, s.len - n);
		h->n += n;
		if (h->n == BLOCK) {
			take(h->state, h->block, 1);
			h->n = 0;
		}
	}
}

static void by_instructions(const struct ward_slice *part, size_t n_part, uint8_t ret[32])
{
	struct hash h = {.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
				 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};

	for (size_t i = 0; i < n_part; i++)
		add(&h, part[i]);
	size_t n = h.n + 9 > BLOCK ? 2 : 1;

	memset(h.block + h.n, 0, sizeof(h.block) - h.n);
	h.block[h.n] = 0x80;
	for (size_t i = 0; i < 8; i++)
		h.block[n * BLOCK - 1 - i] = (uint8_t)(h.len * 8 >> (8 * i));
	take(h.state, h.block, n);
	for (size_t i = 0; i < 32; i++)
		ret[i] = (uint8_t)(h.state[i / 4] >> (24 - 8 * (i % 4)));
}

void ward_sha256_parts(const struct ward_slice *part, size_t n, uint8_t ret[32])
{
	crypto_hash_sha256_state st;

	if (has_instructions()) {
		by_instructions(part, n, ret);
		return;
	}
	(void)crypto_hash_sha256_init(&st);
	for (size_t i = 0; i < n; i++)
		(void)crypto_hash_sha256_update(&st, part[i].p, part[i].len);
	(void)crypto_hash_sha256_final(&st, ret);
}

void ward_sha256(struct ward_slice s, uint8_t ret[32])
{
	ward_sha256_parts(&s, 1, ret);
}
