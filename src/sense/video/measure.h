/* What a picture is like as a whole, beside what the camera used to show: light, edges, change.
 *
 * Everything is told in blocks of 4 by 4 pixels, so that single pixels' noise counts little. The
 * reference is a slow mean of pictures in which nothing was wrong. */
#ifndef WARD_SENSE_VIDEO_MEASURE_H
#define WARD_SENSE_VIDEO_MEASURE_H

#include "sense/video/image.h"

enum { WARD_MEASURE_CELLS = 4 }; /* the picture in 4 by 4 cells */

struct ward_measure {
	float mean, deviation; /* of brightness, grey levels */
	float bright;          /* share of blocks that are as good as white */
	float energy;          /* edges, beside the reference's: 1 is as many */
	float like_edges;      /* correlation of edges with the reference's, -1 to 1 */
	float like_light;      /* the same of brightness */
	float sharp;           /* edges where the reference has strong ones: median of ratios */
	float moving;          /* change since the picture before: mean of blocks, grey levels */
	unsigned dead;         /* cells that had edges and have none */
};

struct ward_measurer;

/* unseen[h][w]: not 0 where pixels say nothing, or NULL; borrowed for the call. Blocks that have
 * one, or are beside one, are left out of everything. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_measurer_new(const struct ward_mem *mem, unsigned w, unsigned h,
	const uint8_t *unseen, struct ward_measurer **ret);
void ward_measurer_free(struct ward_measurer *m);
/* Is there enough that is seen to judge the picture by: a sixteenth? Otherwise ward_measure must
 * not be called. */
bool ward_measurer_sees(const struct ward_measurer *m);
/* Compares the picture with the reference, and with the picture of the last call. */
void ward_measure(struct ward_measurer *m, const uint8_t *y, struct ward_measure *ret);
/* Of the picture of the last ward_measure: the light of each block that is seen, grey levels, as
 * many as ward_measurer_blocks; lives until the next. */
const float *ward_measurer_light(const struct ward_measurer *m);
size_t ward_measurer_blocks(const struct ward_measurer *m);
/* Where block i has its middle, in shares of the picture. */
void ward_measurer_place(const struct ward_measurer *m, size_t i, float *ret_x, float *ret_y);
/* The value of a[n] below which that share (0 to 1) of them lies; reorders them. n is not 0. O(n).
 */
float ward_quantile(float *a, size_t n, float share);
/* The picture of the last ward_measure goes into the reference with that weight, 0 to 1. */
void ward_measurer_learn(struct ward_measurer *m, float weight);

#endif
