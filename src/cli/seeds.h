/* What was seen of an incident, from its row: where its forecast begins. */
#ifndef WARD_CLI_SEEDS_H
#define WARD_CLI_SEEDS_H

#include "cli/rerun.h"

enum { WARD_CLI_SEEDS = 128 /* as many as a row has */ };
/* Threats on things, each since its first sign, at most WARD_CLI_SEEDS. CONFIG (with findings),
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_seeds(const struct ward_cli_rerun *r,
	struct ward_str incident, struct ward_diag *diag, struct ward_seed_threat *seed,
	size_t *ret_n);

#endif
