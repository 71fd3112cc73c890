/* A forecast in short, for whoever has no time: one line for each care service that is hit. */
#ifndef WARD_CLI_CMD_IMPACT_BRIEF_H
#define WARD_CLI_CMD_IMPACT_BRIEF_H

#include "cli/change.h"

enum { WARD_CLI_BRIEF_MAX = 30 }; /* services told; the others are counted */

/* Of each service that is hit what costs most care (ward_impact_priority), these in that order, as
 * columns: name, from `at` on when, how likely, what. What is less likely than slight_micro, in
 * millionths, is left out. NOMEM. O(items · log items). */
WARD_MUST_CHECK enum ward_err ward_cli_brief(const struct ward_impacts *all, ward_ns at,
	int64_t slight_micro, const struct ward_cli_tell *t);

#endif
