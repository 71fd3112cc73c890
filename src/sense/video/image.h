/* A picture as the stages of the video sensor see it: small planes of bytes, and boxes in it.
 *
 * Borrowed for one call. No stage knows where a picture came from: none includes a decoder. */
#ifndef WARD_SENSE_VIDEO_IMAGE_H
#define WARD_SENSE_VIDEO_IMAGE_H

#include "base/clock.h"
#include "base/mem.h"

enum {
	WARD_IMAGE_SIDE_MIN = 16,
	WARD_IMAGE_SIDE_MAX = 1024,
	WARD_IMAGE_WIDE_MAX = 16, /* times as wide as high */
	WARD_IMAGE_TALL_MAX = 12, /* times as high as wide */
};

/* y[h][w], rows without gaps, full range of brightness; u and v are NULL, or have half as many
 * columns and rows, rounded up (4:2:0). */
struct ward_image {
	unsigned w, h;
	const uint8_t *y, *u, *v;
	ward_ns time; /* of the frame, never earlier than the one before */
};

/* A picture that is used at all: not smaller than the stages can judge, nor a mere strip. */
static inline bool ward_image_shape(unsigned w, unsigned h)
{
	return w >= WARD_IMAGE_SIDE_MIN && h >= WARD_IMAGE_SIDE_MIN &&
	       w / WARD_IMAGE_WIDE_MAX <= h && w <= h * WARD_IMAGE_WIDE_MAX &&
	       h / WARD_IMAGE_TALL_MAX <= w && h <= w * WARD_IMAGE_TALL_MAX;
}

/* A picture that may be drawn on, of any size: plane[0][h][stride], colour (4:2:0) in half as many
 * columns and rows, rounded up. */
struct ward_canvas {
	unsigned w, h;
	uint8_t *plane[3];
	size_t stride[3];
};

/* True when any of n bytes is not 0. No branch: sixteen are looked at together. */
static inline bool ward_bytes_any(const uint8_t *p, size_t n)
{
	uint8_t any = 0;

	for (size_t i = 0; i < n; i++)
		any |= p[i];
	return any != 0;
}

/* to[i] grows by from[i]. */
static inline void ward_bytes_add(uint16_t *restrict to, const uint8_t *restrict from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint16_t)(to[i] + from[i]);
}

/* In parts whose sum fits into 16 bits; of at most 16 million bytes. */
static inline uint32_t ward_bytes_sum(const uint8_t *p, size_t n)
{
	enum { PART = 256 };
	uint32_t sum = 0;

	for (size_t from = 0; from < n; from += PART) {
		size_t len = n - from < PART ? n - from : PART;
		uint16_t part = 0;

		for (size_t i = 0; i < len; i++)
			part = (uint16_t)(part + p[from + i]);
		sum += part;
	}
	return sum;
}

/* The sum of two bytes, read as one word: in a loop nothing has to be sorted apart. */
static inline uint16_t ward_pair_sum(const uint8_t *p)
{
	uint16_t both;

	memcpy(&both, p, sizeof(both));
	return (uint16_t)((both & 255) + (both >> 8));
}

/* to[h][w]: the means of k by k pixels each of a plane whose rows are `stride` apart, rounded. k is
 * 1 to 16. */
static inline void ward_plane_shrink(const uint8_t *restrict from, size_t stride, unsigned k,
	uint8_t *restrict to, unsigned w, unsigned h)
{
	for (size_t row = 0; row < h; row++, to += w, from += k * stride) {
		const uint8_t *next = from + stride;

		if (k == 1)
			memcpy(to, from, w);
		else if (k == 2)
			for (size_t x = 0; x < w; x++)
				to[x] = (uint8_t)((ward_pair_sum(from + 2 * x) +
							  ward_pair_sum(next + 2 * x) + 2) >>
						  2);
		else
			for (size_t x = 0; x < w; x++) {
				const uint8_t *p = from + x * k;
				unsigned sum = k * k / 2;

				for (size_t r = 0; r < k; r++, p += stride)
					for (size_t c = 0; c < k; c++)
						sum += p[c];
				to[x] = (uint8_t)(sum / (k * k));
			}
	}
}

/* In pixels; x1 and y1 are outside. */
struct ward_box {
	float x0, y0, x1, y1;
};

static inline float ward_box_area(struct ward_box b)
{
	return b.x1 > b.x0 && b.y1 > b.y0 ? (b.x1 - b.x0) * (b.y1 - b.y0) : 0;
}

static inline struct ward_box ward_box_both(struct ward_box a, struct ward_box b)
{
	return (struct ward_box){a.x0 > b.x0 ? a.x0 : b.x0, a.y0 > b.y0 ? a.y0 : b.y0,
		a.x1 < b.x1 ? a.x1 : b.x1, a.y1 < b.y1 ? a.y1 : b.y1};
}

static inline struct ward_box ward_box_around(struct ward_box a, struct ward_box b)
{
	return (struct ward_box){a.x0 < b.x0 ? a.x0 : b.x0, a.y0 < b.y0 ? a.y0 : b.y0,
		a.x1 > b.x1 ? a.x1 : b.x1, a.y1 > b.y1 ? a.y1 : b.y1};
}

/* Intersection over union, 0 to 1. */
static inline float ward_box_iou(struct ward_box a, struct ward_box b)
{
	float both = ward_box_area(ward_box_both(a, b));
	float any = ward_box_area(a) + ward_box_area(b) - both;

	return any > 0 ? both / any : 0;
}

static inline bool ward_box_has(struct ward_box b, float x, float y)
{
	return x >= b.x0 && x < b.x1 && y >= b.y0 && y < b.y1;
}

#endif
