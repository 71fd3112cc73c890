/* The nearest of many names to one that does not exist: for "did you mean". */
#ifndef WARD_IMPACT_NEAR_H
#define WARD_IMPACT_NEAR_H

#include "base/slice.h"

/* Keeps the best of the names that it is shown. */
struct ward_near {
	struct ward_str want, best; /* best.p NULL: none is near enough */
	size_t distance;
};

/* Borrows want and every shown name. */
void ward_near_init(struct ward_near *n, struct ward_str want);
/* O(len(want) · len(name)); names over 64 bytes are passed over. On a tie the lesser name wins. */
void ward_near_show(struct ward_near *n, struct ward_str name);

#endif
