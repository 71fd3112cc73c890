/* What another database needs that keeps the leaves of this one, and this one made anew of them:
 * each under its number and with its salt, so that the ledger is the one that was signed. */
#ifndef WARD_STORE_TAKE_H
#define WARD_STORE_TAKE_H

#include "store/store.h"

/* Into the open transaction, as ward_store_put; l->row.row must be the next number. An erased one
 * (JSON and salt NULL) is taken as it is. MALFORMED: another number, no such kind, JSON that is
 * none or too long, a row that is there already; CORRUPT: the commitment is not that of row and
 * salt. After these only roll back. Borrows l. */
WARD_MUST_CHECK enum ward_err ward_store_take(
	struct ward_store *s, const struct ward_store_leaf *l);

struct ward_store_span {
	uint64_t after, last;
};
/* At most n numbers of erased rows above `after`, up to last, in their order. O(last - after). The
 * errors of ward_store_rows. */
WARD_MUST_CHECK enum ward_err ward_store_gone(
	struct ward_store *s, struct ward_store_span of, uint64_t *ret, size_t n, size_t *ret_n);

#endif
