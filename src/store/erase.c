/* What is kept long enough: a row's JSON and salt go, its leaf stays, so that the ledger holds. */
#include "store/priv.h"

struct old {
	int64_t number[WARD_STORE_LOOK];
	size_t n, looked;
};

static enum ward_err find_old(struct ward_store *s, enum ward_row_kind kind, ward_ns before,
	ward_store_row_fn fn, void *ctx, uint64_t *after, struct old *ret)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_OLD];
	enum ward_err err = WARD_OK;
	bool row = true;

	ward_sql_bind_int(st, 1, kind);
	ward_sql_bind_int(st, 2, (int64_t)*after);
	ward_sql_bind_int(st, 3, (int64_t)s->ledger.n);
	ward_sql_bind_int(st, 4, before);
	ward_sql_bind_int(st, 5, WARD_STORE_LOOK);
	while (!err && row) {
		struct ward_store_row r;

		err = ward_sql_step(st, &row);
		if (!err && row)
			err = ward_store_row_of(s, st, &r);
		if (err || !row)
			break;
		*after = r.row;
		ret->looked++;
		if (fn(ctx, &r))
			ret->number[ret->n++] = (int64_t)r.row;
	}
	ward_sql_reset(st);
	return err;
}

/* What was there is overwritten, and the log, which has it too, cut. */
static enum ward_err erase(struct ward_store *s, const struct old *of)
{
	sqlite3_stmt *st = s->st[WARD_SQL_ERASE];
	enum ward_err err = ward_sql_script(s->db, "PRAGMA secure_delete = ON");

	if (!err)
		err = ward_sql_run(s->st[WARD_SQL_BEGIN]);
	for (size_t i = 0; !err && i < of->n; i++) {
		ward_sql_bind_int(st, 1, of->number[i]);
		err = ward_sql_run(st);
	}
	if (!err)
		err = ward_sql_run(s->st[WARD_SQL_COMMIT]);
	if (!err)
		err = ward_sql_script(s->db, "PRAGMA secure_delete = OFF;"
					     "PRAGMA wal_checkpoint(TRUNCATE)");
	return err;
}

enum ward_err ward_store_erase(struct ward_store *s, enum ward_row_kind kind, ward_ns before,
	ward_store_row_fn fn, void *ctx, uint64_t *after, size_t *ret_n)
{
	struct old old = {.n = 0};

	*ret_n = 0;
	if (s->open || s->failed)
		return WARD_ERR_STATE;
	if (*after > INT64_MAX)
		return WARD_ERR_LIMIT;
	enum ward_err err = find_old(s, kind, before, fn, ctx, after, &old);

	if (!err && old.n)
		err = erase(s, &old);
	s->failed |= err != WARD_OK;
	if (old.looked < WARD_STORE_LOOK)
		*after = 0;
	*ret_n = err ? 0 : old.n;
	return err;
}
