/* Files of a hospital directory that commands write: under a lock, whole or not at all. */
#ifndef WARD_CLI_REWRITE_H
#define WARD_CLI_REWRITE_H

#include "base/clock.h"
#include "cli/cli.h"

/* Locks the folder against other writers; *ret is to be closed. An exit code; it was said. */
int ward_cli_lock(const struct ward_cmd *cmd, const char *dir, int *ret);
/* Under path there is the old text or the new one, whenever we are ended. lock: as above, of the
 * folder that path is in. An exit code; it was said. */
int ward_cli_replace(
	const struct ward_cmd *cmd, const char *path, int lock, struct ward_slice text);

/* RFC 3339 in UTC, to the second, in the arena. */
struct ward_str ward_cli_stamp(struct ward_arena *a, ward_ns t);
/* The account that runs this: "uid:1000", that of sudo's caller where there is one. */
struct ward_str ward_cli_account(struct ward_arena *a);

#endif
