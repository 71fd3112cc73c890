/* What decisions were worth in a play: what they prevented, and what care lost by the hospital's
 * physics beside what it would have lost without them, in the time of the story (`real` of steps).
 *
 * Without a decision means: the branches that it opened were not taken, so the steps that they left
 * out happen when the story has them, and steps of theirs do not. What the trainer skipped, and
 * what nobody came to any more, is in neither. Pure, single-threaded. */
#ifndef WARD_EXERCISE_WORTH_H
#define WARD_EXERCISE_WORTH_H

#include "base/json.h"
#include "exercise/course.h"

enum ward_worth_way { WARD_WORTH_WITHOUT, WARD_WORTH_PLAYED, WARD_WORTH_WAYS };
enum { WARD_WORTH_RUNS = 31, WARD_WORTH_HOURS = 24 };

struct ward_worth_acts {
	struct ward_range_act *act;
	size_t n;
};

/* A branch that the story took. */
struct ward_worth_branch {
	const struct ward_branch *is;
	struct ward_str by; /* a person, or a recipient whom a policy plays; empty: nobody said */
	bool policy;
	ward_ns decided; /* of the play */
	/* steps that it left out, as indices of the story: those with a truth */
	const uint32_t *prevented;
	size_t n_prevented;
	bool says; /* the story says what of that does something to the hospital */
	struct ward_worth_acts acts; /* what would be done to it without this branch alone … */
	ward_ns away; /* … and services' time away then, all together; once reckoned */
};
struct ward_worth_service {
	struct ward_str service;
	bool hit[WARD_WORTH_WAYS]; /* in half of the runs at least, with … */
	ward_ns at[WARD_WORTH_WAYS], away[WARD_WORTH_WAYS]; /* … the medians */
};
struct ward_worth {
	const struct ward_scenario *s;
	const struct ward_step *step;     /* all of it, as the scenario was when it was found */
	struct ward_worth_branch *branch; /* in the order in which they were taken */
	size_t n_branch;
	struct ward_worth_acts acts[WARD_WORTH_WAYS];
	/* once reckoned: within WARD_WORTH_HOURS of the story */
	bool reckoned;
	ward_ns away[WARD_WORTH_WAYS];
	struct ward_worth_service *service; /* those that are hit in either */
	size_t n_service;
};

/* What was prevented, and by whom; all lies in the arena, the scenario and its model are borrowed.
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_worth_find(
	const struct ward_course *c, struct ward_arena *a, struct ward_worth *ret);
/* What that is for care; nothing where no branch says what it does to the hospital. The same play
 * gives the same. NOT_FOUND: an act is on nothing that the physics know (*ret_bad), and w is as
 * before; NOMEM. Takes as long as some dozens of ward_range_look for each branch. */
WARD_MUST_CHECK enum ward_err ward_worth_reckon(struct ward_worth *w, const struct ward_range *r,
	struct ward_arena *a, struct ward_str *ret_bad);
/* What a branch alone saved of services' time; it may be less than nothing. Only once reckoned, of
 * a branch that says it. */
ward_ns ward_worth_saved(const struct ward_worth *w, const struct ward_worth_branch *b);
/* As an object: docs/scoring.md has its members. */
void ward_worth_write(const struct ward_worth *w, struct ward_json *j);

#endif
