/* The patterns of log lines that a command reads by. */
#ifndef WARD_CLI_PATTERNS_H
#define WARD_CLI_PATTERNS_H

#include "cli/cli.h"
#include "sense/log/pattern.h"

/* content/log-patterns and, with hospital, its own log-patterns, where there are such directories.
 * Findings go to standard error; what is right is there nevertheless. WARD_EXIT_RUN, said, when
 * they can't be read. Free *ret in every case (NULL is allowed). */
int ward_cli_patterns(const struct ward_cmd *cmd, const char *content, const char *hospital,
	struct ward_names *names, const struct ward_limits *lim, struct ward_log_patterns **ret);

#endif
