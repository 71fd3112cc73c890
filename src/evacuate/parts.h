/* Between the parts of the method. Internal to the room. */
#ifndef WARD_EVACUATE_PARTS_H
#define WARD_EVACUATE_PARTS_H

#include "evacuate/plan.h"

enum { WARD_EVAC_EXITS = 16, WARD_EVAC_NEAR = 256 };

/* One trip: `n` patients of a ward with their team. */
struct ward_evac_trip {
	uint32_t ward, phase_at; /* its compartment */
	enum ward_evac_class class;
	int64_t n;
	enum ward_evac_fate fate;
	struct ward_evac_route route;
	int64_t start, out, safe, team;
	int64_t hard; /* for all: floors, being outside, being without oxygen from the wall */
};

/* A way to a compartment that can receive, beginning with a given door or stairs. */
struct ward_evac_option {
	struct ward_evac_route route;
	uint32_t to;
	int64_t cost; /* floors before oxygen before milliseconds */
};

struct ward_evac_work {
	const struct ward_evac *e;
	const struct ward_evac_ask *ask;
	const enum ward_evac_phase *phase;
	bool *closed;               /* by way: by the question, or left out by the search */
	struct ward_arena *a;       /* for the whole plan */
	struct ward_arena *scratch; /* for one look */
	uint32_t *order;            /* compartments to be left, the first first */
	size_t n_order;
	struct ward_evac_trip *trip; /* by compartment, kind, ward */
	size_t n_trip;
	/* Staff: when they are ready, in which compartment, and when at the fire if they go there
	 * first (NEVER: no way). */
	int64_t *ready[3];
	size_t n_ready;
	bool apart;   /* some of them are not where it burns */
	bool gather;  /* the best plan has these go to the fire first */
	int looks;    /* sets of ways that the search may look at, for each manner */
	bool *cut;    /* set where more than WARD_EVAC_NEAR compartments can be reached */
	bool balance; /* spread over ways by what they already carry */
};

/* May patients of the class pass the way? */
bool ward_evac_fits(const struct ward_evac_work *w, uint32_t way, enum ward_evac_class c);
size_t ward_evac_lanes(const struct ward_evac *e, const struct ward_evac_way *w);
/* For n patients: how long they hold up a lane, and what they need once they have passed. */
int64_t ward_evac_hold(const struct ward_evac *e, const struct ward_evac_leg *l,
	enum ward_evac_class c, int64_t n);
int64_t ward_evac_after(
	const struct ward_evac *e, const struct ward_evac_leg *l, enum ward_evac_class c);
int64_t ward_evac_approach(
	const struct ward_evac *e, const struct ward_evac_leg *l, enum ward_evac_class c);
/* Before they move, the team, and the team's way back, hand-over included. */
int64_t ward_evac_prepare(
	const struct ward_evac *e, const struct ward_evac_route *r, enum ward_evac_class c);
int64_t ward_evac_team(
	const struct ward_evac *e, const struct ward_evac_route *r, enum ward_evac_class c);
int64_t ward_evac_back(const struct ward_evac *e, const struct ward_evac_route *r);
/* By compartment, in scratch: how long staff walk from there to where it burns, or NEVER. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evac_walks(const struct ward_evac_work *w, int64_t **ret);

/* All options from a compartment for a class, in scratch. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evac_options(const struct ward_evac_work *w, uint32_t from,
	enum ward_evac_class c, struct ward_evac_option **ret, size_t *ret_n);
/* Gives every trip its route, or why it has none. area_left by compartment is set. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evac_assign(
	struct ward_evac_work *w, struct ward_evac_trip *trip, int64_t *area_left);
/* In which order the kinds of one compartment go. With `teams`, so many teams for ventilated
 * patients are set apart once `before` kinds have begun: they prepare while the others leave, and
 * go last. With `gather`, staff of compartments that are left next go to the fire first. */
struct ward_evac_turn {
	uint8_t order[WARD_EVAC_CLASS_N];
	size_t teams, before;
	bool gather;
};
/* When each trip begins, is out and is there. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evac_schedule(const struct ward_evac_work *w,
	const struct ward_evac_turn *turn, struct ward_evac_trip *trip);
/* The best of the plans that the method knows: its trips, with times and fates. *ret_whole: no set
 * of ways was passed over. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evac_search(
	struct ward_evac_work *w, struct ward_evac_trip *ret, bool *ret_whole);
/* Until when the compartment can be stayed in. */
int64_t ward_evac_available(const struct ward_evac_work *w, uint32_t at);
/* The earliest moment at which any plan that moves those whom w->trip moves can have the first
 * compartment empty. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_evac_bound(const struct ward_evac_work *w, int64_t *ret);

#endif
