/* A text in the bytes of binary records: tells most records that do not hold it without decoding
 * them.
 *
 * Records have texts as they were written, so letters are compared in either case (ASCII); whole
 * numbers, true and false stand there in binary, so a text that they could be stands nowhere. Sees
 * bytes of outsiders. Pure. */
#ifndef WARD_SEARCH_RAW_H
#define WARD_SEARCH_RAW_H

#include "base/slice.h"

struct ward_raw {
	struct ward_str text; /* folded, borrowed; empty: any record may hold it */
	size_t pivot;         /* its byte that is rarest in records */
	bool letters;
	bool mapped; /* an IPv4 address: its IPv4-mapped form in hexadecimal is looked for, too */
};

/* folded: in lower case. */
void ward_raw_init(struct ward_raw *r, struct ward_str folded);
/* False: the record does not hold it. O(len). */
bool ward_raw_may_stand(const struct ward_raw *r, struct ward_slice record);

#endif
