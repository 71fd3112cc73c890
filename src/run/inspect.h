/* The cell in which one file is looked at: a process that is forked for it and ends with it.
 *
 * It has the file, read only, a pipe for what it finds, and perhaps a connection to ClamAV; no
 * other descriptor, no file system (Landlock, and what opens a file finds none), no network, no
 * capability, a bound of memory and of time. What becomes of it is a finding, too: a cell that is
 * killed by a signal, by time or for its memory has said what it knew before. */
#ifndef WARD_RUN_INSPECT_H
#define WARD_RUN_INSPECT_H

#include "sense/file/file.h"

struct ward_sandbox_filter;

struct ward_inspect_cell {
	const struct ward_inspector *with;
	const struct ward_limits *lim;
	const char *clamd;                  /* the path of its socket; NULL: it is not asked */
	struct ward_sandbox_filter *filter; /* ward_inspect_ready; NULL: each cell makes its own */
};

/* Makes once what all cells would make alike: their list of system calls, tables of characters and
 * times. A cell costs half as much then. SANDBOX; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_inspect_ready(struct ward_inspect_cell *c);
void ward_inspect_done(struct ward_inspect_cell *c);

/* Looks at the file behind fd, which stays open; it waits. FOREIGN: it is no regular file; IO;
 * NOMEM; SANDBOX: the cell could not be caged, and nothing was looked at. */
WARD_MUST_CHECK enum ward_err ward_inspect_file(const struct ward_inspect_cell *c, int fd,
	const struct ward_inspect_said *said, struct ward_inspect_report *ret);

#endif
