/* What a camera says that it sends (SDP, RFC 8866): the one stream of pictures that is wanted of
 * it.
 *
 * Sees untrusted text. What comes out is written anew, of a few lines whose form is known, so that
 * whoever decodes never reads the camera's own. Pure. */
#ifndef WARD_SENSE_VIDEO_SDP_H
#define WARD_SENSE_VIDEO_SDP_H

#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

enum { WARD_SDP_MAX = 8192 }; /* of what is written */

struct ward_sdp {
	struct ward_str session, media; /* a=control of the whole and of the stream; may be empty */
};

/* Picks the first stream of pictures whose coding is decoded here (H264, H265, JPEG, MP4V-ES) and
 * writes it to out. The texts of *ret look into `text`. FOREIGN: there is no stream of pictures;
 * UNSUPPORTED: none of a coding that is decoded; LIMIT: out has no room. O(len). */
WARD_MUST_CHECK enum ward_err ward_sdp_pick(
	struct ward_str text, struct ward_wr *out, struct ward_sdp *ret);

#endif
