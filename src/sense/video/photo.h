/* A photo that somebody took of what they report: as a new picture, in which all but what they
 * point at is beyond recognition.
 *
 * JPEG or PNG, known by its bytes. What says how the picture is coded is copied to the decoder,
 * and nothing else: no place, time, camera, thumbnail or text, and nothing behind the picture's
 * end, is even looked at, but how the camera was held (EXIF's orientation). What a PNG does not
 * show in full (alpha, tRNS) becomes one grey. It is made upright,
 * smaller, blurred and encoded anew. A still has no background to find people by, so everything is
 * blurred as a clip blurs people (veil.h), but rectangles that are to be shown. Nothing looks for
 * faces. Sees untrusted bytes: in the cage. One thread; time and memory are bound by photo.pixels.
 */
#ifndef WARD_SENSE_VIDEO_PHOTO_H
#define WARD_SENSE_VIDEO_PHOTO_H

#include "base/limit.h"
#include "base/rd.h"
#include "base/wr.h"

struct ward_veil;

enum {
	WARD_PHOTO_SHOWN = 4,   /* rectangles, at most */
	WARD_PHOTO_SIDE = 1600, /* pixels of what comes out, at most */
	WARD_PHOTO_SCANS = 64,  /* of a JPEG that comes in parts, at most */
	WARD_PHOTO_WHY = 200,
};

/* In shares of the upright picture, 0 to 1. */
struct ward_photo_box {
	float x, y, w, h;
};
/* Does it lie in the picture, with some width and height? */
bool ward_photo_box_ok(const struct ward_photo_box *b);
/* "X,Y,W,H". False: it is none. */
bool ward_photo_box_parse(struct ward_str s, struct ward_photo_box *ret);
/* What is hidden: all but cells (veil.h) that lie within a box as a whole. LIMIT: more than half of
 * the picture would be shown. n: WARD_PHOTO_SHOWN at most. */
WARD_MUST_CHECK enum ward_err ward_photo_veil(
	const struct ward_photo_box *box, size_t n, struct ward_veil *ret);

/* What a photo is coded as, and the bytes that say so. */
struct ward_photo_coded {
	bool png;
	unsigned w, h;   /* as it is coded */
	unsigned turned; /* EXIF's orientation, 1 to 8 */
};
/* Adds to w the parts of the file that the picture is made of. FOREIGN: neither JPEG nor PNG;
 * UNSUPPORTED: HEIC or AVIF, or a form that nobody's camera writes; MALFORMED: it does not hold
 * together, or ends too early; LIMIT: larger than photo.pixels, or in too many parts; NOMEM. why:
 * what is wrong, and the mend. Pure. O(bytes). */
WARD_MUST_CHECK enum ward_err ward_photo_strip(struct ward_slice file,
	const struct ward_limits *lim, struct ward_wr *w, struct ward_photo_coded *ret,
	char why[WARD_PHOTO_WHY]);

/* Adds the new JPEG to w. As above, and MALFORMED: libav can't decode all of it; UNSUPPORTED:
 * libav lacks it; IO. What was added on an error must not be used. */
WARD_MUST_CHECK enum ward_err ward_photo_make(struct ward_slice file, const struct ward_veil *veil,
	const struct ward_limits *lim, struct ward_wr *w, char why[WARD_PHOTO_WHY]);

#endif
