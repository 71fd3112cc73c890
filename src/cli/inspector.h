/* What files are looked at by, for the commands that do. */
#ifndef WARD_CLI_INSPECTOR_H
#define WARD_CLI_INSPECTOR_H

#include "cli/lang.h"
#include "sense/file/file.h"

#define WARD_CLI_CLAMD "/run/clamav/clamd.ctl" /* where ClamAV's daemon usually is */

struct ward_cli_inspector {
	const char *content;    /* option, or NULL */
	const char *hospital;   /* likewise */
	const char *indicators; /* likewise */
	struct ward_lang *lang; /* of findings; NULL: English */
};
/* Reads the hospital's limits into lim, then what files are looked at by. On failure it was said
 * why: WARD_EXIT_RUN. */
int ward_cli_inspector(const struct ward_cmd *cmd, const struct ward_cli_inspector *o,
	struct ward_limits *lim, struct ward_inspector **ret);

#endif
