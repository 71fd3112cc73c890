/* How many people are in a zone, and whether they are too many.
 *
 * People who stand close together are one part of the foreground, so they are not counted one by
 * one: each pixel of it counts as the share that it is of a person who stands there (after Davies,
 * Yin and Velastin, 1995), by the plan's perspective. Right to about a third. Told when there are
 * as many as the zone's limit for ten seconds, and again when they were clearly fewer for ten. */
#ifndef WARD_SENSE_VIDEO_CROWD_H
#define WARD_SENSE_VIDEO_CROWD_H

#include "sense/video/floor.h"
#include "sense/video/sign.h"

struct ward_crowd;

/* For pictures of w by h; borrows mem and plan. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_crowd_new(const struct ward_mem *mem,
	const struct ward_plan *plan, unsigned w, unsigned h, struct ward_crowd **ret);
void ward_crowd_free(struct ward_crowd *c);
/* The foreground of each picture; it takes two a second. wall: what the clock says at that time.
 * The sink's error. O(pixels). */
WARD_MUST_CHECK enum ward_err ward_crowd_step(struct ward_crowd *c, const uint8_t *mask,
	ward_ns now, ward_ns wall, const struct ward_sign_sink *sink);
/* About how many are in that zone of the plan. */
float ward_crowd_count(const struct ward_crowd *c, size_t zone);

#endif
