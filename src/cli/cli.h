/* The command line: one file per command, and the little that they share.
 *
 * A command is a `struct ward_cmd` in the table of main.c. It parses its arguments, calls the
 * rooms, prints, and returns an exit code; logic worth a unit test lives in a room. */
#ifndef WARD_CLI_CLI_H
#define WARD_CLI_CLI_H

#include "base/counter.h"
#include "base/diag.h"
#include "base/limit.h"

#include <stdio.h>

enum ward_exit {
	WARD_EXIT_DONE = 0,
	WARD_EXIT_INPUT = 1, /* the input had problems; they were reported */
	WARD_EXIT_USAGE = 2,
	WARD_EXIT_RUN = 3, /* could not run */
};

struct ward_cmd {
	const char *name;    /* "check", "sense net" */
	const char *summary; /* one line for `ward --help` */
	const char *help;    /* the whole of `ward NAME --help` */
	int (*run)(const struct ward_cmd *cmd, int argc, char **argv); /* argv[0] is the name */
};

/* "ward NAME: …" on standard error with a pointer to --help; gives WARD_EXIT_USAGE. */
int ward_cli_usage(const struct ward_cmd *cmd, const char *fmt, ...) WARD_PRINTF(2, 3);
/* "ward NAME: …" on standard error; gives WARD_EXIT_RUN. */
int ward_cli_fail(const struct ward_cmd *cmd, const char *fmt, ...) WARD_PRINTF(2, 3);
/* Where content/ is: the option's value if given, else $WARD_CONTENT, else beside the program, else
 * the source tree it was built from. NULL and a message when it is nowhere. Lives forever. */
const char *ward_cli_content(const struct ward_cmd *cmd, const char *option);

/* Is there such a directory of a hospital? What is wrong is said. */
int ward_cli_hospital(const struct ward_cmd *cmd, const char *dir);

/* True when f is a terminal and NO_COLOR is unset or empty (no-color.org). */
bool ward_cli_colour(FILE *f);

/* {"kind":"summary","counters":{…}} on standard error: what a sensor's filter ends with. */
void ward_cli_summary(const struct ward_counters *c);

/* All of w to f, and flush; false (said once on standard error) when it could not be written.
 * Resets w. When nobody reads standard output any more, SIGPIPE ends the program as it does `cat`.
 */
bool ward_cli_put(struct ward_wr *w, FILE *f);

/* A list that is built in, and printed as a page of docs/. Each row ends its line. */
struct ward_cli_table {
	const char *head; /* of the page */
	unsigned n;
	void (*text)(struct ward_wr *w, unsigned i);
	void (*json)(struct ward_wr *w, unsigned i);
	void (*markdown)(struct ward_wr *w, unsigned i);
};
/* A command `[--json | --markdown]` that prints all of it; its exit code. */
int ward_cli_list(
	const struct ward_cmd *cmd, int argc, char **argv, const struct ward_cli_table *table);

#endif
