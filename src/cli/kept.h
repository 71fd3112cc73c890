/* What a running or stopped `ward run` has concluded: the rows of its store, read only. */
#ifndef WARD_CLI_KEPT_H
#define WARD_CLI_KEPT_H

#include "cli/cli.h"
#include "run/rows.h"

#include <limits.h>

struct ward_cli_kept {
	char state[PATH_MAX];         /* the folder */
	bool found;                   /* there was a store */
	bool played;                  /* of a scenario: nothing in it is real */
	struct ward_tree_head ledger; /* not signed; n 0: Ward runs, and tells its rows alone */
};
/* Gives each row to fn: of the running store by its door, else of its database. state: the option,
 * or NULL for the usual folder of this hospital. An exit code; what is wrong was said. */
int ward_cli_kept(const struct ward_cmd *cmd, const char *state, struct ward_str hospital,
	ward_row_fn fn, void *ctx, struct ward_cli_kept *ret);

#endif
