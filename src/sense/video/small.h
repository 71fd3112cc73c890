/* Private to the files that know libav: a decoded picture in the size in which it is analysed. */
#ifndef WARD_SENSE_VIDEO_SMALL_H
#define WARD_SENSE_VIDEO_SMALL_H

#include "base/err.h"
#include "sense/video/image.h"

#include <libavutil/frame.h>
#include <libswscale/swscale.h>

enum { WARD_SMALL_W = 320, WARD_SMALL_H = 240 }; /* at most; its sides are even */

/* Zeroes: nothing yet. */
struct ward_small {
	unsigned w, h; /* of the source's first picture, or set before it: later ones are scaled */
	unsigned to_w, to_h;
	struct SwsContext *scale;
	uint8_t *plane[4];
	int stride[4];
	uint8_t *packed; /* the same without gaps between rows */
};

/* The picture, taken at that time of the video; lives until the next call. MALFORMED: nobody can
 * use its shape. UNSUPPORTED: its form is not known. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_small_of(
	struct ward_small *s, const AVFrame *f, ward_ns time, struct ward_image *ret);
void ward_small_fini(struct ward_small *s);

#endif
