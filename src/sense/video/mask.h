/* Privacy masks: parts of a picture that nobody may see, made black before anything else looks.
 *
 * A mask that has hours hides only then; at other times what is there is seen as all else. */
#ifndef WARD_SENSE_VIDEO_MASK_H
#define WARD_SENSE_VIDEO_MASK_H

#include "sense/video/image.h"
#include "sense/video/plan.h"

_Static_assert(WARD_PLAN_MASKS_MAX <= 32, "a bit for each");

/* Which masks of the plan hide at that time of the wall clock: bit i is mask[i]. */
uint32_t ward_masks_at(const struct ward_plan *p, ward_ns time);
/* Makes black every pixel that one of these touches. O(rows * points + pixels of masks). */
void ward_masks_draw(const struct ward_plan *p, uint32_t which, const struct ward_canvas *c);

#endif
