/* How scores moved: what was kept of each run, one JSON object a line, read back and held against
 * the run before. A line is a scenario's (docs/scoring.md: "ward.score/1") or has all that one
 * version of the project scored ("ward.scores/1").
 *
 * Rows are in the order of a file that grows, and are not trusted. Pure, single-threaded. */
#ifndef WARD_DEBRIEF_PAST_H
#define WARD_DEBRIEF_PAST_H

#include "debrief/debrief.h"
#include "report/doc.h"
#include "words/words.h"

/* Which run it was; texts may be empty. */
struct ward_debrief_stamp {
	ward_ns time;
	struct ward_str of;      /* what was scored: a commit, as whoever keeps it says */
	struct ward_str ward;    /* version of the program */
	struct ward_str model;   /* and of the hospital's directory */
	struct ward_str without; /* the part that had no say; "nothing" */
};
/* The row that is kept of a score: its marks and the stamp, without a line's end. */
void ward_debrief_keep(const struct ward_debrief_score *s, const struct ward_debrief_stamp *stamp,
	struct ward_wr *w);

/* One kept row. Texts live as long as what was read. */
struct ward_debrief_run {
	struct ward_debrief_stamp stamp;
	bool held;
	struct ward_debrief_mark mark[WARD_DEBRIEF_MARK_N]; /* threshold is not kept */
};
/* The runs of one scenario of one hospital, of one variant, without the same part. */
struct ward_debrief_track {
	struct ward_str hospital, scenario, variant;
	struct ward_debrief_run *run; /* at least one */
	size_t n_run, cap_run;
};

struct ward_debrief_past;

/* Borrows mem, copies lim. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_debrief_past_new(
	const struct ward_mem *mem, const struct ward_limits *lim, struct ward_debrief_past **ret);
void ward_debrief_past_free(struct ward_debrief_past *p);
/* A file of rows, whole; empty lines are passed over. CONFIG: a finding in diag, with line and
 * mend, of the first row that can't be read, and none after it is. NOMEM. O(rows * scenarios). */
WARD_MUST_CHECK enum ward_err ward_debrief_past_read(struct ward_debrief_past *p,
	struct ward_str file, struct ward_slice text, struct ward_diag *diag);
/* By hospital, scenario, variant, part. *ret lives until the next _read. */
size_t ward_debrief_past_tracks(
	const struct ward_debrief_past *p, const struct ward_debrief_track **ret);

/* By how much a mark of the last run is better (above 0) or worse than in the run before; 0 where
 * there is none, or it is not known in both. */
int64_t ward_debrief_moved(const struct ward_debrief_track *t, enum ward_debrief_mark_id m);
/* The last run has a mark that is worse than in the run before. */
bool ward_debrief_is_worse(const struct ward_debrief_track *t);

/* As one object without a line's end: `runs`, `worse`, `better`. */
void ward_debrief_past_json(const struct ward_debrief_track *t, struct ward_wr *w);
/* All scenarios, what moved in each since the run before; of one scenario (else NULL) a row for
 * each run. */
void ward_debrief_past_tell(const struct ward_debrief_past *p, const char *scenario,
	struct ward_lang *lang, struct ward_doc *d);

#endif
