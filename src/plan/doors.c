/* Doors on walls: between two rooms that touch on the wall that they share, out of the floor on a
 * free wall; several on one wall side by side. */
#include "plan/walls.h"

#include <stdlib.h>

/* How many parts are looked at for free walls, on one floor; beyond, a door out of the floor is put
 * on some wall. */
enum { LOOKS_MAX = 40000000 };

/* A door and what it stands on. */
struct place {
	uint32_t a, b; /* rooms, a < b; b WARD_NONE: it leads out of the floor */
	uint32_t door; /* index of the floor's */
};

static int by_rooms(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	if (x->b != y->b)
		return x->b < y->b ? -1 : 1;
	return x->door < y->door ? -1 : x->door > y->door;
}

static struct place place_of(const struct ward_plans *p, const struct ward_plan *f, uint32_t i)
{
	const struct ward_plan_door *d = &f->door[i];
	size_t floor = (size_t)(f - p->floor);

	if (p->home[d->from] != floor)
		return (struct place){d->to, WARD_NONE, i};
	if (p->home[d->to] != floor)
		return (struct place){d->from, WARD_NONE, i};
	return (struct place){
		d->from < d->to ? d->from : d->to, d->from < d->to ? d->to : d->from, i};
}

/* Door k of n on one wall. */
static void put(struct ward_plan_door *d, const struct plan_wall *w, size_t k, size_t n)
{
	int64_t step = (int64_t)plan_wall_length(w) * (int64_t)(k + 1) / (int64_t)(n + 1);

	d->at = plan_on_wall(w, w->from + (int32_t)step);
	d->end = d->at;
	d->vertical = w->vertical;
}

static void put_between(
	const struct ward_plans *p, struct ward_plan *f, const struct place *at, size_t n)
{
	const struct ward_plan_room *a = plan_room(p, at->a), *b = plan_room(p, at->b);
	struct plan_wall w;
	bool touch = plan_shared(a, b, &w);

	for (size_t i = 0; i < n; i++) {
		struct ward_plan_door *d = &f->door[at[i].door];

		d->apart = !touch;
		if (touch)
			put(d, &w, i, n);
		else
			plan_nearest(plan_room(p, d->from), plan_room(p, d->to), &d->at, &d->end,
				&d->vertical);
	}
}

static enum ward_err put_out(
	struct ward_plans *p, struct ward_plan *f, const struct place *at, size_t n, size_t *looks)
{
	const struct ward_plan_room *r = plan_room(p, at->a);
	struct plan_wall w = {false, r->part[0].y, r->part[0].x, plan_right(&r->part[0])};
	struct ward_arena a;

	if (*looks >= f->n_room * r->n_part) {
		*looks -= f->n_room * r->n_part;
		ward_arena_init(&a, p->mem, p->arena.max_bytes);
		enum ward_err err = plan_free(&a, f, r, &w);

		ward_arena_fini(&a);
		if (err)
			return err;
	}
	for (size_t i = 0; i < n; i++)
		put(&f->door[at[i].door], &w, i, n);
	return WARD_OK;
}

enum ward_err plan_doors(struct ward_plans *p, struct ward_plan *f)
{
	size_t bytes = f->n_door * sizeof(struct place), looks = LOOKS_MAX, n;
	struct place *place = ward_mem_alloc(p->mem, bytes);
	enum ward_err err = f->n_door && !place ? WARD_ERR_NOMEM : WARD_OK;

	for (size_t i = 0; i < f->n_door && !err; i++)
		place[i] = place_of(p, f, (uint32_t)i);
	if (!err && f->n_door)
		qsort(place, f->n_door, sizeof(*place), by_rooms);
	for (size_t i = 0; i < f->n_door && !err; i += n) {
		for (n = 1; i + n < f->n_door && place[i + n].a == place[i].a &&
			    place[i + n].b == place[i].b;)
			n++;
		if (place[i].b == WARD_NONE)
			err = put_out(p, f, &place[i], n, &looks);
		else
			put_between(p, f, &place[i], n);
	}
	ward_mem_free(p->mem, place, bytes);
	return err;
}
