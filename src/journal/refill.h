/* A journal that is made anew of records that have their numbers and times already: after its
 * machine was lost, of what another place has of it.
 *
 * The records go in by rising numbers, each with the time of its commit; numbers that are missing
 * are never given (ward_journal_skip). Nothing is durable, and none of it may be used, before `end`
 * has read all back and found it equal to what was put in; until then its folder is to have a name
 * that nobody starts with. Single-threaded. */
#ifndef WARD_JOURNAL_REFILL_H
#define WARD_JOURNAL_REFILL_H

#include "journal/journal.h"

struct ward_refill;

struct ward_refilled {
	uint64_t n;           /* records */
	uint64_t first, last; /* their numbers; 0: there are none */
	uint64_t n_gone;      /* numbers before the last that no record has */
	ward_ns last_time;    /* of the last one's commit */
};

/* Into io's directory, which has no journal yet. Of the options the sizes of segments and records
 * count; nothing is dropped for want of room. Borrows io and mem. STATE: there is a journal.
 * CONFIG, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_refill_begin(const struct ward_journal_options *o,
	const struct ward_io *io, const struct ward_mem *mem, struct ward_refill **ret);
/* The next record, which is copied. MALFORMED: its number is not above the one before, or it is of
 * no lane. LIMIT: it is too long. FULL, IO, NOMEM. After an error only close. */
WARD_MUST_CHECK enum ward_err ward_refill_put(struct ward_refill *r, const struct ward_record *rec);
/* Makes all durable, and reads it back. CORRUPT: it is not what was put in. FULL, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_refill_end(struct ward_refill *r, struct ward_refilled *ret);
/* NULL is fine. */
void ward_refill_close(struct ward_refill *r);

#endif
