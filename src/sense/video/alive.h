/* A picture that only seems to live: noise lies over one that stands still.
 *
 * Noise itself tells nothing: encoded, that of a live camera and that of a frozen picture look
 * alike. But much in a picture always changes: the clock that the camera writes into it, a fan, a
 * screen. Places that changed plainly about every second for three minutes (those in which much of
 * the picture changed don't count) are known by themselves, and a zone of the plan may name one.
 * Where nothing in the whole picture changes plainly any more, and the known places look as they
 * used to, it is frozen: told after about twenty seconds. So it is where nothing in a zone that was
 * named changes for as long as it says. Without such a place it can't be told from a still scene.
 */
#ifndef WARD_SENSE_VIDEO_ALIVE_H
#define WARD_SENSE_VIDEO_ALIVE_H

#include "sense/video/measure.h"
#include "sense/video/plan.h"
#include "sense/video/sign.h"

struct ward_alive;

/* The plan (NULL: none) is borrowed for its life, the measurer for the call: its blocks are the
 * places. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_alive_new(const struct ward_mem *mem,
	const struct ward_plan *plan, const struct ward_measurer *m, struct ward_alive **ret);
void ward_alive_free(struct ward_alive *a);
/* The measurer measured another picture, about a second after the one before. */
void ward_alive_step(struct ward_alive *a, const struct ward_measurer *m, struct ward_sight at);
/* Does what always changed stand still now? *ret_zone: the plan's zone that says so, or NULL. */
bool ward_alive_stopped(const struct ward_alive *a, const struct ward_plan_zone **ret_zone);

#endif
