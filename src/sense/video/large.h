/* Private to the files that know libav: a decoded picture in a size in which people look at it. */
#ifndef WARD_SENSE_VIDEO_LARGE_H
#define WARD_SENSE_VIDEO_LARGE_H

#include "base/err.h"
#include "sense/video/image.h"

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

enum { WARD_LARGE_W = 1280, WARD_LARGE_H = 720 }; /* at most; its sides are even */

/* Zeroes: nothing yet. */
struct ward_large {
	struct SwsContext *scale;
	uint8_t *plane[4];
	int stride[4];
	unsigned w, h; /* of the first picture; later ones are scaled to it */
};

/* The picture, to be drawn on; lives until the next call. UNSUPPORTED, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_large_of(
	struct ward_large *l, const AVFrame *f, struct ward_canvas *ret);
void ward_large_fini(struct ward_large *l);

#endif
