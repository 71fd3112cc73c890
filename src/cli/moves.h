/* Messages about patients who come and go, out of what a running or stopped Ward has in its
 * journal. */
#ifndef WARD_CLI_MOVES_H
#define WARD_CLI_MOVES_H

#include "base/clock.h"
#include "base/limit.h"
#include "cli/cli.h"

struct ward_cli_moves {
	const struct ward_cmd *cmd;
	const char *state; /* --state, or NULL */
	struct ward_str hospital;
	const struct ward_limits *lim;
	ward_ns to; /* of the events' times */
	/* An event line of class net.hl7.message. Anything but OK ends it. */
	enum ward_err (*line)(void *ctx, struct ward_str json);
	void *ctx;
};

/* Gives each that the journal of the hospital's state folder retains. Without a journal, or the
 * right to read it, there are none; the latter is said on standard error. An exit code, and it was
 * said. O(segments that hold such messages). */
int ward_cli_moves(const struct ward_cli_moves *x);

#endif
