/* Where in a file rules could find anything at all.
 *
 * libyara looks for short pieces of its strings (atoms, at most four bytes) with one automaton,
 * byte by byte, and compares whole strings only where one stands. Of a large file nearly no place
 * has one. The sieve finds those places several times faster, by pairs of bytes, from the same
 * automaton; libyara then searches around them alone, as far as what has such an atom may reach. It
 * finds what it would have found: a place that is passed over holds no atom, and around others as
 * much is given as a match may reach. */
#ifndef WARD_SENSE_FILE_SIEVE_H
#define WARD_SENSE_FILE_SIEVE_H

#include "base/slice.h"

struct YR_RULES;
struct YR_AC_MATCH;

struct ward_sieve {
	const uint32_t *step, *found; /* the automaton's; borrowed */
	const struct YR_AC_MATCH *match;
	size_t margin;      /* bytes, that any match may reach from its atom */
	bool all;           /* of no use: atoms stand nearly everywhere, or matches reach too far */
	uint8_t pair[8192]; /* a bit per pair of bytes: it is in an atom */
};

/* Of compiled rules, which must outlive it. */
void ward_sieve_init(struct ward_sieve *v, const struct YR_RULES *rules);

/* The next stretch of bytes, from *at on, that has to be searched; *at moves behind it. Of
 * what begins as a program does the first one is its begin, whatever lies there. False: there is
 * none. */
bool ward_sieve_next(
	const struct ward_sieve *v, struct ward_slice bytes, size_t *at, struct ward_slice *ret);

#endif
