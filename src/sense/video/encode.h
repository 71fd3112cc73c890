/* Pictures into a video, for people to look at: libav's encoders behind one file.
 *
 * What it is given has been blurred already. It opens nothing: bytes go to a sink, in order, none
 * is ever written again, so that what was written until an end that nobody foresaw can be played.
 * One thread. */
#ifndef WARD_SENSE_VIDEO_ENCODE_H
#define WARD_SENSE_VIDEO_ENCODE_H

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "sense/video/image.h"

enum ward_encoder_form {
	WARD_ENCODER_MP4,      /* H.264, in fragments */
	WARD_ENCODER_MATROSKA, /* the same codec */
	WARD_ENCODER_JPEG,     /* pictures one after the other; the sink is given whole ones */
};

/* Borrowed for the call; its error is that of the encoder's call. */
struct ward_encoder_sink {
	enum ward_err (*put)(void *ctx, struct ward_slice bytes);
	void *ctx;
};

struct ward_encoder;

/* Pictures of w by h (even), about fps of them a second. UNSUPPORTED: libav lacks the codec; NOMEM,
 * or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_encoder_open(enum ward_encoder_form form,
	const struct ward_canvas *like, unsigned fps, struct ward_encoder_sink sink,
	struct ward_encoder **ret);
/* The next picture, of that size (MALFORMED otherwise); times rise. NOMEM, IO (libav failed), or
 * the sink's error. */
WARD_MUST_CHECK enum ward_err ward_encoder_put(
	struct ward_encoder *e, const struct ward_canvas *c, ward_ns time);
/* After the last. NOMEM, IO, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_encoder_end(struct ward_encoder *e);
void ward_encoder_free(struct ward_encoder *e);

#endif
