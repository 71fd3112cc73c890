/* What Ward hears of a scenario's devices that speak of their own accord: calls on a line to
 * pagers, and traps. */
#ifndef WARD_CLI_RECORD_HEARD_H
#define WARD_CLI_RECORD_HEARD_H

#include "cli/record_controllers.h"

struct ward_log_patterns;

/* Has the scenario a step that this source hears so? */
bool ward_cli_heard(const struct ward_scenario *s, const struct ward_source *source);
/* The events of one such source, in order of time, always the same; patterns say what the words of
 * a call mean. The sink's error, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_record_heard(const struct ward_cli_polled *p,
	const struct ward_log_patterns *patterns, const struct ward_source *source);

#endif
