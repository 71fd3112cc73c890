/* A hospital in which things are proposed, approved and done, by its real forecast, row by row, and
 * begun anew over the same rows. Failures end the test. */
#ifndef WARD_TESTS_RESPOND_ACT_WORLD_H
#define WARD_TESTS_RESPOND_ACT_WORLD_H

#include "lab.h"
#include "respond/act/fire.h"

#define IT "it-on-call"

enum { ROWS = 64 };
enum { NOBODY, ANNA, BRUNO, CARLA, DARIO, PERSONS };

struct world {
	struct turin t;
	struct ward_actuators table;
	struct ward_rules *rules;
	struct ward_works *works;
	struct ward_arena arena;
	struct ward_act_forecast f;
	struct ward_act_person person[PERSONS];
	struct ward_counters counters;
	struct ward_act *a;
	bool exercise;
	struct ward_act_policy_role policy[4]; /* roles that nobody plays in it */
	size_t n_policy;
	struct {
		struct ward_act_row row;
		char *json;
	} row[ROWS];
	size_t n_row;
	ward_ns now;
	uint8_t ids;
	struct ward_decided said;
	struct ward_id action;
	char shown[65];
};

/* A new life over the same rows. */
void life(struct world *w);
void keep(struct world *w, const struct ward_act_row *row);
void person(struct world *w, size_t i, const char *id, const char *role);
int setup(void **state);
int teardown(void **state);
/* Decided and kept; the error that was answered. */
enum ward_err decide(struct world *w, struct ward_decision d, bool by_person);
enum ward_err propose(struct world *w, const char *thing, const char *args);
/* By a person with the next code. */
struct ward_decision coded(
	struct world *w, enum ward_decision_kind kind, size_t who, const char *role);
enum ward_err by(struct world *w, enum ward_decision_kind kind, size_t who, const char *role);
enum ward_act_state at(const struct world *w);
/* All that follows by itself. */
void go(struct world *w);
struct ward_id request(struct world *w);
bool asks(struct world *w);
bool answer(struct world *w, struct ward_id id, enum ward_sent what);
void use(struct world *w, const char *systems);
bool says(struct ward_str json, const char *what);

#endif
