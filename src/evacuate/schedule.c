#include "evacuate/parts.h"

#include <stdlib.h>

/* The list schedule: trips in their order, each as soon as its team is free, through each door when
 * a lane is. Staff and lanes are multisets of moments: a trip takes the smallest and puts back
 * later ones. All of it is maxima and sums of what went before, so that nothing gets later when
 * anything is ready sooner or one more is ready: more staff never makes a plan slower. */

struct pool {
	int64_t *free; /* sorted */
	size_t n;
};

static int moment_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The first k are free at `when` from now on. */
static void put_back(struct pool *p, size_t k, int64_t when)
{
	size_t at = k, end = p->n;

	while (at < end) {
		size_t mid = at + (end - at) / 2;

		if (p->free[mid] < when)
			at = mid + 1;
		else
			end = mid;
	}
	memmove(p->free, p->free + k, (at - k) * sizeof(*p->free));
	for (size_t i = at - k; i < at; i++)
		p->free[i] = when;
}

/* Staff of a compartment that is to be left next come to those of the one before; or have come to
 * the first, all who can. */
static void join(struct pool *p, const struct ward_evac_work *w, uint32_t at, bool gather)
{
	for (size_t i = 0; i < w->n_ready; i++) {
		bool goes = gather && w->ready[2][i] != WARD_EVAC_NEVER;

		if (at == (goes ? w->ask->at : (uint32_t)w->ready[1][i]))
			p->free[p->n++] = w->ready[goes ? 2 : 0][i];
	}
	if (p->n)
		qsort(p->free, p->n, sizeof(*p->free), moment_cmp);
}

static int64_t pass(const struct ward_evac_work *w, struct pool *lane,
	const struct ward_evac_leg *l, const struct ward_evac_trip *t, int64_t when)
{
	int64_t hold = ward_evac_hold(w->e, l, t->class, t->n);
	int64_t at = lane->free[0] > when ? lane->free[0] : when;

	put_back(lane, 1, at + hold);
	return w->e->way[l->way].kind == WARD_EVAC_LIFT ? at : at + hold;
}

static void one(const struct ward_evac_work *w, struct ward_evac_trip *t, struct pool *staff,
	struct pool *lane)
{
	t->team = ward_evac_team(w->e, &t->route, t->class);
	if ((size_t)t->team > staff->n) {
		t->fate = WARD_EVAC_NO_STAFF;
		return;
	}
	t->start = staff->free[t->team - 1];
	int64_t when = t->start + ward_evac_prepare(w->e, &t->route, t->class);

	for (size_t i = 0; i < t->route.n; i++) {
		const struct ward_evac_leg *l = &t->route.leg[i];

		when += ward_evac_approach(w->e, l, t->class);
		when = pass(w, &lane[l->way], l, t, when);
		if (!i)
			t->out = when;
		when += ward_evac_after(w->e, l, t->class);
	}
	t->safe = when;
	put_back(staff, (size_t)t->team, when + ward_evac_back(w->e, &t->route));
}

static enum ward_err lanes(const struct ward_evac_work *w, struct pool **ret)
{
	struct pool *lane = ward_arena_array(w->scratch, w->e->n_way + 1, sizeof(*lane));

	if (!lane)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->e->n_way; i++) {
		const struct ward_evac_way *k = &w->e->way[i];

		lane[i].n = ward_evac_lanes(w->e, k);
		lane[i].free = ward_arena_array(w->scratch, lane[i].n, sizeof(*lane[i].free));
		if (!lane[i].free)
			return WARD_ERR_NOMEM;
		if (k->kind == WARD_EVAC_LIFT && k->lift == WARD_EVAC_LIFT_BRIGADE &&
			!w->e->travel.threat[w->ask->threat].lifts)
			lane[i].free[0] = w->e->brigade; /* only the brigade runs it */
	}
	*ret = lane;
	return WARD_OK;
}

/* The staff who are free the soonest leave the pool for good, or all when they are fewer. */
static void set_apart(struct pool *from, size_t n, struct pool *to)
{
	n = n < from->n ? n : from->n;
	memcpy(to->free, from->free, n * sizeof(*to->free));
	memmove(from->free, from->free + n, (from->n - n) * sizeof(*from->free));
	from->n -= n;
	to->n = n;
}

static void come_back(struct pool *to, struct pool *from)
{
	for (size_t i = 0; i < from->n; i++)
		to->free[to->n++] = from->free[i];
	from->n = 0;
	if (to->n)
		qsort(to->free, to->n, sizeof(*to->free), moment_cmp);
}

static void kind(const struct ward_evac_work *w, struct ward_evac_trip *trip, size_t n, unsigned c,
	struct pool *staff, struct pool *lane)
{
	for (size_t i = 0; i < n; i++)
		if (trip[i].class == c && trip[i].fate == WARD_EVAC_MOVES)
			one(w, &trip[i], staff, lane);
}

static void compartment(const struct ward_evac_work *w, const struct ward_evac_turn *turn,
	struct ward_evac_trip *trip, size_t n, struct pool staff[2], struct pool *lane)
{
	size_t team = (size_t)w->e->travel.how[WARD_EVAC_VENTILATED].staff, apart = 0;

	for (size_t i = 0; i < n; i++)
		apart += trip[i].class == WARD_EVAC_VENTILATED;
	apart = team * (turn->teams < apart ? turn->teams : apart);
	for (size_t c = 0; c < WARD_EVAC_CLASS_N; c++) {
		if (c == turn->before && apart)
			set_apart(&staff[0], apart, &staff[1]);
		if (!apart || turn->order[c] != WARD_EVAC_VENTILATED)
			kind(w, trip, n, turn->order[c], &staff[0], lane);
	}
	if (!apart)
		return;
	come_back(&staff[0], &staff[1]);
	kind(w, trip, n, WARD_EVAC_VENTILATED, &staff[0], lane);
}

enum ward_err ward_evac_schedule(const struct ward_evac_work *w, const struct ward_evac_turn *turn,
	struct ward_evac_trip *trip)
{
	struct pool staff[2] = {{.n = 0}, {.n = 0}}, *lane;
	enum ward_err err = lanes(w, &lane);
	size_t from = 0;

	for (size_t i = 0; i < 2; i++)
		staff[i].free =
			ward_arena_array(w->scratch, w->n_ready + 1, sizeof(*staff[i].free));
	if (err || !staff[0].free || !staff[1].free)
		return WARD_ERR_NOMEM;
	for (size_t k = 0; k < w->n_order; k++) {
		size_t to = from;

		join(&staff[0], w, w->order[k], turn->gather);
		while (to < w->n_trip && trip[to].phase_at == w->order[k])
			to++;
		compartment(w, turn, trip + from, to - from, staff, lane);
		from = to;
	}
	return WARD_OK;
}
