/* What some states hang on: told of all that can ever happen (touch), and of one forecast (hang).
 *
 * Goals are states that somebody asks about, such as that a service is not available.
 * Single-threaded; of an engine in full mode. */
#ifndef WARD_IMPACT_TOUCH_H
#define WARD_IMPACT_TOUCH_H

#include "impact/impact.h"

/* Is a threat on an asset (or on a part of a requirement, beyond the model's nodes) a goal? */
typedef bool ward_touch_goal(const struct ward_model *m, uint32_t asset, uint32_t threat);

/* By the rules alone, whatever protects or stands between: nothing that comes about elsewhere can
 * come to a goal. */
struct ward_touch {
	struct ward_engine *e;
	const uint8_t *of; /* by row of the plan: a goal may come of it */
};
/* Borrows the engine; memory of the arena. NOMEM. O(states + edges of the plan). */
WARD_MUST_CHECK enum ward_err ward_touch_find(
	struct ward_engine *e, ward_touch_goal *goal, struct ward_arena *a, struct ward_touch *ret);
/* Can a goal come of that threat on that asset? NOMEM, LIMIT. O(its edges). */
WARD_MUST_CHECK enum ward_err ward_touch_is(
	const struct ward_touch *t, uint32_t asset, uint32_t threat, bool *ret);

/* Of one forecast or several; zeroed at first. */
struct ward_hung {
	bool *on; /* [nodes]: times and likelihoods of goals were reckoned by a state on it */
	/* Of these: where it is equal, two things are the same in each forecast but for their
	 * names: class, states and all that leads to and from these. A hash. */
	uint64_t *like;
	uint64_t turn; /* how many forecasts */
};
/* Adds the last result. What only takes ways from things that are not on (ward_engine_only_takes)
 * changes no bit of the goals: each best way stays the best, and an upper bound of 1 that one
 * certain way gives is 1 without the others. But for cycles: their bounds are swept only so often
 * (bound.c), and may be lower where one is opened. What is done to either of two that are alike has
 * the same effect. NOMEM. O(states reached + edges between them). */
WARD_MUST_CHECK enum ward_err ward_engine_hangs(
	struct ward_engine *e, ward_touch_goal *goal, struct ward_arena *a, struct ward_hung *h);

/* Does that change only take ways from what is now, or make them later or less likely, and add
 * none? O(1). */
bool ward_engine_only_takes(const struct ward_engine *e, const struct ward_change *c);

#endif
