/* What people dismissed, and the events that it came of, as a running or stopped `ward run` has
 * kept them: for `ward rules tune`. Read only. */
#ifndef WARD_CLI_TUNE_PAST_H
#define WARD_CLI_TUNE_PAST_H

#include "cli/rules.h"
#include "craft/tune.h"

struct ward_cli_tune_past {
	const char *since_text, *state; /* the options' values; state may be NULL */
	/* made */
	ward_ns since;
	size_t n_incident; /* that were dismissed since, and not reopened */
	size_t n_taken;    /* their detections of the rule */
	uint64_t n_event, n_damaged;
};

/* Gives t the detections of the rule in incidents that were dismissed since then. x has the model.
 * An exit code; what is wrong was said. */
int ward_cli_tune_dismissed(
	struct ward_cli_rules *x, struct ward_cli_tune_past *p, struct ward_craft_tune *t);
/* Then the events of the journal since then, with their places. As above. */
int ward_cli_tune_events(
	struct ward_cli_rules *x, struct ward_cli_tune_past *p, struct ward_craft_tune *t);

#endif
