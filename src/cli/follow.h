/* `ward sense log --follow`: events of files while they are written. */
#ifndef WARD_CLI_FOLLOW_H
#define WARD_CLI_FOLLOW_H

#include "cli/cli.h"
#include "sense/input.h"
#include "sense/log/log.h"
#include "sense/log/skew.h"

/* Prints the events of path (a pattern may stand in its last part) as JSON lines until SIGINT or
 * SIGTERM. state: a file that keeps positions over restarts, or NULL. Takes one record in at a
 * time: its position moves when it is printed. Gives an exit code. */
int ward_cli_follow(const struct ward_cmd *cmd, const char *path, const char *state,
	enum ward_log_format format, struct ward_input_opts *opts, struct ward_skew *skew);

#endif
