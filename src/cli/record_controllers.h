/* What the pollers read of a scenario's controllers, with a clock that is set by hand. */
#ifndef WARD_CLI_RECORD_CONTROLLERS_H
#define WARD_CLI_RECORD_CONTROLLERS_H

#include "exercise/scenario.h"
#include "sense/building/poll_tell.h"

struct ward_cli_polled {
	const struct ward_scenario *scenario;
	const struct ward_points *points;
	const struct ward_limits *lim;
	struct ward_names *names;
	struct ward_counters *counters;
	struct ward_poll_sink sink;
};

/* The events of one source, whose controllers the scenario plays, from its start until half a
 * minute after the last thing that happens; in order of time, always the same. The sink's error,
 * LIMIT, NOMEM; CONFIG: an address of its points is none. */
WARD_MUST_CHECK enum ward_err ward_cli_record_controllers(
	const struct ward_cli_polled *p, const struct ward_source *source);

#endif
