#include "evacuate/parts.h"

#include <stdlib.h>

/* Sets of ways looked at: as many as the work of one allows; fewer where staff are tried out. */
enum { BYTES_MAX = 256 << 20, LOOKS_TRY = 16, TRIES = 16 };
enum { LOOKS_WORK = 2000000000, TURNS = 36, TRIP_WORK = 300 }; /* a nanosecond each, or less */
#define LOOK_MAX INT64_C(8000000000)                           /* of one look */

size_t ward_evac_shift_at(const struct ward_evac *e, size_t minute)
{
	size_t best = 0;
	int64_t least = WARD_EVAC_NEVER;

	for (size_t i = 0; i < e->n_shift; i++) {
		const struct ward_evac_shift *s = &e->shift[i];
		int64_t n = 0, now = (int64_t)minute;

		for (size_t k = 0; k < e->n_ward; k++)
			n += e->ward[k].staff[i];
		if (minute != SIZE_MAX && (s->from < s->to ? now >= s->from && now < s->to
							   : now >= s->from || now < s->to))
			return i;
		if (n < least) {
			least = n;
			best = i;
		}
	}
	return best;
}

static void phases(
	const struct ward_evac *e, const struct ward_evac_ask *ask, enum ward_evac_phase *phase)
{
	const struct ward_evac_compartment *at = &e->compartment[ask->at];

	for (uint32_t i = 0; i < e->n_compartment; i++) {
		const struct ward_evac_compartment *c = &e->compartment[i];

		phase[i] = c->building == at->building && c->building != WARD_NONE
				   ? WARD_EVAC_STAY
				   : WARD_EVAC_APART;
		if (c->within != WARD_NONE && c->within == at->within &&
			!e->travel.threat[ask->threat].smoke_holds)
			phase[i] = WARD_EVAC_NEXT;
	}
	phase[ask->at] = WARD_EVAC_NOW;
}

/* Does the service work in the room? */
static bool works_in(const struct ward_model *m, uint32_t service, uint32_t room)
{
	size_t n;
	const struct ward_rel *r = ward_model_in(m, service, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].type == WARD_REL_HOSTS && r[i].node == room)
			return true;
	return false;
}

/* A ward shelters where its own rooms protect, and it is known not to burn in one of them. */
static bool shelters(const struct ward_evac_work *w, const struct ward_evac_ward *k)
{
	return k->shelter > 0 && w->ask->room != WARD_NONE && w->ask->threat != WARD_EVAC_GAS &&
	       !works_in(w->e->m, k->service, w->ask->room);
}

static bool add_ready(struct ward_evac_work *w, int64_t n, int64_t when, uint32_t at, int64_t there)
{
	for (int64_t i = 0; i < n; i++) {
		if (w->n_ready == w->e->staff_max)
			return false;
		w->ready[0][w->n_ready] = when;
		w->ready[2][w->n_ready] = there;
		w->ready[1][w->n_ready++] = (int64_t)at;
	}
	return true;
}

/* Everybody who carries, by the moment when they are there. */
static enum ward_err staff(struct ward_evac_work *w, int64_t *ret_n)
{
	const struct ward_evac *e = w->e;
	const struct ward_evac_ask *ask = w->ask;
	const int64_t react = e->travel.react;
	bool fits = true;
	int64_t *walk;
	enum ward_err err = ward_evac_walks(w, &walk);

	if (err)
		return err;
	w->n_ready = 0;
	w->apart = false;
	if (ask->staff >= 0)
		fits = add_ready(w, ask->staff, react, ask->at, react);
	for (size_t i = 0; i < e->n_ward && ask->staff < 0; i++) {
		const struct ward_evac_ward *k = &e->ward[i];
		enum ward_evac_phase phase = w->phase[k->at];
		bool own = phase <= WARD_EVAC_NEXT && !shelters(w, k);
		bool no = walk[k->at] == WARD_EVAC_NEVER;
		int64_t there = no ? WARD_EVAC_NEVER : react + walk[k->at];

		if (own) {
			fits = fits && add_ready(w, k->staff[ask->shift], react, k->at, there);
			w->apart = w->apart || (k->at != ask->at && k->staff[ask->shift] && !no);
		} else if (phase != WARD_EVAC_APART && !no) {
			fits = fits && add_ready(w, k->spare[ask->shift], there, ask->at, there);
		}
	}
	for (size_t i = 0; i < e->n_help && ask->staff < 0; i++)
		fits = fits && add_ready(w, e->help[i].staff[ask->shift], e->help[i].arrives,
				       ask->at, e->help[i].arrives);
	*ret_n = (int64_t)w->n_ready;
	return fits ? WARD_OK : WARD_ERR_LIMIT;
}

/* The ward where it burns goes first. */
static bool burns(const struct ward_evac_work *w, const struct ward_evac_ward *k)
{
	return w->ask->room != WARD_NONE && works_in(w->e->m, k->service, w->ask->room);
}

static bool add_trips(struct ward_evac_work *w, uint32_t ward, enum ward_evac_class c)
{
	const struct ward_evac_ward *k = &w->e->ward[ward];
	int64_t group = w->e->travel.how[c].group;

	for (int64_t left = k->count[c]; left > 0; left -= group) {
		if (w->n_trip == w->e->trips_max)
			return false;
		w->trip[w->n_trip++] = (struct ward_evac_trip){.ward = ward,
			.phase_at = k->at,
			.class = c,
			.n = left < group ? left : group};
	}
	return true;
}

static enum ward_err trips(struct ward_evac_work *w)
{
	bool fits = true;

	w->n_order = w->n_trip = 0;
	for (unsigned phase = WARD_EVAC_NOW; phase <= WARD_EVAC_NEXT; phase++)
		for (uint32_t i = 0; i < w->e->n_compartment; i++)
			if (w->phase[i] == phase)
				w->order[w->n_order++] = i;
	for (size_t o = 0; o < w->n_order; o++)
		for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++)
			for (int first = 1; first >= 0; first--)
				for (uint32_t i = 0; i < w->e->n_ward; i++) {
					const struct ward_evac_ward *k = &w->e->ward[i];

					if (k->at == w->order[o] && burns(w, k) == (first == 1) &&
						!shelters(w, k))
						fits = fits &&
						       add_trips(w, i, (enum ward_evac_class)c);
				}
	return fits ? WARD_OK : WARD_ERR_LIMIT;
}

/* Trips of one ward, kind and route are told as one move. */
static bool alike(const struct ward_evac_move *m, const struct ward_evac_trip *t)
{
	if (m->ward != t->ward || m->class != t->class || m->fate != t->fate)
		return false;
	if (m->fate != WARD_EVAC_MOVES)
		return true;
	if (m->route.n != t->route.n)
		return false;
	for (size_t i = 0; i < t->route.n; i++)
		if (m->route.leg[i].way != t->route.leg[i].way ||
			m->route.leg[i].to != t->route.leg[i].to)
			return false;
	return true;
}

static void add_to(struct ward_evac_plan *p, struct ward_evac_move *m,
	const struct ward_evac_work *w, const struct ward_evac_trip *t)
{
	m->n += t->n;
	m->trips++;
	if (t->fate != WARD_EVAC_MOVES) {
		p->lost += t->n;
		return;
	}
	m->team = t->team;
	m->start = m->trips == 1 || t->start < m->start ? t->start : m->start;
	m->out = t->out > m->out ? t->out : m->out;
	m->safe = t->safe > m->safe ? t->safe : m->safe;
	p->moved += t->n;
	p->hard += t->hard;
	if (t->out > ward_evac_available(w, t->phase_at)) {
		m->late += t->n;
		p->late += t->n;
	}
	if (t->phase_at == w->ask->at && t->out > p->out)
		p->out = t->out;
	p->safe = t->safe > p->safe ? t->safe : p->safe;
	for (size_t i = 0; i < t->route.n; i++)
		p->through[t->route.leg[i].way] += t->n;
	p->area_left[t->route.leg[t->route.n - 1].to] -= t->n * w->e->travel.how[t->class].area_dm2;
}

static int move_cmp(const void *a, const void *b)
{
	const struct ward_evac_move *x = a, *y = b;
	bool xm = x->fate == WARD_EVAC_MOVES, ym = y->fate == WARD_EVAC_MOVES;

	if (xm != ym)
		return xm ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	if (x->ward != y->ward)
		return x->ward < y->ward ? -1 : 1;
	return x->safe < y->safe ? -1 : x->safe > y->safe;
}

static void gather(
	struct ward_evac_plan *p, const struct ward_evac_work *w, const struct ward_evac_trip *trip)
{
	for (size_t i = 0; i < w->e->n_compartment; i++)
		p->area_left[i] = w->e->compartment[i].area_dm2;
	for (size_t i = 0; i < w->n_trip; i++) {
		const struct ward_evac_trip *t = &trip[i];
		size_t k = 0;

		while (k < p->n_move && !alike(&p->move[k], t))
			k++;
		if (k == p->n_move) {
			uint32_t to =
				t->fate == WARD_EVAC_MOVES ? t->route.leg[t->route.n - 1].to : 0;

			p->move[p->n_move++] = (struct ward_evac_move){.ward = t->ward,
				.class = t->class,
				.fate = t->fate,
				.route = t->route,
				.available = ward_evac_available(w, t->phase_at),
				.bottles = t->fate == WARD_EVAC_MOVES &&
					   t->class == WARD_EVAC_VENTILATED &&
					   !ward_evac_has_oxygen(w->e, to)};
		}
		add_to(p, &p->move[k], w, t);
	}
	for (uint32_t i = 0; i < w->e->n_ward; i++) {
		const struct ward_evac_ward *k = &w->e->ward[i];

		if (w->phase[k->at] > WARD_EVAC_NEXT || !shelters(w, k))
			continue;
		for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++) {
			if (!k->count[c])
				continue;
			p->sheltering += k->count[c];
			p->move[p->n_move++] = (struct ward_evac_move){.ward = i,
				.class = (enum ward_evac_class)c,
				.fate = WARD_EVAC_SHELTERS,
				.n = k->count[c],
				.until = k->shelter};
		}
	}
	if (p->n_move)
		qsort(p->move, p->n_move, sizeof(*p->move), move_cmp);
}

/* Is nobody lost or late with so many at hand? */
static enum ward_err all_with(
	struct ward_evac_work *w, int64_t staff, struct ward_evac_trip *t, bool *ret)
{
	bool whole;

	w->n_ready = 0;
	w->apart = false;
	*ret = add_ready(w, staff, w->e->travel.react, w->ask->at, w->e->travel.react);
	if (!*ret)
		return WARD_OK;
	enum ward_err err = ward_evac_search(w, t, &whole);

	for (size_t i = 0; !err && i < w->n_trip; i++)
		*ret = *ret && t[i].fate == WARD_EVAC_MOVES &&
		       t[i].out <= ward_evac_available(w, t[i].phase_at);
	return err;
}

/* The fewest, by bisection: more are never slower. */
static enum ward_err enough(struct ward_evac_work *w, struct ward_evac_plan *p)
{
	struct ward_evac_trip *t = ward_arena_array(w->a, w->n_trip + 1, sizeof(*t));
	int64_t no = 0, yes = p->staff + WARD_EVAC_MORE;
	bool ok = false;

	if (!t)
		return WARD_ERR_NOMEM;
	enum ward_err err = all_with(w, yes, t, &ok);

	p->enough = ok ? yes : WARD_EVAC_NEVER;
	while (!err && p->enough != WARD_EVAC_NEVER && no + 1 < p->enough) {
		int64_t mid = no + (p->enough - no) / 2;

		err = all_with(w, mid, t, &ok);
		if (ok)
			p->enough = mid;
		else
			no = mid;
	}
	return err;
}

static enum ward_err room_for(struct ward_evac_work *w, struct ward_evac_plan *p, size_t n_trip)
{
	const struct ward_evac *e = w->e;
	bool fits = true;

	p->phase = ward_arena_array(w->a, e->n_compartment, sizeof(*p->phase));
	p->through = ward_arena_array(w->a, e->n_way + 1, sizeof(*p->through));
	p->area_left = ward_arena_array(w->a, e->n_compartment, sizeof(*p->area_left));
	p->move = ward_arena_array(
		w->a, n_trip + e->n_ward * WARD_EVAC_CLASS_N + 1, sizeof(*p->move));
	w->closed = ward_arena_array(w->a, e->n_way + 1, sizeof(*w->closed));
	w->order = ward_arena_array(w->a, e->n_compartment, sizeof(*w->order));
	w->trip = ward_arena_array(w->a, n_trip + 1, sizeof(*w->trip));
	for (size_t i = 0; i < 3; i++) {
		w->ready[i] = ward_arena_array(w->a, e->staff_max, sizeof(*w->ready[i]));
		fits = fits && w->ready[i];
	}
	return p->phase && p->through && p->area_left && p->move && w->closed && w->order &&
			       w->trip && fits
		       ? WARD_OK
		       : WARD_ERR_NOMEM;
}

/* What one look costs: a tree for each kind and way out, and every trip in each turn past those of
 * the staff who are free before. */
static int64_t one_look(const struct ward_evac_work *w)
{
	int64_t n = (int64_t)w->e->n_compartment, stops = 0, exits = 0;

	for (size_t i = 0; i < w->e->n_way; i++) {
		const struct ward_evac_way *k = &w->e->way[i];

		stops += (int64_t)k->n_stop;
		for (size_t s = 0; s < k->n_stop; s++)
			exits += w->phase[k->stop[s]] <= WARD_EVAC_NEXT;
	}
	if (exits > (int64_t)w->n_order * WARD_EVAC_EXITS)
		exits = (int64_t)w->n_order * WARD_EVAC_EXITS;
	int64_t trees = exits * WARD_EVAC_CLASS_N * n * (n + stops);
	int64_t times = (w->apart ? 2 : 1) * TURNS * (int64_t)w->n_trip *
			(TRIP_WORK + (int64_t)w->n_ready / 4);

	return trees + times + 1;
}

/* How many sets of ways the work allows beyond the first. */
static int looks(const struct ward_evac_work *w, int64_t work, int max)
{
	int64_t fit = work / one_look(w);

	return fit < max ? (int)fit : max;
}

static enum ward_err make(struct ward_evac_work *w, struct ward_evac_plan *p)
{
	enum ward_err err = room_for(w, p, w->e->trips_max);

	if (err)
		return err;
	phases(w->e, w->ask, p->phase);
	w->phase = p->phase;
	for (size_t i = 0; w->ask->closed && i < w->e->n_way; i++)
		w->closed[i] = w->ask->closed[i];
	err = staff(w, &p->staff);
	if (!err)
		err = trips(w);
	if (!err && one_look(w) > LOOK_MAX)
		err = WARD_ERR_LIMIT;
	if (err)
		return err;
	struct ward_evac_trip *best = ward_arena_array(w->a, w->n_trip + 1, sizeof(*best));

	if (!best)
		return WARD_ERR_NOMEM;
	w->looks = looks(w, LOOKS_WORK, (int)w->e->looks_max);
	p->available = ward_evac_available(w, w->ask->at);
	err = ward_evac_search(w, best, &p->whole);
	if (err)
		return err;
	p->whole = p->whole && !*w->cut;
	p->gather = w->gather;
	gather(p, w, best);
	memcpy(w->trip, best, w->n_trip * sizeof(*best));
	ward_arena_reset(w->scratch);
	err = ward_evac_bound(w, &p->bound);
	p->enough = p->staff;
	w->looks = looks(w, LOOKS_WORK / TRIES, LOOKS_TRY);
	for (size_t i = 0; i < w->n_trip; i++)
		w->trip[i].fate = WARD_EVAC_MOVES;
	return !err && (p->lost || p->late) ? enough(w, p) : err;
}

enum ward_err ward_evac_make(const struct ward_evac *e, const struct ward_evac_ask *ask,
	const struct ward_mem *mem, struct ward_evac_plan *ret)
{
	struct ward_arena scratch;
	bool cut = false;
	struct ward_evac_work w = {.e = e, .ask = ask, .scratch = &scratch, .cut = &cut};

	*ret = (struct ward_evac_plan){.n_move = 0};
	ward_arena_init(&ret->arena, mem, BYTES_MAX);
	ward_arena_init(&scratch, mem, BYTES_MAX);
	w.a = &ret->arena;
	enum ward_err err = make(&w, ret);

	ward_arena_fini(&scratch);
	return err;
}

void ward_evac_plan_fini(struct ward_evac_plan *p)
{
	ward_arena_fini(&p->arena);
}
