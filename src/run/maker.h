/* The maker of cells: a process that is forked before any file is looked at, has rules, lists and
 * all tables in its memory, and is caged as a cell is, but that it may fork. It hears one order
 * after the other, a file and what is said of it, and forks a cell for each. So a cell has nothing
 * of who ordered it, of other files or of what was found in them, and a fork costs little.
 *
 * A cell is the child of who ordered it, who waits for it; the maker alone can end it, since who
 * orders may be caged so that it reaches no process outside (Landlock). Before a cell reads a byte
 * it has given up what the maker alone may do. Private to run/inspect.c. */
#ifndef WARD_RUN_MAKER_H
#define WARD_RUN_MAKER_H

#include "run/inspect.h"

#include <sys/types.h>

enum { WARD_CELL_NOMEM = 3, WARD_CELL_CAGE = 4 }; /* how one exits that looked at nothing */

struct ward_maker_order {
	int file, out, clam;                  /* -1: no connection to ClamAV */
	uint64_t size;                        /* of the file; bytes */
	const struct ward_inspect_said *said; /* its texts are cut to WARD_INSPECT_TEXT */
};

/* Before the process is caged itself, if it will be. SANDBOX: it could not be caged; NOMEM; IO. */
WARD_MUST_CHECK enum ward_err ward_maker_start(
	const struct ward_inspect_cell *c, struct ward_maker **ret);
/* It has ended by itself, as an order showed: there are no more cells. */
bool ward_maker_gone(const struct ward_maker *m);
/* NULL is allowed. Its cells live on. */
void ward_maker_stop(struct ward_maker *m);
/* Forks a cell; descriptors stay open here. SANDBOX: the maker has ended; IO: it can't fork. */
WARD_MUST_CHECK enum ward_err ward_maker_order(
	struct ward_maker *m, const struct ward_maker_order *o, pid_t *ret);
/* Ends a cell that was not waited for yet, whatever it does. SANDBOX: the maker has ended. */
WARD_MUST_CHECK enum ward_err ward_maker_end(struct ward_maker *m, pid_t cell);

#endif
