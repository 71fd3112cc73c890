/* Sealed clips and photos on their way to a page: bodies of FETCH and FETCHED, between `api` and
 * `clips`.
 *
 * FETCH    16 bytes id, 32 bytes reading, be64 offset
 * FETCHED  u8 error, be64 size of all, bytes from the offset on
 *
 * What goes is the sealed key (WARD_EVIDENCE_SEALED bytes), then the file of comply/evidence.h. A
 * reading is a secret that `clips` makes once somebody's reason is on the ledger; it is good once,
 * from the beginning to the end. Both sides check everything. */
#ifndef WARD_RUN_SEALED_H
#define WARD_RUN_SEALED_H

#include "base/id.h"
#include "run/ipc.h"

enum {
	WARD_READING = 32,
	WARD_READING_TEXT = 65,      /* in hex, with the NUL */
	WARD_SEALED_PIECE = 96 << 10 /* bytes of one FETCHED, at most */
};

struct ward_fetch {
	struct ward_id id;
	uint8_t reading[WARD_READING];
	uint64_t off;
};
void ward_fetch_put(struct ward_wr *w, const struct ward_fetch *f);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_fetch_get(struct ward_rd *r, struct ward_fetch *ret);

struct ward_fetched {
	enum ward_err err; /* OK; NOT_FOUND: no such reading, or it is used up; STATE: erased; IO */
	uint64_t size;     /* of OK: more than 0 */
	struct ward_slice bytes; /* of OK: at least one, from the offset that was asked */
};
void ward_fetched_put(struct ward_wr *w, const struct ward_fetched *f);
/* Bytes borrow the message. MALFORMED: also more bytes than there are behind `off`. */
WARD_MUST_CHECK enum ward_err ward_fetched_get(
	struct ward_rd *r, uint64_t off, struct ward_fetched *ret);

#endif
