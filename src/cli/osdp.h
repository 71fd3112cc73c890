/* `ward sense field osdp`: what is said on an OSDP line, from a file, standard input, a serial line
 * or a serial server, as event lines. */
#ifndef WARD_CLI_OSDP_H
#define WARD_CLI_OSDP_H

#include "cli/cli.h"

/* argv[0] is "osdp". The exit status. */
int ward_cli_osdp(const struct ward_cmd *cmd, int argc, char **argv);

#endif
