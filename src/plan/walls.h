/* Inside plan: walls of rooms, and places on them. */
#ifndef WARD_PLAN_WALLS_H
#define WARD_PLAN_WALLS_H

#include "plan/priv.h"

/* A length of wall. */
struct plan_wall {
	bool vertical;
	int32_t at;       /* its x when it is vertical, else its y */
	int32_t from, to; /* along it; from <= to */
};
static inline int32_t plan_wall_length(const struct plan_wall *w)
{
	return w->to - w->from;
}
/* A place on it. */
static inline struct ward_plan_point plan_on_wall(const struct plan_wall *w, int32_t along)
{
	return w->vertical ? (struct ward_plan_point){w->at, along}
			   : (struct ward_plan_point){along, w->at};
}

/* The longest wall that two rooms share; false: they do not touch. */
bool plan_shared(
	const struct ward_plan_room *a, const struct ward_plan_room *b, struct plan_wall *ret);
/* Where two rooms that do not touch are nearest to each other: a wall of each, and the places. */
void plan_nearest(const struct ward_plan_room *a, const struct ward_plan_room *b,
	struct ward_plan_point *ret_a, struct ward_plan_point *ret_b, bool *ret_vertical);
/* The best wall of a room to leave the floor by: free of other rooms, at the end of what is long.
 * O(rooms of the floor). NOMEM. */
WARD_MUST_CHECK enum ward_err plan_free(struct ward_arena *a, const struct ward_plan *f,
	const struct ward_plan_room *r, struct plan_wall *ret);

#endif
