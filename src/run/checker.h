/* A child that has Ward's own commands look at what people propose: `ward check` at a directory,
 * `ward model import` at a file of another product.
 * The command runs with the rights to read what is named, and to compute, and no others
 * (run/child.h): what it reads was uploaded, and a parser that it breaks reaches nothing.
 *
 * Another one tries a camera: `ward sense video --try`, whose two processes have cages of their
 * own, and of which only a child that reads nothing may connect to that one address (dial.h). */
#ifndef WARD_RUN_CHECKER_H
#define WARD_RUN_CHECKER_H

#include "run/process.h"

enum {
	WARD_CHECKER_WORDS = 4096,      /* bytes of its words */
	WARD_CHECKER_OUTPUT = 16 << 20, /* bytes that it may say */
	WARD_CHECKER_SECONDS = 60,
	WARD_CHECKER_TRIAL_SECONDS = 10,
};

enum ward_checker_of { WARD_CHECKER_FILES, WARD_CHECKER_CAMERAS };

enum { WARD_CHECKER_PATHS = 6 };

struct ward_checker {
	enum ward_checker_of of;
	const char *ward;                         /* the program's path */
	const char *path[WARD_CHECKER_PATHS + 1]; /* may be read, and run: with the program;
						     NULL ends the list */
};

/* Before the cage; texts live as long as the process. Ends the process when it can't be started. */
void ward_checker_start(struct ward_process *p, const struct ward_checker *c, int *ret_link);
/* Begins `ward WORD …`, n words; one at a time. LIMIT: they are too long; CLOSED. */
WARD_MUST_CHECK enum ward_err ward_checker_begin(int link, const char *const *word, size_t n);
/* What there is of it: its standard output goes to w. OK: it ended, *ret_status is its exit code;
 * MORE: not yet; AGAIN: it took too long; LIMIT: it said too much; CLOSED. */
WARD_MUST_CHECK enum ward_err ward_checker_hear(int link, struct ward_wr *w, int *ret_status);
/* Runs `ward WORD …`, n words; its standard output goes to w, *ret_status is its exit code. It
 * waits. LIMIT: it said too much, or its words are too long; AGAIN: it took too long; CLOSED. */
WARD_MUST_CHECK enum ward_err ward_checker_run(
	int link, const char *const *word, size_t n, struct ward_wr *w, int *ret_status);

#endif
