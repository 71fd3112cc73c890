/* What a camera says that it sends (SDP, RFC 8866): the one stream that is wanted of it, pictures
 * or metadata (ONVIF Streaming 5.1.2).
 *
 * Sees untrusted text. What comes out is written anew, of a few lines whose form is known, so that
 * whoever decodes never reads the camera's own. Pure. */
#ifndef WARD_SENSE_VIDEO_SDP_H
#define WARD_SENSE_VIDEO_SDP_H

#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

enum { WARD_SDP_MAX = 8192 }; /* of what is written */

enum ward_sdp_track { WARD_SDP_PICTURES, WARD_SDP_METADATA };

struct ward_sdp {
	struct ward_str session, media; /* a=control of the whole and of the stream; may be empty */
};

/* Picks the first stream of the track whose coding is read here (H264, H265, JPEG, MP4V-ES;
 * vnd.onvif.metadata, uncompressed) and writes it to out. The texts of *ret look into `text`.
 * FOREIGN: there is no such stream; UNSUPPORTED: none of a coding that is read; LIMIT: out has no
 * room. O(len). */
WARD_MUST_CHECK enum ward_err ward_sdp_pick(
	struct ward_str text, enum ward_sdp_track track, struct ward_wr *out, struct ward_sdp *ret);

#endif
