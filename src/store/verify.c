#include "store/priv.h"

/* Only verifying runs these, so they are prepared when it does. */
#define INTEGRITY "PRAGMA integrity_check(16)"
/* Both tables side by side: a leaf without a row gives NULLs, a row without a leaf is found by the
 * counts. */
#define EACH                                                                            \
	"SELECT r.number, r.kind, r.id, r.revision, r.time, r.json, r.salt, l.number, " \
	"l.commitment FROM leaf AS l LEFT JOIN record AS r ON r.number = l.number "     \
	"ORDER BY l.number"
#define PARTS "SELECT offset, bytes FROM checkpoint_part ORDER BY offset"

static enum ward_err check_structure(struct ward_store *s, sqlite3_stmt *st)
{
	bool row = true;
	enum ward_err err = WARD_OK;

	while (!err && row) {
		err = ward_sql_step(st, &row);
		if (!err && row && !ward_str_eqz(ward_slice_text(ward_sql_bytes(st, 0)), "ok"))
			(void)ward_store_faulty(s, "SQLite finds its structure damaged", 0);
	}
	return err;
}

/* One row of EACH against the leaf before. */
static void check_row(struct ward_store *s, sqlite3_stmt *st, struct ward_ledger *l)
{
	uint64_t number = (uint64_t)sqlite3_column_int64(st, 7);
	struct ward_slice salt = ward_sql_bytes(st, 6), commitment = ward_sql_bytes(st, 8);
	struct ward_store_row r;
	struct ward_hash want, leaf;

	if (number != l->n + 1)
		(void)ward_store_faulty(s, "leaves are missing before this one", number);
	if (commitment.len != sizeof(want.b)) {
		(void)ward_store_faulty(s, "a leaf that is no hash", number);
		return;
	}
	ward_ledger_leaf(commitment, &leaf);
	ward_ledger_add(l, &leaf);
	if (sqlite3_column_type(st, 0) == SQLITE_NULL) {
		(void)ward_store_faulty(s, "a leaf without a row", number);
		return;
	}
	if (ward_store_row_of(s, st, &r) != WARD_OK)
		return; /* it is told */
	if (!r.json.p && !salt.p)
		return; /* erased: the leaf alone stays */
	if (!r.json.p || salt.len != WARD_LEDGER_SALT) {
		(void)ward_store_faulty(s, "a row without its salt, or half erased", number);
		return;
	}
	ward_store_commitment(&r, salt.p, &want);
	if (memcmp(want.b, commitment.p, sizeof(want.b)) != 0)
		(void)ward_store_faulty(s, "a row is not what its leaf says", number);
}

static enum ward_err check_rows(struct ward_store *s, sqlite3_stmt *st)
{
	struct ward_ledger l;
	int64_t leaves = 0, rows = 0;
	bool row = true;
	enum ward_err err = ward_sql_int(s->db, "SELECT count(*) FROM leaf", &leaves);

	if (!err)
		err = ward_sql_int(s->db, "SELECT count(*) FROM record", &rows);
	ward_ledger_init(&l);
	while (!err && row) {
		err = ward_sql_step(st, &row);
		if (!err && row)
			check_row(s, st, &l);
	}
	if (err)
		return err;
	if (rows > leaves)
		(void)ward_store_faulty(s, "there are rows without a leaf", 0);
	if (l.n != s->ledger.n)
		(void)ward_store_faulty(s, "the ledger's size is not that of its leaves", 0);
	else if (memcmp(l.peak, s->ledger.peak, ward_store_peaks(&l).len) != 0)
		(void)ward_store_faulty(s, "the leaves don't give the ledger's root", 0);
	return WARD_OK;
}

static enum ward_err check_checkpoint(struct ward_store *s, sqlite3_stmt *st)
{
	struct ward_store_checkpoint c = {.seq = 0};
	crypto_hash_sha256_state sha;
	uint64_t len = 0;
	uint8_t hash[32];
	bool row = true, dense = true;
	enum ward_err err = ward_store_checkpoint(s, &c);

	if (err == WARD_ERR_CORRUPT)
		return WARD_OK; /* it is told, or by the structure's check */
	(void)crypto_hash_sha256_init(&sha);
	while (!err && row) {
		err = ward_sql_step(st, &row);
		if (!err && row) {
			struct ward_slice bytes = ward_sql_bytes(st, 1);

			dense &= (uint64_t)sqlite3_column_int64(st, 0) == len;
			len += bytes.len;
			(void)crypto_hash_sha256_update(&sha, bytes.p, bytes.len);
		}
	}
	(void)crypto_hash_sha256_final(&sha, hash);
	if (!err &&
		(!dense || len != c.size || (c.seq && memcmp(hash, c.sha256, sizeof(hash)) != 0)))
		(void)ward_store_faulty(s, "the checkpoint is not what its hash says", 0);
	return err;
}

enum ward_err ward_store_verify(struct ward_store *s)
{
	static const struct {
		const char *sql;
		enum ward_err (*check)(struct ward_store *s, sqlite3_stmt *st);
	} step[] = {{INTEGRITY, check_structure}, {EACH, check_rows}, {PARTS, check_checkpoint}};
	uint64_t before = s->stats.n_fault;

	if (s->open || s->failed)
		return WARD_ERR_STATE;
	for (size_t i = 0; i < WARD_ARRAY_LEN(step); i++) {
		sqlite3_stmt *st = NULL;
		enum ward_err err =
			ward_sql_err(sqlite3_prepare_v2(s->db, step[i].sql, -1, &st, NULL));

		if (!err)
			err = step[i].check(s, st);
		(void)sqlite3_finalize(st);
		if (err == WARD_ERR_CORRUPT)
			(void)ward_store_faulty(s, "SQLite can't read its own file", 0);
		else if (err)
			return err;
	}
	return s->stats.n_fault == before ? WARD_OK : WARD_ERR_CORRUPT;
}
