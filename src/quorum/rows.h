/* The store's rows on the database that has the journal's records: what Ward concluded and what
 * people decided, with all that the ledger has of them, so that another machine can go on with it.
 *
 * They are there in the order of their numbers, without gaps, and with the position of the brain as
 * of them: a transaction of ours has what the store has committed, or less, never half of it. They
 * come under the same claim as records, and OK means the same. Errors of all calls: STATE, DENIED,
 * AGAIN, NOMEM as those of quorum.h. */
#ifndef WARD_QUORUM_ROWS_H
#define WARD_QUORUM_ROWS_H

#include "quorum/quorum.h"
#include "store/store.h"

struct ward_quorum_rows {
	uint64_t n;            /* rows that are there; 0: none */
	uint64_t position;     /* of the brain on the journal, as of these */
	struct ward_hash last; /* commitment of the last one: it is no two stores' by chance */
};
/* What is there. MALFORMED: tables that are none of ours. */
WARD_MUST_CHECK enum ward_err ward_quorum_rows_head(
	struct ward_quorum *q, struct ward_quorum_rows *ret);

/* Rows that are there, whatever they are, become the table ward.row_EPOCH, which nobody of ours
 * looks at again, and the database has none: whoever has a store writes all of his anew. */
WARD_MUST_CHECK enum ward_err ward_quorum_rows_aside(struct ward_quorum *q);

/* A part of the store: n leaves that follow the first `after`, in order, an erased one without JSON
 * and salt; the position of the brain, of records that the log has (below ward_quorum_next), 0 when
 * it is as of later rows; and numbers of rows that are
 * erased there since they came here. All or nothing. CORRUPT: other rows are there. */
struct ward_quorum_part {
	uint64_t after, position;
	const struct ward_store_leaf *leaf;
	size_t n;
	const uint64_t *erased;
	size_t n_erased;
};
WARD_MUST_CHECK enum ward_err ward_quorum_rows_put(
	struct ward_quorum *q, const struct ward_quorum_part *p);

/* At most `most` leaves with numbers above `after`, in order; erased ones too. MALFORMED: one is
 * none; fn may have had some. */
WARD_MUST_CHECK enum ward_err ward_quorum_rows_read(
	struct ward_quorum *q, uint64_t after, size_t most, ward_store_leaf_fn fn, void *ctx);

/* A piece of the brain's memory as of a record of the journal: at most WARD_STORE_PIECE_MAX bytes
 * from `off` on. `of` has the size of all, and their SHA-256, which is the caller's to know. */
struct ward_quorum_piece {
	const struct ward_store_checkpoint *of;
	uint64_t off;
	struct ward_slice bytes;
};
/* Pieces go in order, each a transaction of its own, beside the memory that is there; with the last
 * one it takes that one's place. Rows and position must be there that it has seen. After a new
 * claim it begins with the first piece again. */
WARD_MUST_CHECK enum ward_err ward_quorum_memory_put(struct ward_quorum *q,
	const struct ward_quorum_rows *there, const struct ward_quorum_piece *p);
/* False: no more, please. A piece that lives as long as the call. */
typedef bool (*ward_quorum_piece_fn)(void *ctx, struct ward_slice bytes);
/* The one that is there, in pieces of at most WARD_STORE_PIECE_MAX, in order; NOT_FOUND: none is,
 * and *ret has but the record, behind which the next one is to be of: 0, or what was dropped.
 * MALFORMED: pieces that are none; whether they are all is for *ret to tell. */
WARD_MUST_CHECK enum ward_err ward_quorum_memory(
	struct ward_quorum *q, struct ward_store_checkpoint *ret);
WARD_MUST_CHECK enum ward_err ward_quorum_memory_read(
	struct ward_quorum *q, ward_quorum_piece_fn fn, void *ctx);
/* No memory is there any more, and until one comes that is of a later record than seq: what is
 * there remembers what was erased since. Its pieces go, and those of others that nobody goes on
 * with: some with each call, each a transaction of its own. *ret_more: there are others; call
 * again. With seq 0 only those of others go. */
WARD_MUST_CHECK enum ward_err ward_quorum_memory_drop(
	struct ward_quorum *q, const struct ward_quorum_rows *there, uint64_t seq, bool *ret_more);

#endif
