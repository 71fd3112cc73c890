/* Private to the process of one video: pictures to browsers on this machine, one after the other
 * (multipart/x-mixed-replace). Who is too slow misses pictures; nobody makes anybody wait. */
#ifndef WARD_RUN_PROC_VIDEO_HTTP_H
#define WARD_RUN_PROC_VIDEO_HTTP_H

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"

struct video_http;

/* NULL: the listener can't be used, or there is no memory. */
struct video_http *video_http_new(int listener);
void video_http_free(struct video_http *h);
/* To everybody who looks on; also lets in who waits, and gives up who has not asked for anything
 * within five seconds, or took nothing for thirty. now: monotonic. NOMEM. */
WARD_MUST_CHECK enum ward_err video_http_picture(
	struct video_http *h, struct ward_slice jpeg, ward_ns now);

#endif
