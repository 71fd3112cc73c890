/* Availability out of a hospital directory and records, for commands that say it. */
#ifndef WARD_CLI_CARE_H
#define WARD_CLI_CARE_H

#include "care/care.h"
#include "cli/recorded.h"

/* What care.csv of the directory and the records come to at x->at; lives in x->arena. CONFIG when
 * care.csv has lines that are wrong (findings are in x->diag; *ret is given without them). Impacts
 * on what the hospital does not have, or whose incident is missing, are told on standard error. */
WARD_MUST_CHECK enum ward_err ward_cli_care(
	struct ward_cli_recorded *x, struct ward_availability *ret);

#endif
