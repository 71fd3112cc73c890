/* How the floor lies in the picture: metres between places on it, and how tall somebody looks who
 * stands there.
 *
 * From what the plan says (plan.h): a rectangle on the floor, which gives both exactly (Heckbert's
 * projective mapping, 1989), or persons at one or two rows. Two say where the horizon is and how
 * high the camera hangs; depth is then told by a lens of 64 degrees, which most are near to. By one
 * person all are of one size: a camera that looks straight down. */
#ifndef WARD_SENSE_VIDEO_FLOOR_H
#define WARD_SENSE_VIDEO_FLOOR_H

#include "sense/video/plan.h"

struct ward_floor {
	bool given;
	float m[9]; /* 3 by 3, row-major: pixels, homogeneous, to metres */
};

/* For pictures of w by h. */
void ward_floor_init(
	struct ward_floor *f, const struct ward_plan_perspective *v, unsigned w, unsigned h);
/* Where on the floor that pixel is, in metres; false when it is given by nothing, or above the
 * horizon. */
WARD_MUST_CHECK bool ward_floor_at(
	const struct ward_floor *f, float x, float y, struct ward_point *ret);
/* How tall, in pixels, somebody is whose feet are at that pixel; 0: not known. */
float ward_floor_person(const struct ward_floor *f, float x, float y);

#endif
