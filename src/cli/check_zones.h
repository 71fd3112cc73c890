/* What `ward check` says of cameras' zones and lines. */
#ifndef WARD_CLI_CHECK_ZONES_H
#define WARD_CLI_CHECK_ZONES_H

#include "model/model.h"

/* Reads the file of each source that names one. CONFIG: findings were added; NOT_FOUND, IO, LIMIT,
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_cli_check_zones(const char *dir, const struct ward_model *m,
	const struct ward_limits *lim, struct ward_diag *d);

#endif
