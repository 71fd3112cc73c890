/* The background: what a camera sees when nobody is there, and which pixels differ from it.
 *
 * A running mean and deviation per pixel (after Manzanera and Richefeu, 2007), updated only where
 * the picture is like it, so that who stands still does not fade into it. Overall light is followed
 * by an offset per picture. Where most of the picture changes at once it is learned anew. Shadows
 * are darker by an even factor over the same texture, and are not foreground. */
#ifndef WARD_SENSE_VIDEO_GROUND_H
#define WARD_SENSE_VIDEO_GROUND_H

#include "sense/video/image.h"

enum ward_ground_state {
	WARD_GROUND_LEARNING, /* the first pictures, or after a change of light: mask is empty */
	WARD_GROUND_STEADY,
	WARD_GROUND_CHANGED, /* most of the picture changed: the next pictures are learned */
};

struct ward_ground;

/* For pictures of w by h, fps of them a second. Borrows mem. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ground_new(
	const struct ward_mem *mem, unsigned w, unsigned h, unsigned fps, struct ward_ground **ret);
void ward_ground_free(struct ward_ground *g);

/* Learns from the picture and writes mask[h][w]: 1 where it differs, smoothed, else 0. */
enum ward_ground_state ward_ground_step(
	struct ward_ground *g, const struct ward_image *image, uint8_t *mask);
/* The stream was interrupted: the next pictures are learned as the first were. */
void ward_ground_relearn(struct ward_ground *g);
/* What is in the picture at these places (area[h][w] not 0) is background from now on. */
void ward_ground_take(struct ward_ground *g, const struct ward_image *image, const uint8_t *area);
/* The background as a picture, [h][w]; lives as long as g, changes with each step. */
const uint8_t *ward_ground_picture(struct ward_ground *g);
/* The share of pixels that differed in the last step before smoothing, shadows with them. */
float ward_ground_share(const struct ward_ground *g);

/* out[h][w]: 1 where more than half of the 3 by 3 around it is not 0; all of in is 0 or 1. The
 * border is 0. tmp holds w * h bytes. */
void ward_mask_majority(const uint8_t *in, unsigned w, unsigned h, uint8_t *tmp, uint8_t *out);

#endif
