/* Plans of recovery and actions judge alike: for the pilot's incidents, whatever a plan may take
 * off its networks only with a clinical role's word, an action asks for the word of the same role.
 */
#include "pilot.h"
#include "recover/recover.h"

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
		struct ward_seed_threat seed = pilot_seed(&x, incident[i][0], incident[i][1]);

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
