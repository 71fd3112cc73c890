/* The ways to an impact, told to people or programs (`ward impact --paths`). */
#ifndef WARD_CLI_CMD_IMPACT_WAYS_H
#define WARD_CLI_CMD_IMPACT_WAYS_H

#include "cli/change.h"
#include "impact/route.h"

/* Where the ways of one forecast are told. */
struct ward_cli_ways {
	const struct ward_cli_tell *tell;
	const struct ward_impacts *all;
	const struct ward_rules *rules;
	ward_ns at; /* times for people are counted from here */
};

/* The k likeliest ways to item i, and the soonest where none of these is: indented lines, or an
 * object {"kind":"paths",…} on one line. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_ways_tell(
	const struct ward_cli_ways *w, struct ward_router *r, size_t i, size_t k);

/* "Server room: Intrusion, by badge readers": a barrier that held, for people. */
void ward_cli_ways_barrier(const struct ward_cli_ways *w, size_t barrier);

#endif
