/* Quick, disordered motion: a fight?
 *
 * From the motion of blocks (flow.h), of the largest part that moves. Who walks or runs moves as
 * one, so that neighbours among its blocks go the same way; in a fight they go apart, quickly for
 * the size of the part and not only with another speed, and do so for nearly two seconds. Who falls
 * or bends down does that, too, but all of them one way for as long: in a fight the part as a whole
 * goes to and fro. A cue. */
#ifndef WARD_SENSE_VIDEO_AGITATION_H
#define WARD_SENSE_VIDEO_AGITATION_H

#include "sense/video/flow.h"
#include "sense/video/plan.h"
#include "sense/video/sign.h"

struct ward_agitation;

/* For pictures of w by h; borrows mem and plan. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_agitation_new(const struct ward_mem *mem,
	const struct ward_plan *plan, unsigned w, unsigned h, struct ward_agitation **ret);
void ward_agitation_free(struct ward_agitation *a);
/* After each step of the flow, some ten a second. The sink's error. O(blocks * zones). */
WARD_MUST_CHECK enum ward_err ward_agitation_step(struct ward_agitation *a,
	const struct ward_flow *flow, struct ward_sight at, const struct ward_sign_sink *sink);

#endif
