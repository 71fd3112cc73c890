/* A row of `ward.row`, and a piece of `ward.memory`, as a server gives them in binary form: what
 * the store has of a row, or none. Pure. The bytes are outside bytes, as those of row.h. */
#ifndef WARD_QUORUM_LEAF_H
#define WARD_QUORUM_LEAF_H

#include "base/wr.h"
#include "quorum/row.h"
#include "store/store.h"

#define WARD_QUORUM_LEAF "number, kind, id, revision, \"time\", json, salt, commitment"

enum { WARD_QUORUM_LEAF_CELLS = 8, WARD_QUORUM_PIECE_CELLS = 2 };

/* One row of a COPY in binary form. */
void ward_quorum_leaf_put(struct ward_wr *w, const struct ward_store_leaf *l);
/* False: it is none. Else its texts live as long as the cells; whether it is what it was committed
 * to, and UTF-8, is for the store to judge. */
bool ward_quorum_leaf(
	const struct ward_quorum_cell cell[WARD_QUORUM_LEAF_CELLS], struct ward_store_leaf *ret);
/* `off, bytes`: the piece that begins there. False: it is none. */
bool ward_quorum_piece(const struct ward_quorum_cell cell[WARD_QUORUM_PIECE_CELLS], uint64_t off,
	struct ward_slice *ret);

#endif
