/* Inside store: what its files share. */
#ifndef WARD_STORE_PRIV_H
#define WARD_STORE_PRIV_H

#include "store/sql.h"
#include "store/store.h"

#include <sodium.h>

#define COLUMNS "number, kind, id, revision, time, json"

/* X(NAME, SQL): every statement that runs more than once, prepared at open. Columns are named: the
 * database may be of a later or earlier form than the last (migrate.h). */
#define WARD_STORE_STATEMENTS(X)                                                                \
	X(BEGIN, "BEGIN IMMEDIATE")                                                             \
	X(COMMIT, "COMMIT")                                                                     \
	X(ROLLBACK, "ROLLBACK")                                                                 \
	X(FIND, "SELECT " COLUMNS " FROM record WHERE kind = ?1 AND id = ?2 AND revision = ?3") \
	X(PUT_LEAF, "INSERT INTO leaf (number, commitment) VALUES (?1, ?2)")                    \
	X(PUT_RECORD,                                                                           \
		"INSERT INTO record (" COLUMNS ", salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")   \
	X(PUT_LEDGER, "UPDATE ledger SET size = ?1, peaks = ?2")                                \
	X(GET_LEDGER, "SELECT size, peaks FROM ledger")                                         \
	X(PUT_POSITION, "INSERT INTO reader (name, position) VALUES ('brain', ?1) "             \
			"ON CONFLICT DO UPDATE SET position = ?1")                              \
	X(GET_POSITION, "SELECT position FROM reader WHERE name = 'brain'")                     \
	X(DROP_CHECKPOINT, "DELETE FROM checkpoint")                                            \
	X(DROP_PARTS, "DELETE FROM checkpoint_part")                                            \
	X(PUT_CHECKPOINT,                                                                       \
		"INSERT INTO checkpoint (one, seq, size, sha256) VALUES (1, ?1, ?2, ?3)")       \
	X(PUT_PART, "INSERT INTO checkpoint_part (offset, bytes) VALUES (?1, ?2)")              \
	X(GET_CHECKPOINT, "SELECT seq, size, sha256 FROM checkpoint")                           \
	X(GET_PART, "SELECT offset, bytes FROM checkpoint_part WHERE offset <= ?1 "             \
		    "ORDER BY offset DESC LIMIT 1")                                             \
	X(GET_ROWS, "SELECT " COLUMNS " FROM record WHERE number > ?1 AND number <= ?2 "        \
		    "AND json IS NOT NULL ORDER BY number LIMIT ?3")                            \
	X(GET_INCIDENTS, "SELECT " COLUMNS " FROM record AS r WHERE kind = 2 "                  \
			 "AND number > ?1 AND number <= ?2 AND json IS NOT NULL "               \
			 "AND NOT EXISTS (SELECT 1 FROM record AS n WHERE n.kind = 2 "          \
			 "AND n.id = r.id AND n.revision > r.revision AND n.number <= ?2) "     \
			 "ORDER BY number LIMIT ?3")                                            \
	X(GET_LEAVES, "SELECT r.number, r.kind, r.id, r.revision, r.time, r.json, r.salt, "     \
		      "l.commitment FROM leaf AS l JOIN record AS r ON r.number = l.number "    \
		      "WHERE l.number > ?1 AND l.number <= ?2 ORDER BY l.number LIMIT ?3")      \
	X(GET_BARE, "SELECT r.number, r.kind, r.id, r.revision, r.time, NULL, NULL, "           \
		    "l.commitment FROM leaf AS l JOIN record AS r ON r.number = l.number "      \
		    "WHERE l.number > ?1 AND l.number <= ?2 ORDER BY l.number LIMIT ?3")        \
	X(GET_OLD, "SELECT " COLUMNS " FROM record WHERE kind = ?1 AND number > ?2 "            \
		   "AND number <= ?3 AND time < ?4 AND json IS NOT NULL "                       \
		   "ORDER BY number LIMIT ?5")                                                  \
	X(GET_GONE, "SELECT number FROM record WHERE number > ?1 AND number <= ?2 "             \
		    "AND json IS NULL ORDER BY number LIMIT ?3")                                \
	X(ERASE, "UPDATE record SET json = NULL, salt = NULL WHERE number = ?1")

enum ward_store_statement {
#define X(NAME, sql) WARD_SQL_##NAME,
	WARD_STORE_STATEMENTS(X)
#undef X
		WARD_SQL_N,
};

struct ward_store {
	struct ward_store_options o;
	sqlite3 *db;
	sqlite3_stmt *st[WARD_SQL_N];
	struct ward_ledger ledger; /* as committed */
	struct ward_ledger grown;  /* with the rows of the open transaction */
	uint64_t position;
	bool open;     /* a transaction is */
	bool failed;   /* only close is left */
	int log_pages; /* of the write-ahead log, that are not in the file yet */
	/* the checkpoint of the open transaction */
	bool has_checkpoint;
	struct ward_store_checkpoint checkpoint;
	uint64_t checkpoint_len; /* bytes that have come */
	crypto_hash_sha256_state checkpoint_hash;
	struct ward_store_stats stats;
	struct ward_salts salts;
};

/* As ward_store_open; older: to read a database of any form up to this version's. */
WARD_MUST_CHECK enum ward_err ward_store_open_as(
	const struct ward_store_options *o, bool older, struct ward_store **ret);
/* Before an upgrade of what is open, from that form: a copy of it, compared and named (u->kept is
 * ret, of WARD_STORE_KEPT_NAME bytes); what was kept before goes. */
WARD_MUST_CHECK enum ward_err ward_store_keep(
	struct ward_store *s, struct ward_store_upgrade *u, char *ret);
/* Counts and tells a fault; gives CORRUPT. */
enum ward_err ward_store_faulty(struct ward_store *s, const char *what, uint64_t row);
/* The row that a statement with COLUMNS stands on; erased: json.p == NULL. CORRUPT: it is none. */
WARD_MUST_CHECK enum ward_err ward_store_row_of(
	struct ward_store *s, sqlite3_stmt *st, struct ward_store_row *ret);
/* Is a transaction open, and nothing in doubt? */
bool ward_store_writable(const struct ward_store *s);
/* Gives err; after one of the world only close is left. */
enum ward_err ward_store_settle(struct ward_store *s, enum ward_err err);
/* The next row of the open transaction, with its leaf; an erased one has neither JSON nor salt. */
WARD_MUST_CHECK enum ward_err ward_store_add(struct ward_store *s, const struct ward_store_leaf *l);
/* Peaks as they are stored: at most WARD_LEDGER_DEPTH × 32 bytes. */
struct ward_slice ward_store_peaks(const struct ward_ledger *l);

#endif
