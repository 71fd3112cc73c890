/* Private to the process of one video: stills of what the camera shows now, for the process `desk`,
 * which asks for one when somebody's looking is on record. Only where there is one.
 *
 * Not blurred, nothing of it leaves this process. */
#ifndef WARD_RUN_PROC_VIDEO_STILL_H
#define WARD_RUN_PROC_VIDEO_STILL_H

#include "run/proc/video.h"

#include <poll.h>

struct video_still;

/* NULL: nobody asks here. */
struct video_still *video_still_new(struct viewer *v);
void video_still_free(struct video_still *s);
/* The picture that was analysed last, with v->veil; v->decoder still has it. */
void video_still_picture(struct video_still *s, const struct ward_image *image);
/* By which it is asked, to be polled: when it can be read, hear. */
struct pollfd video_still_poll(const struct video_still *s);
void video_still_hear(struct video_still *s);
/* Whoever asked is told when no picture comes. */
void video_still_tick(struct video_still *s);

#endif
