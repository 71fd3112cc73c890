/* Plans worked by hand, and random houses against what must hold and against enumeration. Times are
 * in seconds in the comments, in milliseconds in the code; the numbers of travel.h are used. */
#include "evacuate/say.h"
#include "travel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

static struct lab lab;
static struct ward_evac *e;

static int open_lab(void **state)
{
	(void)state;
	return lab_load(&lab, ward_mem_heap(), NULL, "more.yml", more) != WARD_OK;
}

static int close_lab(void **state)
{
	(void)state;
	lab_free(&lab);
	return 0;
}

static void load(const char *compartments_ways, const char *wards)
{
	char text[4096];
	struct ward_diag d;

	assert_true(snprintf(text, sizeof(text),
			    "plan: Plan\nreviewed: 2026-01-01\nbrigade: {arrives: 300s}\n"
			    "shifts: [{id: day, from: '06:00', to: '20:00'},\n"
			    "  {id: night, from: '20:00', to: '06:00'}]\n%swards:\n%s",
			    compartments_ways, wards) < (int)sizeof(text));
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err = evac_parse(&lab, text, ward_mem_heap(), &d, &e);

	for (size_t i = 0; err && i < d.n; i++)
		print_message("%u: %.*s\n", d.item[i].line, WARD_STR_ARG(d.item[i].what));
	ward_diag_fini(&d);
	assert_int_equal(err, WARD_OK);
}

static struct ward_evac_plan make(const char *at, int64_t staff, const bool *closed)
{
	const struct ward_evac_ask ask = {.room = WARD_NONE,
		.at = ward_evac_find(e, ward_str_z(at)),
		.threat = WARD_EVAC_FIRE,
		.staff = staff,
		.closed = closed};
	struct ward_evac_plan p;

	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	return p;
}

static void drop(struct ward_evac_plan *p)
{
	ward_evac_plan_fini(p);
	ward_evac_free(e);
	e = NULL;
}

static const char two_doors[] =
	"compartments:\n"
	"  - {id: a, places: [r-1]}\n  - {id: b, places: [r-2], area: 100}\n"
	"doors:\n"
	"  - {id: d1, between: [a, b], width: 1200, metres: 10}\n"
	"  - {id: d2, between: [a, b], width: 1200, metres: 20}\n";

/* Two beds, two staff. First: begun at 30, ready at 50, at the door (10 m at 1 m/s) at 60, through
 * at 65; handed over at 75, team back at 85. Second: 85, 105, 115, 120. The bound by work: a trip
 * takes 2 x 35 and 2 x 20 for the way back, together 220; the last way back of two people, 40, is
 * not needed: 180. Two people have done 180 when 2 (T - 30) = 180: at 120. So the plan is the best.
 */
static void beds_by_one_team(void **state)
{
	(void)state;
	load(two_doors, "  - {service: w-1, at: a, bed: 2, staff: 0}\n");
	struct ward_evac_plan p = make("a", 2, NULL);

	assert_int_equal(p.out, 120000);
	assert_int_equal(p.bound, 120000);
	assert_int_equal(p.available, 100000);
	assert_int_equal(p.late, 1);
	assert_int_equal(p.lost, 0);
	/* three are no better than two; with four the second team is out at 70 at the latest */
	assert_int_equal(p.enough, 4);
	assert_true(p.whole);
	drop(&p);
}

/* Two teams: both at d1 at 60; the first through at 65, the second at 70. By d2 it would be 30 + 20
 * + 20 + 5 = 75. Bound of the ways: 30 + 30 + 10 seconds of passing through two lanes (d1, d2) =
 * 65; of one trip 65. */
static void beds_by_two_teams(void **state)
{
	(void)state;
	load(two_doors, "  - {service: w-1, at: a, bed: 2, staff: 0}\n");
	struct ward_evac_plan p = make("a", 4, NULL);

	assert_int_equal(p.out, 70000);
	assert_int_equal(p.bound, 65000);
	assert_int_equal(p.late, 0);
	assert_int_equal(p.enough, 4);
	drop(&p);
}

/* d1 shut: 30 + 20 + 20 + 5 = 75; back at 75 + 10 + 20 = 105; 105 + 45 = 150. */
static void a_door_shut(void **state)
{
	const bool shut[] = {true, false};

	(void)state;
	load(two_doors, "  - {service: w-1, at: a, bed: 2, staff: 0}\n");
	struct ward_evac_plan p = make("a", 2, shut);

	assert_int_equal(p.out, 150000);
	assert_int_equal(p.n_move, 1);
	assert_int_equal(p.move[0].n, 2);
	assert_int_equal(p.move[0].route.leg[0].way, 1);
	drop(&p);
	load(two_doors, "  - {service: w-1, at: a, bed: 2, staff: 0}\n");
	p = make("a", 2, (const bool[]){true, true});
	assert_int_equal(p.lost, 2);
	assert_int_equal(p.move[0].fate, WARD_EVAC_NO_WAY);
	assert_true(p.enough == WARD_EVAC_NEVER);
	drop(&p);
}

/* Down the stairs four carry: 30 + 20 + 15 = 65, 10 m: 75, 8 on the stairs: out at 83; one floor of
 * 10: there at 93. Two cannot. */
static void down_the_stairs(void **state)
{
	static const char house[] = "compartments:\n  - {id: a, places: [r-1]}\n"
				    "  - {id: c, places: [r-3], area: 100}\n"
				    "stairs: [{id: s, stops: [a, c], width: 1200, metres: 10}]\n"
				    "lifts: [{id: l, stops: [a, c], bed: true, metres: 1}]\n";

	(void)state;
	load(house, "  - {service: w-1, at: a, bed: 1, staff: 0}\n");
	struct ward_evac_plan p = make("a", 4, NULL);

	assert_int_equal(p.out, 83000);
	assert_int_equal(p.safe, 93000);
	assert_int_equal(p.move[0].team, 4);
	ward_evac_plan_fini(&p);
	p = make("a", 2, NULL);
	assert_int_equal(p.lost, 1);
	assert_int_equal(p.move[0].fate, WARD_EVAC_NO_STAFF);
	assert_int_equal(p.enough, 4);
	drop(&p);
}

/* Next door there is floor for one bed (3 m2). The other goes down by the evacuation lift of the
 * lobby: it opens into it, not where it burns. */
static void next_door_first(void **state)
{
	static const char house[] =
		"compartments:\n  - {id: a, places: [r-1]}\n  - {id: b, places: [r-2], area: 5}\n"
		"  - {id: lobby, level: 0}\n  - {id: c, places: [r-3], area: 100}\n"
		"doors:\n  - {id: d, between: [a, b], width: 1200, metres: 10}\n"
		"  - {id: e, between: [a, lobby], width: 1200, metres: 10}\n"
		"lifts:\n  - {id: l, kind: evacuation, stops: [lobby, c], bed: true, metres: 5}\n"
		"  - {id: o, stops: [lobby, c], bed: true, metres: 1}\n";

	(void)state;
	load(house, "  - {service: w-1, at: a, bed: 2, staff: 0}\n");
	struct ward_evac_plan p = make("a", 4, NULL);

	assert_int_equal(p.lost, 0);
	assert_int_equal(p.n_move, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct ward_evac_route *r = &p.move[i].route;

		assert_int_equal(p.move[i].n, 1);
		if (r->n == 1)
			assert_int_equal(r->leg[0].to, 1);
		else
			assert_int_equal(r->leg[1].way, 2); /* not the ordinary one */
	}
	ward_evac_plan_fini(&p);
	/* 5 m2 - 3 m2 for one of the two; with the lift shut there is no room for the other */
	p = make("a", 4, (const bool[]){false, false, true, false});
	assert_int_equal(p.lost, 1);
	drop(&p);
}

/* The yard is nearer (60 against 85), but who can't walk is brought into the house; two who walk go
 * out: 30 + 10 + 5 m + 2 = 47. */
static void inside_before_outside(void **state)
{
	static const char house[] =
		"compartments:\n  - {id: a, places: [r-1]}\n  - {id: b, places: [r-2], area: 100}\n"
		"  - {id: out, kind: outside, area: 100, level: 0}\n"
		"doors:\n  - {id: d, between: [a, b], width: 1200, metres: 30}\n"
		"  - {id: o, between: [a, out], width: 1200, metres: 5}\n";

	(void)state;
	load(house, "  - {service: w-1, at: a, walking: 2, bed: 1, staff: 0}\n");
	struct ward_evac_plan p = make("a", 4, NULL);

	assert_int_equal(p.n_move, 2);
	for (size_t i = 0; i < 2; i++) {
		bool walks = p.move[i].class == WARD_EVAC_WALKING;

		assert_int_equal(p.move[i].route.leg[0].to, walks ? 2 : 1);
		assert_int_equal(p.move[i].out, walks ? 47000 : 85000);
	}
	drop(&p);
}

/* Teams set apart: one ventilated patient (4 staff, 60 to prepare) and two beds (2 staff), six
 * staff. The ventilated one: 30 + 60 + 20 (10 m at 0.5 m/s) + 6 = 116 at the earliest; meanwhile
 * two bring both beds by 120. In the order of kinds beds would come first and the ventilated
 * patient later. */
static void prepares_meanwhile(void **state)
{
	(void)state;
	load(two_doors, "  - {service: w-1, at: a, bed: 2, ventilated: 1, staff: 0}\n");
	e->compartment[0].available = 3600000; /* else one late rather than two: beds first */
	struct ward_evac_plan p = make("a", 6, NULL);

	assert_int_equal(p.lost, 0);
	assert_true(p.out <= 126000);
	assert_true(p.bound >= 116000 && p.bound <= p.out);
	drop(&p);
}

static const char halves[] = "compartments:\n  - {id: a, places: [r-1], kind: smoke, within: x}\n"
			     "  - {id: b, places: [r-2], kind: smoke, within: x, area: 100}\n"
			     "  - {id: c, places: [r-3], area: 100}\n"
			     "doors: [{id: d, between: [a, b], width: 1200, metres: 10}]\n"
			     "stairs: [{id: s, stops: [b, c], width: 1200, metres: 10}]\n";

/* Halves of one fire compartment: fire empties the second, too, smoke does not; a ward whose rooms
 * protect it stays, unless it burns in them. */
static void phases(void **state)
{
	struct ward_evac_ask ask = {.room = WARD_NONE, .staff = 6};
	struct ward_evac_plan p;

	(void)state;
	load(halves, "  - {service: w-1, at: a, wheelchair: 1, staff: 0, shelter: 30min}\n"
		     "  - {service: w-2, at: b, wheelchair: 1, staff: 0}\n");
	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	assert_int_equal(p.phase[1], WARD_EVAC_NEXT);
	assert_int_equal(p.moved, 2); /* somewhere in a: nobody knows where, so nobody shelters */
	ward_evac_plan_fini(&p);
	ask.threat = WARD_EVAC_SMOKE;
	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	assert_int_equal(p.phase[1], WARD_EVAC_STAY);
	assert_int_equal(p.moved, 1);
	ward_evac_plan_fini(&p);
	ask.threat = WARD_EVAC_FIRE;
	ask.room = lab_node(&lab, "r-2");
	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	assert_int_equal(p.sheltering, 1);
	assert_int_equal(p.moved, 1);
	ward_evac_plan_fini(&p);
	ask.room = lab_node(&lab, "r-1");
	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	assert_int_equal(p.sheltering, 0);
	drop(&p);
}

/* Nobody is where it burns: they come from the other half, and the bound counts them. */
static void next_staff_first(void **state)
{
	struct ward_evac_ask ask = {.room = WARD_NONE, .staff = -1};
	struct ward_evac_plan p;

	(void)state;
	load(halves, "  - {service: w-1, at: a, wheelchair: 1, staff: 0}\n"
		     "  - {service: w-2, at: b, wheelchair: 2, staff: 2}\n");
	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	assert_true(p.gather && p.moved == 3);
	assert_true(p.bound > 0 && p.bound <= p.out);
	drop(&p);
}

static void by_shift(void **state)
{
	(void)state;
	load(two_doors, "  - {service: w-1, at: a, bed: 2, staff: {day: 4, night: 2}}\n"
			"  - {service: w-2, at: b, staff: {day: 2, night: 2}, spare: {day: 2}}\n");
	assert_int_equal(ward_evac_shift_at(e, 12 * 60), 0);
	assert_int_equal(ward_evac_shift_at(e, 3 * 60), 1);
	assert_int_equal(ward_evac_shift_at(e, SIZE_MAX), 1);
	struct ward_evac_ask ask = {.room = WARD_NONE, .shift = 0, .staff = -1};
	struct ward_evac_plan p;

	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	assert_int_equal(p.staff, 6);
	assert_int_equal(p.out, 70000);
	ward_evac_plan_fini(&p);
	ask.shift = 1;
	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &p), WARD_OK);
	assert_int_equal(p.staff, 2);
	assert_int_equal(p.out, 120000);
	drop(&p);
}

static void no_memory(void **state)
{
	const struct ward_evac_ask ask = {.room = WARD_NONE, .staff = 2};
	struct ward_mem_failing f;

	(void)state;
	load(two_doors, "  - {service: w-1, at: a, bed: 2, staff: 0}\n");
	for (uint64_t at = 1;; at++) {
		struct ward_evac_plan p;

		ward_mem_failing_init(&f, at);
		enum ward_err err = ward_evac_make(e, &ask, &f.mem, &p);

		ward_evac_plan_fini(&p);
		assert_true(err == WARD_OK || err == WARD_ERR_NOMEM);
		if (!err)
			break;
	}
	ward_evac_free(e);
}

/* ---- random houses ---- */

static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* Up to five compartments on two floors, doors and stairs between them, wards in the first two. */
static void random_house(size_t kinds)
{
	char house[2048], wards[1024];
	struct ward_wr h = ward_wr_fixed(house, sizeof(house) - 1);
	struct ward_wr w = ward_wr_fixed(wards, sizeof(wards) - 1);
	uint32_t n = 2 + below(4), n_door = 1 + below(4), n_stairs = below(3);

	ward_wr_z(&h, "compartments:\n");
	for (uint32_t i = 0; i < n; i++)
		ward_wr_printf(&h, "  - {id: c%u, level: %u, area: %u%s}\n", i, i > 2 ? 0 : 1,
			i ? 2 + below(12) : 0,
			i < 2 && kinds > 2 ? ", kind: smoke, within: x" : "");
	ward_wr_z(&h, "doors:\n");
	for (uint32_t i = 0; i < n_door; i++) {
		uint32_t a = below(n), b = (a + 1 + below(n - 1)) % n;

		ward_wr_printf(&h, "  - {id: d%u, between: [c%u, c%u], width: %u, metres: %u}\n", i,
			a, b, 850 + below(4) * 450, 5 + below(30));
	}
	ward_wr_z(&h, "stairs:\n");
	for (uint32_t i = 0; i < n_stairs; i++) {
		uint32_t a = below(n), b = (a + 1 + below(n - 1)) % n;

		ward_wr_printf(&h, "  - {id: s%u, stops: [c%u, c%u], width: %u, metres: %u}\n", i,
			a, b, 850 + below(3) * 200, 5 + below(30));
	}
	for (uint32_t i = 0; i < 2; i++)
		ward_wr_printf(&w,
			"  - {service: w-%u, at: c%u, walking: %u, wheelchair: %u, bed: %u, "
			"ventilated: %u, staff: 2}\n",
			i + 1, i, below(4), below(3), below(3), below(2));
	house[h.len] = wards[w.len] = 0;
	load(house, wards);
}

static int worse(const struct ward_evac_plan *a, const struct ward_evac_plan *b)
{
	const int64_t x[] = {a->lost, a->late, a->hard, a->out, a->safe};
	const int64_t y[] = {b->lost, b->late, b->hard, b->out, b->safe};

	for (size_t i = 0; i < 5; i++)
		if (x[i] != y[i])
			return x[i] > y[i] ? 1 : -1;
	return 0;
}

static void everybody(const struct ward_evac_plan *p)
{
	int64_t area[WARD_EVAC_STOPS] = {0}, all = 0, told = 0;

	for (size_t i = 0; i < e->n_ward; i++)
		if (p->phase[e->ward[i].at] <= WARD_EVAC_NEXT)
			all += ward_evac_patients(&e->ward[i]);
	for (size_t i = 0; i < p->n_move; i++) {
		const struct ward_evac_move *m = &p->move[i];

		told += m->n;
		if (m->fate != WARD_EVAC_MOVES)
			continue;
		uint32_t at = e->ward[m->ward].at;

		for (size_t k = 0; k < m->route.n; k++) {
			assert_int_equal(m->route.leg[k].from, at);
			at = m->route.leg[k].to;
			assert_true(p->phase[at] != WARD_EVAC_NOW);
			assert_true(e->way[m->route.leg[k].way].width_mm >=
				    (e->way[m->route.leg[k].way].kind == WARD_EVAC_DOOR
						    ? e->travel.how[m->class].width_mm
						    : e->travel.how[m->class].stairs_width_mm));
		}
		assert_true(p->phase[at] >= WARD_EVAC_STAY);
		area[at] += m->n * e->travel.how[m->class].area_dm2;
		assert_true(m->start <= m->out && m->out <= m->safe && m->late <= m->n);
	}
	assert_int_equal(told, all);
	assert_int_equal(p->moved + p->lost + p->sheltering, all);
	for (size_t i = 0; i < e->n_compartment; i++) {
		assert_true(area[i] <= e->compartment[i].area_dm2);
		assert_int_equal(p->area_left[i], e->compartment[i].area_dm2 - area[i]);
	}
	assert_true(p->bound <= p->out);
}

/* Each is safe, late, sheltering or named as not reached; more staff is never slower, a door that
 * is shut never quicker. */
static void random_properties(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		struct ward_evac_plan last = {.n_move = 0};

		seed = round;
		random_house(2 + round % 2);
		for (int64_t staff = 0; staff < 9; staff += 2) {
			struct ward_evac_plan p = make("c0", staff, NULL);
			bool shut[WARD_EVAC_STOPS] = {false};

			everybody(&p);
			if (staff) {
				assert_true(worse(&p, &last) <= 0);
				ward_evac_plan_fini(&last);
			}
			last = p;
			for (size_t i = 0; staff == 6 && i < e->n_way; i++) {
				shut[i] = true;
				struct ward_evac_plan q = make("c0", staff, shut);

				everybody(&q);
				assert_true(p.whole && q.whole);
				assert_true(worse(&q, &p) >= 0);
				shut[i] = false;
				ward_evac_plan_fini(&q);
			}
		}
		drop(&last);
	}
}

/* ---- the exact answer for a tiny house: every order, every door for each ---- */

struct tiny {
	size_t n_trip, n_door, n_staff;
	enum ward_evac_class class[4];
	int64_t metres[2];
};

static int64_t least(int64_t *p, size_t n, size_t k)
{
	for (size_t i = 0; i < n; i++) /* a selection sort is enough here */
		for (size_t j = i + 1; j < n; j++)
			if (p[j] < p[i]) {
				int64_t swap = p[i];

				p[i] = p[j];
				p[j] = swap;
			}
	return p[k - 1];
}

/* All schedules: at each step a trip that has not begun begins, with those of the staff who are
 * known to be free the soonest, or one that has begun and stands at its door goes through. */
struct world {
	int64_t staff[8], free[2], at[4];
	size_t n_staff;
	unsigned begun, gone;
};

static int64_t go_on(const struct tiny *t, const struct world *now, unsigned doors)
{
	static const int64_t team[] = {1, 1, 2, 4}, prepare[] = {10, 20, 20, 60};
	static const int64_t hold[] = {1, 2, 5, 6}, speed[] = {1000, 1000, 1000, 500};
	int64_t best = INT64_MAX;

	for (size_t i = 0; i < t->n_trip; i++) {
		enum ward_evac_class c = t->class[i];
		size_t k = (size_t)team[c], door = doors >> i & 1;
		struct world next = *now;

		if (!(now->begun >> i & 1)) {
			if (now->n_staff < k)
				continue;
			next.at[i] = least(next.staff, next.n_staff, k) * 1000 + prepare[c] * 1000 +
				     t->metres[door] * 1000000 / speed[c];
			next.n_staff -= k;
			memmove(next.staff, next.staff + k, next.n_staff * sizeof(*next.staff));
			next.begun |= 1u << i;
		} else if (!(now->gone >> i & 1)) {
			int64_t at = (now->at[i] > now->free[door] ? now->at[i] : now->free[door]) +
				     hold[c] * 1000;

			next.free[door] = at;
			next.gone |= 1u << i;
			for (size_t p = 0; p < k; p++)
				next.staff[next.n_staff++] = at / 1000 + 10 + t->metres[door];
			if (next.gone == (1u << t->n_trip) - 1)
				return at > now->free[!door] ? at : now->free[!door];
		} else {
			continue;
		}
		int64_t end = go_on(t, &next, doors);

		best = end < best ? end : best;
	}
	return best;
}

static int64_t exact(const struct tiny *t)
{
	int64_t best = INT64_MAX;

	for (unsigned doors = 0; doors < 1u << (t->n_door == 2 ? t->n_trip : 0); doors++) {
		struct world w = {.n_staff = t->n_staff};

		for (size_t i = 0; i < t->n_staff; i++)
			w.staff[i] = 30;
		int64_t end = go_on(t, &w, doors);

		best = end < best ? end : best;
	}
	return best;
}

static void against_enumeration(void **state)
{
	unsigned equal = 0, rounds = 0;

	(void)state;
	for (unsigned round = 0; round < 150; round++) {
		static const char *const word[] = {"walking", "wheelchair", "bed", "ventilated"};
		char house[512], ward[256];
		int64_t n[WARD_EVAC_CLASS_N] = {0};
		struct ward_wr w = ward_wr_fixed(ward, sizeof(ward) - 1);

		seed = round + 1000;
		struct tiny t = {
			.n_trip = 1 + below(4), .n_door = 1 + below(2), .n_staff = 4 + below(3)};

		for (size_t i = 0; i < 2; i++)
			t.metres[i] = 5 + below(40);
		for (size_t i = 0; i < t.n_trip; i++) {
			t.class[i] = (enum ward_evac_class)(1 + below(3));
			n[t.class[i]]++;
		}
		(void)snprintf(house, sizeof(house),
			"compartments: [{id: a}, {id: b, area: 99}]\ndoors:\n"
			"  - {id: d1, between: [a, b], width: 1200, metres: %lld}\n%s",
			(long long)t.metres[0],
			t.n_door == 2 ? "  - {id: d2, between: [a, b], " : "");
		if (t.n_door == 2)
			(void)snprintf(house + strlen(house), sizeof(house) - strlen(house),
				"width: 1200, metres: %lld}\n", (long long)t.metres[1]);
		ward_wr_z(&w, "  - {service: w-1, at: a, staff: 0");
		for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++)
			ward_wr_printf(&w, ", %s: %lld", word[c], (long long)n[c]);
		ward_wr_z(&w, "}\n");
		ward[w.len] = 0;
		load(house, ward);
		e->compartment[0].available = 3600000; /* the last out counts, not who is late */
		struct ward_evac_plan p = make("a", (int64_t)t.n_staff, NULL);
		int64_t best = exact(&t);

		assert_true(p.bound <= best);
		assert_true(best <= p.out);
		assert_true(p.out * 2 <= best * 3);
		equal += p.out == best;
		rounds++;
		drop(&p);
	}
	print_message("%u of %u plans are the best there is\n", equal, rounds);
	assert_true(equal * 10 >= rounds * 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(beds_by_one_team), T(beds_by_two_teams),
		T(a_door_shut), T(down_the_stairs), T(next_door_first), T(inside_before_outside),
		T(prepares_meanwhile), T(phases), T(next_staff_first), T(by_shift), T(no_memory),
		T(random_properties), T(against_enumeration)};

	return cmocka_run_group_tests(tests, open_lab, close_lab);
}
