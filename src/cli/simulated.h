/* What care really suffers by the simulator of the range, as the truth that a score holds. */
#ifndef WARD_CLI_SIMULATED_H
#define WARD_CLI_SIMULATED_H

#include "exercise/scenario.h"

/* Where the scenario says `care: simulated`: runs what its steps do on the physics of the hospital
 * (range/range.h), which know nothing of the forecasts, and makes that the scenario's `care`: a
 * service is hit that is lost in at least half of the runs within a day. Findings go to diag.
 * Nothing otherwise. */
WARD_MUST_CHECK enum ward_err ward_cli_simulated(struct ward_scenario *s, const char *hospital,
	const struct ward_limits *lim, struct ward_diag *diag);

#endif
