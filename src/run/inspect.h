/* The cell in which one file is looked at: a process that is forked for it and ends with it.
 *
 * It has the file, read only, a pipe for what it finds, and perhaps a connection to ClamAV; no
 * other descriptor, no file system (Landlock, and what opens a file finds none), no network, no
 * capability, a bound of memory and of time. It is forked from a maker (run/maker.h), which has
 * rules and lists and never sees a file; so it has nothing of what was looked at before. What
 * becomes of it is a finding, too: a cell that is killed by a signal, by time or for its memory has
 * said what it knew before. */
#ifndef WARD_RUN_INSPECT_H
#define WARD_RUN_INSPECT_H

#include "sense/file/file.h"

#include <sys/types.h>

struct ward_maker;

struct ward_inspect_cell {
	const struct ward_inspector *with;
	const struct ward_limits *lim;
	const char *clamd;        /* the path of its socket; NULL: it is not asked */
	uid_t uid;                /* that cells have; 0: that of this process */
	struct ward_maker *maker; /* of ward_inspect_ready */
};

/* Starts the maker of cells: before this process is caged itself, if it will be, and before it
 * looks at a file. What c points to is as it will be for all cells. SANDBOX; NOMEM; IO. */
WARD_MUST_CHECK enum ward_err ward_inspect_ready(struct ward_inspect_cell *c);
/* The maker has ended by itself: who is caged must begin anew to look at another file. */
bool ward_inspect_gone(const struct ward_inspect_cell *c);
/* Not ready: nothing to do. */
void ward_inspect_done(struct ward_inspect_cell *c);

/* Looks at the file behind fd, which stays open; it waits. FOREIGN: it is no regular file; IO;
 * NOMEM; SANDBOX: the cell could not be caged, or its maker has gone, and nothing was looked at. */
WARD_MUST_CHECK enum ward_err ward_inspect_file(const struct ward_inspect_cell *c, int fd,
	const struct ward_inspect_said *said, struct ward_inspect_report *ret);

/* The same for who has other things to do meanwhile. All is borrowed until ward_inspection_end;
 * said's texts too. Errors as above, SANDBOX at the end. */
struct ward_inspection;
WARD_MUST_CHECK enum ward_err ward_inspection_begin(const struct ward_inspect_cell *c, int fd,
	const struct ward_inspect_said *said, struct ward_inspect_report *report,
	struct ward_inspection **ret);
/* Can be read when there is something to hear. */
int ward_inspection_fd(const struct ward_inspection *x);
/* Until it is too late. */
int ward_inspection_left_ms(const struct ward_inspection *x);
/* Takes what the cell says, waits for nothing. False: it is to be ended. */
WARD_MUST_CHECK bool ward_inspection_hear(struct ward_inspection *x);
/* Ends it, whatever it does, judges the report, and frees x. */
WARD_MUST_CHECK enum ward_err ward_inspection_end(struct ward_inspection *x);
/* Ends it, and nobody wants to know. */
void ward_inspection_drop(struct ward_inspection *x);

#endif
