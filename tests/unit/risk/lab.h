/* A small hospital with two pumps and a controller, and what is said of them, for the tests of this
 * room. */
#ifndef WARD_TESTS_RISK_LAB_H
#define WARD_TESTS_RISK_LAB_H

#include "risk/risk.h"

struct risk_lab {
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_rules *rules;
	struct ward_engine *e;
	struct ward_facts facts;
	struct ward_advices advices;
	struct ward_abouts abouts;
	struct ward_risk_world w;
	struct ward_risks r;
};

/* more: lists of the hospital after the fixed ones, or "". policy: a table, or NULL. */
enum ward_err risk_lab_open(
	struct risk_lab *l, const struct ward_mem *mem, const char *more, const char *policy);
/* Forgets what was said of weaknesses and devices, and all findings; the hospital stays. */
enum ward_err risk_lab_forget(struct risk_lab *l, const struct ward_mem *mem);
void risk_lab_close(struct risk_lab *l);
/* Finds the risks anew. */
enum ward_err risk_lab_find(struct risk_lab *l, const struct ward_mem *mem);
/* NULL when it is not among them. */
const struct ward_device_risk *risk_lab_of(const struct risk_lab *l, const char *asset);

#endif
