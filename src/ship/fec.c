#include "ship/fec.h"

#include "base/attr.h"
#include "base/err.h"

#include <string.h>

enum { REDUCE = 0x1d /* x^8 = x^4 + x^3 + x^2 + 1 */, NIBBLE = 16 };

/* The matrix: 1 / (x_r + y_i) with all x and y different, so that each square part of it can be
 * inverted. */
_Static_assert(WARD_FEC_DATA <= 128 && WARD_FEC_PARITY <= 128, "x is 128 and more, y below it");

static uint8_t times(uint8_t a, uint8_t b)
{
	unsigned p = 0, x = a;

	for (unsigned bit = b; bit; bit >>= 1) {
		p ^= bit & 1 ? x : 0;
		x = (x << 1 & 0xff) ^ (x & 0x80 ? REDUCE : 0);
	}
	return (uint8_t)p;
}

/* a^254; a != 0 */
static uint8_t inverse(uint8_t a)
{
	uint8_t p = a;

	for (int i = 0; i < 6; i++)
		p = times(times(p, p), a);
	return times(p, p);
}

static uint8_t cell(size_t row, size_t i)
{
	return inverse((uint8_t)(128 + row) ^ (uint8_t)i);
}

/* to += c * from, by halves of each byte */
static void add_times(uint8_t *to, const uint8_t *from, size_t len, uint8_t c)
{
	uint8_t low[NIBBLE], high[NIBBLE];

	for (unsigned v = 0; v < NIBBLE; v++) {
		low[v] = times(c, (uint8_t)v);
		high[v] = times(c, (uint8_t)(v << 4));
	}
	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)(to[i] ^ low[from[i] & 15] ^ high[from[i] >> 4]);
}

static void scale(uint8_t *p, size_t len, uint8_t c)
{
	for (size_t i = 0; i < len; i++)
		p[i] = times(p[i], c);
}

void ward_fec_encode(uint8_t *shard, size_t k, size_t m, size_t len)
{
	WARD_ASSERT(k && k <= WARD_FEC_DATA && m <= WARD_FEC_PARITY);
	memset(shard + k * len, 0, m * len);
	for (size_t r = 0; r < m; r++)
		for (size_t i = 0; i < k; i++)
			add_times(shard + (k + r) * len, shard + i * len, len, cell(r, i));
}

struct lost {
	size_t data[WARD_FEC_PARITY], parity[WARD_FEC_PARITY]; /* n each */
	size_t n;
};

/* Which are to be found, and by which. False: there are too few. */
static bool look(const bool *have, size_t k, size_t m, struct lost *ret)
{
	size_t n_parity = 0;

	*ret = (struct lost){.n = 0};
	for (size_t i = 0; i < k; i++) {
		if (have[i])
			continue;
		if (ret->n == m)
			return false;
		ret->data[ret->n++] = i;
	}
	for (size_t r = 0; r < m && n_parity < ret->n; r++)
		if (have[k + r])
			ret->parity[n_parity++] = r;
	return n_parity == ret->n;
}

/* Gauss and Jordan, with the shards as right side: each step leaves a pivot of one, which Cauchy's
 * matrix always has. */
static void solve(uint8_t a[WARD_FEC_PARITY][WARD_FEC_PARITY], uint8_t *right[WARD_FEC_PARITY],
	size_t n, size_t len)
{
	for (size_t p = 0; p < n; p++) {
		uint8_t by = inverse(a[p][p]);

		WARD_ASSERT(a[p][p]);
		scale(a[p], n, by);
		scale(right[p], len, by);
		for (size_t r = 0; r < n; r++) {
			uint8_t c = a[r][p];

			if (r == p || !c)
				continue;
			add_times(a[r], a[p], n, c);
			add_times(right[r], right[p], len, c);
		}
	}
}

bool ward_fec_decode(
	uint8_t *shard, const bool have[WARD_FEC_SHARDS], size_t k, size_t m, size_t len)
{
	uint8_t a[WARD_FEC_PARITY][WARD_FEC_PARITY], *right[WARD_FEC_PARITY];
	struct lost lost;

	WARD_ASSERT(k && k <= WARD_FEC_DATA && m <= WARD_FEC_PARITY);
	if (!look(have, k, m, &lost))
		return false;
	for (size_t r = 0; r < lost.n; r++) {
		right[r] = shard + (k + lost.parity[r]) * len;
		for (size_t i = 0; i < k; i++)
			if (have[i])
				add_times(right[r], shard + i * len, len, cell(lost.parity[r], i));
		for (size_t c = 0; c < lost.n; c++)
			a[r][c] = cell(lost.parity[r], lost.data[c]);
	}
	solve(a, right, lost.n, len);
	for (size_t r = 0; r < lost.n; r++)
		memcpy(shard + lost.data[r] * len, right[r], len);
	return true;
}
