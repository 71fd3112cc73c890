/* The brain's side of the store: collects what it concludes, and makes it durable.
 *
 * Everything between two commits is one transaction. It waits through restarts of the store: when
 * one came in between, the whole transaction is sent again, and rows that are there already are
 * left out by the store. Single-threaded; the answers of the store are outside bytes. */
#ifndef WARD_RUN_COMMITTER_H
#define WARD_RUN_COMMITTER_H

#include "base/limit.h"
#include "run/rows.h"

struct ward_committer;

/* fd is the link to the store; it must block. Borrows clock and mem. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_committer_new(int fd, const struct ward_clock *clock,
	const struct ward_mem *mem, const struct ward_limits *limits, struct ward_committer **ret);
/* Forgets what was not committed. NULL is fine. */
void ward_committer_free(struct ward_committer *c);

/* Adds one row to the next commit; copies it. LIMIT: its JSON is over WARD_ROW_JSON_MAX. MALFORMED:
 * no such kind, no JSON, or not UTF-8. FULL: store.commit bytes wait; commit at the position before
 * (these rows are then found there when they are given again), then add it. NOMEM. After any of
 * these nothing changed. */
WARD_MUST_CHECK enum ward_err ward_committer_row(
	struct ward_committer *c, const struct ward_store_row *r);
/* Bytes of rows that wait for the commit: so that a caller can commit in time. */
size_t ward_committer_waiting(const struct ward_committer *c);
/* The brain's memory after record seq (> 0), to go with the next commit; a later one replaces it.
 * Borrows bytes until that commit returns. LIMIT: over store.checkpoint bytes, or seq over
 * INT64_MAX. MALFORMED: seq is 0. */
WARD_MUST_CHECK enum ward_err ward_committer_checkpoint(
	struct ward_committer *c, uint64_t seq, struct ward_slice bytes);
/* Returns when rows, checkpoint and position (the last record of the journal that was dealt with)
 * are durable, however long that takes; then nothing waits. CLOSED, IO: the link is gone.
 * MALFORMED, LIMIT, DENIED: the store refuses, or does not speak as it should; everything waits
 * still. */
WARD_MUST_CHECK enum ward_err ward_committer_commit(struct ward_committer *c, uint64_t position);
/* Where the brain was: its position, and the last checkpoint, whose bytes are added to w (seq 0:
 * there is none). CORRUPT: the checkpoint is not what its hash says: begin without it. LIMIT: it is
 * over store.checkpoint. NOMEM: w has no room. CLOSED, IO, MALFORMED as above. After an error w
 * holds nothing of use. */
WARD_MUST_CHECK enum ward_err ward_committer_resume(struct ward_committer *c,
	uint64_t *ret_position, uint64_t *ret_checkpoint_seq, struct ward_wr *w);

#endif
