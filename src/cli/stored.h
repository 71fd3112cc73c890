/* What a running or stopped `ward run` has kept, for commands that show it: read only. */
#ifndef WARD_CLI_STORED_H
#define WARD_CLI_STORED_H

#include "brain/brain.h"
#include "cli/cli.h"
#include "model/coverage/coverage.h"

#include <limits.h>
#include <stdio.h>

/* The folder of what is kept: the option, else /var/lib/ward/HOSPITAL for root, else beneath the
 * user's state folder (XDG base directory specification). An exit code; it was said. */
int ward_cli_state(const struct ward_cmd *cmd, const char *option, struct ward_str hospital,
	char path[PATH_MAX]);

struct ward_cli_stored {
	struct ward_wr bytes; /* on the heap; give to ward_wr_fini, also after an error */
	struct ward_brain_seen seen;
};
/* Reads the brain's last memory there, and says on `say` (NULL: nowhere) as of when it is. An exit
 * code; it was said. */
int ward_cli_stored(const struct ward_cmd *cmd, const char *option, struct ward_str hospital,
	FILE *say, struct ward_cli_stored *ret);
/* The coverage in there, into a fresh one. As above. */
int ward_cli_stored_coverage(const struct ward_cmd *cmd, const char *option,
	struct ward_str hospital, FILE *say, struct ward_coverage *c);

#endif
