/* A file of the hospital's directory that people write while Ward runs, and the way of what is new
 * in it onto the journal's control lane, where only the supervisor may write: what run/permits.h
 * and run/entries.h share. Never blocks. Single-threaded. */
#ifndef WARD_RUN_WRITTEN_H
#define WARD_RUN_WRITTEN_H

#include "base/diag.h"
#include "run/report.h"

struct ward_written {
	const char *dir, *file; /* of the hospital; "permits.csv" */
	const char *what;       /* the source of its events' ids: "supervisor.permit" */
	struct ward_reporter *reporter;
	bool looked;
	uint64_t print[5]; /* of the file as it was looked at last */
	uint64_t n_sent;
};

/* Is it another one than at the last look? Renaming, writing and leave to read all change it. */
bool ward_written_changed(struct ward_written *w);
/* Begins a batch. False: the journal takes nothing now. */
bool ward_written_begin(struct ward_written *w);
/* An event of now from the supervisor, whose class and fields are the caller's to set. */
void ward_written_event(struct ward_written *w, struct ward_event *e);
/* One more of the batch; a full batch is sent. False: it was not taken. */
bool ward_written_put(struct ward_written *w, const struct ward_event *e);
/* Sends what is left of the batch. False: it was not taken. */
bool ward_written_flush(struct ward_written *w);
/* Errors, sorted, into the log as records of that name. */
void ward_written_refused(const struct ward_written *w, const char *name, struct ward_diag *d);

#endif
