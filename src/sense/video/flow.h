/* Which way what moves goes: for each block of a picture, where it was in the picture before.
 *
 * Blocks of 8 by 8 pixels at half size are looked for around their place (full search, sum of
 * absolute differences). Needs no background, so it sees who was there from the first picture. What
 * changed and is found nowhere near moves too quickly, turns, or is torn: that is said as well. */
#ifndef WARD_SENSE_VIDEO_FLOW_H
#define WARD_SENSE_VIDEO_FLOW_H

#include "sense/video/image.h"

enum {
	WARD_FLOW_BLOCK = 16, /* pixels of the picture on each side */
	WARD_FLOW_BLOCKS_MAX =
		WARD_IMAGE_SIDE_MAX / WARD_FLOW_BLOCK * (WARD_IMAGE_SIDE_MAX / WARD_FLOW_BLOCK),
};

struct ward_flow_block {
	bool moves;     /* it is not what was there */
	bool found;     /* where it came from is known: */
	int8_t dx, dy;  /* pixels of the picture, since the one before; right and down */
	uint8_t change; /* mean difference, grey levels */
};

struct ward_flow;

/* For pictures of w by h. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_flow_new(
	const struct ward_mem *mem, unsigned w, unsigned h, struct ward_flow **ret);
void ward_flow_free(struct ward_flow *f);
/* The next picture; of the first nothing moves. O(pixels), and O(pixels * places) of what moves. */
void ward_flow_step(struct ward_flow *f, const uint8_t *y);
/* [rows][columns]; lives as long as f, changes with each step. */
const struct ward_flow_block *ward_flow_blocks(
	const struct ward_flow *f, unsigned *ret_columns, unsigned *ret_rows);

#endif
