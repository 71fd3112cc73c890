/* What sensors said, as the journal of a state folder has it: for who holds a play against what
 * came of it. */
#ifndef WARD_CLI_SENSED_H
#define WARD_CLI_SENSED_H

#include "event/event.h"

struct ward_cli_sensed {
	const char *state; /* the folder */
	const struct ward_limits *lim;
	struct ward_names *names; /* what the journal names is added */
	ward_ns from;             /* of the events' times */
	/* Anything but OK ends it. */
	enum ward_err (*event)(void *ctx, struct ward_id id, struct ward_str source, ward_ns time);
	void *ctx;
};

/* Each event from then on, in the order in which they arrived. NOT_FOUND, DENIED, IO: of the
 * journal; NOMEM, or what event() gave. */
WARD_MUST_CHECK enum ward_err ward_cli_sensed(const struct ward_cli_sensed *x);

#endif
