/* What roles that a policy plays approve and refuse of what could be proposed against a story's
 * incidents, for `ward exercise score --policy`. Nothing is asked of any system. */
#ifndef WARD_CLI_APPROVED_H
#define WARD_CLI_APPROVED_H

#include "cli/rerun.h"
#include "exercise/policy.h"

enum { WARD_CLI_PROPOSALS = 256 };

struct ward_cli_approved; /* opaque: its parts and the story's can't be seen together */

/* Proposed as soon as an incident has signs on a thing: what takes it off its networks, and what
 * locks it, each by the ability that cuts off least. */
struct ward_cli_approval {
	uint32_t node;
	bool lock; /* else it is taken off its networks */
	struct ward_policy_verdict verdict;
};

/* Reads actuators.yml, who answers for patients and the ways of escape; *ret is NULL where the
 * policy approves and refuses nothing, and the calls below then do nothing. Borrows all. CONFIG
 * with findings in diag, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_approved_new(const struct ward_cli_rerun *rerun,
	const char *hospital, const struct ward_policy *policy, struct ward_diag *diag,
	struct ward_cli_approved **ret);
void ward_cli_approved_free(struct ward_cli_approved *x);
/* An incident's row. What can't be forecast is not proposed. LIMIT: more than WARD_CLI_PROPOSALS;
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_approved_row(
	struct ward_cli_approved *x, struct ward_str json, ward_ns now);
/* Who has these roles was told; the recipient's name is borrowed. */
void ward_cli_approved_told(struct ward_cli_approved *x, const uint32_t *role, size_t n_role,
	struct ward_str name, ward_ns now);

size_t ward_cli_approved_n(const struct ward_cli_approved *x);
/* What becomes of it: a lock that fire comes before is not done. */
struct ward_cli_approval ward_cli_approved_at(const struct ward_cli_approved *x, size_t i);
/* By which recipient the role at that place of the policy was told first. */
struct ward_str ward_cli_approved_by(const struct ward_cli_approved *x, size_t role);

#endif
