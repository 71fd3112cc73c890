/* `ward sense field osdp` and `espa`: what is said on a serial line, from a file, standard input, a
 * serial device or a serial server, as event lines. */
#ifndef WARD_CLI_LINE_H
#define WARD_CLI_LINE_H

#include "cli/cli.h"

/* Is it a protocol of lines? */
bool ward_cli_is_line(const char *word);
/* argv[0] is the protocol. The exit status. */
int ward_cli_line(const struct ward_cmd *cmd, int argc, char **argv);

#endif
