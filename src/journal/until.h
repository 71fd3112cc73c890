/* A copy of a journal made one of a later moment, or of an earlier one.
 *
 * Later: by the pieces of ward_journal_copy_more. Earlier: what was committed after a moment is cut
 * in every lane, as after a crash then; what was erased meanwhile stays erased, and what retention
 * took whole stays gone. For a folder that nobody else has: on an error it is of no use.
 * Single-threaded. */
#ifndef WARD_JOURNAL_UNTIL_H
#define WARD_JOURNAL_UNTIL_H

#include "journal/copy.h"

/* Makes that segment's file. CORRUPT: the file of which bytes are to stay is not there, or another;
 * MALFORMED: the piece is none. IO, FULL. */
WARD_MUST_CHECK enum ward_err ward_journal_grow(
	const struct ward_io *io, const struct ward_journal_piece *p, struct ward_slice bytes);
/* Removes the segments that are not among these. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_journal_keep_only(const struct ward_io *io,
	const struct ward_mem *mem, const struct ward_journal_piece *piece, size_t n);

struct ward_journal_until {
	uint64_t commit;  /* the last whose time is not after the one that was asked for */
	ward_ns time;     /* its time */
	uint64_t last;    /* number of its last record */
	uint64_t n_later; /* commits up to it with a later time: the clock went back */
};
/* Looks at commits from number `since` on. NOT_FOUND: the time of each is later. IO, NOMEM. O(all
 * segments that can have such). */
WARD_MUST_CHECK enum ward_err ward_journal_find(const struct ward_io *io,
	const struct ward_mem *mem, uint64_t since, ward_ns time, struct ward_journal_until *ret);
/* Cuts all behind it. IO, FULL, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_journal_cut(const struct ward_io *io, const struct ward_mem *mem,
	const struct ward_journal_until *until);

#endif
