#include "plan/walls.h"

#include <stdlib.h>

enum { DOOR = 100, SIDES = 4 };

/* Side k of a rectangle: upper, lower, left, right. */
static struct plan_wall side(const struct ward_plan_rect *r, unsigned k)
{
	if (k < 2)
		return (struct plan_wall){false, k ? plan_bottom(r) : r->y, r->x, plan_right(r)};
	return (struct plan_wall){true, k == 3 ? plan_right(r) : r->x, r->y, plan_bottom(r)};
}

bool plan_shared(
	const struct ward_plan_room *a, const struct ward_plan_room *b, struct plan_wall *ret)
{
	int32_t best = 0;

	for (size_t i = 0; i < a->n_part; i++)
		for (size_t k = 0; k < b->n_part * SIDES; k++) {
			/* the lower side of one is the upper of the other */
			struct plan_wall x = side(&a->part[i], (unsigned)(k % SIDES));
			struct plan_wall y = side(&b->part[k / SIDES], (unsigned)(k % SIDES) ^ 1u);
			int32_t from = plan_max(x.from, y.from), to = plan_min(x.to, y.to);

			if (x.at != y.at || to - from <= best)
				continue;
			best = to - from;
			*ret = (struct plan_wall){x.vertical, x.at, from, to};
		}
	return best > 0;
}

static int32_t clamp(int32_t v, int32_t from, int32_t to)
{
	return plan_max(from, plan_min(v, to));
}

/* The gap between two spans: 0 when they overlap. */
static int32_t gap(int32_t a, int32_t a_len, int32_t b, int32_t b_len)
{
	return plan_max(0, plan_max(b - (a + a_len), a - (b + b_len)));
}

/* The middle of what two spans have in common, or the nearest point of the first. */
static int32_t towards(int32_t a, int32_t a_len, int32_t b, int32_t b_len)
{
	int32_t from = plan_max(a, b), to = plan_min(a + a_len, b + b_len);
	int32_t in = plan_min(a_len / 2, DOOR / 2);

	return from <= to ? clamp(from + (to - from) / 2, a, a + a_len)
			  : clamp(b + b_len / 2, a + in, a + a_len - in);
}

void plan_nearest(const struct ward_plan_room *a, const struct ward_plan_room *b,
	struct ward_plan_point *ret_a, struct ward_plan_point *ret_b, bool *ret_vertical)
{
	const struct ward_plan_rect *x = &a->part[0], *y = &b->part[0];
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < a->n_part; i++)
		for (size_t k = 0; k < b->n_part; k++) {
			const struct ward_plan_rect *p = &a->part[i], *q = &b->part[k];
			int64_t far =
				(int64_t)gap(p->x, p->w, q->x, q->w) + gap(p->y, p->h, q->y, q->h);

			if (far >= least)
				continue;
			least = far;
			x = p;
			y = q;
		}
	int32_t dx = gap(x->x, x->w, y->x, y->w), dy = gap(x->y, x->h, y->y, y->h);

	*ret_vertical = dx >= dy;
	if (*ret_vertical) {
		bool right = y->x >= plan_right(x);

		*ret_a = (struct ward_plan_point){
			right ? plan_right(x) : x->x, towards(x->y, x->h, y->y, y->h)};
		*ret_b = (struct ward_plan_point){
			right ? y->x : plan_right(y), towards(y->y, y->h, x->y, x->h)};
	} else {
		bool down = y->y >= plan_bottom(x);

		*ret_a = (struct ward_plan_point){
			towards(x->x, x->w, y->x, y->w), down ? plan_bottom(x) : x->y};
		*ret_b = (struct ward_plan_point){
			towards(y->x, y->w, x->x, x->w), down ? y->y : plan_bottom(y)};
	}
}

struct span {
	int32_t from, to;
};

static int by_from(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

/* The longest length of a wall against which no other part lies. */
static struct plan_wall longest_free(const struct plan_wall *w, struct span *taken, size_t n)
{
	struct plan_wall best = {w->vertical, w->at, w->from, w->from};
	int32_t at = w->from;

	if (n)
		qsort(taken, n, sizeof(*taken), by_from);
	for (size_t i = 0; i <= n; i++) {
		int32_t until = i < n ? taken[i].from : w->to;

		if (until - at > plan_wall_length(&best)) {
			best.from = at;
			best.to = until;
		}
		if (i < n)
			at = plan_max(at, taken[i].to);
	}
	return best;
}

/* Is this free wall the better way out: long enough for a door; then of the shorter side, so at the
 * end of a corridor; then the longer one. */
static bool better(const struct plan_wall *w, int32_t side_length, const struct plan_wall *best,
	int32_t best_side)
{
	bool fits = plan_wall_length(w) >= DOOR, best_fits = plan_wall_length(best) >= DOOR;

	if (fits != best_fits)
		return fits;
	if (fits && side_length != best_side)
		return side_length < best_side;
	return plan_wall_length(w) > plan_wall_length(best);
}

enum ward_err plan_free(struct ward_arena *a, const struct ward_plan *f,
	const struct ward_plan_room *r, struct plan_wall *ret)
{
	struct plan_wall best = side(&r->part[0], 0);
	int32_t best_side = INT32_MAX;
	size_t cap = 0;

	best.to = best.from;
	for (size_t i = 0; i < f->n_room; i++)
		cap += f->room[i].n_part;
	struct span *taken = ward_arena_array(a, cap, sizeof(*taken));

	if (!taken)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < r->n_part * SIDES; k++) {
		struct plan_wall w = side(&r->part[k / SIDES], (unsigned)(k % SIDES));
		size_t n = 0;

		for (size_t i = 0; i < f->n_room; i++)
			for (size_t p = 0; p < f->room[i].n_part; p++) {
				struct plan_wall o =
					side(&f->room[i].part[p], (unsigned)(k % SIDES) ^ 1u);

				if (o.at == w.at && o.to > w.from && o.from < w.to)
					taken[n++] = (struct span){o.from, o.to};
			}
		struct plan_wall found = longest_free(&w, taken, n);

		if (better(&found, plan_wall_length(&w), &best, best_side)) {
			best = found;
			best_side = plan_wall_length(&w);
		}
	}
	if (!plan_wall_length(&best))
		best = side(&r->part[0], 0);
	*ret = best;
	return WARD_OK;
}
