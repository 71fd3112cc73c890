/* The bodies of the messages to and from the store, and the teller's side of them.
 *
 * COMMIT     u8 flags (1 first part, 2 last part), be32 transaction, be32 part (0, 1, 2 …),
 *            be64 position, be16 n; n × item:
 *              u8 1, ROW
 *              u8 2, CHECKPOINT, be64 offset, lv bytes
 * COMMITTED  u8 error
 * RESUME     be64 offset into the checkpoint
 * RESUMED    be64 position, CHECKPOINT, be64 offset, lv bytes
 * ROWS       be64 after, be32 most
 * INCIDENTS  the same
 * LEAVES     the same
 * LEAF_LIST  be64 the ledger's size, 32 bytes its root, be16 n; n × (u8 kind, 32 bytes commitment):
 *            of the rows behind `after`, one by one
 * BACKUP     nothing
 * BACKED_UP  u8 error, be64 position, be64 rows, 32 bytes root of the ledger
 * ROW_LIST   be64 number of the store's last row, be16 n; n × (be64 number, ROW)
 *
 * ROW is u8 kind, 16 bytes id, be32 revision, be64 time, lv JSON; CHECKPOINT is be64 sequence, be64
 * size, 32 bytes SHA-256. A transaction that has no room in one COMMIT comes in parts. Readers face
 * bytes of another process, which may have been taken over: everything is checked, and the number
 * of bytes must be exactly right. */
#ifndef WARD_RUN_ROWS_H
#define WARD_RUN_ROWS_H

#include "run/counted.h"
#include "run/ipc.h"
#include "store/store.h"

enum {
	WARD_COMMIT_FIRST = 1,
	WARD_COMMIT_LAST = 2,
	WARD_ROWS_MAX = 1024,                     /* rows in one answer, items in one part */
	WARD_PIECE_MAX = WARD_MSG_BODY_MAX - 128, /* bytes of a checkpoint in one message */
	WARD_ROWS_WAIT_MS = 250,                  /* then an empty ROW_LIST is the answer */
};

struct ward_commit {
	uint8_t flags;
	uint32_t transaction; /* the same in all its parts */
	uint32_t part;        /* 0 exactly in the first one */
	uint64_t position;    /* the same in all its parts */
	uint16_t n;           /* items that follow */
};
void ward_commit_put(struct ward_wr *w, const struct ward_commit *c);
/* MALFORMED. At most WARD_ROWS_MAX items are stated. */
WARD_MUST_CHECK enum ward_err ward_commit_get(struct ward_rd *r, struct ward_commit *ret);

struct ward_piece { /* of a checkpoint */
	struct ward_store_checkpoint of;
	uint64_t off;
	struct ward_slice bytes; /* at most WARD_PIECE_MAX; none only of an empty checkpoint */
};
struct ward_commit_item {
	bool is_row;
	struct ward_store_row row; /* its number is 0 */
	struct ward_piece piece;
};
void ward_commit_put_row(struct ward_wr *w, const struct ward_store_row *row);
void ward_commit_put_piece(struct ward_wr *w, const struct ward_piece *p);
/* One item; its texts and bytes borrow the message. MALFORMED. After the last one nothing may be
 * left in r: ward_rd_left. */
WARD_MUST_CHECK enum ward_err ward_commit_get_item(struct ward_rd *r, struct ward_commit_item *ret);

/* A COMMITTED body. MALFORMED: it is none; else *ret is the store's verdict. */
void ward_committed_put(struct ward_wr *w, enum ward_err verdict);
WARD_MUST_CHECK enum ward_err ward_committed_get(struct ward_rd *r, enum ward_err *ret);

/* A BACKED_UP body. MALFORMED, as above. */
struct ward_backed_up {
	enum ward_err verdict; /* OK: the copy has all rows up to here, and the brain's position */
	uint64_t position, rows;
	struct ward_hash root;
};
void ward_backed_up_put(struct ward_wr *w, const struct ward_backed_up *b);
WARD_MUST_CHECK enum ward_err ward_backed_up_get(struct ward_rd *r, struct ward_backed_up *ret);

void ward_resume_put(struct ward_wr *w, uint64_t off);
WARD_MUST_CHECK enum ward_err ward_resume_get(struct ward_rd *r, uint64_t *ret);

struct ward_resumed {
	uint64_t position;
	struct ward_piece piece; /* seq 0: there is no checkpoint, and all else of it is 0 */
};
void ward_resumed_put(struct ward_wr *w, const struct ward_resumed *d);
WARD_MUST_CHECK enum ward_err ward_resumed_get(struct ward_rd *r, struct ward_resumed *ret);

struct ward_rows_query {
	uint64_t after;
	uint32_t n; /* 1 … WARD_ROWS_MAX */
};
void ward_rows_query_put(struct ward_wr *w, const struct ward_rows_query *q);
WARD_MUST_CHECK enum ward_err ward_rows_query_get(struct ward_rd *r, struct ward_rows_query *ret);

/* A ROW_LIST under construction in a buffer of the caller: begin, add …, then its body. */
struct ward_row_list {
	struct ward_counted of;
};
void ward_row_list_begin(struct ward_row_list *l, uint8_t buf[WARD_MSG_BODY_MAX], uint64_t last);
/* False when it has no room: it begins the next list. One row has always room in an empty one. */
bool ward_row_list_add(struct ward_row_list *l, const struct ward_store_row *row);
/* Valid until the next add. */
struct ward_slice ward_row_list_body(struct ward_row_list *l);
/* Looks at a whole ROW_LIST that answers q. MALFORMED: it does not, or numbers don't rise, or one
 * is beyond the last. OK: *ret_n rows follow in r, each one good. */
WARD_MUST_CHECK enum ward_err ward_row_list_get(
	struct ward_rd *r, const struct ward_rows_query *q, uint64_t *ret_last, size_t *ret_n);
/* The next row of a list that was found good. */
WARD_MUST_CHECK enum ward_err ward_row_list_next(struct ward_rd *r, struct ward_store_row *ret);

/* A LEAF_LIST. */
struct ward_leaf_list {
	uint64_t n_ledger;     /* leaves that there are */
	struct ward_hash root; /* of them */
	uint16_t n;            /* that follow */
};
struct ward_leaf_item {
	enum ward_row_kind kind;
	struct ward_hash commitment;
};
void ward_leaf_list_put(struct ward_wr *w, const struct ward_leaf_list *l);
void ward_leaf_item_put(struct ward_wr *w, const struct ward_leaf_item *item);
/* Looks at a whole LEAF_LIST that answers q. MALFORMED: it does not. OK: ret->n items follow in r,
 * each one good. */
WARD_MUST_CHECK enum ward_err ward_leaf_list_get(
	struct ward_rd *r, const struct ward_rows_query *q, struct ward_leaf_list *ret);
/* The next item of a list that was found good. */
void ward_leaf_item_get(struct ward_rd *r, struct ward_leaf_item *ret);

/* The row lives during the call. */
typedef void (*ward_row_fn)(void *ctx, const struct ward_store_row *row);
/* For the teller: waits for rows with numbers above q->after, at most q->n, and gives each to fn;
 * *ret_last is the number of the store's last row. OK without any when none came within
 * WARD_ROWS_WAIT_MS: ask again. The errors of ward_ask; then fn had none. */
WARD_MUST_CHECK enum ward_err ward_rows_fetch(struct ward_ask *a, const struct ward_rows_query *q,
	ward_row_fn fn, void *ctx, uint64_t *ret_last);
/* The latest revision of each incident that has one behind *after, which is moved on. */
WARD_MUST_CHECK enum ward_err ward_incidents_since(
	struct ward_ask *a, uint64_t *after, ward_row_fn fn, void *ctx);
/* The latest revision of every incident, in the order of their rows; an incident that is revised
 * meanwhile may come twice. Follow the rows after *ret_last to miss nothing. */
WARD_MUST_CHECK enum ward_err ward_incidents_fetch(
	struct ward_ask *a, ward_row_fn fn, void *ctx, uint64_t *ret_last);

#endif
