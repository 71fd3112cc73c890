/* What holds of every plan, for tests and fuzzers; and houses drawn by chance. */
#ifndef WARD_TESTS_PLAN_FACTS_H
#define WARD_TESTS_PLAN_FACTS_H

#include "../model/lab.h"
#include "plan/plan.h"

static inline int32_t facts_right(const struct ward_plan_rect *r)
{
	return r->x + r->w;
}
static inline int32_t facts_bottom(const struct ward_plan_rect *r)
{
	return r->y + r->h;
}

static inline bool facts_overlap(const struct ward_plan_rect *a, const struct ward_plan_rect *b)
{
	return a->x < facts_right(b) && b->x < facts_right(a) && a->y < facts_bottom(b) &&
	       b->y < facts_bottom(a);
}

static inline const struct ward_plan_room *facts_room(const struct ward_plan *f, uint32_t node)
{
	for (size_t i = 0; i < f->n_room; i++)
		if (f->room[i].node == node)
			return &f->room[i];
	return NULL;
}

/* Does the point lie on the edge of a part? */
static inline bool facts_on_wall(const struct ward_plan_room *r, struct ward_plan_point at)
{
	for (size_t i = 0; i < r->n_part; i++) {
		const struct ward_plan_rect *p = &r->part[i];
		bool in_x = at.x >= p->x && at.x <= facts_right(p);
		bool in_y = at.y >= p->y && at.y <= facts_bottom(p);

		if ((in_y && (at.x == p->x || at.x == facts_right(p))) ||
			(in_x && (at.y == p->y || at.y == facts_bottom(p))))
			return true;
	}
	return false;
}

static inline bool facts_inside(const struct ward_plan_room *r, struct ward_plan_point at)
{
	for (size_t i = 0; i < r->n_part; i++)
		if (at.x >= r->part[i].x && at.x <= facts_right(&r->part[i]) &&
			at.y >= r->part[i].y && at.y <= facts_bottom(&r->part[i]))
			return true;
	return false;
}

static inline void facts_rooms(const struct ward_plan *f)
{
	for (size_t i = 0; i < f->n_room; i++) {
		const struct ward_plan_room *r = &f->room[i];

		WARD_ASSERT(r->n_part > 0 && r->at.w > 0 && r->at.h > 0);
		WARD_ASSERT(r->at.x >= 0 && r->at.y >= 0 && facts_right(&r->at) <= f->width &&
			    facts_bottom(&r->at) <= f->height);
		WARD_ASSERT(i == 0 || r[-1].node < r->node);
		for (size_t k = 0; k <= i; k++)
			for (size_t x = 0; x < r->n_part; x++)
				for (size_t y = 0; y < (k == i ? x : f->room[k].n_part); y++)
					WARD_ASSERT(
						!facts_overlap(&r->part[x], &f->room[k].part[y]));
	}
}

static inline void facts_doors(const struct ward_plan *f)
{
	for (size_t i = 0; i < f->n_door; i++) {
		const struct ward_plan_door *d = &f->door[i];
		const struct ward_plan_room *from = facts_room(f, d->from);
		const struct ward_plan_room *to = facts_room(f, d->to);

		WARD_ASSERT(from || to);
		WARD_ASSERT(!d->apart || (from && to));
		WARD_ASSERT(!from || facts_on_wall(from, d->at));
		WARD_ASSERT(!to || facts_on_wall(to, d->apart ? d->end : d->at));
	}
}

/* Those of one room are one after the other by node only by chance: all pairs, of small floors. */
static inline void facts_things(const struct ward_plan *f)
{
	for (size_t i = 0; i < f->n_thing; i++) {
		const struct ward_plan_room *r = facts_room(f, f->thing[i].room);

		WARD_ASSERT(r && facts_inside(r, f->thing[i].at));
		for (size_t k = 0; k < i && r->at.w > 200 && r->at.h > 200; k++)
			WARD_ASSERT(f->thing[k].at.x != f->thing[i].at.x ||
				    f->thing[k].at.y != f->thing[i].at.y);
	}
}

/* Every room of the model is on the plan of its floor, once. */
static inline void facts(const struct ward_plans *p, const struct ward_model *m)
{
	size_t n = 0, rooms = 0;

	for (size_t i = 0; i < ward_plans_n(p); i++) {
		const struct ward_plan *f = ward_plans_at(p, i);

		WARD_ASSERT(ward_plans_of(p, f->floor) == f);
		facts_rooms(f);
		facts_doors(f);
		facts_things(f);
		n += f->n_room;
	}
	for (uint32_t i = 0; i < ward_model_n(m); i++)
		rooms += ward_model_node(m, i)->kind == WARD_NODE_ROOM;
	WARD_ASSERT(n == rooms);
}

/* All floors as JSON and SVG, into w. */
static inline void facts_write(const struct ward_plans *p, struct ward_wr *w)
{
	ward_plans_write_json(p, w);
	for (size_t i = 0; i < ward_plans_n(p); i++) {
		ward_plan_write_json(p, ward_plans_at(p, i), w);
		ward_plan_write_svg(p, ward_plans_at(p, i), NULL, w);
	}
	WARD_ASSERT(!ward_wr_bad(w) && ward_utf8_valid(ward_wr_slice(w), NULL));
}

#endif
