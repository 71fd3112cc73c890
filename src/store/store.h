/* The store: what the brain concluded, durable, in order, on a ledger; and where the brain is.
 *
 * One SQLite file, owned by one process (it is locked as long as the store is open) and called by
 * one thread. A transaction holds rows, the reader's position and perhaps a checkpoint: after a
 * crash all of it is there or nothing. A row is known by (kind, id, revision): given again it is
 * left out, so whoever re-reads its input after a crash may give everything again.
 *
 * Rows are numbered 1, 2, 3 … without gaps, and number n is leaf n - 1 of a Merkle tree (RFC 9162)
 * whose leaf data is SHA-256(salt || SHA-256(record)), record being: kind (1 byte), id (16),
 * revision (4), time (8; big-endian all), JSON. */
#ifndef WARD_STORE_STORE_H
#define WARD_STORE_STORE_H

#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "comply/deletion.h"
#include "comply/ledger.h"

/* The numbers are permanent. */
enum ward_row_kind {
	WARD_ROW_DETECTION = 1,
	WARD_ROW_INCIDENT = 2,
	WARD_ROW_IMPACT = 3,
	WARD_ROW_CLIP = 4,     /* one was written, read, erased, or could not be made */
	WARD_ROW_DELIVERY = 5, /* what became of a message to somebody outside */
	WARD_ROW_RUN = 6,      /* one transition of a run of a playbook */
	WARD_ROW_ACTION = 7,   /* what was proposed to be done to the hospital, and became of it */
	WARD_ROW_DECISION = 8, /* what a person decided */
	WARD_ROW_PERMIT = 9,   /* a works permit that the brain goes by */
	WARD_ROW_ACCOUNT = 10, /* who signed in, what became of an account, who searched the past */
	WARD_ROW_HEAD = 11,    /* what the notary signed of the ledger (comply/head.h) */
	WARD_ROW_CENSUS = 12,  /* who came and went at a service, as counts */
	WARD_ROW_DELETION = 13, /* what was deleted, by which rule (comply/deletion.h) */
	WARD_ROW_KIND_LAST = WARD_ROW_DELETION,
};

/* "detection" … Lives forever; "?": none. */
const char *ward_row_kind_name(enum ward_row_kind k);
/* 0: there is none of that name. */
enum ward_row_kind ward_row_kind_parse(struct ward_str s);
/* May rows of that kind be erased by a hospital's retention? Not what proves the ledger, or that
 * something was deleted. */
static inline bool ward_row_erasable(enum ward_row_kind k)
{
	return (k >= WARD_ROW_DETECTION && k < WARD_ROW_HEAD) || k == WARD_ROW_CENSUS;
}

/* Bytes of one row's JSON at most: a row fits one message between processes (run/rows.h). */
enum { WARD_ROW_JSON_MAX = 160000 };
/* Bytes of a checkpoint that are given at once, at most. */
enum { WARD_STORE_PIECE_MAX = 256 * 1024 };

struct ward_store_row {
	uint64_t row; /* its number; ignored by put */
	enum ward_row_kind kind;
	struct ward_id id;
	uint32_t revision;
	ward_ns time;
	struct ward_str json; /* 1 … WARD_ROW_JSON_MAX bytes */
};

/* The brain's memory after the record `seq` of the journal. seq 0: there is none. */
struct ward_store_checkpoint {
	uint64_t seq;
	uint64_t size; /* bytes */
	uint8_t sha256[32];
};

/* Something in the database that is not as the store wrote it, or a row that came again with other
 * content (then whoever made it is not deterministic). */
struct ward_store_fault {
	const char *what; /* lives forever */
	uint64_t row;     /* 0: not one row's */
};
typedef void (*ward_store_fault_fn)(void *ctx, const struct ward_store_fault *f);
/* Fills a salt; must not repeat nor be guessable. */
typedef void (*ward_store_salt_fn)(void *ctx, uint8_t ret[WARD_LEDGER_SALT]);

/* An upgrade, as it goes (store/upgrade.h). */
enum ward_store_stage {
	WARD_STORE_UPGRADE_BEGINS,
	WARD_STORE_UPGRADE_NO_ROOM, /* and so does not begin */
	WARD_STORE_UPGRADE_KEPT,    /* the copy is whole and has its name */
	WARD_STORE_UPGRADE_DONE,
};
struct ward_store_upgrade {
	enum ward_store_stage stage;
	uint64_t from, to;   /* forms of the database */
	uint64_t needs, has; /* bytes beside it */
	const char *kept;    /* name of the copy; NULL: none yet */
};
typedef void (*ward_store_upgrade_fn)(void *ctx, const struct ward_store_upgrade *u);

struct ward_store_options {
	const char *path; /* of the file; its folder must be there */
	const struct ward_clock *clock;
	const struct ward_mem *mem; /* of the store itself; SQLite has the process heap */
	ward_store_salt_fn salt;    /* NULL: the kernel's random source */
	void *salt_ctx;
	ward_store_fault_fn fault; /* told of each fault as it is found; may be NULL */
	void *fault_ctx;
	bool keeping; /* of an older database a verified copy is kept before it is upgraded */
	ward_store_upgrade_fn upgrade; /* told of that; may be NULL; ctx as of faults */
	uint32_t formats;              /* it is upgraded to (base/formats.h); 0: the latest */
	bool reading; /* no row is made or changed: only what reads, below, may be called */
};

struct ward_store_stats {
	uint64_t n_added, n_known;  /* rows given to put since open: new, there already */
	uint64_t n_differing;       /* there already with other content: kept as they were */
	uint64_t n_commit, n_fault; /* n_differing are not faults of the database */
};

struct ward_store;

/* Opens the database, or makes it, and brings it to the form of its formats: all the way or not at
 * all. Borrows what o points to; copies o. VERSION: made by a newer Ward. FOREIGN: another
 * program's database. CORRUPT: damaged, or the ledger's size, peaks and rows don't fit each other
 * (told to o->fault). AGAIN: another process has it open. FULL: also when there is no room for an
 * upgrade (told to o->upgrade). IO, NOMEM. O(1) in rows, but for an upgrade. To read only: VERSION
 * also of an older form, IO also when there is none. */
WARD_MUST_CHECK enum ward_err ward_store_open(
	const struct ward_store_options *o, struct ward_store **ret);
/* Undoes an open transaction. NULL is fine. */
void ward_store_close(struct ward_store *s);

/* A transaction: begin, then rows and a checkpoint in any order, then commit or rollback. Each
 * gives STATE when no transaction is open (begin: when one is). After AGAIN, NOMEM, FULL, IO or
 * CORRUPT nobody knows what SQLite holds: everything but close then gives STATE. */
WARD_MUST_CHECK enum ward_err ward_store_begin(struct ward_store *s);
/* Copies. A row that is there already is counted and left as it is. LIMIT: JSON too long.
 * MALFORMED: no such kind, or no JSON. VERSION: one that the formats do not have, so who is to read
 * them does not know it. Then nothing changed and the transaction goes on. */
WARD_MUST_CHECK enum ward_err ward_store_put(struct ward_store *s, const struct ward_store_row *r);
/* Begins the checkpoint that replaces the one before; its bytes follow in order by _checkpoint_put,
 * in pieces of 1 to WARD_STORE_PIECE_MAX. MALFORMED: seq is 0, or all bytes are there and their
 * SHA-256 is another. LIMIT: a number over INT64_MAX, or more bytes than stated, or too large a
 * piece. After these only roll back. */
WARD_MUST_CHECK enum ward_err ward_store_checkpoint_begin(
	struct ward_store *s, const struct ward_store_checkpoint *c);
WARD_MUST_CHECK enum ward_err ward_store_checkpoint_put(
	struct ward_store *s, struct ward_slice bytes);
/* Makes it all durable, and that the brain is done with the journal up to position. A position
 * below the one that is there does not take it back. MALFORMED: the checkpoint is not whole, LIMIT:
 * a position over INT64_MAX; the transaction is then still open. */
WARD_MUST_CHECK enum ward_err ward_store_commit(struct ward_store *s, uint64_t position);
/* Is there enough in the write-ahead log that it should be moved into the file? Nothing is lost
 * while it stays: commits don't wait for it, and at 16 times as much they do it themselves. */
bool ward_store_untidy(const struct ward_store *s);
/* Moves it, for when nobody waits. STATE while a transaction is open. Else as commit. */
WARD_MUST_CHECK enum ward_err ward_store_tidy(struct ward_store *s);
/* Undoes the transaction; without one nothing happens. */
void ward_store_rollback(struct ward_store *s);

/* Reading sees what is committed, also while a transaction is open. */
uint64_t ward_store_position(const struct ward_store *s);
/* The number of the last row; 0: none. */
uint64_t ward_store_last(const struct ward_store *s);
void ward_store_stats(const struct ward_store *s, struct ward_store_stats *ret);
/* The ledger's head, not signed, at the time of the clock. */
void ward_store_head(const struct ward_store *s, struct ward_tree_head *ret);

/* The last checkpoint, seq 0 when there is none. STATE while a transaction is open. IO, CORRUPT. */
WARD_MUST_CHECK enum ward_err ward_store_checkpoint(
	struct ward_store *s, struct ward_store_checkpoint *ret);
/* Writes some of its bytes from off < size on: at least one, at most max. NOT_FOUND: there are no
 * bytes at off. STATE while a transaction is open. IO, CORRUPT. */
WARD_MUST_CHECK enum ward_err ward_store_checkpoint_read(
	struct ward_store *s, uint64_t off, size_t max, struct ward_wr *w);

/* False: no more, please. The row lives until it returns; it may not call the store. */
typedef bool (*ward_store_row_fn)(void *ctx, const struct ward_store_row *r);
/* At most n rows with numbers above `after`, in their order; erased ones are left out. CORRUPT: a
 * row is none (told to o->fault), IO, NOMEM: fn may have had some. O(n). */
WARD_MUST_CHECK enum ward_err ward_store_rows(
	struct ward_store *s, uint64_t after, size_t n, ward_store_row_fn fn, void *ctx);
/* The same of one kind alone. O(n). */
WARD_MUST_CHECK enum ward_err ward_store_rows_of(struct ward_store *s, enum ward_row_kind kind,
	uint64_t after, size_t n, ward_store_row_fn fn, void *ctx);
/* The same of the latest revision of each incident. O(revisions of incidents above `after`). */
WARD_MUST_CHECK enum ward_err ward_store_incidents(
	struct ward_store *s, uint64_t after, size_t n, ward_store_row_fn fn, void *ctx);

/* A leaf with what it is of. */
struct ward_store_leaf {
	struct ward_store_row row; /* its JSON's p is NULL once it is erased */
	struct ward_hash commitment;
	struct ward_slice salt; /* of WARD_LEDGER_SALT bytes; none once it is erased */
};
/* The leaf data of a row with its salt. Pure. */
void ward_store_commitment(const struct ward_store_row *r, const uint8_t salt[WARD_LEDGER_SALT],
	struct ward_hash *ret);
/* False: no more, please. The leaf lives until it returns; it may not call the store. */
typedef bool (*ward_store_leaf_fn)(void *ctx, const struct ward_store_leaf *l);
/* At most n leaves with numbers above `after`, in their order, erased ones too. The errors of
 * ward_store_rows. O(n). */
WARD_MUST_CHECK enum ward_err ward_store_leaves(
	struct ward_store *s, uint64_t after, size_t n, ward_store_leaf_fn fn, void *ctx);
/* The same, without JSON and salts, which are then not read. */
WARD_MUST_CHECK enum ward_err ward_store_bare_leaves(
	struct ward_store *s, uint64_t after, size_t n, ward_store_leaf_fn fn, void *ctx);

enum { WARD_STORE_LOOK = 256 };

/* The row that proves it, of what was counted of those that go; its JSON lives until the next call.
 * It is put into the same transaction. */
typedef void (*ward_store_proof_fn)(
	void *ctx, struct ward_deletion_tally *t, struct ward_store_row *ret);
struct ward_store_erasure {
	enum ward_row_kind kind;
	ward_ns before;            /* older than that */
	ward_store_row_fn fn;      /* and of which it says so */
	ward_store_proof_fn proof; /* NULL: there is none */
	void *ctx;
	uint64_t after; /* rows that were looked at; 0: from the first, or there are no more */
	size_t n;       /* erased by this call */
};
/* Erases such rows: their JSON and salts, from the file too; their leaves stay. Looks at
 * WARD_STORE_LOOK rows at most, with numbers above e->after, and moves it on. STATE while a
 * transaction is open. Else as commit. */
WARD_MUST_CHECK enum ward_err ward_store_erase(struct ward_store *s, struct ward_store_erasure *e);

/* A copy of the database as a file of its own, while the store goes on: begin, then step until OK,
 * which says that the copy is whole, durable, and what the store has committed by then; end in any
 * case, before the store is closed. The file at path must not be there; after an error, or an end
 * before it is whole, it is of no use and still there. */
struct ward_store_copy;
/* NOMEM, IO, FULL. STATE after an error of the world. Borrows s. */
WARD_MUST_CHECK enum ward_err ward_store_copy_begin(
	struct ward_store *s, const char *path, struct ward_store_copy **ret);
/* Copies so many pages of 4 KiB at most. AGAIN: more is left, or a transaction is open. Else as
 * begin, and CORRUPT: no more steps then, and nothing of the store itself is in doubt. */
WARD_MUST_CHECK enum ward_err ward_store_copy_step(struct ward_store_copy *c, int pages);
/* NULL is fine. */
void ward_store_copy_end(struct ward_store_copy *c);

/* Reads and computes everything anew: SQLite's own structure, rows against commitments, leaves
 * against the ledger, the checkpoint against its hash. Each fault is told to o->fault; CORRUPT when
 * there was one. STATE while a transaction is open. IO, NOMEM. O(all). */
WARD_MUST_CHECK enum ward_err ward_store_verify(struct ward_store *s);

#endif
