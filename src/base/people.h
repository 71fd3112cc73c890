/* Figures of people: of a group of fewer than five none is given, since it would be of somebody
 * (docs/processing.md). Whoever prints how many people, or how many of them, asks here. Pure. */
#ifndef WARD_BASE_PEOPLE_H
#define WARD_BASE_PEOPLE_H

#include "base/wr.h"

enum { WARD_PEOPLE_LEAST = 5 };

#define WARD_PEOPLE_FEW "fewer than five"

/* May a figure of a group of so many be given? */
static inline bool ward_people_told(uint64_t n)
{
	return n >= WARD_PEOPLE_LEAST;
}

/* How many they are, or that they are too few to say. */
static inline void ward_people_put(struct ward_wr *w, uint64_t n)
{
	if (ward_people_told(n))
		ward_wr_u64(w, n);
	else
		ward_wr_z(w, WARD_PEOPLE_FEW);
}

#endif
