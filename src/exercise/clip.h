/* A recorded video as what a camera sends: RTP packets of each picture (RFC 3550; H.264 by RFC
 * 6184), and the description of the stream (SDP, RFC 8866). libav behind one file.
 *
 * Reads a file of this project or of a hospital's own scenario, whole, at opening. Single-threaded;
 * deterministic but for SSRC and first sequence number. */
#ifndef WARD_EXERCISE_CLIP_H
#define WARD_EXERCISE_CLIP_H

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"

struct ward_footage_clip;

enum {
	WARD_FOOTAGE_CLIP_PACKET = 1400, /* bytes of a packet, at most */
	WARD_FOOTAGE_CLIP_PICTURES = 10000,
	WARD_FOOTAGE_CLIP_WHY = 256,
};

/* One packet of RTP, or of RTCP. */
typedef void (*ward_footage_clip_packet_fn)(void *ctx, struct ward_slice packet, bool rtcp);

/* Reads the open file whole, in few containers and codecs; what libav would open besides it is
 * refused. Borrows fd for the call. MALFORMED (no video that RTP carries, no picture that stands
 * for itself first, pictures in another order than they are shown in), LIMIT, NOMEM; then ret_why
 * says what. Free with ward_footage_clip_free. */
WARD_MUST_CHECK enum ward_err ward_footage_clip_open(
	int fd, struct ward_footage_clip **ret, char ret_why[WARD_FOOTAGE_CLIP_WHY]);
void ward_footage_clip_free(struct ward_footage_clip *c);

size_t ward_footage_clip_pictures(const struct ward_footage_clip *c); /* at least 1 */
ward_ns ward_footage_clip_period(
	const struct ward_footage_clip *c); /* from one picture to the next */
/* Which picture is shown so long after the beginning; `again` pictures from which on it goes on
 * after the end, and before the beginning. */
size_t ward_footage_clip_at(const struct ward_footage_clip *c, ward_ns time, size_t again);
/* The last picture up to i that needs no other. */
size_t ward_footage_clip_key(const struct ward_footage_clip *c, size_t i);
const char *ward_footage_clip_sdp(const struct ward_footage_clip *c);
/* Gives fn the packets of picture i, as taken at `time` of the stream, which never goes back. IO
 * when libav does not take it. */
WARD_MUST_CHECK enum ward_err ward_footage_clip_show(struct ward_footage_clip *c, size_t i,
	ward_ns time, ward_footage_clip_packet_fn fn, void *ctx);

#endif
