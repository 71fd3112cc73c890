#include "desk/rights.h"

static const char *const right[WARD_RIGHT_N] = {
#define X(NAME, name, what) [WARD_RIGHT_##NAME] = name,
	WARD_RIGHT_LIST(X)
#undef X
};

static const char *const profile[WARD_PROFILE_N] = {
#define X(NAME, name) [WARD_PROFILE_##NAME] = name,
	WARD_PROFILE_LIST(X)
#undef X
};

const char *ward_right_name(enum ward_right r)
{
	return (unsigned)r < WARD_RIGHT_N ? right[r] : "none";
}

enum ward_right ward_right_parse(struct ward_str s)
{
	unsigned r = 0;

	while (r < WARD_RIGHT_N && !ward_str_eqz(s, right[r]))
		r++;
	return (enum ward_right)r;
}

const char *ward_profile_name(enum ward_profile p)
{
	return (unsigned)p < WARD_PROFILE_N ? profile[p] : "none";
}

enum ward_profile ward_profile_parse(struct ward_str s)
{
	unsigned p = 0;

	while (p < WARD_PROFILE_N && !ward_str_eqz(s, profile[p]))
		p++;
	return (enum ward_profile)p;
}

enum ward_right ward_decision_right(enum ward_decision_kind k)
{
	/* done, failed, no-patient answer what a role was asked: who asked checks that role */
	static const enum ward_right of[WARD_DECISION_N] = {
		[WARD_DECISION_CONFIRM] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_DISMISS] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_CONTAIN] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_RECOVER] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_CLOSE] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_REOPEN] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_NOTE] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_REPORT] = WARD_RIGHT_REPORT,
		[WARD_DECISION_PANIC] = WARD_RIGHT_REPORT,
		[WARD_DECISION_ALL_CLEAR] = WARD_RIGHT_DECIDE_INCIDENT,
		[WARD_DECISION_ENTER] = WARD_RIGHT_ENTER_CARE,
		[WARD_DECISION_ACTIVATE] = WARD_RIGHT_LEAD_CRISIS,
		[WARD_DECISION_STAND_DOWN] = WARD_RIGHT_LEAD_CRISIS,
		[WARD_DECISION_RESOLVE] = WARD_RIGHT_LEAD_CRISIS,
		[WARD_DECISION_TASK] = WARD_RIGHT_LEAD_CRISIS,
		[WARD_DECISION_TASK_DONE] = WARD_RIGHT_ACKNOWLEDGE,
		[WARD_DECISION_RECALL] = WARD_RIGHT_LEAD_CRISIS,
		[WARD_DECISION_RECALL_ANSWER] = WARD_RIGHT_ACKNOWLEDGE,
		[WARD_DECISION_REVIEW] = WARD_RIGHT_LEAD_CRISIS,
		[WARD_DECISION_ACKNOWLEDGE] = WARD_RIGHT_ACKNOWLEDGE,
		[WARD_DECISION_ON_MY_WAY] = WARD_RIGHT_ACKNOWLEDGE,
		[WARD_DECISION_KEPT] = WARD_RIGHT_ACKNOWLEDGE,
		[WARD_DECISION_START] = WARD_RIGHT_RUN_PLAYBOOK,
		[WARD_DECISION_CANCEL] = WARD_RIGHT_RUN_PLAYBOOK,
		[WARD_DECISION_DONE] = WARD_RIGHT_ACKNOWLEDGE,
		[WARD_DECISION_FAILED] = WARD_RIGHT_ACKNOWLEDGE,
		[WARD_DECISION_PROPOSE] = WARD_RIGHT_PROPOSE,
		[WARD_DECISION_APPROVE] = WARD_RIGHT_APPROVE,
		[WARD_DECISION_REFUSE] = WARD_RIGHT_APPROVE,
		[WARD_DECISION_UNDO] = WARD_RIGHT_APPROVE,
		[WARD_DECISION_RENEW] = WARD_RIGHT_APPROVE,
		[WARD_DECISION_NO_PATIENT] = WARD_RIGHT_ACKNOWLEDGE,
	};

	WARD_ASSERT((unsigned)k < WARD_DECISION_N);
	return of[k];
}
