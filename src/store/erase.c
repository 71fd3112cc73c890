/* What is kept long enough: a row's JSON and salt go, its leaf stays, so that the ledger holds. */
#include "store/priv.h"

struct old {
	int64_t number[WARD_STORE_LOOK];
	size_t n, looked;
	struct ward_deletion_tally tally;
};

static enum ward_err find_old(struct ward_store *s, struct ward_store_erasure *e, struct old *ret)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_OLD];
	enum ward_err err = WARD_OK;
	bool row = true;

	ward_sql_bind_int(st, 1, e->kind);
	ward_sql_bind_int(st, 2, (int64_t)e->after);
	ward_sql_bind_int(st, 3, (int64_t)s->ledger.n);
	ward_sql_bind_int(st, 4, e->before);
	ward_sql_bind_int(st, 5, WARD_STORE_LOOK);
	while (!err && row) {
		struct ward_store_row r;

		err = ward_sql_step(st, &row);
		if (!err && row)
			err = ward_store_row_of(s, st, &r);
		if (err || !row)
			break;
		e->after = r.row;
		ret->looked++;
		if (!e->fn(e->ctx, &r))
			continue;
		ret->number[ret->n++] = (int64_t)r.row;
		ward_deletion_count(&ret->tally, r.row, r.time, r.json.len);
	}
	ward_sql_reset(st);
	return err;
}

static enum ward_err prove(struct ward_store *s, const struct ward_store_erasure *e, struct old *of)
{
	struct ward_store_row row = {.kind = WARD_ROW_DELETION, .revision = 1};

	if (!e->proof)
		return WARD_OK;
	e->proof(e->ctx, &of->tally, &row);
	return ward_store_put(s, &row);
}

/* What was there is overwritten, and the log, which has it too, cut. The proof of it is in the same
 * transaction. */
static enum ward_err erase(struct ward_store *s, const struct ward_store_erasure *e, struct old *of)
{
	sqlite3_stmt *st = s->st[WARD_SQL_ERASE];
	enum ward_err err = ward_sql_script(s->db, "PRAGMA secure_delete = ON");

	if (!err)
		err = ward_store_begin(s);
	for (size_t i = 0; !err && i < of->n; i++) {
		ward_sql_bind_int(st, 1, of->number[i]);
		err = ward_sql_run(st);
	}
	if (!err)
		err = prove(s, e, of);
	if (!err)
		err = ward_store_commit(s, 0);
	if (!err)
		err = ward_sql_script(s->db, "PRAGMA secure_delete = OFF;"
					     "PRAGMA wal_checkpoint(TRUNCATE)");
	return err;
}

enum ward_err ward_store_erase(struct ward_store *s, struct ward_store_erasure *e)
{
	struct old old = {.n = 0};

	e->n = 0;
	if (s->open || s->failed)
		return WARD_ERR_STATE;
	if (e->after > INT64_MAX)
		return WARD_ERR_LIMIT;
	enum ward_err err = find_old(s, e, &old);

	if (!err && old.n)
		err = erase(s, e, &old);
	s->failed |= err != WARD_OK;
	if (old.looked < WARD_STORE_LOOK)
		e->after = 0;
	e->n = err ? 0 : old.n;
	return err;
}
