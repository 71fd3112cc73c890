/* Inside plan: a floor laid out from rooms and ways alone. */
#ifndef WARD_PLAN_SCHEMATIC_H
#define WARD_PLAN_SCHEMATIC_H

#include "plan/priv.h"

enum plan_role {
	PLAN_PLAIN,
	PLAN_CORRIDOR, /* what has doors along it */
	PLAN_HALL,     /* as a corridor, where it has many doors */
	PLAN_LIFT,     /* comes first along a corridor */
	PLAN_STAIRS,   /* comes last */
	PLAN_FRONT,    /* at the lower edge of the page */
};

#define PLAN_FRESH (WARD_NONE - 1) /* as a parent: not in the tree yet */

/* How a room is laid out: a plain rectangle; a rectangle with other rooms behind it; a spine with
 * rooms along both sides. */
enum plan_shape { PLAN_LEAF, PLAN_STACK, PLAN_SPINE };

/* Which way a block's own axes run in those of the block that it hangs on. */
enum plan_turn {
	PLAN_ON,   /* u on along u */
	PLAN_BACK, /* u back along u */
	PLAN_DOWN, /* u along v: the side of larger v */
	PLAN_UP,   /* u against v */
};

/* A room and all that hangs on it, as a block with its own axes: u runs away from the wall by which
 * the block is entered (u = 0), v along that wall. */
struct plan_spot {
	enum plan_role role;
	enum plan_shape shape;
	int32_t depth, width, thick; /* of the room; thick: as a spine */
	uint32_t parent;             /* spot, or WARD_NONE */
	uint32_t child, n_child;     /* in plan_floor.child */
	int32_t length, breadth;     /* of the block: u in [0, length], v in [0, breadth] */
	struct ward_plan_rect own;   /* of the room: x is u, y is v */
	int32_t u, v;                /* where the block's origin lies in the parent's axes */
	enum plan_turn turn;
	struct ward_plan_rect at; /* of the room on the page */
};

/* A block's axes on the page: x = x0 + xu u + xv v, and so for y. */
struct plan_axes {
	int32_t x, y, xu, xv, yu, yv;
};

/* One floor while it is laid out. Spots are by index of the floor's rooms. */
struct plan_floor {
	struct plan_spot *spot;
	uint32_t n;
	uint32_t *near;    /* neighbours of all spots, one after the other, each once */
	uint32_t *near_at; /* [n + 1] */
	uint32_t *order;   /* of one tree: parents before what hangs on them */
	uint32_t n_order;
	uint32_t *child;
	uint32_t *list; /* [4 n]: of one spine: what stands along its banks */
	struct plan_axes *axes;
	bool straight; /* the largest spine goes on in line with its parent's */
};

/* Sizes and role of a room, by its class and by how many things stand in it. */
void plan_size(const struct ward_model *m, uint32_t room, size_t n_thing, struct plan_spot *ret);
/* The tree of the n fresh spots that hang together with a root, into order, parent and children: by
 * corridors before by other rooms. O(n + ways). */
void plan_tree(struct plan_floor *f, uint32_t root, uint32_t n);
/* Puts what hangs on each spot of the tree to it, from the leaves up. */
void plan_compose(struct plan_floor *f);
/* Each room's rectangle, with the root's block at the origin. */
void plan_place(struct plan_floor *f);

#endif
