/* The events of a file of any kind that Ward reads, for commands that take each in turn. */
#ifndef WARD_CLI_EVENTS_H
#define WARD_CLI_EVENTS_H

#include "cli/cli.h"
#include "sense/input.h"

/* Not OK ends the reading with its message; CLOSED ends it as the file's end does. */
typedef enum ward_err (*ward_cli_event_fn)(void *ctx, const struct ward_event *e);

/* Reads path ("-" is standard input), recognised by content. DONE, or RUN after a message. */
int ward_cli_events(const struct ward_cmd *cmd, const struct ward_input_opts *opts,
	const char *path, ward_cli_event_fn fn, void *ctx);

#endif
