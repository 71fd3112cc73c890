#include "store/sql.h"

enum {
	BUSY_MS = 2000,      /* a former life of this process may still be dying */
	VALUE_MAX = 1 << 20, /* bytes of one value: a row's JSON, a part of a checkpoint */
};

enum ward_err ward_sql_err(int rc)
{
	switch (rc & 0xff) { /* the low byte is the primary code */
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return WARD_OK;
	case SQLITE_NOMEM:
		return WARD_ERR_NOMEM;
	case SQLITE_FULL:
		return WARD_ERR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return WARD_ERR_AGAIN;
	/* values are checked before they are bound: a constraint or type that does not hold, or a
	 * table that is not there, means that the file is not as it was written */
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
	case SQLITE_CORRUPT:
		return WARD_ERR_CORRUPT;
	case SQLITE_NOTADB:
		return WARD_ERR_FOREIGN;
	default:
		return WARD_ERR_IO;
	}
}

static bool configure(sqlite3 *db)
{
	static const struct {
		int what, on;
	} flag[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
		{SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},
		{SQLITE_DBCONFIG_DQS_DDL, 0},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(flag); i++)
		if (sqlite3_db_config(db, flag[i].what, flag[i].on, NULL) != SQLITE_OK)
			return false;
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	return sqlite3_busy_timeout(db, BUSY_MS) == SQLITE_OK;
}

enum ward_err ward_sql_open(const char *path, bool reading, sqlite3 **ret)
{
	/* the process has one thread: no mutexes; who only reads locks and looks into the log all
	 * the same, for which the file must be open to be written */
	const int flags = (reading ? 0 : SQLITE_OPEN_CREATE) | SQLITE_OPEN_READWRITE |
			  SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	sqlite3 *db = NULL;
	enum ward_err err = ward_sql_err(sqlite3_open_v2(path, &db, flags, NULL));

	if (!err && !configure(db))
		err = WARD_ERR_IO;
	if (!err)
		err = ward_sql_script(db, "PRAGMA locking_mode = EXCLUSIVE;"
					  "PRAGMA synchronous = FULL;"
					  "PRAGMA temp_store = MEMORY;"
					  "PRAGMA mmap_size = 0;"
					  "PRAGMA cell_size_check = ON;"
					  "PRAGMA cache_size = -16384;" /* KiB */
					  "PRAGMA journal_size_limit = 16777216;");
	if (err) {
		(void)sqlite3_close(db);
		return err;
	}
	*ret = db;
	return WARD_OK;
}

enum ward_err ward_sql_wal(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	/* with the exclusive lock taken before, the log's index is on the heap: no shared memory */
	enum ward_err err =
		ward_sql_err(sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &st, NULL));

	if (!err)
		err = ward_sql_step(st, &row);
	if (!err && (!row || !ward_str_eqz(ward_slice_text(ward_sql_bytes(st, 0)), "wal")))
		err = WARD_ERR_IO; /* a file system that can't do it */
	(void)sqlite3_finalize(st);
	return err;
}

enum ward_err ward_sql_script(sqlite3 *db, const char *sql)
{
	while (*sql) {
		sqlite3_stmt *st = NULL;
		bool row = true;
		enum ward_err err = ward_sql_err(sqlite3_prepare_v2(db, sql, -1, &st, &sql));

		while (!err && st && row) /* st is NULL for blanks and comments */
			err = ward_sql_step(st, &row);
		(void)sqlite3_finalize(st);
		if (err)
			return err;
	}
	return WARD_OK;
}

enum ward_err ward_sql_int(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *st = NULL;
	bool row = false;
	enum ward_err err = ward_sql_err(sqlite3_prepare_v2(db, sql, -1, &st, NULL));

	if (!err)
		err = ward_sql_step(st, &row);
	if (!err && row)
		*ret = sqlite3_column_int64(st, 0);
	else if (!err)
		err = WARD_ERR_NOT_FOUND;
	(void)sqlite3_finalize(st);
	return err;
}

enum ward_err ward_sql_step(sqlite3_stmt *st, bool *ret_row)
{
	int rc = sqlite3_step(st);

	*ret_row = rc == SQLITE_ROW;
	return ward_sql_err(rc);
}

void ward_sql_reset(sqlite3_stmt *st)
{
	(void)sqlite3_reset(st);
	(void)sqlite3_clear_bindings(st);
}

enum ward_err ward_sql_run(sqlite3_stmt *st)
{
	bool row;
	enum ward_err err = ward_sql_step(st, &row);

	ward_sql_reset(st);
	return err;
}

void ward_sql_bind_int(sqlite3_stmt *st, int at, int64_t v)
{
	WARD_ASSERT(sqlite3_bind_int64(st, at, v) == SQLITE_OK);
}

void ward_sql_bind_bytes(sqlite3_stmt *st, int at, const void *p, size_t len)
{
	WARD_ASSERT(sqlite3_bind_blob64(st, at, p ? p : "", len, SQLITE_STATIC) == SQLITE_OK);
}

void ward_sql_bind_text(sqlite3_stmt *st, int at, struct ward_str s)
{
	WARD_ASSERT(sqlite3_bind_text64(st, at, s.p ? s.p : "", s.len, SQLITE_STATIC,
			    SQLITE_UTF8) == SQLITE_OK);
}

struct ward_slice ward_sql_bytes(sqlite3_stmt *st, int at)
{
	/* the pointer first: it may convert, and the length is that of what it gave */
	const void *p = sqlite3_column_blob(st, at);
	int len = sqlite3_column_bytes(st, at);

	if (sqlite3_column_type(st, at) == SQLITE_NULL)
		return ward_slice_of(NULL, 0);
	return ward_slice_of(p ? p : "", (size_t)len);
}
