/* A hospital directory made of answers, which are read from a file or asked for at the terminal:
 * for `ward model new` and `ward run --new`. */
#ifndef WARD_CLI_START_H
#define WARD_CLI_START_H

#include "cli/cli.h"
#include "model/make/start.h"
#include "words/words.h"

struct ward_cli_start {
	const struct ward_cmd *cmd;
	const char *content; /* of Ward: ontology and threats */
	const char *set;     /* beneath it: "templates", "templates/first" */
	const char *dir;     /* to be made; must not be there, or be empty */
	const char *answers; /* a file; NULL: the terminal is asked */
	const char *lang;    /* of --lang, or NULL */
	bool facts;          /* facts.csv says what of it was assumed */
	bool json; /* nothing is written: the files as JSON, a line each, for a hospital that is
		      there; so without hospital.yml; findings, too */
};

/* Makes it, with names in the language that was answered, else in that of the terminal. An exit
 * code; what went wrong, and what was written, is said. */
int ward_cli_start_make(const struct ward_cli_start *in);
/* Prints the questions as a file of answers, each with what is usual. An exit code. */
int ward_cli_start_questions(const struct ward_cli_start *in);

#endif
