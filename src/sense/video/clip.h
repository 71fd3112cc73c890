/* A clip: a part of a reel decoded again, with everybody blurred and all masks in it, and encoded
 * anew. No picture without a veil on both of its sides comes out; where one is missing there is no
 * clip at all.
 *
 * Made step by step, so that the stream goes on meanwhile. Sees untrusted packets: in the cage. */
#ifndef WARD_SENSE_VIDEO_CLIP_H
#define WARD_SENSE_VIDEO_CLIP_H

#include "base/limit.h"
#include "sense/video/encode.h"
#include "sense/video/reel.h"

enum { WARD_CLIP_FPS = 12, WARD_CLIP_WHY = 160 };

struct ward_clip_opts {
	const struct ward_limits *lim; /* borrowed, as is the plan */
	const struct ward_plan *plan;  /* whose masks are in the notes */
	unsigned fps;                  /* pictures a second that were analysed */
	struct ward_encoder_sink sink; /* fragments of MP4; whoever takes them waits for the end */
};

struct ward_clip;

/* Takes the cut, also where it fails. NOMEM, UNSUPPORTED. */
WARD_MUST_CHECK enum ward_err ward_clip_new(
	struct ward_cut *cut, const struct ward_clip_opts *o, struct ward_clip **ret);
void ward_clip_free(struct ward_clip *c);
/* Some milliseconds of work. AGAIN: there is more to do; OK: the clip is whole. Else it is none,
 * and what came of it is to be thrown away: NOT_FOUND (a picture has no veil), CORRUPT (nothing
 * could be decoded), NOMEM, UNSUPPORTED, IO, or the sink's error; why says which. */
WARD_MUST_CHECK enum ward_err ward_clip_step(struct ward_clip *c, char why[WARD_CLIP_WHY]);
/* The analysis' times of its first and last picture, and how many it has. */
void ward_clip_span(const struct ward_clip *c, ward_ns *ret_from, ward_ns *ret_to, size_t *ret_n);

#endif
