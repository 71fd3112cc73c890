/* A camera's side of RTSP (RFC 2326), for one connection: bytes of a client in, answers out.
 * Streams go in the connection itself (interleaved, 10.12). No socket, no password.
 *
 * Single-threaded. Faces whatever connects to a played camera. */
#ifndef WARD_EXERCISE_RTSP_SERVER_H
#define WARD_EXERCISE_RTSP_SERVER_H

#include "base/slice.h"
#include "base/wr.h"

enum { WARD_RTSP_SERVER_REQUEST = 4096, WARD_RTSP_SERVER_ANSWER = 8192 };

struct ward_rtsp_server {
	struct ward_str sdp; /* borrowed */
	uint8_t rtp, rtcp;   /* channels, as SETUP asked for */
	bool set_up, playing;
	size_t skip; /* bytes of a packet of the client's, which nobody reads */
	size_t n;    /* bytes of a request that is not whole */
	char request[WARD_RTSP_SERVER_REQUEST];
};

void ward_rtsp_server_init(struct ward_rtsp_server *s, struct ward_str sdp);
/* Takes what a client sent and appends the answers. False when the connection is to be closed:
 * after TEARDOWN, or because it is no RTSP or a request is too long. */
bool ward_rtsp_server_take(struct ward_rtsp_server *s, struct ward_slice in, struct ward_wr *out);
/* One packet of RTP or RTCP, framed for the connection. */
void ward_rtsp_server_frame(
	const struct ward_rtsp_server *s, struct ward_slice packet, bool rtcp, struct ward_wr *out);

#endif
