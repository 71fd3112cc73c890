/* Ordinary life beside a story: who passes doors, what sensors and machines say of an ordinary day,
 * as a scenario of its own that nobody wrote (docs/exercise.md).
 *
 * It has steps without a truth, and expects nothing to be found. It is a scenario beside the story
 * and no part of it, with its own clock: indices, branches, log and score of the story stay as they
 * are, and life goes on while a trainer holds the story. It leaves out the doors, badges, sensors
 * and machines by which the story tells what happens (life_apart.c). Pure: the same story, seed and
 * length give the same steps. */
#ifndef WARD_EXERCISE_LIFE_H
#define WARD_EXERCISE_LIFE_H

#include "exercise/scenario.h"

enum { WARD_LIFE_SEED = 64 /* bytes of a seed's text */ };

struct ward_life_in {
	const struct ward_scenario *story;
	struct ward_str seed;
	ward_ns lasts; /* from the story's beginning on */
	ward_ns soon;  /* within which each kind of it happens once at least, at most lasts */
	const struct ward_limits *lim;
	const struct ward_mem *mem;
	struct ward_diag *diag; /* what can't be: a finding is a fault of ours */
};

/* Life of that length at the hour of the story's start, of at most exercise.steps steps: where more
 * would happen, all of it happens less often. *ret may have no step, where the hospital has no
 * door, sensor or machine left that could say something; free it with ward_scenario_free. It
 * borrows the story's model. NOMEM, LIMIT; CONFIG: a finding says what. */
WARD_MUST_CHECK enum ward_err ward_life_new(
	const struct ward_life_in *in, struct ward_scenario **ret);
/* How long the story's recording is: to its last step. */
ward_ns ward_life_recorded(const struct ward_scenario *story);
/* May it end behind its first n steps, since nobody is just passing a door? O(n). */
bool ward_life_rests(const struct ward_scenario *life, size_t n);

#endif
