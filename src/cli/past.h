/* `ward replay --since`: what today's rules would have raised over what the journal retains. */
#ifndef WARD_CLI_PAST_H
#define WARD_CLI_PAST_H

#include "brain/brain.h"
#include "cli/cli.h"
#include "craft/past.h"

struct ward_cli_past {
	const struct ward_cmd *cmd;
	const char *since_text, *state; /* the options' values; state may be NULL */
	bool json, shadow_live;
	struct ward_limits *lim;
	struct ward_names *names;
	const struct ward_model *model;
	const struct ward_ruleset *ruleset;
	/* made by ward_cli_past_begin */
	ward_ns since, begun;
	struct ward_past *past;
	bool failed;
	uint64_t n_event, n_undecodable, n_damaged, n_gone;
	ward_ns first, last; /* of the events since */
};

/* Reads the options and makes the tally. An exit code; it was said. */
int ward_cli_past_begin(struct ward_cli_past *p);
/* What the brain gives while it is fed. */
void ward_cli_past_output(struct ward_cli_past *p, const struct ward_output *o);
/* Feeds the brain with all that the journal retains, oldest first, and prints what would have been
 * raised. An exit code; it was said. Nothing of the state is changed. */
int ward_cli_past_run(struct ward_cli_past *p, struct ward_brain *b);
void ward_cli_past_fini(struct ward_cli_past *p);

#endif
