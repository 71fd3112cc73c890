/* Inside plan: what its files share. */
#ifndef WARD_PLAN_PRIV_H
#define WARD_PLAN_PRIV_H

#include "plan/plan.h"

enum {
	PLAN_MARGIN = 150,     /* around everything on a page, cm */
	PLAN_CORNERS_MAX = 64, /* of one room */
	PLAN_METRES_MAX = 2000,
};

/* A door, or an open passage (node WARD_NONE), between two rooms. */
struct plan_way {
	uint32_t node, from, to;
	size_t floor; /* index of the plan that both are on; SIZE_MAX: of two floors */
};

struct ward_plans {
	const struct ward_model *m;
	const struct ward_mem *mem;
	struct ward_arena arena;
	struct ward_plan *floor; /* in the order of the model */
	size_t n;
	size_t *down;         /* [n]: by building, then from the highest floor down */
	uint32_t *at;         /* [nodes]: floors: index of their plan; rooms: index in their plan */
	uint32_t *home;       /* [nodes]: rooms: index of their floor's plan; else WARD_NONE */
	struct plan_way *way; /* by floor, then doors by node, then passages by their rooms */
	size_t n_way;
	size_t *way_at; /* [n + 1]: the first of a floor; after the last, those of two floors */
};

static inline int32_t plan_right(const struct ward_plan_rect *r)
{
	return r->x + r->w;
}
static inline int32_t plan_bottom(const struct ward_plan_rect *r)
{
	return r->y + r->h;
}
static inline int32_t plan_min(int32_t a, int32_t b)
{
	return a < b ? a : b;
}
static inline int32_t plan_max(int32_t a, int32_t b)
{
	return a > b ? a : b;
}
/* Is the node a room of a floor? */
static inline bool plan_is_room(const struct ward_plans *p, uint32_t node)
{
	return node != WARD_NONE && p->home[node] != WARD_NONE;
}
/* That room. */
static inline struct ward_plan_room *plan_room(const struct ward_plans *p, uint32_t node)
{
	return &p->floor[p->home[node]].room[p->at[node]];
}

/* The rows of a plan.csv into the rooms that they draw (n_part > 0). LIMIT is a finding, too.
 * CONFIG, NOMEM. */
WARD_MUST_CHECK enum ward_err plan_read(struct ward_plans *p, const struct ward_plan_in *in,
	struct ward_str file, struct ward_slice text);
/* Draws all rooms of a floor anew, from the ways between them. NOMEM. */
WARD_MUST_CHECK enum ward_err plan_schematic(struct ward_plans *p, struct ward_plan *f);
/* One rectangle is all of the room. */
WARD_MUST_CHECK enum ward_err plan_rect(
	struct ward_plans *p, struct ward_plan_room *r, struct ward_plan_rect at);
/* Puts doors on walls, then things into rooms. NOMEM. */
WARD_MUST_CHECK enum ward_err plan_doors(struct ward_plans *p, struct ward_plan *f);
WARD_MUST_CHECK enum ward_err plan_things(struct ward_plans *p, struct ward_plan *f);

#endif
