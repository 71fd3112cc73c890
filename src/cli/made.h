/* A made hospital directory onto the disk: for `ward model generate` and `ward model new`. */
#ifndef WARD_CLI_MADE_H
#define WARD_CLI_MADE_H

#include "cli/cli.h"
#include "model/make/make.h"

/* Is nothing there, or a directory without anything in it? */
bool ward_cli_made_fits(const char *dir);
/* Is it a directory that may hold a hospital: with a file of YAML in it? */
bool ward_cli_made_is(const char *dir);
/* Makes the directory, which must not be there or be empty, and the files in it. An exit code; what
 * went wrong is said. */
int ward_cli_made(const struct ward_cmd *cmd, const char *dir, const struct ward_make_files *f);

#endif
