/* A scenario that can't be played here: its recording, through the same pipeline. */
#ifndef WARD_CLI_REPLAYED_H
#define WARD_CLI_REPLAYED_H

#include "cli/cli.h"
#include "exercise/scenario.h"

struct ward_cli_replayed {
	const struct ward_cmd *cmd;
	const char *ward;               /* our own program */
	const char *dir, *content;      /* of the hospital; where threats and rules are */
	const char *scenario;           /* its folder */
	const struct ward_scenario *is; /* the same, loaded */
	const char *lang;               /* --lang, or NULL */
	bool json;
	const char
		*without; /* options that say nothing here, "--lead, --speed"; "": there are none */
	const char *why;  /* why it can't be played */
};

/* Says so and becomes `ward replay` of the recording's files, whose exit code is the end; returns
 * only when that can't be (WARD_EXIT_RUN, said): there is no recording, or the program does not
 * start. */
int ward_cli_replayed(const struct ward_cli_replayed *x);

#endif
