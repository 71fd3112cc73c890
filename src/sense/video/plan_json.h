/* A plan for a page on which it is drawn: as JSON, with everything that its file says. */
#ifndef WARD_SENSE_VIDEO_PLAN_JSON_H
#define WARD_SENSE_VIDEO_PLAN_JSON_H

#include "base/json.h"
#include "sense/video/plan.h"

/* {"camera","utc_offset_s","left_s","patient_room","perspective","zones":[{"id","points":[[x,y]…],
 * "intrusion","loiter_s",…,"hours":[{"days":[0…6],"from","to"}]}],"lines":[…],"masks":[…]}.
 * Lengths are in seconds, with their parts; what is not asked for is 0 or false. */
void ward_plan_json(const struct ward_plan *p, struct ward_json *j);

#endif
