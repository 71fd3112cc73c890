/* By which doors and lifts the hospital is left, where the brigade goes, where oxygen is shut: what
 * no command proposes to lock. */
#ifndef WARD_CLI_WAYS_H
#define WARD_CLI_WAYS_H

#include "cli/cli.h"
#include "evacuate/facts.h"
#include "model/escape.h"

struct ward_cli_ways {
	struct ward_escape escape; /* lives as long as evac */
	struct ward_evac *evac;    /* NULL: the hospital does not say how it is left */
};

/* Reads the hospital's plan of evacuation, if it has one; problems are put into diag. NOT_FOUND is
 * none of its errors. End it in any case with ward_cli_ways_fini. */
WARD_MUST_CHECK enum ward_err ward_cli_ways_load(const char *content, const char *dir,
	const struct ward_model *m, const struct ward_limits *lim, struct ward_diag *diag,
	struct ward_cli_ways *ret);
void ward_cli_ways_fini(struct ward_cli_ways *w);

#endif
