/* Looking into a journal that another process may be writing: nothing is locked, written or
 * repaired.
 *
 * ward_journal_open with read_only checks that all lanes agree, which they do not while somebody
 * commits between two looks; this reader believes single blocks only: a block whose checksum holds
 * is whole, whatever the writer does. So it shows each acknowledged record that was there when it
 * was opened and has not been retired since, and perhaps some that came later (their commit may not
 * be acknowledged yet). A segment that retention takes away meanwhile is counted as gone, a bad
 * block as damaged. Segment headers and blocks are bytes that may be rotten. Single-threaded. */
#ifndef WARD_JOURNAL_LOOK_H
#define WARD_JOURNAL_LOOK_H

#include "journal/journal.h"

struct ward_look_seg {
	enum ward_lane lane;
	uint64_t index;
	uint64_t base_seq; /* no record in it is older */
	uint64_t tag;      /* random: a segment of this name in another journal has another */
	uint64_t len;      /* bytes of the file */
	bool sealed;       /* a newer one is in its lane: it does not change, but for what retention
			      erases */
};

/* Asked at each segment; both may be NULL. */
struct ward_look_watch {
	/* False: the segment is passed over. */
	bool (*want)(void *ctx, const struct ward_look_seg *s);
	/* All its records were given; whole: and no block of it was bad or gone. */
	void (*done)(void *ctx, const struct ward_look_seg *s, bool whole);
	void *ctx;
};

struct ward_look_stats {
	uint64_t n_segment, n_passed, n_gone; /* all; not wanted; retired before they were read */
	uint64_t n_damaged;                   /* places without a whole block, headers included */
	uint64_t bytes, bytes_done;           /* of segments: all; read or passed over */
};

struct ward_look;

/* Lists the segments and reads their headers. Borrows io and mem. IO, DENIED, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_look_open(
	const struct ward_io *io, const struct ward_mem *mem, struct ward_look **ret);
void ward_look_close(struct ward_look *l);
/* For WARD_AUTO. */
void ward_look_closep(struct ward_look **l);

/* i < stats.n_segment; by lane, then index. Lives as long as l. */
const struct ward_look_seg *ward_look_segment(const struct ward_look *l, size_t i);

/* Begins at one end: of the records' sequence oldest or newest first. */
void ward_look_start(struct ward_look *l, bool newest_first, struct ward_look_watch watch);
/* The next record; its data lives until the next call. CLOSED when there are no more. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_look_next(struct ward_look *l, struct ward_record *ret);
struct ward_look_stats ward_look_stats(const struct ward_look *l);

#endif
