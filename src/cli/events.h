/* The events of a file of any kind that Ward reads, for commands that take each in turn. */
#ifndef WARD_CLI_EVENTS_H
#define WARD_CLI_EVENTS_H

#include "cli/cli.h"
#include "sense/input.h"

/* What was wrong with one input. Zero but for cmd and file, which are borrowed. */
struct ward_cli_problems {
	const struct ward_cmd *cmd;
	const char *file;
	uint64_t n_dropped; /* records that gave no event */
};

/* ward_input_opts.problem, ctx is a struct ward_cli_problems: counts what gave no event and says
 * the first of it on standard error, with its line and byte. */
void ward_cli_problem(void *ctx, const struct ward_input_problem *p);
/* After the last: how many were counted only. */
void ward_cli_problems_end(const struct ward_cli_problems *s);

/* Not OK ends the reading with its message; CLOSED ends it as the file's end does. */
typedef enum ward_err (*ward_cli_event_fn)(void *ctx, const struct ward_event *e);

/* Reads path ("-" is standard input), recognised by content. Problems are said here (opts has no
 * callback for them), and that it is empty; *ret_rejected grows by the records that gave no event.
 * DONE, or RUN after a message. */
int ward_cli_events(const struct ward_cmd *cmd, const struct ward_input_opts *opts,
	const char *path, ward_cli_event_fn fn, void *ctx, uint64_t *ret_rejected);

#endif
