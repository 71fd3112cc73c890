/* An ONVIF device as commands ask it: by the process `onvif`, which runs as a child of theirs. */
#ifndef WARD_CLI_DEVICE_H
#define WARD_CLI_DEVICE_H

#include "cli/cli.h"

struct ward_cli_device {
	const char *url, *user, *password_file, *certificate, *source, *content, *hospital;
	const char *once; /* "streams", "recordings" or "doors": these are told, and it ends; NULL:
			     events */
};

/* Takes argv[*i], and its value, if it is an option that says who asks whom: *i is then the last
 * that was taken. False: it is another. *ret_code: not 0 where the value is missing; it was said.
 */
bool ward_cli_device_option(const struct ward_cmd *cmd, int argc, char **argv, int *i,
	struct ward_cli_device *d, int *ret_code);
/* Runs until the device has told what it was asked for, or Ctrl-C; its lines go to out, or to
 * standard output when that is -1. An exit code; it was said. */
int ward_cli_device_run(const struct ward_cmd *cmd, const struct ward_cli_device *d, int out);

#endif
