/* A small hospital with what a scenario needs, for the tests of this room and its fuzz target. */
#ifndef WARD_TESTS_EXERCISE_STAGE_H
#define WARD_TESTS_EXERCISE_STAGE_H

#include "exercise/scenario.h"

#include "../model/lab.h"

struct stage {
	struct lab lab;
	struct ward_diag d; /* of scenarios */
	struct ward_points *points;
};

/* A scenario without findings, with one step of each kind. */
extern const char stage_scenario[];

void stage_open(struct stage *st);
void stage_close(struct stage *st);
/* Loads a text as scenarios/s/scenario.yml; *ret is NULL when it is refused. */
enum ward_err stage_load(struct stage *st, const struct ward_mem *mem, struct ward_slice text,
	struct ward_scenario **ret);
/* stage_scenario with other steps, given as YAML list items without indent. Must load. */
struct ward_scenario *stage_steps(struct stage *st, const char *steps);

#endif
