#include "evacuate/parts.h"

/* Floors count before oxygen, oxygen before time: the compartment next door first, down only when
 * needed. In ms, so that the sum orders: a route takes less than AIR, WARD_EVAC_LEGS floors of the
 * highest house less than 2^62. */
#define FLOOR INT64_C(1000000000000)
#define AIR INT64_C(10000000000)

bool ward_evac_lift_usable(
	const struct ward_evac *e, const struct ward_evac_way *w, const struct ward_evac_ask *ask)
{
	for (size_t i = 0; i < w->n_stop; i++)
		if (w->stop[i] == ask->at) /* its shaft opens where it burns */
			return false;
	return w->lift != WARD_EVAC_LIFT_ORDINARY || e->travel.threat[ask->threat].lifts;
}

bool ward_evac_fits(const struct ward_evac_work *w, uint32_t way, enum ward_evac_class c)
{
	const struct ward_evac_way *k = &w->e->way[way];
	const struct ward_evac_how *h = &w->e->travel.how[c];

	if (w->closed[way])
		return false;
	switch (k->kind) {
	case WARD_EVAC_DOOR:
		return k->width_mm >= h->width_mm;
	case WARD_EVAC_STAIRS:
		return k->width_mm >= h->stairs_width_mm;
	case WARD_EVAC_LIFT:
		break;
	}
	return (k->bed || c < WARD_EVAC_BED) && ward_evac_lift_usable(w->e, k, w->ask);
}

bool ward_evac_has_oxygen(const struct ward_evac *e, uint32_t compartment)
{
	for (size_t i = 0; i < e->n_oxygen; i++)
		for (size_t k = 0; k < e->oxygen[i].n_serves; k++)
			if (e->oxygen[i].serves[k] == compartment)
				return true;
	return false;
}

size_t ward_evac_lanes(const struct ward_evac *e, const struct ward_evac_way *w)
{
	int64_t n = w->kind == WARD_EVAC_LIFT ? 1 : w->width_mm / e->travel.lane_mm;

	return n < 1 ? 1 : (size_t)n;
}

/* Floors of stairs or of a lift; up the stairs each counts twice. */
static int64_t floors(const struct ward_evac *e, const struct ward_evac_leg *l)
{
	int64_t n = ward_evac_floors(e, l->from, l->to);

	if (n >= 0)
		return n;
	return e->way[l->way].kind == WARD_EVAC_STAIRS ? -2 * n : -n;
}

static int64_t ride(const struct ward_evac *e, const struct ward_evac_leg *l)
{
	return e->travel.lift_load + floors(e, l) * e->travel.lift_floor;
}

int64_t ward_evac_hold(
	const struct ward_evac *e, const struct ward_evac_leg *l, enum ward_evac_class c, int64_t n)
{
	switch (e->way[l->way].kind) {
	case WARD_EVAC_DOOR:
		return n * e->travel.how[c].door;
	case WARD_EVAC_STAIRS:
		return n * e->travel.how[c].stairs;
	case WARD_EVAC_LIFT:
		break;
	}
	return 2 * ride(e, l); /* there, out, and back */
}

int64_t ward_evac_after(
	const struct ward_evac *e, const struct ward_evac_leg *l, enum ward_evac_class c)
{
	switch (e->way[l->way].kind) {
	case WARD_EVAC_DOOR:
		return 0;
	case WARD_EVAC_STAIRS:
		return floors(e, l) * e->travel.how[c].floor;
	case WARD_EVAC_LIFT:
		break;
	}
	return ride(e, l) + e->travel.lift_load;
}

int64_t ward_evac_approach(
	const struct ward_evac *e, const struct ward_evac_leg *l, enum ward_evac_class c)
{
	return e->way[l->way].mm * 1000 / e->travel.how[c].level_mm_s;
}

static bool by_stairs(const struct ward_evac *e, const struct ward_evac_route *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (e->way[r->leg[i].way].kind == WARD_EVAC_STAIRS)
			return true;
	return false;
}

int64_t ward_evac_prepare(
	const struct ward_evac *e, const struct ward_evac_route *r, enum ward_evac_class c)
{
	const struct ward_evac_how *h = &e->travel.how[c];

	return h->prepare + (by_stairs(e, r) ? h->stairs_prepare : 0);
}

int64_t ward_evac_team(
	const struct ward_evac *e, const struct ward_evac_route *r, enum ward_evac_class c)
{
	const struct ward_evac_how *h = &e->travel.how[c];

	return by_stairs(e, r) && h->stairs_staff > h->staff ? h->stairs_staff : h->staff;
}

static int64_t back_leg(const struct ward_evac *e, const struct ward_evac_leg *l)
{
	int64_t n = ward_evac_floors(e, l->from, l->to);

	n = e->way[l->way].kind == WARD_EVAC_DOOR ? 0 : n < 0 ? -n : n;
	return e->way[l->way].mm * 1000 / e->travel.staff_mm_s + n * e->travel.staff_floor;
}

int64_t ward_evac_back(const struct ward_evac *e, const struct ward_evac_route *r)
{
	int64_t sum = e->travel.hand_over;

	for (size_t i = 0; i < r->n; i++)
		sum += back_leg(e, &r->leg[i]);
	return sum;
}

/* Shortest ways from one compartment: Dijkstra over compartments, the first of equal ones by
 * index, so that what is not used changes nothing. */
struct tree {
	int64_t *cost;
	struct ward_evac_leg *by; /* the last leg */
	uint32_t *legs;
	bool *done;
};

static enum ward_err tree_new(struct ward_arena *a, size_t n, struct tree *t)
{
	t->cost = ward_arena_array(a, n, sizeof(*t->cost));
	t->by = ward_arena_array(a, n, sizeof(*t->by));
	t->legs = ward_arena_array(a, n, sizeof(*t->legs));
	t->done = ward_arena_array(a, n, sizeof(*t->done));
	if (!t->cost || !t->by || !t->legs || !t->done)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		t->cost[i] = WARD_EVAC_NEVER;
	return WARD_OK;
}

static uint32_t nearest(const struct tree *t, size_t n)
{
	uint32_t best = WARD_NONE;

	for (uint32_t i = 0; i < n; i++)
		if (!t->done[i] && t->cost[i] != WARD_EVAC_NEVER &&
			(best == WARD_NONE || t->cost[i] < t->cost[best]))
			best = i;
	return best;
}

static int64_t leg_cost(
	const struct ward_evac *e, const struct ward_evac_leg *l, enum ward_evac_class c)
{
	int64_t n = e->way[l->way].kind == WARD_EVAC_DOOR ? 0 : floors(e, l);

	if (e->compartment[l->to].kind == WARD_EVAC_KIND_OUTSIDE && c != WARD_EVAC_WALKING)
		n += 2; /* cold, wet, without gas or power */
	return n * FLOOR + ward_evac_approach(e, l, c) + ward_evac_hold(e, l, c, 1) +
	       ward_evac_after(e, l, c);
}

/* Up only to the ground: nobody is brought above the fire and its smoke. */
static bool climbs(const struct ward_evac *e, uint32_t from, uint32_t to)
{
	return ward_evac_floors(e, from, to) < 0 && e->compartment[to].level > 0;
}

static void relax(const struct ward_evac_work *w, struct tree *t, uint32_t from,
	enum ward_evac_class c, uint32_t first)
{
	for (uint32_t i = 0; i < w->e->n_way; i++) {
		const struct ward_evac_way *k = &w->e->way[i];
		bool here = false;

		if ((first != WARD_NONE && i != first) || !ward_evac_fits(w, i, c))
			continue;
		for (size_t s = 0; s < k->n_stop; s++)
			here = here || k->stop[s] == from;
		for (size_t s = 0; here && s < k->n_stop; s++) {
			struct ward_evac_leg l = {i, from, k->stop[s]};
			int64_t cost = t->cost[from] + leg_cost(w->e, &l, c);

			if (l.to == from || w->phase[l.to] == WARD_EVAC_NOW ||
				climbs(w->e, from, l.to) || cost >= t->cost[l.to])
				continue;
			if (t->legs[from] == WARD_EVAC_LEGS) {
				*w->cut = true;
				continue;
			}
			t->cost[l.to] = cost;
			t->by[l.to] = l;
			t->legs[l.to] = t->legs[from] + 1;
		}
	}
}

static void give(const struct tree *t, uint32_t from, uint32_t to, struct ward_evac_option *o)
{
	size_t n = t->legs[to];

	o->to = to;
	o->cost = t->cost[to];
	o->route.n = n;
	for (uint32_t at = to; at != from && n > 0; at = t->by[at].from)
		o->route.leg[--n] = t->by[at];
}

/* May people be brought there, and what that costs beyond the way. */
static bool receives(
	const struct ward_evac_work *w, uint32_t to, enum ward_evac_class c, int64_t *more)
{
	const struct ward_evac_compartment *k = &w->e->compartment[to];

	*more = 0;
	if (w->phase[to] < WARD_EVAC_STAY || k->area_dm2 < w->e->travel.how[c].area_dm2)
		return false;
	if (c == WARD_EVAC_VENTILATED && !ward_evac_has_oxygen(w->e, to))
		*more += AIR;
	return true;
}

static enum ward_err by_exit(const struct ward_evac_work *w, uint32_t from, enum ward_evac_class c,
	uint32_t exit, struct ward_evac_option *ret, size_t *n)
{
	size_t n_all = w->e->n_compartment, found = 0;
	struct tree t;
	enum ward_err err = tree_new(w->scratch, n_all, &t);

	if (err)
		return err;
	t.cost[from] = 0;
	t.done[from] = true;
	relax(w, &t, from, c, exit);
	for (uint32_t at = nearest(&t, n_all); at != WARD_NONE && found < WARD_EVAC_NEAR;
		at = nearest(&t, n_all)) {
		int64_t more;

		t.done[at] = true;
		if (receives(w, at, c, &more)) {
			give(&t, from, at, &ret[*n]);
			ret[(*n)++].cost += more;
			found++;
		}
		relax(w, &t, at, c, WARD_NONE);
	}
	if (found == WARD_EVAC_NEAR)
		*w->cut = true;
	return WARD_OK;
}

enum ward_err ward_evac_options(const struct ward_evac_work *w, uint32_t from,
	enum ward_evac_class c, struct ward_evac_option **ret, size_t *ret_n)
{
	uint32_t exit[WARD_EVAC_EXITS];
	size_t n_exit = 0;
	enum ward_err err = WARD_OK;

	for (uint32_t i = 0; i < w->e->n_way && n_exit < WARD_EVAC_EXITS; i++)
		for (size_t s = 0; s < w->e->way[i].n_stop; s++)
			if (w->e->way[i].stop[s] == from && ward_evac_fits(w, i, c) &&
				n_exit < WARD_EVAC_EXITS)
				exit[n_exit++] = i;
	*ret_n = 0;
	*ret = ward_arena_array(w->scratch, n_exit * WARD_EVAC_NEAR + 1, sizeof(**ret));
	if (!*ret)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < n_exit && !err; i++)
		err = by_exit(w, from, c, exit[i], *ret, ret_n);
	return err;
}

/* Staff walk as far to a place as from it: one tree serves all of them. */
enum ward_err ward_evac_walks(const struct ward_evac_work *w, int64_t **ret)
{
	size_t n = w->e->n_compartment;
	struct tree t;
	enum ward_err err = tree_new(w->scratch, n, &t);

	if (err)
		return err;
	t.cost[w->ask->at] = 0;
	for (uint32_t at = nearest(&t, n); at != WARD_NONE; at = nearest(&t, n)) {
		t.done[at] = true;
		for (uint32_t i = 0; i < w->e->n_way; i++) {
			const struct ward_evac_way *k = &w->e->way[i];
			bool here = false;

			if (w->closed[i] || k->kind == WARD_EVAC_LIFT)
				continue;
			for (size_t s = 0; s < k->n_stop; s++)
				here = here || k->stop[s] == at;
			for (size_t s = 0; here && s < k->n_stop; s++) {
				struct ward_evac_leg l = {i, at, k->stop[s]};
				int64_t cost = t.cost[at] + back_leg(w->e, &l);

				if (cost < t.cost[l.to])
					t.cost[l.to] = cost;
			}
		}
	}
	*ret = t.cost;
	return WARD_OK;
}

/* What a way already has to carry makes it longer, where the plan spreads. */
static int64_t queue(
	const struct ward_evac_work *w, const struct ward_evac_route *r, const int64_t *load)
{
	int64_t most = 0;

	for (size_t i = 0; w->balance && i < r->n; i++) {
		uint32_t way = r->leg[i].way;
		int64_t wait = load[way] / (int64_t)ward_evac_lanes(w->e, &w->e->way[way]);

		most = wait > most ? wait : most;
	}
	return most;
}

static void assign_one(const struct ward_evac_work *w, struct ward_evac_trip *t,
	const struct ward_evac_option *o, size_t n, int64_t *area, int64_t *load)
{
	int64_t need = t->n * w->e->travel.how[t->class].area_dm2, best = WARD_EVAC_NEVER;
	const struct ward_evac_option *take = NULL;

	for (size_t i = 0; i < n; i++) {
		int64_t cost = o[i].cost + queue(w, &o[i].route, load);

		if (area[o[i].to] < need || cost >= best)
			continue;
		best = cost;
		take = &o[i];
	}
	t->fate = take ? WARD_EVAC_MOVES : n ? WARD_EVAC_NO_ROOM : WARD_EVAC_NO_WAY;
	if (!take)
		return;
	t->route = take->route;
	t->hard = take->cost / AIR * t->n;
	area[take->to] -= need;
	for (size_t i = 0; i < take->route.n; i++)
		load[take->route.leg[i].way] +=
			ward_evac_hold(w->e, &take->route.leg[i], t->class, t->n);
}

enum ward_err ward_evac_assign(
	struct ward_evac_work *w, struct ward_evac_trip *trip, int64_t *area_left)
{
	int64_t *load = ward_arena_array(w->scratch, w->e->n_way + 1, sizeof(*load));

	if (!load)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < w->e->n_compartment; i++)
		area_left[i] = w->e->compartment[i].area_dm2;
	/* who is hardest to bring down the stairs has the first choice of what is near */
	for (unsigned c = WARD_EVAC_CLASS_N; c-- > 0;)
		for (size_t k = 0; k < w->n_order; k++) {
			struct ward_evac_option *o = NULL;
			size_t n = 0;
			bool known = false;

			for (size_t i = 0; i < w->n_trip; i++) {
				if (trip[i].class != c || trip[i].phase_at != w->order[k])
					continue;
				enum ward_err err = known ? WARD_OK
							  : ward_evac_options(w, w->order[k],
								    trip[i].class, &o, &n);

				if (err)
					return err;
				known = true;
				assign_one(w, &trip[i], o, n, area_left, load);
			}
		}
	return WARD_OK;
}
