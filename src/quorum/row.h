/* A row of `ward.log`, as a server gives it in binary form (PostgreSQL's send functions of bigint,
 * smallint, date, integer and bytea): a record, or none. Pure. The bytes are outside bytes: a
 * database can be damaged, or be another's. */
#ifndef WARD_QUORUM_ROW_H
#define WARD_QUORUM_ROW_H

#include "journal/journal.h"

#define WARD_QUORUM_ROW "seq, lane, day, \"time\", type, source, data"

enum {
	WARD_QUORUM_CELLS = 7,
	WARD_QUORUM_2000 = 10957, /* the day from which PostgreSQL's dates count, from 1970 */
};

struct ward_quorum_cell {
	const uint8_t *p; /* NULL: it is null */
	size_t len;
};

/* The UTC day of a time, counted from 1970; 0 before. */
static inline uint32_t ward_quorum_day(ward_ns t)
{
	return (uint32_t)(t > 0 ? t / (24 * 3600 * WARD_NS_PER_S) : 0);
}

/* NULL: it is one, whose data lives as long as the cells. Else what is wrong, which lives forever;
 * ret->seq is its number where that can be read, else 0. */
const char *ward_quorum_row(
	const struct ward_quorum_cell cell[WARD_QUORUM_CELLS], struct ward_record *ret);

#endif
