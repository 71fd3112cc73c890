/* What `ward check` asks of the database that has the journal's records besides. */
#ifndef WARD_CLI_CHECK_JOURNAL_H
#define WARD_CLI_CHECK_JOURNAL_H

#include "model/model.h"

/* As each room's check: findings go to d. It connects nowhere. */
WARD_MUST_CHECK enum ward_err ward_cli_check_journal(const char *hospital, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m);

#endif
