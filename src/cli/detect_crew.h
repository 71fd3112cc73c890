/* `ward detect --threads`: a file read by several threads, where that says what one thread says.
 *
 * It does for JSON with an object on each line that has a time of its own: Ward's event lines, and
 * records of others. What is otherwise (a value over several lines, a record that gives no event or
 * takes its time from the one before) depends on what stands before it; then the caller begins
 * anew with one thread. */
#ifndef WARD_CLI_DETECT_CREW_H
#define WARD_CLI_DETECT_CREW_H

#include "cli/cli.h"
#include "detect/crew.h"
#include "sense/input.h"

struct ward_cli_crew {
	const struct ward_cmd *cmd;
	const char *content, *file;
	size_t n_thread; /* 2..WARD_CREW_MAX */
	const struct ward_ruleset *rs;
	const struct ward_input_opts *opts; /* with the names of det */
	struct ward_detector *det;          /* new */
	ward_detect_sink sink;
	void *ctx;
	const bool *failed; /* the sink wants no more */
};

/* The whole file. opts->line is set for the sink. AGAIN: it is for one thread, and *ret_why says
 * why; the sink may have got what stands before it. STATE: said, or the sink failed; else as
 * ward_input_open and the detector. */
WARD_MUST_CHECK enum ward_err ward_cli_crew_run(
	const struct ward_cli_crew *args, const char **ret_why);

#endif
