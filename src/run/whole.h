/* The bodies of the messages by which rows go to another machine: whole, with what the ledger has
 * of them. Asking says as well what is there already.
 *
 * WHOLE      be64 rows that are durable elsewhere, of which those after are wanted; be32 most
 * WHOLE_LIST be64 number of the store's last row, be64 position of the brain as of that one,
 *            be16 n; n × (be64 number, u8 kind, 16 bytes id, be32 revision, be64 time, 32 bytes
 *            commitment, u8 1, 32 bytes salt, lv JSON; erased: u8 0)
 * GONE       be64 after, be64 last
 * GONE_LIST  be16 n; n × be64 number: erased rows of these, the first ones
 *
 * Readers face bytes of another process: everything is checked, and the number of bytes must be
 * exactly right. */
#ifndef WARD_RUN_WHOLE_H
#define WARD_RUN_WHOLE_H

#include "run/rows.h"

enum { WARD_GONE_MAX = 8192 };

struct ward_whole_list {
	struct ward_counted of;
};
void ward_whole_begin(struct ward_whole_list *l, uint8_t buf[WARD_MSG_BODY_MAX], uint64_t last,
	uint64_t position);
/* False when it has no room. One row has always room in an empty one. */
bool ward_whole_add(struct ward_whole_list *l, const struct ward_store_leaf *leaf);
struct ward_slice ward_whole_body(struct ward_whole_list *l);

struct ward_whole {
	uint64_t last, position;
	uint16_t n; /* leaves */
};
/* Reads a whole list that answers q into leaf (WARD_ROWS_MAX), which borrows the message: numbers
 * are q->after + 1 and on. MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_whole_get(struct ward_rd *r, const struct ward_rows_query *q,
	struct ward_store_leaf *leaf, struct ward_whole *ret);

struct ward_gone {
	uint64_t after, last;
};
void ward_gone_put(struct ward_wr *w, const struct ward_gone *g);
WARD_MUST_CHECK enum ward_err ward_gone_get(struct ward_rd *r, struct ward_gone *ret);
void ward_gone_list_put(struct ward_wr *w, const uint64_t *number, size_t n);
/* One that answers g, into number (WARD_GONE_MAX). MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_gone_list_get(
	struct ward_rd *r, const struct ward_gone *g, uint64_t *number, size_t *ret_n);

#endif
