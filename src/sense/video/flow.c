#include "sense/video/flow.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
	SIDE = WARD_FLOW_BLOCK / 2, /* of a block, at half size */
	REACH = 12,                 /* pixels at half size, each way */
	STILL = 5,                  /* grey levels of mean difference that are noise */
	NEAR = 1,                   /* grey levels by which a farther place must be better */
};

struct ward_flow {
	const struct ward_mem *mem;
	size_t stride;          /* of the picture */
	unsigned w, h;          /* at half size */
	unsigned columns, rows; /* of blocks */
	uint8_t *now, *before;  /* [h][w] */
	struct ward_flow_block *block;
	bool known;
};

enum ward_err ward_flow_new(
	const struct ward_mem *mem, unsigned w, unsigned h, struct ward_flow **ret)
{
	struct ward_flow *f = ward_mem_alloc(mem, sizeof(*f));

	if (!f)
		return WARD_ERR_NOMEM;
	*f = (struct ward_flow){.mem = mem, .stride = w, .w = w / 2, .h = h / 2};
	f->columns = f->w / SIDE;
	f->rows = f->h / SIDE;
	f->now = ward_mem_alloc(mem, (size_t)f->w * f->h);
	f->before = ward_mem_alloc(mem, (size_t)f->w * f->h);
	f->block = ward_mem_alloc(mem, (size_t)f->columns * f->rows * sizeof(*f->block));
	if (!f->now || !f->before || !f->block) {
		ward_flow_free(f);
		return WARD_ERR_NOMEM;
	}
	*ret = f;
	return WARD_OK;
}

void ward_flow_free(struct ward_flow *f)
{
	if (!f)
		return;
	ward_mem_free(f->mem, f->now, (size_t)f->w * f->h);
	ward_mem_free(f->mem, f->before, (size_t)f->w * f->h);
	ward_mem_free(f->mem, f->block, (size_t)f->columns * f->rows * sizeof(*f->block));
	ward_mem_free(f->mem, f, sizeof(*f));
}

#ifdef __SSE2__
static inline __m128i two_rows(const uint8_t *p, size_t stride)
{
	return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)p),
		_mm_loadl_epi64((const __m128i *)(const void *)(p + stride)));
}

_Static_assert(SIDE == 8, "two rows fill a register");

/* Sum of absolute differences of two blocks, for which every x86-64 has an instruction. */
static inline unsigned apart(const uint8_t *a, const uint8_t *b, size_t stride)
{
	__m128i sum = _mm_setzero_si128();

	for (size_t r = 0; r < SIDE; r += 2, a += 2 * stride, b += 2 * stride)
		sum = _mm_add_epi32(sum, _mm_sad_epu8(two_rows(a, stride), two_rows(b, stride)));
	return (unsigned)_mm_cvtsi128_si32(_mm_add_epi32(sum, _mm_srli_si128(sum, 8)));
}
#else
static unsigned apart(const uint8_t *restrict a, const uint8_t *restrict b, size_t stride)
{
	unsigned sum = 0;

	for (size_t r = 0; r < SIDE; r++, a += stride, b += stride)
		for (size_t c = 0; c < SIDE; c++)
			sum += (unsigned)abs(a[c] - b[c]);
	return sum;
}
#endif

/* Where the block at (x, y) of this picture was in the one before. */
static void find(const struct ward_flow *f, size_t x, size_t y, struct ward_flow_block *ret)
{
	const uint8_t *at = f->now + y * f->w + x;
	const uint8_t *before = f->before;
	size_t stride = f->w; /* here: what is written might be a part of *f */
	unsigned still = apart(at, before + y * stride + x, stride), best = still;
	long dx = 0, dy = 0;
	size_t x0 = x > REACH ? x - REACH : 0, y0 = y > REACH ? y - REACH : 0;
	size_t x1 = x + REACH + SIDE < f->w ? x + REACH : f->w - SIDE;
	size_t y1 = y + REACH + SIDE < f->h ? y + REACH : f->h - SIDE;

	*ret = (struct ward_flow_block){.change = (uint8_t)(still / (SIDE * SIDE))};
	if (ret->change < STILL)
		return;
	ret->moves = true;
	for (size_t v = y0; v <= y1; v++)
		for (size_t u = x0; u <= x1; u++) {
			long to_x = (long)x - (long)u, to_y = (long)y - (long)v;
			unsigned d = apart(at, before + v * stride + u, stride) +
				     NEAR * (unsigned)(labs(to_x) + labs(to_y));

			if (d >= best)
				continue;
			best = d;
			dx = to_x;
			dy = to_y;
		}
	ret->dx = (int8_t)(2 * dx);
	ret->dy = (int8_t)(2 * dy);
	ret->found = best * 2 < still;
}

void ward_flow_step(struct ward_flow *f, const uint8_t *y)
{
	uint8_t *before = f->before;

	f->before = f->now;
	f->now = before;
	ward_plane_shrink(y, f->stride, 2, f->now, f->w, f->h);
	if (!f->known)
		memcpy(f->before, f->now, (size_t)f->w * f->h);
	f->known = true;
	for (size_t r = 0; r < f->rows; r++)
		for (size_t c = 0; c < f->columns; c++)
			find(f, c * SIDE, r * SIDE, &f->block[r * f->columns + c]);
}

const struct ward_flow_block *ward_flow_blocks(
	const struct ward_flow *f, unsigned *ret_columns, unsigned *ret_rows)
{
	*ret_columns = f->columns;
	*ret_rows = f->rows;
	return f->block;
}
