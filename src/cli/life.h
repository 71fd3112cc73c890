/* Ordinary life beside a story, as an option asks for it. */
#ifndef WARD_CLI_LIFE_H
#define WARD_CLI_LIFE_H

#include "cli/cli.h"
#include "exercise/life.h"

enum { WARD_CLI_LIFE_DRAWN = 20 };

/* Is *seed one, of 1 to WARD_LIFE_SEED printable bytes? "-" becomes one that is drawn, in `drawn`,
 * and told on standard error. WARD_EXIT_USAGE, WARD_EXIT_RUN: it was said. */
int ward_cli_life_seed(
	const struct ward_cmd *cmd, const char **seed, char drawn[WARD_CLI_LIFE_DRAWN]);

#endif
