/* A picture as the stages of the video sensor see it: small planes of bytes, and boxes in it.
 *
 * Borrowed for one call. No stage knows where a picture came from: none includes a decoder. */
#ifndef WARD_SENSE_VIDEO_IMAGE_H
#define WARD_SENSE_VIDEO_IMAGE_H

#include "base/clock.h"
#include "base/mem.h"

enum { WARD_IMAGE_SIDE_MIN = 16, WARD_IMAGE_SIDE_MAX = 1024 };

/* y[h][w], rows without gaps, full range of brightness; u and v are NULL, or have half as many
 * columns and rows, rounded up (4:2:0). */
struct ward_image {
	unsigned w, h;
	const uint8_t *y, *u, *v;
	ward_ns time; /* of the frame, never earlier than the one before */
};

/* A picture that may be drawn on, of any size: plane[0][h][stride], colour (4:2:0) in half as many
 * columns and rows, rounded up. */
struct ward_canvas {
	unsigned w, h;
	uint8_t *plane[3];
	size_t stride[3];
};

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
