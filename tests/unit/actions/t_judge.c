/* Plans of recovery and actions judge alike: for the pilot's incidents, whatever a plan may take
 * off its networks only with a clinical role's word, an action asks for the word of the same role.
 */
#include "../model/lab.h"
#include "actions/actions.h"
#include "recover/recover.h"

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

static const char *below(const char *what)
{
	static char path[4][4096];
	static unsigned at;
	const char *root = getenv("WARD_SOURCE_ROOT");

	at = (at + 1) % 4;
	snprintf(path[at], sizeof(path[at]), "%s/%s", root ? root : ".", what);
	return path[at];
}

static void open_pilot(struct world *x)
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

static void close_pilot(struct world *x)
{
	ward_engine_free(x->e);
	ward_actions_free(x->set);
	ward_works_free(x->works);
	ward_rules_free(x->r);
	ward_model_free(x->m);
	ward_diag_fini(&x->d);
}

/* Gives how many things both speak of. */
static size_t compare(struct world *x, const struct ward_seed_threat *seed, size_t n_seed)
{
	struct ward_recover_world rw = {x->m, x->r, x->works, x->e};
	struct ward_recover_ask ra = {.seed = seed,
		.n_seed = n_seed,
		.at = seed->since,
		.now = seed->since,
		.stopped = WARD_NS_NEVER,
		.likely_micro = 200000};
	struct ward_actions_world aw = {x->m, x->r, x->works, x->set, x->e};
	struct ward_actions_ask aa = {.seed = seed,
		.n_seed = n_seed,
		.now = seed->since,
		.horizon = (ward_ns)8 * 3600 * WARD_NS_PER_S,
		.budget = UINT64_MAX};
	struct ward_recover plan;
	struct ward_actions acts;
	size_t n = 0;

	assert_int_equal(ward_recover_find(&rw, &ra, ward_mem_heap(), &plan), WARD_OK);
	assert_int_equal(ward_actions_find(&aw, &aa, ward_mem_heap(), &acts), WARD_OK);
	for (size_t i = 0; i < plan.n_job; i++)
		for (size_t k = 0; k < acts.n_item; k++) {
			const struct ward_recover_job *j = &plan.job[i];
			const struct ward_actions_item *it = &acts.item[k];

			if (j->node != it->node || !j->isolate ||
				!x->set->action[it->action].isolates)
				continue;
			struct ward_str id = ward_model_node(x->m, j->node)->id;

			n++;
			/* what a plan spares care only because others are off already, an action by
			 * itself may do */
			if (j->clinical && it->clinical && j->word != it->word)
				fail_msg("%.*s: a plan and an action ask different roles",
					WARD_STR_ARG(id));
		}
	ward_recover_fini(&plan);
	ward_actions_fini(&acts);
	return n;
}

static void both_ask_the_same_role(void **state)
{
	static const char *const incident[][2] = {{"esx-1", "malware.ransomware"},
		{"gateway-1", "malware.ransomware"}, {"broker-1", "malware.virus"},
		{"net-medical", "net.lateral-movement"}, {"net-it", "net.lateral-movement"},
		{"dc-1", "malware.ransomware"}, {"pacs-1", "malware.ransomware"},
		{"lis-1", "malware.virus"}, {"bms-supervisor", "malware.ransomware"}};
	struct world x;
	size_t n = 0;

	(void)state;
	open_pilot(&x);
	for (size_t i = 0; i < WARD_ARRAY_LEN(incident); i++) {
		struct ward_seed_threat seed = {ward_model_find(x.m, ward_str_z(incident[i][0])),
			ward_threats_find(ward_model_threats(x.m), ward_str_z(incident[i][1])),
			(ward_ns)1773907200 * WARD_NS_PER_S, 1000000, 1000000};

		assert_true(seed.asset != WARD_NONE && seed.threat != WARD_NONE);
		n += compare(&x, &seed, 1);
	}
	assert_true(n >= 20);
	close_pilot(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(both_ask_the_same_role)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
