/* What `ward check` says of controllers that are asked: their addresses, and those of their points.
 */
#ifndef WARD_CLI_CHECK_CONTROLLERS_H
#define WARD_CLI_CHECK_CONTROLLERS_H

#include "model/model.h"

/* CONFIG: findings were added; IO, NOMEM. What else is wrong with points.csv is others' to say. */
WARD_MUST_CHECK enum ward_err ward_cli_check_controllers(const char *dir, const char *content,
	const struct ward_model *m, const struct ward_limits *lim, struct ward_diag *d);

#endif
