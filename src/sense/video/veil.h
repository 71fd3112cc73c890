/* What makes people unrecognisable: which parts of a picture somebody may be in, and the blurring
 * of them.
 *
 * Not faces are looked for, and no model of a person: what differs from the background, what moved
 * since the picture before, and every track's box, with a margin. What can't be told is hidden: all
 * of a picture while the background is learned. Who sat there from the first picture on, and never
 * moved, is background. A veil is bits over a grid that does not depend on the picture's size: made
 * of the small picture that is analysed, it is laid over the large one. Pure. */
#ifndef WARD_SENSE_VIDEO_VEIL_H
#define WARD_SENSE_VIDEO_VEIL_H

#include "sense/video/image.h"
#include "sense/video/video.h"

enum { WARD_VEIL_COLUMNS = 64, WARD_VEIL_ROWS = 48 };

struct ward_veil {
	uint64_t row[WARD_VEIL_ROWS]; /* bit x: the cell in column x is hidden */
};

/* What it has to know of the picture before. Zeroes: there was none. */
struct ward_veiler {
	bool any;
	uint8_t light[WARD_VEIL_ROWS][WARD_VEIL_COLUMNS];
};

/* Of the picture that v analysed last. O(pixels). */
void ward_veil_make(struct ward_veiler *w, const struct ward_image *image,
	const struct ward_video *v, struct ward_veil *ret);
/* The cells of both. */
void ward_veil_join(struct ward_veil *to, const struct ward_veil *from);
/* Pixels of a w by h picture: is it hidden? */
bool ward_veil_has(const struct ward_veil *v, unsigned w, unsigned h, unsigned x, unsigned y);
/* Blurs what it hides. Of a block of a twelfth of the picture's height only its mean is left, in 16
 * steps; between blocks it changes evenly. What was there can't be got back, nor out of many
 * pictures together. O(pixels). */
void ward_veil_draw(const struct ward_veil *v, const struct ward_canvas *c);

#endif
