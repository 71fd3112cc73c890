/* An RTSP client (RFC 2326) for one stream, of pictures or of metadata, carried in the connection
 * itself (interleaved, 10.12), with no socket: bytes of the server in, bytes for it out.
 *
 * Sees untrusted bytes. It reads no clock, opens nothing and knows no libav; memory is one buffer
 * of WARD_RTSP_BUFFER bytes. DESCRIBE, SETUP, PLAY; each is asked once more with credentials when
 * the server wants them, signs of life too. The password goes out as Basic only over TLS.
 * Single-threaded. */
#ifndef WARD_SENSE_VIDEO_RTSP_H
#define WARD_SENSE_VIDEO_RTSP_H

#include "base/clock.h"
#include "base/counter.h"
#include "base/mem.h"
#include "sense/video/rtsp_url.h"
#include "sense/video/sdp.h"

enum {
	WARD_RTSP_BUFFER = 1 << 17, /* the largest frame is 64 KB, and its head */
	WARD_RTSP_WHY = 128,
};

/* What comes of a stream. Texts and bytes are borrowed for the call. AGAIN from any: it is offered
 * again with the next ward_rtsp_go, and nothing else meanwhile. Other errors end the client. */
struct ward_rtsp_sink {
	enum ward_err (*stream)(void *ctx, struct ward_slice sdp); /* written anew: sdp.h */
	enum ward_err (*packet)(void *ctx, struct ward_slice rtp);
	/* the camera's own clock, now, as it says itself (RFC 3550 6.4.1) */
	enum ward_err (*clock)(void *ctx, ward_ns says);
	void *ctx;
};

struct ward_rtsp_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the client's life */
	struct ward_counters *counters;
	const struct ward_rtsp_url *url; /* with user and password */
	enum ward_sdp_track track;
	struct ward_rtsp_sink sink;
	uint64_t random; /* another one for each connection */
};

struct ward_rtsp;

/* Its first request is due at once. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_rtsp_new(
	const struct ward_rtsp_opts *opts, struct ward_rtsp **ret);
void ward_rtsp_free(struct ward_rtsp *r);
/* Where the server's next bytes go; *ret_cap is 0 while a sink says AGAIN and the buffer is full.
 */
uint8_t *ward_rtsp_room(struct ward_rtsp *r, size_t *ret_cap);
/* n bytes were put there (0: only offers again what was not taken). AGAIN: a sink did not take.
 * MALFORMED, LIMIT, FOREIGN: the server does not speak RTSP as it must; DENIED: it wants other
 * credentials; NOT_FOUND, UNSUPPORTED: it has no such stream, or none that is decoded; or a sink's
 * error. ward_rtsp_why says it in words. */
WARD_MUST_CHECK enum ward_err ward_rtsp_go(struct ward_rtsp *r, size_t n);
const char *ward_rtsp_why(const struct ward_rtsp *r);
/* What is to be sent; n of it were. */
struct ward_slice ward_rtsp_due(const struct ward_rtsp *r);
void ward_rtsp_sent(struct ward_rtsp *r, size_t n);
/* Once PLAY was answered: how often the server wants to hear of us; else 0. */
ward_ns ward_rtsp_alive_every(const struct ward_rtsp *r);
/* Puts a sign of life into what is to be sent, or the good-bye, if there is room. */
void ward_rtsp_alive(struct ward_rtsp *r);
void ward_rtsp_bye(struct ward_rtsp *r);

#endif
