/* Things in their rooms: readers beside their door, all others on a grid that leaves the name's
 * field free. */
#include "plan/walls.h"

#include <stdlib.h>

enum {
	INSET = 60,        /* cm, of the grid from the walls */
	READER_IN = 30,    /* of a reader from its wall */
	READER_ASIDE = 80, /* from the middle of the door */
	READER_STEP = 60,  /* between readers of one door */
	LABEL_INSET = 35,
	LABEL_HIGH = 200, /* the name's field at most */
	LABEL_LONG = 3,   /* so many times as high as wide: the name is written up the page */
};

/* The part with the most ground. */
static const struct ward_plan_rect *largest(const struct ward_plan_room *r)
{
	const struct ward_plan_rect *best = &r->part[0];

	for (size_t i = 1; i < r->n_part; i++)
		if ((int64_t)r->part[i].w * r->part[i].h > (int64_t)best->w * best->h)
			best = &r->part[i];
	return best;
}

struct ward_plan_label ward_plan_label(const struct ward_plan_room *r)
{
	const struct ward_plan_rect *in = largest(r);
	bool vertical = in->h / LABEL_LONG >= in->w;
	int32_t x = plan_min(LABEL_INSET, in->w / 8), y = plan_min(LABEL_INSET, in->h / 8);
	struct ward_plan_rect at = {in->x + x, in->y + y, in->w - 2 * x, in->h - 2 * y};

	if (vertical)
		at.w = plan_min(LABEL_HIGH, in->w / 2) - x;
	else
		at.h = plan_min(LABEL_HIGH, in->h / 2) - y;
	return (struct ward_plan_label){at, vertical};
}

static int by_room(const void *a, const void *b)
{
	const struct ward_plan_thing *x = a, *y = b;

	if (x->room != y->room)
		return x->room < y->room ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

static int by_node(const void *a, const void *b)
{
	uint32_t x = ((const struct ward_plan_thing *)a)->node;
	uint32_t y = ((const struct ward_plan_thing *)b)->node;

	return x < y ? -1 : x > y;
}

static int door_by_node(const void *key, const void *item)
{
	uint32_t x = *(const uint32_t *)key, y = ((const struct ward_plan_door *)item)->node;

	return x < y ? -1 : x > y;
}

/* The door of this floor at which a reader is, or NULL. */
static const struct ward_plan_door *door_of(
	const struct ward_plans *p, const struct ward_plan *f, uint32_t reader)
{
	size_t n;
	const struct ward_rel *r = ward_model_out(p->m, reader, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].type == WARD_REL_MONITORS && f->n_door &&
			ward_model_node(p->m, r[i].node)->kind == WARD_NODE_DOOR)
			return bsearch(
				&r[i].node, f->door, f->n_door, sizeof(*f->door), door_by_node);
	return NULL;
}

/* The side of the door's wall on which the room lies: -1 or 1; 0: it does not lie on that wall. */
static int32_t inward(const struct ward_plan_room *r, const struct ward_plan_door *d)
{
	int32_t wall = d->vertical ? d->at.x : d->at.y, along = d->vertical ? d->at.y : d->at.x;

	for (size_t i = 0; i < r->n_part; i++) {
		const struct ward_plan_rect *p = &r->part[i];
		int32_t from = d->vertical ? p->y : p->x, len = d->vertical ? p->h : p->w;
		int32_t near = d->vertical ? p->x : p->y;
		int32_t far = near + (d->vertical ? p->w : p->h);

		if (along < from || along > from + len)
			continue;
		if (near == wall)
			return 1;
		if (far == wall)
			return -1;
	}
	return 0;
}

static bool inside(const struct ward_plan_room *r, struct ward_plan_point at)
{
	for (size_t i = 0; i < r->n_part; i++)
		if (at.x > r->part[i].x && at.x < plan_right(&r->part[i]) && at.y > r->part[i].y &&
			at.y < plan_bottom(&r->part[i]))
			return true;
	return false;
}

/* Beside its door, on its room's side: reader k of that door. False: there is no place. */
static bool beside(const struct ward_plan_room *r, const struct ward_plan_door *d, unsigned k,
	struct ward_plan_point *ret)
{
	int32_t in = inward(r, d) * READER_IN;
	int32_t aside = (READER_ASIDE + READER_STEP * (int32_t)(k / 2)) * (k % 2 ? -1 : 1);

	*ret = d->vertical ? (struct ward_plan_point){d->at.x + in, d->at.y + aside}
			   : (struct ward_plan_point){d->at.x + aside, d->at.y + in};
	return in && inside(r, *ret);
}

/* Columns by rows for n things on w by h, nearly square cells. */
static size_t columns(size_t n, int32_t w, int32_t h)
{
	size_t c = 1;

	while (c < n && (int64_t)c * (int64_t)c * h < (int64_t)n * w)
		c++;
	return c;
}

static struct ward_plan_rect grid_of(const struct ward_plan_room *r)
{
	struct ward_plan_label label = ward_plan_label(r);
	struct ward_plan_rect in = *largest(r);

	if (label.vertical) {
		in.w = plan_right(&in) - plan_right(&label.at);
		in.x = plan_right(&label.at);
	} else {
		in.h = plan_bottom(&in) - plan_bottom(&label.at);
		in.y = plan_bottom(&label.at);
	}
	int32_t x = plan_min(INSET, in.w / 4), y = plan_min(INSET, in.h / 4);

	return (struct ward_plan_rect){in.x + x, in.y + y, in.w - 2 * x, in.h - 2 * y};
}

static void put_grid(
	const struct ward_plan_rect *in, struct ward_plan_thing *const *thing, size_t n)
{
	size_t c = columns(n, in->w, in->h), rows = c ? (n + c - 1) / c : 0;

	for (size_t i = 0; i < n; i++) {
		/* a last row that is not full stands in the middle */
		size_t here = i / c + 1 == rows ? n - (rows - 1) * c : c;
		int64_t x = (int64_t)in->w * (int64_t)(2 * (i % c) + 1) / (int64_t)(2 * here);
		int64_t y = (int64_t)in->h * (int64_t)(2 * (i / c) + 1) / (int64_t)(2 * rows);

		thing[i]->at = (struct ward_plan_point){in->x + (int32_t)x, in->y + (int32_t)y};
	}
}

/* Where the things of one floor go, while they are placed. */
struct placing {
	struct ward_plan_thing **grid; /* of one room */
	unsigned *n_reader;            /* by door of the floor */
};

static void put_room(const struct ward_plans *p, const struct ward_plan *f,
	struct ward_plan_thing *thing, size_t n, const struct placing *to)
{
	const struct ward_plan_room *r = plan_room(p, thing[0].room);
	const struct ward_plan_rect in = grid_of(r);
	size_t n_grid = 0;

	for (size_t i = 0; i < n; i++) {
		const struct ward_plan_door *d =
			thing[i].kind == WARD_PLAN_READER ? door_of(p, f, thing[i].node) : NULL;

		if (!d || !beside(r, d, to->n_reader[d - f->door]++, &thing[i].at))
			to->grid[n_grid++] = &thing[i];
	}
	put_grid(&in, to->grid, n_grid);
}

static enum ward_err put_all(struct ward_plans *p, struct ward_plan *f, struct ward_arena *a)
{
	const struct placing to = {
		ward_arena_array(a, f->n_thing, sizeof(struct ward_plan_thing *)),
		ward_arena_array(a, f->n_door, sizeof(unsigned))};
	size_t n;

	if (!to.grid || !to.n_reader)
		return WARD_ERR_NOMEM;
	qsort(f->thing, f->n_thing, sizeof(*f->thing), by_room);
	for (size_t i = 0; i < f->n_thing; i += n) {
		for (n = 1; i + n < f->n_thing && f->thing[i + n].room == f->thing[i].room;)
			n++;
		put_room(p, f, &f->thing[i], n, &to);
	}
	qsort(f->thing, f->n_thing, sizeof(*f->thing), by_node);
	return WARD_OK;
}

enum ward_err plan_things(struct ward_plans *p, struct ward_plan *f)
{
	struct ward_arena a;

	ward_arena_init(&a, p->mem, p->arena.max_bytes);
	enum ward_err err = f->n_thing ? put_all(p, f, &a) : WARD_OK;

	ward_arena_fini(&a);
	return err;
}
