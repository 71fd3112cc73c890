/* A hospital's scenarios, by what somebody named: the hospital, or one of them. */
#ifndef WARD_CLI_SCENARIOS_H
#define WARD_CLI_SCENARIOS_H

#include "cli/cli.h"

#include <limits.h>

struct ward_cli_scenarios {
	const struct ward_cmd *cmd;
	const char *dir; /* HOSPITAL or HOSPITAL/scenarios/NAME */
	/* made by ward_cli_scenarios_find */
	char hospital[PATH_MAX];
	bool one; /* a scenario was named */
};

/* WARD_EXIT_USAGE: it is neither; it was said. */
int ward_cli_scenarios_find(struct ward_cli_scenarios *x);
/* Calls `each` for the scenario that was named, or for all of the hospital in order of their names,
 * until it gives another code than WARD_EXIT_DONE. WARD_EXIT_USAGE: there is none; it was said. */
int ward_cli_scenarios_each(const struct ward_cli_scenarios *x,
	int (*each)(void *ctx, const char *scenario), void *ctx);
/* Where one is that somebody plays: NAME in the hospital's scenarios, or a path to one of them;
 * `hospital` is its real path. WARD_EXIT_RUN: there is none; it was said, with those that are
 * there. */
int ward_cli_scenarios_named(
	const struct ward_cmd *cmd, const char *hospital, const char *name, char ret[PATH_MAX]);

#endif
