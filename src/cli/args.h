/* The words behind a command's name: one loop for commands that take a directory and options. */
#ifndef WARD_CLI_ARGS_H
#define WARD_CLI_ARGS_H

#include "cli/incident.h"

/* An option that is only kept: with its value, or that it was given. */
struct ward_cli_opt {
	const char *name;
	const char **value; /* or: */
	bool *flag;
};
struct ward_cli_args {
	const struct ward_cli_opt *opt;
	size_t n_opt;
	const char **dir; /* the one word that is no option; NULL: there is none */
	struct ward_cli_incident *incident; /* takes what it knows first; or NULL */
	/* Any other option, with its value; gives an exit code. NULL: there is no other. */
	int (*take)(const struct ward_cmd *cmd, const char *name, const char *value, void *ctx);
	void *ctx;
};

/* DONE, or USAGE, and what is wrong was said. Whether all is there that must be, the caller asks.
 */
int ward_cli_args(const struct ward_cmd *cmd, int argc, char **argv, const struct ward_cli_args *a);

#endif
