/* The clips that `ward run` keeps of incidents, as files, for `ward clip`. */
#ifndef WARD_CLI_CLIP_H
#define WARD_CLI_CLIP_H

#include "cli/cli.h"
#include "comply/evidence.h"

#include <limits.h>

/* A whole file, at most max bytes; standard error says what is wrong. w: on the heap. */
int ward_cli_clip_read(const struct ward_cmd *cmd, const char *path, size_t max, struct ward_wr *w);
/* A key in hexadecimal digits, the first line of a file. */
int ward_cli_clip_key(const struct ward_cmd *cmd, const char *path, uint8_t ret[32]);
/* Makes the file, which must not be there, readable by its owner alone. */
int ward_cli_clip_write(const struct ward_cmd *cmd, const char *path, struct ward_slice bytes);

#endif
