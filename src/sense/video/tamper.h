/* A camera that no longer sees what it should: covered, blinded, turned, or fed with a recording.
 *
 * About once a second the picture is measured beside what the camera used to show. Each fault has a
 * condition that must hold for some seconds before it is told, and be gone for some before its end
 * is told; of faults of the view only one is told at a time. A view that stays different for long
 * is the camera's new view. */
#ifndef WARD_SENSE_VIDEO_TAMPER_H
#define WARD_SENSE_VIDEO_TAMPER_H

#include "sense/video/plan.h"
#include "sense/video/sign.h"

struct ward_tamper;

/* For pictures of w by h. plan: its zones in which something always changes (alive.h), borrowed for
 * its life; NULL: none. unseen[h][w]: not 0 where a privacy mask may hide the picture at some hour:
 * these pixels are never compared, so that a mask that comes or goes is no fault of the camera, and
 * excuses none. NULL: there are none; else borrowed for the call. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_tamper_new(const struct ward_mem *mem,
	const struct ward_plan *plan, unsigned w, unsigned h, const uint8_t *unseen,
	struct ward_tamper **ret);
void ward_tamper_free(struct ward_tamper *t);
/* Every picture, and its time by the wall clock; it takes one a second. The sink's error. */
WARD_MUST_CHECK enum ward_err ward_tamper_step(struct ward_tamper *t,
	const struct ward_image *image, ward_ns wall, const struct ward_sign_sink *sink);
/* Is the view at fault now, told or about to be? What else is seen then means nothing. */
bool ward_tamper_blind(const struct ward_tamper *t);
/* Does it show no edges, or fewer than it used to, by such a fault? Turned, it may show as many. */
bool ward_tamper_dull(const struct ward_tamper *t);

#endif
