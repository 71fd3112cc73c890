/* Somebody may have fallen: a body goes down quickly, its upper end with it, and stays down.
 *
 * From the motion of blocks (flow.h), so that it needs no background and sees those who were there
 * before. What goes down is followed as one region; how fast is told in its own heights a second:
 * who sits down takes twice as long as who falls, and who picks something up rises again. A cue. */
#ifndef WARD_SENSE_VIDEO_FALL_H
#define WARD_SENSE_VIDEO_FALL_H

#include "sense/video/flow.h"
#include "sense/video/plan.h"
#include "sense/video/sign.h"

struct ward_fall;

/* For pictures of w by h; borrows mem and plan. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_fall_new(const struct ward_mem *mem,
	const struct ward_plan *plan, unsigned w, unsigned h, struct ward_fall **ret);
void ward_fall_free(struct ward_fall *f);
/* After each step of the flow, some ten a second. The sink's error. O(blocks). */
WARD_MUST_CHECK enum ward_err ward_fall_step(struct ward_fall *f, const struct ward_flow *flow,
	struct ward_sight at, const struct ward_sign_sink *sink);

#endif
