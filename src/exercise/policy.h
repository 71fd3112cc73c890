/* Roles played by policy, so that an exercise runs with few people: what who is told does, and
 * after how long. A file of YAML (docs/scoring.md):
 *
 *   roles:
 *     security-guard: {acknowledges: 3min, contains: 12min}
 *     facility-engineer: {answers: 8min, agrees: 90}
 *     crisis-manager: {acknowledges: never}
 *
 * Pure; the caller reads the file. Faces what a trainer wrote. */
#ifndef WARD_EXERCISE_POLICY_H
#define WARD_EXERCISE_POLICY_H

#include "conf/dir.h"
#include "model/model.h"

enum { WARD_POLICY_ROLES = 64 };

/* After the message that it gets; WARD_NS_NEVER: it does not. */
struct ward_policy_role {
	uint32_t role;        /* node */
	ward_ns acknowledges; /* what asks to be acknowledged */
	ward_ns contains;     /* begins the works of the recovery plan */
	ward_ns answers;      /* after a playbook asked it */
	unsigned agrees;      /* percent of what a playbook asks */
};
struct ward_policy {
	struct ward_policy_role role[WARD_POLICY_ROLES];
	size_t n;
};

/* CONFIG: findings of errors were added, and nothing was given. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_policy_read(struct ward_arena *a, const struct ward_limits *lim,
	const struct ward_model *m, struct ward_conf_beside in, struct ward_diag *diag,
	struct ward_policy *ret);
/* The soonest that any of these roles would; NEVER: none would. */
ward_ns ward_policy_acknowledges(const struct ward_policy *p, const uint32_t *role, size_t n);
ward_ns ward_policy_contains(const struct ward_policy *p, const uint32_t *role, size_t n);

#endif
