/* How long a forecast takes on this machine, for `ward exercise score --timed`. */
#ifndef WARD_CLI_TIMED_H
#define WARD_CLI_TIMED_H

#include "cli/rerun.h"
#include "debrief/debrief.h"

/* One whole forecast of the incident of that row, as the brain makes it at each change of it: what
 * follows if nobody does anything further, ends of services narrowed, and what may follow. The
 * middle of some, the plans of the hospital being there. Nothing is measured where nothing is
 * seen, or more is reached than is told. CONFIG (with findings in diag), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_timed(const struct ward_cli_rerun *r,
	struct ward_str incident, struct ward_diag *diag, struct ward_debrief_timed *ret);

#endif
