/* For tests of the actions for an incident: the pilot with all that is shipped. */
#ifndef TEST_ACTIONS_PILOT_H
#define TEST_ACTIONS_PILOT_H

#include "../model/lab.h"
#include "actions/actions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct world {
	struct ward_diag d;
	struct ward_limits lim;
	struct ward_model *m;
	struct ward_rules *r;
	struct ward_works *works;
	struct ward_action_set *set;
	struct ward_engine *e;
};

static inline const char *below(const char *what)
{
	static char path[4][4096];
	static unsigned at;
	const char *root = getenv("WARD_SOURCE_ROOT");

	at = (at + 1) % 4;
	snprintf(path[at], sizeof(path[at]), "%s/%s", root ? root : ".", what);
	return path[at];
}

static inline void open_pilot(struct world *x)
{
	const struct ward_mem *mem = ward_mem_heap();

	*x = (struct world){0};
	ward_limits_default(&x->lim);
	ward_diag_init(&x->d, mem);
	assert_int_equal(ward_model_load(below("pilots/turin"), below("content"), &x->lim, mem,
				 &x->d, &x->m),
		WARD_OK);
	assert_int_equal(
		ward_rules_load(below("content/propagation"), x->m, &x->lim, mem, &x->d, &x->r),
		WARD_OK);
	assert_int_equal(ward_works_load(below("content/recovery"), NULL, x->m, &x->lim, mem, &x->d,
				 &x->works),
		WARD_OK);
	assert_int_equal(ward_actions_load(below("content/actions"), NULL, x->m, x->works, &x->lim,
				 &x->d, &x->set),
		WARD_OK);
	assert_int_equal(ward_engine_new(x->m, x->r, &x->lim, mem, &x->e), WARD_OK);
}

static inline void close_pilot(struct world *x)
{
	ward_engine_free(x->e);
	ward_actions_free(x->set);
	ward_works_free(x->works);
	ward_rules_free(x->r);
	ward_model_free(x->m);
	ward_diag_fini(&x->d);
}

static inline struct ward_seed_threat pilot_seed(
	const struct world *x, const char *asset, const char *threat)
{
	struct ward_seed_threat seed = {ward_model_find(x->m, ward_str_z(asset)),
		ward_threats_find(ward_model_threats(x->m), ward_str_z(threat)),
		(ward_ns)1773907200 * WARD_NS_PER_S, 1000000, 1000000};

	assert_true(seed.asset != WARD_NONE && seed.threat != WARD_NONE);
	return seed;
}

#endif
