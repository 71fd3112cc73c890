#include "base/sha256.h"

#include <string.h>

/* FIPS 180-4 4.2.2: cube roots of the first 64 primes. */
static const uint32_t k[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b,
	0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6,
	0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
	0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585,
	0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa,
	0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t load32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t ror(uint32_t v, unsigned n)
{
	return v >> n | v << (32 - n);
}

/* FIPS 180-4 6.2.2. */
static void block_plain(uint32_t h[8], const uint8_t p[64])
{
	uint32_t w[64], v[8];

	for (int t = 0; t < 16; t++)
		w[t] = load32(p + 4 * t);
	for (int t = 16; t < 64; t++)
		w[t] = (ror(w[t - 2], 17) ^ ror(w[t - 2], 19) ^ w[t - 2] >> 10) + w[t - 7] +
		       (ror(w[t - 15], 7) ^ ror(w[t - 15], 18) ^ w[t - 15] >> 3) + w[t - 16];
	memcpy(v, h, sizeof(v));
	for (int t = 0; t < 64; t++) {
		uint32_t e = v[4], a = v[0];
		uint32_t t1 = v[7] + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) +
			      ((e & v[5]) ^ (~e & v[6])) + k[t] + w[t];
		uint32_t t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) +
			      ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += v[i];
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

/* The same by the SHA extensions: four rounds a turn; registers hold ABEF and CDGH. */
__attribute__((target("sha,sse4.1"))) static void block_fast(uint32_t h[8], const uint8_t p[64])
{
	const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i t = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i_u *)h), 0xb1);       /* CDAB */
	__m128i c = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i_u *)(h + 4)), 0x1b); /* EFGH */
	__m128i a = _mm_alignr_epi8(t, c, 8), a0 = a, c0, w[4];

	c0 = c = _mm_blend_epi16(c, t, 0xf0);
	for (int i = 0; i < 4; i++)
		w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i_u *)(p + 16 * i)), swap);
	for (int i = 0; i < 16; i++) {
		__m128i m =
			_mm_add_epi32(w[i & 3], _mm_loadu_si128((const __m128i_u *)(k + 4 * i)));

		c = _mm_sha256rnds2_epu32(c, a, m);
		a = _mm_sha256rnds2_epu32(a, c, _mm_shuffle_epi32(m, 0x0e));
		if (i >= 12)
			continue;
		t = _mm_alignr_epi8(w[(i + 3) & 3], w[(i + 2) & 3], 4);
		t = _mm_add_epi32(_mm_sha256msg1_epu32(w[i & 3], w[(i + 1) & 3]), t);
		w[i & 3] = _mm_sha256msg2_epu32(t, w[(i + 3) & 3]);
	}
	a = _mm_add_epi32(a, a0);
	c = _mm_add_epi32(c, c0);
	t = _mm_shuffle_epi32(a, 0x1b); /* FEBA */
	c = _mm_shuffle_epi32(c, 0xb1); /* DCHG */
	_mm_storeu_si128((__m128i_u *)h, _mm_blend_epi16(t, c, 0xf0));
	_mm_storeu_si128((__m128i_u *)(h + 4), _mm_alignr_epi8(c, t, 8));
}

static bool has_sha(void)
{
	unsigned a, b = 0, c = 0, d;
	bool sse41 = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1);

	return sse41 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

static void block(uint32_t h[8], const uint8_t p[64])
{
	/* Relaxed: whoever asks first finds the same answer. 0: not asked. */
	static _Atomic int fast;
	int is = atomic_load_explicit(&fast, memory_order_relaxed);

	if (!is) {
		is = has_sha() ? 1 : 2;
		atomic_store_explicit(&fast, is, memory_order_relaxed);
	}
	if (is == 1)
		block_fast(h, p);
	else
		block_plain(h, p);
}
#else
static void block(uint32_t h[8], const uint8_t p[64])
{
	block_plain(h, p);
}
#endif

void ward_sha256_init(struct ward_sha256_state *s)
{
	/* FIPS 180-4 5.3.3 */
	static const uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
		0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(s->h, h, sizeof(h));
	s->len = 0;
}

void ward_sha256_update(struct ward_sha256_state *s, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t have = s->len % 64;

	s->len += len;
	if (len < 64 - have) {
		if (len)
			memcpy(s->block + have, p, len);
		return;
	}
	while (len) {
		size_t n = 64 - have < len ? 64 - have : len;

		memcpy(s->block + have, p, n);
		have += n;
		p += n;
		len -= n;
		if (have == 64) {
			block(s->h, s->block);
			have = 0;
		}
	}
}

void ward_sha256_final(struct ward_sha256_state *s, uint8_t ret[32])
{
	size_t have = s->len % 64;
	uint64_t bits = s->len * 8;

	s->block[have++] = 0x80;
	memset(s->block + have, 0, 64 - have);
	if (have > 56) {
		block(s->h, s->block);
		memset(s->block, 0, 64);
	}
	for (int i = 0; i < 8; i++)
		s->block[56 + i] = (uint8_t)(bits >> (56 - 8 * i));
	block(s->h, s->block);
	for (int i = 0; i < 32; i++)
		ret[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}
