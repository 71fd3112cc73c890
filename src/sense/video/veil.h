/* What makes people unrecognisable: which parts of a picture somebody may be in, and the blurring
 * of them.
 *
 * Not faces are looked for, and no model of a person: what differs from the background, what moved
 * since the picture before, and every track's box, with a margin. What can't be told is hidden: all
 * of a picture while the background is learned. A veil has a memory of its own, which the analysis
 * does not touch: where somebody may have been stays hidden until the picture there is again what
 * it was before, or nothing moved there for hours. So who lies still stays hidden, also when the
 * background has taken them in or was learned anew. Who sat there from the first picture on, and
 * never moved, is background. A veil is bits over a grid that does not depend on the picture's
 * size: made of the small picture that is analysed, it is laid over the large one. Pure. */
#ifndef WARD_SENSE_VIDEO_VEIL_H
#define WARD_SENSE_VIDEO_VEIL_H

#include "sense/video/image.h"
#include "sense/video/video.h"

enum {
	WARD_VEIL_COLUMNS = 64,
	WARD_VEIL_ROWS = 48,
	/* Blocks in a picture's height. Of a camera's picture a person is a part, and a head a
	 * small one; a face may fill a photo. */
	WARD_VEIL_BLOCKS = 12,
	WARD_VEIL_BLOCKS_PHOTO = 6,
};

struct ward_veil {
	uint64_t row[WARD_VEIL_ROWS]; /* bit x: the cell in column x is hidden */
};

/* One cell, over time. */
struct ward_veil_cell {
	uint8_t light;  /* its mean in the last picture */
	uint8_t before; /* while it is kept hidden: its mean before that; else the last */
	ward_ns unlike,
		stirred; /* then it last was unlike that, or near what is; moved, or near it */
};

/* What it has to know of the pictures before. Zeroes: there was none. */
struct ward_veiler {
	bool any, steady, was_steady; /* a picture; the last was of a known background; one was */
	ward_ns time;
	uint32_t masks;        /* that hid parts of the last picture */
	struct ward_veil kept; /* hidden until it is again as it was */
	struct ward_veil_cell cell[WARD_VEIL_ROWS][WARD_VEIL_COLUMNS];
};

/* Of the picture that v analysed last, which still has to be there, and of nothing that its masks
 * hide. O(pixels). */
void ward_veil_make(struct ward_veiler *w, const struct ward_video *v, struct ward_veil *ret);
/* The cells of both. */
void ward_veil_join(struct ward_veil *to, const struct ward_veil *from);
/* Pixels of a w by h picture: is it hidden? */
bool ward_veil_has(const struct ward_veil *v, unsigned w, unsigned h, unsigned x, unsigned y);
/* Blurs what it hides. Of each of so many blocks in the picture's height (WARD_VEIL_BLOCKS at most)
 * only the mean is left, in 16 steps; between blocks it changes evenly. What was there can't be got
 * back, nor out of many pictures together. O(pixels). */
void ward_veil_draw(const struct ward_veil *v, const struct ward_canvas *c, unsigned blocks);

#endif
