/* Roles played by policy, so that an exercise runs with few people: what who is told does, and
 * after how long. A file of YAML (docs/scoring.md):
 *
 *   roles:
 *     security-guard: {acknowledges: 3min, contains: 12min}
 *     facility-engineer: {answers: 8min, agrees: 90}
 *     crisis-manager: {acknowledges: never, does: {panel: 6min}}
 *     it-on-call: {approves: 6min}
 *     medical-director: {begins: 4min}
 *
 * In a live play people may play some of them. Pure; the caller reads the file. Faces what a
 * trainer wrote. */
#ifndef WARD_EXERCISE_POLICY_H
#define WARD_EXERCISE_POLICY_H

#include "conf/dir.h"
#include "model/model.h"

enum { WARD_POLICY_ROLES = 64, WARD_POLICY_DOES = 8, WARD_POLICY_WORD = 64 };

/* After the message that it gets; WARD_NS_NEVER: it does not. */
struct ward_policy_role {
	uint32_t role;            /* node */
	ward_ns acknowledges;     /* what asks to be acknowledged */
	ward_ns contains;         /* begins the works of the recovery plan */
	ward_ns begins;           /* the playbook that the message names first */
	struct ward_policy_does { /* what a branch of the story asks for as `decided: WORD` */
		char word[WARD_POLICY_WORD];
		ward_ns after;
		uint32_t line;
	} does[WARD_POLICY_DOES];
	size_t n_does;
	ward_ns answers; /* after a playbook asked it */
	unsigned agrees; /* percent of what a playbook asks */
	/* what can be proposed and is for it to approve (docs/acting.md); one of both is NEVER */
	ward_ns approves, refuses;
	bool left;     /* to people in the room: all its times are NEVER */
	uint32_t line; /* of the file */
};
struct ward_policy {
	struct ward_policy_role role[WARD_POLICY_ROLES];
	size_t n;
};

/* CONFIG: findings of errors were added, and nothing was given. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_policy_read(struct ward_arena *a, const struct ward_limits *lim,
	const struct ward_model *m, struct ward_conf_beside in, struct ward_diag *diag,
	struct ward_policy *ret);
/* People play that role: whatever the file says of it, the policy leaves it to them. LIMIT: the
 * policy has no room for it. */
WARD_MUST_CHECK enum ward_err ward_policy_leave(struct ward_policy *p, uint32_t role);
/* The soonest that any of these roles would; NEVER: none would. */
ward_ns ward_policy_acknowledges(const struct ward_policy *p, const uint32_t *role, size_t n);
ward_ns ward_policy_contains(const struct ward_policy *p, const uint32_t *role, size_t n);
/* Of these roles the one that begins soonest what it is told of; of two that stands first in the
 * policy. NULL: none does. */
const struct ward_policy_role *ward_policy_begins(
	const struct ward_policy *p, const uint32_t *role, size_t n);
/* Does any of them approve or refuse what is proposed? */
bool ward_policy_approves(const struct ward_policy *p);

/* An action that waits for people, as respond/act has it. */
struct ward_policy_proposal {
	ward_ns at;
	const uint32_t *role; /* who may approve it */
	size_t n_role;
	bool two;      /* persons; of each role there is one */
	bool clinical; /* it touches care: two, and one of them answers for patients */
};
/* What is known of each role of the policy, by its place there. */
struct ward_policy_known {
	ward_ns told[WARD_POLICY_ROLES]; /* NEVER: it was not, and decides nothing */
	bool answers[WARD_POLICY_ROLES]; /* for patients */
};
struct ward_policy_verdict {
	ward_ns at; /* NEVER: it waits until it is over */
	bool refused;
	size_t n; /* who it took, by their place in the policy, and when each said so */
	size_t by[2];
	ward_ns when[2];
};
/* What becomes of it: each decides so long after it was proposed and they were told, whichever is
 * later; a refusal ends it, at the same time before an approval; a proposal stands half an hour. */
struct ward_policy_verdict ward_policy_decide(const struct ward_policy *p,
	const struct ward_policy_known *known, const struct ward_policy_proposal *x);

#endif
