/* The supervisor's watch over what people enter of availability: what is new in care.csv becomes a
 * record of the journal, so that an audit finds who entered and removed what, and when.
 *
 * As works permits (run/permits.h): a line that is wrong is told and says nothing, each entry is
 * told once, one whose line is gone is told as removed, and all that are not long over are told
 * anew at the start and after the journal refused a record. Single-threaded; never blocks but for
 * reading the file. */
#ifndef WARD_RUN_ENTRIES_H
#define WARD_RUN_ENTRIES_H

#include "care/entry.h"
#include "run/written.h"

struct ward_entry_watch {
	const struct ward_model *m;
	const struct ward_limits *lim;
	struct ward_written in;
	struct ward_entry_told {
		struct ward_id id;
		ward_ns until;
		bool there; /* its line is in the file */
	} * told;           /* by id */
	size_t n_told, cap_told;
	bool whole; /* all is to be told, not what is new only */
	/* called with the lines that are right, each time that they were read; or NULL */
	void (*on_entries)(void *ctx, const struct ward_care_entries *all);
	void *ctx;
};

/* Borrows all. */
void ward_entry_watch_init(struct ward_entry_watch *w, const struct ward_model *m,
	const struct ward_limits *lim, const char *dir, struct ward_reporter *reporter);
void ward_entry_watch_fini(struct ward_entry_watch *w);
/* Looks whether the file is another one, and tells what is new; cheap when nothing is. Before
 * ward_permit_watch_look, which takes note of refused records. */
void ward_entry_watch_look(struct ward_entry_watch *w);

#endif
