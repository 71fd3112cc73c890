/* A camera that shows again what it showed before: a recording is fed into it.
 *
 * What moved within a second, as a thumbnail, is compared with the same of the last ten minutes. A
 * replay moves just as before, at one constant distance in time, for seconds; people don't. A lamp
 * that blinks or an escalator does at many distances, and is passed over. A scene without motion
 * can't be told from its replay by its content. Compressing the replay again does not hide it. */
#ifndef WARD_SENSE_VIDEO_LOOP_H
#define WARD_SENSE_VIDEO_LOOP_H

#include "sense/video/sign.h"

struct ward_loop;

/* For pictures of w by h, fps a second. NOMEM. Holds ten minutes of thumbnails: 1.7 MB at 5 fps. */
WARD_MUST_CHECK enum ward_err ward_loop_new(
	const struct ward_mem *mem, unsigned w, unsigned h, unsigned fps, struct ward_loop **ret);
void ward_loop_free(struct ward_loop *l);
/* Each picture. The sink's error. O(thumbnails held) once a second while something moves. */
WARD_MUST_CHECK enum ward_err ward_loop_step(
	struct ward_loop *l, const struct ward_image *image, const struct ward_sign_sink *sink);

#endif
