/* What the story of a scored recording would have become by what a policy's roles decided. */
#ifndef WARD_CLI_SCORED_POLICY_H
#define WARD_CLI_SCORED_POLICY_H

#include "cli/scored.h"

/* Somebody decided so, of `of` (empty: of whatever a branch asks for); texts are borrowed. LIMIT:
 * more than WARD_RESOLVED_MAX. */
WARD_MUST_CHECK enum ward_err ward_cli_scored_decided(struct ward_cli_scored *x,
	enum ward_lead_decided what, struct ward_str of, struct ward_str by, ward_ns at);
/* What roles approved and refused, into the debrief and among the decisions. NOMEM; LIMIT as
 * above. */
WARD_MUST_CHECK enum ward_err ward_cli_scored_approve(struct ward_cli_scored *x);
/* Which playbooks roles begin by then, into both as well. NOMEM; LIMIT as above. */
WARD_MUST_CHECK enum ward_err ward_cli_scored_begin(struct ward_cli_scored *x, ward_ns now);
/* A role was told: what it does in the room, and when, into both. NOMEM; LIMIT as above. */
WARD_MUST_CHECK enum ward_err ward_cli_scored_act(struct ward_cli_scored *x,
	const struct ward_policy_role *role, struct ward_str who, ward_ns told);
/* Says why it can't be scored; an exit code. */
int ward_cli_scored_failed(const struct ward_cli_scored *x);
/* Which branches the story takes by these decisions, and what that is worth to care, into the
 * debrief; nothing where the story has no branches. An exit code; it was said. */
int ward_cli_scored_policy_worth(struct ward_cli_scored *x);

#endif
