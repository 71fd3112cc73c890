/* The supervisor's watch over the hospital's works permits: what is new in permits.csv becomes a
 * record of the journal, by which the brain judges and an audit finds it.
 *
 * The file is the hospital's own, as its sources are; a row that is wrong is told and is no permit,
 * and a file that can't be read permits nothing.
 * A permit whose line was removed is told as ended. Each is told once; at the start, after the
 * brain was started again (it may have lost its memory) and after the journal refused one, all are
 * told behind a record that says so: the brain then knows these and no others. Single-threaded;
 * never blocks but for reading the file. */
#ifndef WARD_RUN_PERMITS_H
#define WARD_RUN_PERMITS_H

#include "model/permit/file.h"
#include "run/written.h"

struct ward_permit_watch {
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_written in;
	struct ward_permits *told; /* what the journal has; NULL: nothing yet */
	bool whole;                /* all is to be told, not what is new only */
};

/* Borrows all. The first look tells all but those that were over a day ago. */
void ward_permit_watch_init(struct ward_permit_watch *w, const struct ward_model *m,
	const struct ward_limits *lim, const char *dir, struct ward_reporter *reporter);
void ward_permit_watch_fini(struct ward_permit_watch *w);
/* Looks whether the file is another one, and tells what is new; cheap when nothing is. ctx is a
 * struct ward_permit_watch. */
void ward_permit_watch_look(void *ctx);
/* The next look tells all again. */
void ward_permit_watch_again(struct ward_permit_watch *w);

#endif
