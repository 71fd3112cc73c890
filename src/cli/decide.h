/* What commands share by which people decide: whose hospital, which incident, in which role; said
 * at the desk (run/desk_client.h), and what became of it. */
#ifndef WARD_CLI_DECIDE_H
#define WARD_CLI_DECIDE_H

#include "cli/cli.h"
#include "run/desk_client.h"

#include <limits.h>

struct ward_cli_decide {
	const struct ward_cmd *cmd;
	enum ward_decision_kind kind;
	const char *args;    /* JSON of what the kind needs, or NULL */
	const char *subject; /* as it was written */
	const char *text, *role, *state_option, *dir;
	struct ward_desk_photo *photo; /* of a report, or NULL */
	char state[PATH_MAX];
};

/* Takes --state, --role, --why, and two words: hospital and subject; with --state the hospital may
 * be left out. An exit code; what is wrong was said. */
int ward_cli_decide_args(struct ward_cli_decide *x, int argc, char **argv);
/* The state folder: of the option, else the usual one of that hospital. An exit code; it was said.
 */
int ward_cli_decide_state(
	const struct ward_cmd *cmd, const char *dir, const char *option, char state[PATH_MAX]);
/* The id of the incident that `text` is, or begins. An exit code; it was said. */
int ward_cli_decide_incident(
	const struct ward_cmd *cmd, const char *state, const char *text, char ret[WARD_ID_TEXT]);
/* What a command did so that the hospital is ready, of WARD_DRILL_LIST: on record by itself where
 * Ward runs and its user is one of the hospital's people; else nothing, since it was done all the
 * same. */
void ward_cli_decide_drill(
	const struct ward_cmd *cmd, const char *state, const char *of, const char *text);
/* Says why ward_desk_say (run/desk_client.h) had no answer, and the mend. WARD_EXIT_RUN. */
int ward_cli_desk_fail(const struct ward_cmd *cmd, const char *state, enum ward_err err);
/* Says it, and prints what became of it. An incident may be written by the first letters of its id,
 * where its user may read the store. */
int ward_cli_decide(struct ward_cli_decide *x);

#endif
