/* Inside store: SQLite with this project's errors. A statement that returned an error or its last
 * row must be reset by ward_sql_reset before it is used again. */
#ifndef WARD_STORE_SQL_H
#define WARD_STORE_SQL_H

#include "base/err.h"
#include "base/slice.h"

#include <sqlite3.h>

/* What an (extended) result code means here; SQLITE_OK, ROW and DONE are OK. */
enum ward_err ward_sql_err(int rc);

/* Opens or makes the file (reading: makes none), and sets what holds for each connection:
 * sole owner, no triggers, no views, no untrusted schema, durable at commit. Nothing of the file is
 * changed yet. *ret is NULL on failure. */
WARD_MUST_CHECK enum ward_err ward_sql_open(const char *path, bool reading, sqlite3 **ret);
/* Write-ahead log, kept private to this process; after it is known to be ours. */
WARD_MUST_CHECK enum ward_err ward_sql_wal(sqlite3 *db);
/* Runs each statement of a constant text. */
WARD_MUST_CHECK enum ward_err ward_sql_script(sqlite3 *db, const char *sql);
/* The first column of the first row of a constant query; NOT_FOUND without one. */
WARD_MUST_CHECK enum ward_err ward_sql_int(sqlite3 *db, const char *sql, int64_t *ret);

/* OK and *ret_row: there is a row; OK and not: it is done. */
WARD_MUST_CHECK enum ward_err ward_sql_step(sqlite3_stmt *st, bool *ret_row);
/* Forgets bindings. Its code repeats that of the last step, which was looked at. */
void ward_sql_reset(sqlite3_stmt *st);
/* Steps a statement that gives no rows to its end, and resets it. */
WARD_MUST_CHECK enum ward_err ward_sql_run(sqlite3_stmt *st);

/* Bindings, from 1, of values within the limits: they cannot fail, since nothing is copied. Bytes
 * are borrowed until the reset; empty ones are no NULL. */
void ward_sql_bind_int(sqlite3_stmt *st, int at, int64_t v);
void ward_sql_bind_bytes(sqlite3_stmt *st, int at, const void *p, size_t len);
void ward_sql_bind_text(sqlite3_stmt *st, int at, struct ward_str s);
/* Columns, from 0; valid until the next step or reset. NULL gives p == NULL. */
struct ward_slice ward_sql_bytes(sqlite3_stmt *st, int at);

#endif
