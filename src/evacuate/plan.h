/* Who goes where, in how many minutes, with how many staff, when a compartment must be left.
 *
 * A pure function of the facts and the question: same input, same plan. The plan is the best of
 * those that the method looks at (README.md); `bound` says before which moment no plan at all can
 * be done. Ward proposes; the hospital's own plan and the fire brigade rule. Single-threaded. */
#ifndef WARD_EVACUATE_PLAN_H
#define WARD_EVACUATE_PLAN_H

#include "evacuate/facts.h"

#define WARD_EVAC_NEVER INT64_MAX

enum {
	WARD_EVAC_LEGS = 12,  /* of one route */
	WARD_EVAC_MORE = 200, /* staff asked about beyond those at hand */
};

struct ward_evac_ask {
	uint32_t room; /* node where it burns, or WARD_NONE: somewhere in the compartment */
	uint32_t at;   /* its compartment */
	enum ward_evac_threat threat;
	size_t shift;
	int64_t staff;      /* so many in all, at hand from the alarm on; negative: by the shift */
	const bool *closed; /* by way: cannot be used; NULL: all can */
};

/* What the threat means for a compartment. */
enum ward_evac_phase { WARD_EVAC_NOW, WARD_EVAC_NEXT, WARD_EVAC_STAY, WARD_EVAC_APART };

struct ward_evac_leg {
	uint32_t way, from, to;
};
struct ward_evac_route {
	struct ward_evac_leg leg[WARD_EVAC_LEGS];
	size_t n;
};

enum ward_evac_fate {
	WARD_EVAC_MOVES,
	WARD_EVAC_SHELTERS, /* its own rooms protect it for now */
	WARD_EVAC_NO_WAY,   /* no way out that they fit through */
	WARD_EVAC_NO_ROOM,  /* what can be reached is full */
	WARD_EVAC_NO_STAFF, /* fewer than one trip takes */
};

/* Patients of one ward and kind who do the same. Times in ms from the alarm. */
struct ward_evac_move {
	uint32_t ward;
	enum ward_evac_class class;
	enum ward_evac_fate fate;
	struct ward_evac_route route; /* MOVES */
	int64_t n, trips, team;
	int64_t start, out, safe; /* first begun, last out of the compartment, last there */
	int64_t available;        /* until nobody can stay in their compartment */
	int64_t late;             /* out when nobody can stay there any more */
	bool bottles;             /* ventilated, and no oxygen shut-off serves where they go */
	int64_t until;            /* SHELTERS */
};

struct ward_evac_plan {
	struct ward_evac_move *move; /* in the order in which they begin; without trips: last */
	size_t n_move;
	enum ward_evac_phase *phase;           /* by compartment */
	int64_t *through;                      /* by way: patients */
	int64_t *area_left;                    /* by compartment, dm2 */
	int64_t available;                     /* until nobody can stay in the compartment */
	int64_t lost, late, sheltering, moved; /* patients; late ones are among moved */
	int64_t hard;      /* what moving asks of them, floors and oxygen: to compare plans */
	int64_t out, safe; /* the last out of the compartment; the last there; 0: nobody */
	int64_t bound;     /* no plan has the last out of the compartment before */
	int64_t staff;     /* counted, helpers included */
	int64_t enough;    /* staff in all (helpers at hand at once) with whom all are out in time;
			      WARD_EVAC_NEVER: not with WARD_EVAC_MORE more */
	bool gather;       /* staff of compartments that are left next go to the fire first */
	bool whole;        /* every set of ways was looked at that the method knows */
	/* Internal. */
	struct ward_arena arena;
};

/* LIMIT over evacuate.trips or evacuate.staff, or where a single look would take minutes (hundreds
 * of smoke compartments to be left by hundreds of ways); NOMEM. Borrows e for as long as the plan
 * lives; free with ward_evac_plan_fini, also after a failure. */
WARD_MUST_CHECK enum ward_err ward_evac_make(const struct ward_evac *e,
	const struct ward_evac_ask *ask, const struct ward_mem *mem, struct ward_evac_plan *ret);
void ward_evac_plan_fini(struct ward_evac_plan *p);

/* May the lift carry patients under this threat (the brigade's only when it is there)? */
bool ward_evac_lift_usable(
	const struct ward_evac *e, const struct ward_evac_way *w, const struct ward_evac_ask *ask);
/* Is the compartment served by a shut-off of oxygen, that is: is there oxygen? */
bool ward_evac_has_oxygen(const struct ward_evac *e, uint32_t compartment);
/* The shift at a minute of the day, or of the fewest staff on wards (SIZE_MAX for the minute). */
size_t ward_evac_shift_at(const struct ward_evac *e, size_t minute);

#endif
