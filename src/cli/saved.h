/* What it saves to know of an incident, and to bring things back in the planned order, for
 * `ward exercise score`: by Ward's own propagation, from what was told of the incident. */
#ifndef WARD_CLI_SAVED_H
#define WARD_CLI_SAVED_H

#include "cli/rerun.h"
#include "cli/simulated.h"
#include "debrief/debrief.h"

struct ward_cli_saved {
	const struct ward_cli_rerun *rerun; /* loaded */
	struct ward_str incident;           /* the last row of the story's incident */
	ward_ns act;  /* when it began: the first step that a sensor could notice */
	ward_ns told; /* when somebody was told */
	ward_ns hit;  /* when care is hit in truth and people notice by themselves; NEVER: nobody
			 says, and the forecast counts */
	ward_ns contained; /* when somebody decided to contain it; NEVER: nobody did */
	struct ward_cli_physics *physics; /* opened */
	ward_ns start;                    /* of the scenario */
};

/* Works begin when somebody was told, and for comparison when the first service is gone. Nothing is
 * known where no service is forecast to fall as likely as not, or none was told. CONFIG (with
 * findings in diag), NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_saved(
	const struct ward_cli_saved *x, struct ward_diag *diag, struct ward_debrief_saved *ret);

#endif
