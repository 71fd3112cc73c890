/* Programs that lie beside this one: build/libexec/ward, or PREFIX/libexec/ward. */
#ifndef WARD_CLI_LIBEXEC_H
#define WARD_CLI_LIBEXEC_H

#include "cli/cli.h"

#include <limits.h>

enum { WARD_CLI_LIBEXEC_MAX = PATH_MAX + 32 };

/* The folder that holds program, or that and program's own path. DONE, or RUN after a message. */
int ward_cli_libexec_folder(const struct ward_cmd *cmd, char path[PATH_MAX]);
int ward_cli_libexec(
	const struct ward_cmd *cmd, const char *program, char path[WARD_CLI_LIBEXEC_MAX]);

#endif
