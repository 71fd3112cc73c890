/* What the process `act` knows before its cage: the hospital, its plan of evacuation, its systems,
 * how things propagate, who answers for patients, and who may approve, with their secrets. */
#ifndef WARD_RUN_PROC_ACT_KNOW_H
#define WARD_RUN_PROC_ACT_KNOW_H

#include "evacuate/facts.h"
#include "respond/act/effect.h"
#include "run/process.h"

struct act_known {
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
	struct ward_model *m;
	struct ward_evac *evac; /* NULL: there is no plan */
	struct ward_escape escape;
	struct ward_actuators table;
	struct ward_rules *rules;
	struct ward_works *works;
	struct ward_act_forecast forecast;
	struct ward_act_person person[WARD_ACT_PERSONS];
	size_t n_person;
};

/* From the settings "hospital" and "content" (directories) and the descriptor "people", whose lines
 * are "ID ROLE,ROLE FILE" (of the hospital's, or empty; its first line is the secret in base 32).
 * Ends the process where one of it is not as it has to be. */
void act_know(struct ward_process *p, struct act_known *k);
void act_forget(struct act_known *k);

#endif
