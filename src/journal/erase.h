/* Taking single records out of what is kept: where one segment holds what is kept for a day and
 * what is kept for a month, the first is erased while the rest stays.
 *
 * A segment is written anew, without the bytes of the records that go, and takes the old one's
 * name: after a crash there is the one or the other. Sequence numbers, times, lanes and lengths
 * stay; the type becomes WARD_RECORD_ERASED, the payload zeros. Its blocks get another tag, so that
 * what was computed from the old bytes (an index) is known to be of them. What the segment does not
 * use at its end is given back. */
#ifndef WARD_JOURNAL_ERASE_H
#define WARD_JOURNAL_ERASE_H

#include "journal/journal.h"

/* A sealed segment. */
struct ward_journal_sealed {
	uint64_t index;
	ward_ns from, to;     /* wall clock: it was made, it was sealed; its commits lie between */
	uint64_t first, last; /* sequence numbers of what may be in it */
	bool erasable;        /* whole, and every known reader has done with it */
	bool bad;             /* its header, or the next one's, can't be read */
};

/* Those of a lane, oldest first: false when there is no i-th. O(1). */
bool ward_journal_sealed(const struct ward_journal *j, enum ward_lane lane, size_t i,
	struct ward_journal_sealed *ret);

/* Does this record go? Asked twice of each; it must say the same. */
typedef bool (*ward_journal_goes_fn)(void *ctx, const struct ward_record *r);

/* Seals the newest segment of a lane, if there is something in it. STATE: there is an open group,
 * or it is read only. FULL, IO as ward_journal_maintain. */
WARD_MUST_CHECK enum ward_err ward_journal_seal(struct ward_journal *j, enum ward_lane lane);

struct ward_journal_erase;

struct ward_journal_erased {
	uint64_t n, bytes; /* records that went, and their payloads */
	bool written; /* the segment was written anew: something went, or half of it was unused */
};

/* Begins with a segment that is erasable. One at a time for a journal. Borrows j. NOT_FOUND, STATE
 * (read only, another one, not erasable), NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_journal_erase_begin(struct ward_journal *j, enum ward_lane lane,
	uint64_t index, ward_journal_goes_fn fn, void *ctx, struct ward_journal_erase **ret);
/* Goes on by about so many bytes, and makes those durable. AGAIN: there is more. OK: it is done,
 * and durable. CORRUPT: a damaged segment, which stays as it is; NOT_FOUND: it was dropped
 * meanwhile. IO: as ward_journal_commit. FULL, NOMEM. After anything but AGAIN only end. */
WARD_MUST_CHECK enum ward_err ward_journal_erase_step(
	struct ward_journal_erase *e, uint64_t bytes, struct ward_journal_erased *ret);
/* Before the journal is closed. Given up half-way nothing has changed. NULL is fine. */
void ward_journal_erase_end(struct ward_journal_erase *e);

#endif
