/* A still of what a camera sees now, for who draws its zones: one picture, small, with everybody
 * blurred as in a clip and all masks in it, as JPEG. Nothing of it is kept.
 *
 * Each picture that is analysed is noted with its veil. One that is taken waits for those soon
 * after it, so that whoever begins to move is hidden where they were. One owner. Sees decoded
 * pictures: in the cage. */
#ifndef WARD_SENSE_VIDEO_STILL_H
#define WARD_SENSE_VIDEO_STILL_H

#include "base/wr.h"
#include "sense/video/plan.h"
#include "sense/video/veil.h"

enum {
	WARD_STILL_W = 640,           /* at most; as high as the camera's picture makes it */
	WARD_STILL_H = 480,           /* at most */
	WARD_STILL_BYTES = 46 * 1024, /* of JPEG, at most */
	WARD_STILL_NOTES = 16,
};

/* Zeroes: no picture yet. */
struct ward_still {
	struct {
		ward_ns time;
		struct ward_veil veil;
	} note[WARD_STILL_NOTES]; /* of the last pictures, a ring */
	size_t n;                 /* pictures that were noted */
	bool taken;
	ward_ns time, last; /* of the one that was taken; of the last that was noted */
	struct ward_veil veil;
	uint32_t masks;
	unsigned w, h;
	uint8_t pixel[WARD_STILL_W * WARD_STILL_H * 3 /
		      2]; /* of the one that was taken: not blurred */
};

/* A picture that was analysed. Times rise. */
void ward_still_note(
	struct ward_still *s, ward_ns time, const struct ward_veil *veil, uint32_t masks);
/* Keeps that picture, the one that was noted last, made smaller. UNSUPPORTED: no such size. */
WARD_MUST_CHECK enum ward_err ward_still_take(struct ward_still *s, const struct ward_canvas *c);
/* One was taken, and enough was noted after it. */
bool ward_still_ready(const struct ward_still *s);
/* Draws what hides people and what the plan's masks hide, encodes, and forgets the picture, also
 * where it fails. STATE: all of it would be hidden, as nobody can be told from the room yet; LIMIT:
 * over WARD_STILL_BYTES in any size; UNSUPPORTED, NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_still_make(
	struct ward_still *s, const struct ward_plan *plan, struct ward_wr *w);
/* Forgets the picture that was taken. */
void ward_still_forget(struct ward_still *s);

#endif
