/* A small hospital with its own content, written into a directory of its own and loaded. */
#ifndef WARD_TESTS_IMPACT_LAB_H
#define WARD_TESTS_IMPACT_LAB_H

#include "impact/impact.h"

struct lab {
	char dir[64];
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_engine *e;
	struct ward_impacts all; /* of the last run */
};

/* hospital: lists after the fixed head (one site, building and floor: "f"), such as "rooms:\n…".
 * rules: the whole of propagation/rules.yml. The classes are those of lab.c; every class
 * device.n.<a to z> exists. Fails the test when the model has errors. */
void lab_open(struct lab *l, const char *hospital, const char *rules);
/* As lab_open, but gives what ward_rules_load said; findings are in l->diag. */
enum ward_err lab_try(struct lab *l, const char *hospital, const char *rules);
void lab_close(struct lab *l);

/* Runs with threats on assets from time 0, surely: "asset threat[ asset threat …]". */
void lab_run(struct lab *l, enum ward_impact_mode mode, const char *seeds);
/* As lab_run with one likelihood for all. */
void lab_run_with(struct lab *l, const char *seeds, int64_t lo_micro, int64_t hi_micro);
/* The impact, or NULL when the state is not reached. */
const struct ward_impact *lab_find(const struct lab *l, const char *asset, const char *threat);
const struct ward_barrier *lab_barrier(const struct lab *l, const char *asset, const char *threat);
/* All impacts and barriers as JSON lines. Free with free(). */
char *lab_json(const struct lab *l);

#define LAB_MIN (60 * WARD_NS_PER_S)

#endif
