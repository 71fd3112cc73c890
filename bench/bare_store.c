#include "bare_store.h"

#include "bench.h"
#include "store/sql.h"

#include <stdlib.h>

/* As the store's own tables and statements (src/store/migrations, src/store/priv.h). */
static const char schema[] =
	"CREATE TABLE record (number INTEGER PRIMARY KEY,"
	" kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 13),"
	" id BLOB NOT NULL CHECK (length(id) = 16),"
	" revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 4294967295),"
	" time INTEGER NOT NULL, json TEXT, UNIQUE (kind, id, revision)) STRICT;"
	"CREATE INDEX record_kind ON record (kind, number);"
	"CREATE TABLE reader (name TEXT PRIMARY KEY,"
	" position INTEGER NOT NULL CHECK (position >= 0)) STRICT;";

enum { BEGIN, COMMIT, FIND, PUT, POSITION, N };
static const char *const sql[N] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[FIND] = ("SELECT number, kind, id, revision, time, json FROM record "
		  "WHERE kind = ?1 AND id = ?2 AND revision = ?3"),
	[PUT] = "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[POSITION] =
		"INSERT INTO reader VALUES ('brain', ?1) ON CONFLICT DO UPDATE SET position = ?1",
};

struct bare_store {
	sqlite3 *db;
	sqlite3_stmt *st[N];
	int64_t n;
};

static void must(enum ward_err err)
{
	if (err)
		bench_die("the store without a ledger: %s", ward_err_text(err));
}

struct bare_store *bare_store_open(const char *path)
{
	struct bare_store *s = calloc(1, sizeof(*s));

	if (!s)
		bench_die("out of memory");
	must(ward_sql_open(path, false, &s->db));
	must(ward_sql_wal(s->db));
	must(ward_sql_script(s->db, schema));
	for (size_t i = 0; i < N; i++)
		must(ward_sql_err(sqlite3_prepare_v3(
			s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->st[i], NULL)));
	return s;
}

void bare_store_close(struct bare_store *s)
{
	for (size_t i = 0; i < N; i++)
		(void)sqlite3_finalize(s->st[i]);
	must(ward_sql_err(sqlite3_close(s->db)));
	free(s);
}

void bare_store_begin(struct bare_store *s)
{
	must(ward_sql_run(s->st[BEGIN]));
}

void bare_store_put(struct bare_store *s, const struct ward_store_row *r)
{
	sqlite3_stmt *find = s->st[FIND], *put = s->st[PUT];
	bool known;

	ward_sql_bind_int(find, 1, r->kind);
	ward_sql_bind_bytes(find, 2, r->id.b, sizeof(r->id.b));
	ward_sql_bind_int(find, 3, r->revision);
	must(ward_sql_step(find, &known));
	ward_sql_reset(find);
	if (known)
		return;
	ward_sql_bind_int(put, 1, ++s->n);
	ward_sql_bind_int(put, 2, r->kind);
	ward_sql_bind_bytes(put, 3, r->id.b, sizeof(r->id.b));
	ward_sql_bind_int(put, 4, r->revision);
	ward_sql_bind_int(put, 5, r->time);
	ward_sql_bind_text(put, 6, r->json);
	must(ward_sql_run(put));
}

void bare_store_commit(struct bare_store *s, uint64_t position)
{
	ward_sql_bind_int(s->st[POSITION], 1, (int64_t)position);
	must(ward_sql_run(s->st[POSITION]));
	must(ward_sql_run(s->st[COMMIT]));
}
