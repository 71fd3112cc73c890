/* The store's database made anew of what another machine left of it: for who goes on in its place.
 */
#ifndef WARD_QUORUM_FETCH_H
#define WARD_QUORUM_FETCH_H

#include "quorum/rows.h"

struct ward_quorum_fetched {
	uint64_t rows, position;
	struct ward_hash root; /* of the ledger over these rows */
};

/* Makes the database at o->path, which must not be there, of all rows; each is held against its
 * commitment, and in the end the whole database against its ledger. They are those of one moment
 * under our claim; whether it was the last one the next claim's epoch says. On failure its files
 * are removed, and the connection is to be hung up. MALFORMED, CORRUPT: rows that are none, or not
 * as they were committed to; *ret_row is the first one, 0 where it is not one's alone. NOT_FOUND:
 * no row is there, and nothing was made. The errors of ward_quorum_rows_read and ward_store_open;
 * DUPLICATE: it is there. */
WARD_MUST_CHECK enum ward_err ward_quorum_fetch_store(struct ward_quorum *q,
	const struct ward_store_options *o, struct ward_quorum_fetched *ret, uint64_t *ret_row);

#endif
