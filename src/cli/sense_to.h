/* A sensor that ships by itself: `ward sense KIND … --to URL --spool DIR`, for every kind. */
#ifndef WARD_CLI_SENSE_TO_H
#define WARD_CLI_SENSE_TO_H

#include "cli/cli.h"

/* Runs the command. With --to or --spool its events go to the process that ships instead of
 * standard output (cli/ship.h); those options, --token-file, --to-ca, --quota and --keep are then
 * taken off its words. Its exit code, or that of who ships. */
int ward_cli_sense(const struct ward_cmd *cmd, int argc, char **argv);
/* What every kind's help ends with. */
void ward_cli_sense_help(FILE *f);

#endif
