/* Signs as events: fields, ids, times. */
#ifndef WARD_SENSE_VIDEO_SAY_H
#define WARD_SENSE_VIDEO_SAY_H

#include "sense/video/video.h"

/* Names of fields that the catalogue has not. */
#define WARD_VIDEO_FIELD_LIST(X)    \
	X(frame, "frame")           \
	X(track, "track")           \
	X(zone, "zone")             \
	X(line, "line")             \
	X(box, "box")               \
	X(confidence, "confidence") \
	X(lag, "lag_ns")            \
	X(total, "total")           \
	X(suspected, "suspected")   \
	X(part, "part")             \
	X(profile, "profile")       \
	X(encoding, "encoding")     \
	X(width, "width")           \
	X(height, "height")         \
	X(millifps, "millifps")     \
	X(kbps, "kbps")             \
	X(offered, "offered")

struct ward_say {
	const struct ward_video_opts *opts; /* borrowed */
	struct ward_arena arena;            /* of one event */
	struct ward_event_origin origin;
	uint32_t source;
	uint64_t n_frame; /* number of the picture that signs are of, from 1 */
	uint32_t n_sign;  /* of that picture so far */
	unsigned w, h;    /* of the picture */
#define X(IDENT, name) uint32_t IDENT;
	WARD_VIDEO_FIELD_LIST(X)
#undef X
};

void ward_say_init(struct ward_say *s, const struct ward_video_opts *opts);
void ward_say_fini(struct ward_say *s);
/* Gives the sink of opts the event. NOMEM, LIMIT, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_video_say(struct ward_say *s, const struct ward_sign *sign);

#endif
