/* Private to the process of one video: what a camera sent last, kept in memory, and clips of it for
 * the process `clips`, which asks for them. Only where there is one.
 *
 * A clip is made in the moments in which no packet waits, and with every sixteenth that does. Not
 * blurred, nothing of it leaves this process. */
#ifndef WARD_RUN_PROC_VIDEO_CLIP_H
#define WARD_RUN_PROC_VIDEO_CLIP_H

#include "run/proc/video.h"

#include <poll.h>

struct video_clips;

/* NULL: nobody asks here. */
struct video_clips *video_clips_new(struct viewer *v);
void video_clips_free(struct video_clips *c);
/* The picture that was analysed last; v->decoder still has it. */
void video_clips_picture(struct video_clips *c, const struct ward_image *image);
/* By which it is asked, to be polled: when it can be read, hear; when written, work. */
struct pollfd video_clips_poll(const struct video_clips *c);
void video_clips_hear(struct video_clips *c);
/* Is there something to do that waits for nobody? Then work: some milliseconds of it. */
bool video_clips_due(const struct video_clips *c);
void video_clips_work(struct video_clips *c);

#endif
