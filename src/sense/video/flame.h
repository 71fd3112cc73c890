/* What may be flames: the colour of fire, that flickers where it is.
 *
 * By Celik and Demirel's rules of colour (2009) at a quarter of the pixels, and a memory of changes
 * at each place: what moves along passes a place once, a lamp does not change, fire does so again
 * and again. A cue: a sunset on water has both. Needs colour; of a grey picture nothing is told. */
#ifndef WARD_SENSE_VIDEO_FLAME_H
#define WARD_SENSE_VIDEO_FLAME_H

#include "sense/video/blob.h"
#include "sense/video/sign.h"

struct ward_flame;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_flame_new(
	const struct ward_mem *mem, unsigned w, unsigned h, unsigned fps, struct ward_flame **ret);
void ward_flame_free(struct ward_flame *f);
/* Each picture. The sink's error. O(pixels / 4). */
WARD_MUST_CHECK enum ward_err ward_flame_step(
	struct ward_flame *f, const struct ward_image *image, const struct ward_sign_sink *sink);
/* After a step: while flames are told, is what differs from the background in the box largely them?
 * mask[h][w]: 1 where it differs, of the whole picture; box: in its pixels. O(pixels of the box).
 */
bool ward_flame_burns(const struct ward_flame *f, const uint8_t *mask, struct ward_box box);

#endif
