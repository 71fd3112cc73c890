/* Rights: what the content gives each profile, what each kind of decision needs, and each mistake
 * of rights.yml in its line with its mend. */
#include "../model/lab.h"
#include "desk/profiles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROLES                                                                                \
	"roles:\n  - {id: security-guard, name: Guard}\n  - {id: crisis-manager, name: M}\n" \
	"  - {id: gardener, name: Gardener}\n"

#define P(name) WARD_PROFILE_BIT(WARD_PROFILE_##name)

static struct ward_profiles content_of(struct lab *lab)
{
	struct ward_profiles p;
	char path[4096];

	memset(lab, 0, sizeof(*lab));
	assert_int_equal(lab_load(lab, ward_mem_heap(), NULL, "more.yml", ROLES), WARD_OK);
	(void)snprintf(path, sizeof(path), "%s/content", getenv("WARD_SOURCE_ROOT"));
	assert_int_equal(
		ward_profiles_load(path, &lab->lim, ward_mem_heap(), &lab->d, &p), WARD_OK);
	return p;
}

static void holds(const uint32_t may[WARD_DECISION_N])
{
	struct lab lab;
	struct ward_profiles p = content_of(&lab);

	for (unsigned k = 0; k < WARD_DECISION_N; k++)
		for (unsigned f = 0; f < WARD_PROFILE_N; f++) {
			const struct ward_person who = {.profiles = WARD_PROFILE_BIT(f)};
			bool got = ward_decision_let(
				(enum ward_decision_kind)k, ward_profiles_rights(&p, lab.m, &who));

			if (got != !!(may[k] & WARD_PROFILE_BIT(f)))
				fail_msg("%s: %s %s", ward_profile_name((enum ward_profile)f),
					ward_decision_name((enum ward_decision_kind)k),
					got ? "must not" : "must");
		}
	ward_profiles_free(&p);
	lab_free(&lab);
}

/* Who may decide what: one line for each kind of decision, none forgotten. */
#define LEAD P(CRISIS_MANAGER)
#define LOOKS (P(GUARD) | P(ANALYST) | LEAD)
#define ALL (LOOKS | P(OPERATOR) | P(ENGINEER) | P(STAFF))
#define ASKS (P(ANALYST) | P(ENGINEER) | LEAD)
static const uint32_t may_decide[WARD_DECISION_N] = {[WARD_DECISION_CONFIRM] = LOOKS,
	[WARD_DECISION_DISMISS] = LOOKS,
	[WARD_DECISION_CONTAIN] = LOOKS,
	[WARD_DECISION_RECOVER] = LOOKS,
	[WARD_DECISION_CLOSE] = LOOKS,
	[WARD_DECISION_REOPEN] = LOOKS,
	[WARD_DECISION_NOTE] = LOOKS,
	[WARD_DECISION_ASSIGN] = LOOKS,
	[WARD_DECISION_MERGE] = LOOKS,
	[WARD_DECISION_SPLIT] = LOOKS,
	[WARD_DECISION_LAW] = P(DATA_PROTECTION_OFFICER) | LEAD,
	[WARD_DECISION_TUNE] = P(ANALYST) | LEAD,
	[WARD_DECISION_LIFT] = P(ANALYST) | LEAD,
	[WARD_DECISION_REPORT] = ALL,
	[WARD_DECISION_PANIC] = ALL,
	[WARD_DECISION_ALL_CLEAR] = LOOKS,
	[WARD_DECISION_ACKNOWLEDGE] = ALL,
	[WARD_DECISION_ON_MY_WAY] = ALL,
	[WARD_DECISION_KEPT] = ALL,
	[WARD_DECISION_ENTER] = LEAD | P(OPERATOR),
	[WARD_DECISION_LOG] = LOOKS | P(OPERATOR) | P(ENGINEER),
	[WARD_DECISION_LOG_DONE] = LOOKS | P(OPERATOR) | P(ENGINEER),
	[WARD_DECISION_HAND_OVER] = LOOKS | P(OPERATOR) | P(ENGINEER),
	[WARD_DECISION_TAKE_OVER] = LOOKS | P(OPERATOR) | P(ENGINEER),
	[WARD_DECISION_CANDIDATE] = P(ENGINEER) | P(ADMINISTRATOR),
	[WARD_DECISION_PERMIT] = LOOKS | P(ENGINEER),
	[WARD_DECISION_PERMIT_END] = LOOKS | P(OPERATOR) | P(ENGINEER),
	[WARD_DECISION_ACTIVATE] = LEAD,
	[WARD_DECISION_STAND_DOWN] = LEAD,
	[WARD_DECISION_RESOLVE] = LEAD,
	[WARD_DECISION_TASK] = LEAD,
	[WARD_DECISION_TASK_DONE] = ALL,
	[WARD_DECISION_RECALL] = LEAD,
	[WARD_DECISION_RECALL_ANSWER] = ALL,
	[WARD_DECISION_REVIEW] = LEAD,
	[WARD_DECISION_START] = LEAD,
	[WARD_DECISION_CANCEL] = LEAD,
	[WARD_DECISION_DONE] = ALL,
	[WARD_DECISION_FAILED] = ALL,
	[WARD_DECISION_PROPOSE] = ASKS,
	[WARD_DECISION_APPROVE] = ASKS,
	[WARD_DECISION_REFUSE] = ASKS,
	[WARD_DECISION_UNDO] = ASKS,
	[WARD_DECISION_RENEW] = ASKS,
	[WARD_DECISION_NO_PATIENT] = ALL,
	[WARD_DECISION_CONFIGURE] = P(ENGINEER) | P(ADMINISTRATOR),
	[WARD_DECISION_UPDATE] = P(ENGINEER) | P(ADMINISTRATOR),
	[WARD_DECISION_APPOINT] = P(ADMINISTRATOR),
	[WARD_DECISION_TRY] = P(ENGINEER) | P(ADMINISTRATOR),
	[WARD_DECISION_TRY_ANY] = P(ADMINISTRATOR),
	[WARD_DECISION_PROCESSING] = P(DATA_PROTECTION_OFFICER),
	[WARD_DECISION_REVEAL] = P(ANALYST) | P(DATA_PROTECTION_OFFICER) | LEAD,
	[WARD_DECISION_ASK_BADGE] = LOOKS | P(OPERATOR) | P(ENGINEER) | P(AUDITOR) | P(TRAINER),
	[WARD_DECISION_REVEAL_REVIEW] = P(DATA_PROTECTION_OFFICER),
	[WARD_DECISION_PERSON_REQUEST] = P(DATA_PROTECTION_OFFICER),
	[WARD_DECISION_PERSON_ANSWER] = P(DATA_PROTECTION_OFFICER) | LEAD,
	[WARD_DECISION_PERSON_DONE] = P(DATA_PROTECTION_OFFICER) | LEAD,
	[WARD_DECISION_ASSESS] = P(DATA_PROTECTION_OFFICER),
	[WARD_DECISION_VOUCH] = P(DATA_PROTECTION_OFFICER) | P(ADMINISTRATOR),
	[WARD_DECISION_DRILL] = P(DATA_PROTECTION_OFFICER) | P(ADMINISTRATOR),
	[WARD_DECISION_HOLD] = P(DATA_PROTECTION_OFFICER),
	[WARD_DECISION_RELEASE_HOLD] = P(DATA_PROTECTION_OFFICER),
	[WARD_DECISION_STILL] = P(ENGINEER) | P(ADMINISTRATOR),
	[WARD_DECISION_READ] = LEAD | P(ANALYST),
	[WARD_DECISION_ROTATE_KEYS] = P(DATA_PROTECTION_OFFICER),
	[WARD_DECISION_EXPORT] = LEAD | P(ANALYST),
	[WARD_DECISION_LOOK] = LEAD | P(ANALYST),
	[WARD_DECISION_LEAD] = P(TRAINER),
	[WARD_DECISION_SEEN] = WARD_PROFILE_BIT(WARD_PROFILE_N) - 1};

static void profiles_by_kinds_of_decisions(void **state)
{
	(void)state;
	holds(may_decide);
}

/* Named in people.yml, else by the roles, else staff; several add up. */
static void where_profiles_come_from(void **state)
{
	struct lab lab;
	struct ward_profiles p = content_of(&lab);
	struct ward_person who = {.role = {lab_node(&lab, "security-guard")}, .n_role = 1};
	uint64_t guard, both;

	(void)state;
	guard = ward_profiles_rights(&p, lab.m, &who);
	assert_int_equal(guard, p.right[WARD_PROFILE_GUARD]);
	who.role[who.n_role++] = lab_node(&lab, "crisis-manager");
	both = ward_profiles_rights(&p, lab.m, &who);
	assert_int_equal(both, guard | p.right[WARD_PROFILE_CRISIS_MANAGER]);
	assert_true(both & WARD_RIGHT_BIT(WARD_RIGHT_APPROVE));
	who.profiles = P(AUDITOR);
	assert_int_equal(ward_profiles_rights(&p, lab.m, &who), p.right[WARD_PROFILE_AUDITOR]);
	who = (struct ward_person){.role = {lab_node(&lab, "gardener")}, .n_role = 1};
	assert_int_equal(ward_profiles_rights(&p, lab.m, &who), p.right[WARD_PROFILE_STAFF]);
	ward_profiles_free(&p);
	lab_free(&lab);
}

#define WHOLE                                                                                \
	"profiles: {guard: [see.incidents], operator: [], analyst: [], crisis-manager: [], " \
	"engineer: [], data-protection-officer: [], administrator: [administer], auditor: "  \
	"[], staff-representative: [], staff: []"

static void mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *what, *mend;
	} all[] = {{"profiles: {guard: []}\n", 1, "'staff' is missing", "add `staff: []`"},
		{WHOLE ", chef: [report]}\n", 1, "'chef' is no profile", "sign-in"},
		{WHOLE ", guards: [report]}\n", 1, "'guards' is no profile", "write 'guard'"},
		{WHOLE "}\nroles:\n  nurse: [gard]\n", 3, "'gard' is no profile", "write 'guard'"},
		{WHOLE "}\nroles: [a]\n", 2, "'roles' is no map", "write ROLE"},
		{WHOLE "}\nroles:\n  nurse: guard\n", 3, "'nurse' holds no list", "nurse: ["},
		{WHOLE "}\nextra: 1\n", 2, "extra", ""},
		{"- a\n", 1, "no map of profiles", "begin"},
		{"", 1, "no map of profiles", "begin"}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_limits lim;
		struct ward_profiles p;
		struct ward_diag d;
		bool found = false;

		ward_limits_default(&lim);
		ward_diag_init(&d, ward_mem_heap());
		assert_int_equal(ward_profiles_read(WARD_STR("rights.yml"),
					 ward_str_bytes(ward_str_z(all[i].text)), &lim,
					 ward_mem_heap(), &d, &p),
			WARD_ERR_CONFIG);
		for (size_t k = 0; k < d.n; k++)
			found |= d.item[k].line == all[i].line &&
				 ward_str_find(d.item[k].what, ward_str_z(all[i].what)) !=
					 SIZE_MAX &&
				 ward_str_find(d.item[k].mend, ward_str_z(all[i].mend)) != SIZE_MAX;
		if (!found)
			fail_msg("%zu: %u %.*s; %.*s", i, d.item[0].line,
				WARD_STR_ARG(d.item[0].what), WARD_STR_ARG(d.item[0].mend));
		ward_profiles_free(&p);
		ward_diag_fini(&d);
	}
}

static void names(void **state)
{
	(void)state;
	for (unsigned r = 0; r < WARD_RIGHT_N; r++)
		assert_int_equal(
			ward_right_parse(ward_str_z(ward_right_name((enum ward_right)r))), r);
	assert_int_equal(ward_right_parse(WARD_STR("see")), WARD_RIGHT_N);
	assert_string_equal(ward_right_name(WARD_RIGHT_N), "none");
	assert_string_equal(ward_profile_name(WARD_PROFILE_N), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles_by_kinds_of_decisions),
		cmocka_unit_test(where_profiles_come_from),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
