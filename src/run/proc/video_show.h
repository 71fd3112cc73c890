/* Private to the process of one video: what it sees, shown to people. Settings: show=mp4, matroska
 * or jpeg, whose bytes go to fd.show, or http, where fd.show is a listener.
 *
 * Everybody is blurred before anything is drawn, by the veils of this picture and of the two before
 * it. */
#ifndef WARD_RUN_PROC_VIDEO_SHOW_H
#define WARD_RUN_PROC_VIDEO_SHOW_H

#include "run/proc/video.h"

struct video_show;

/* Before the cage. NULL: nothing is to be shown. *ret_cage: what the cage must permit besides. */
struct video_show *video_show_new(struct viewer *v, unsigned *ret_cage);
void video_show_free(struct video_show *s);
/* An event of the picture that is being analysed. */
void video_show_event(struct video_show *s, const struct ward_event *e);
/* The picture that was analysed last; v->decoder still has it. IO: nobody can be shown anything any
 * more, errno says why; NOMEM, UNSUPPORTED. */
WARD_MUST_CHECK enum ward_err video_show_picture(
	struct video_show *s, const struct ward_image *image);
/* After the last. */
WARD_MUST_CHECK enum ward_err video_show_end(struct video_show *s);

#endif
