/* What care really suffers by the physics of the range, as the truth that a score holds, and what
 * works would spare it. */
#ifndef WARD_CLI_SIMULATED_H
#define WARD_CLI_SIMULATED_H

#include "exercise/scenario.h"

struct ward_recover;

struct ward_cli_physics {
	struct ward_range *r; /* NULL: the scenario says of itself what care loses, or nothing */
	struct ward_range_in in;
	struct ward_arena arena;
	ward_ns nobody; /* services' time away, if nobody acts */
};

/* Where the scenario says `care: simulated`: runs what its steps do on the physics of the hospital
 * (range/range.h), which know nothing of the forecasts, and makes that the scenario's `care`: a
 * service is hit that is lost in at least half of the runs within a day. Findings go to diag.
 * Nothing otherwise. Close in any case. */
WARD_MUST_CHECK enum ward_err ward_cli_physics_open(struct ward_cli_physics *p,
	struct ward_scenario *s, const char *hospital, const struct ward_limits *lim,
	struct ward_diag *diag);
void ward_cli_physics_close(struct ward_cli_physics *p);

/* Services' time away within the day, all together, medians. */
struct ward_cli_away {
	ward_ns nobody, plan, late, first;
};
/* If nobody acts; if works are done as planned from `start` of the scenario on; if the same begin
 * later by `late`; and if each team takes what failed first. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_physics_away(struct ward_cli_physics *p,
	const struct ward_model *m, const struct ward_recover *plan, ward_ns start, ward_ns late,
	struct ward_cli_away *ret);

#endif
