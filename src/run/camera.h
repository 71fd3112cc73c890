/* What the process that speaks with a camera tells the one that decodes: bodies of STREAM (the
 * description that sense/video/sdp.h writes), PACKET and CAMERA. */
#ifndef WARD_RUN_CAMERA_H
#define WARD_RUN_CAMERA_H

#include "run/ipc.h"
#include "sense/video/health.h"

/* Before each packet: when it came, by the monotonic clock and by that of the wall. */
enum { WARD_CAMERA_PACKET_HEAD = 16 };

enum ward_camera_what {
	WARD_CAMERA_WENT = 1, /* nothing comes of it any more; reason */
	WARD_CAMERA_CAME,     /* and again; length: how long it was away */
	WARD_CAMERA_CLOCK,    /* its own clock is off by length (ours minus its), or right: wrong */
};

struct ward_camera_news {
	enum ward_camera_what what;
	enum ward_health_reason reason;
	bool wrong;
	ward_ns time, length; /* time: of the wall clock */
};

void ward_camera_write(const struct ward_camera_news *n, struct ward_wr *w);
/* MALFORMED: no such news. */
WARD_MUST_CHECK enum ward_err ward_camera_read(struct ward_rd *r, struct ward_camera_news *ret);

#endif
