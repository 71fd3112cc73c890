/* What the journal erased goes from the log, too: by what the journal's process itself says of it,
 * in events of the control lane, which are in the log before anything goes.
 *
 * How far that was heeded is kept in the log, as the reader "erased": after any end it is gone on
 * with from there. */
#ifndef WARD_RUN_PROC_QUORUM_FORGET_H
#define WARD_RUN_PROC_QUORUM_FORGET_H

#include "base/limit.h"
#include "event/event.h"
#include "quorum/quorum.h"

enum { QUORUM_DUE_MAX = 256 };

struct quorum_due {
	bool segment; /* all of a lane; else what is erased of these numbers */
	enum ward_lane lane;
	uint64_t first, last;
	uint64_t seq; /* of what said so */
};

struct quorum_forget {
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena arena;
	struct quorum_due due[QUORUM_DUE_MAX]; /* n_due, oldest first */
	size_t n_due;
	uint64_t seen; /* all up to there was looked at */
	bool full;     /* nothing more is noted until those are done */
	uint64_t kept; /* "erased", as the log has it */
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err quorum_forget_open(
	struct quorum_forget *f, const struct ward_limits *lim);
void quorum_forget_close(struct quorum_forget *f);
/* After a claim: what the log has that was not heeded yet. The errors of ward_quorum_read. */
WARD_MUST_CHECK enum ward_err quorum_forget_begin(struct quorum_forget *f, struct ward_quorum *q);
/* A record that is in the log now, in their order. */
void quorum_forget_note(struct quorum_forget *f, const struct ward_record *r);
/* The oldest one is done. */
WARD_MUST_CHECK enum ward_err quorum_forget_done(struct quorum_forget *f, struct ward_quorum *q);
/* Nothing is due: all that was seen was heeded. Now and then. */
WARD_MUST_CHECK enum ward_err quorum_forget_keep(struct quorum_forget *f, struct ward_quorum *q);

#endif
