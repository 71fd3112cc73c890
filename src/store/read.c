#include "store/priv.h"

uint64_t ward_store_position(const struct ward_store *s)
{
	return s->position;
}

uint64_t ward_store_last(const struct ward_store *s)
{
	return s->ledger.n;
}

void ward_store_stats(const struct ward_store *s, struct ward_store_stats *ret)
{
	*ret = s->stats;
}

void ward_store_head(const struct ward_store *s, struct ward_tree_head *ret)
{
	*ret = (struct ward_tree_head){.n = s->ledger.n, .time = ward_clock_now(s->o.clock)};
	ward_ledger_root(&s->ledger, &ret->root);
}

enum ward_err ward_store_row_of(struct ward_store *s, sqlite3_stmt *st, struct ward_store_row *ret)
{
	struct ward_store_row r = {.row = (uint64_t)sqlite3_column_int64(st, 0)};
	int64_t kind = sqlite3_column_int64(st, 1), revision = sqlite3_column_int64(st, 3);
	struct ward_slice id = ward_sql_bytes(st, 2);

	if (kind < WARD_ROW_DETECTION || kind > WARD_ROW_KIND_LAST || revision < 0 ||
		revision > UINT32_MAX || id.len != sizeof(r.id.b))
		return ward_store_faulty(s, "a row that no version writes", r.row);
	r.kind = (enum ward_row_kind)kind;
	memcpy(r.id.b, id.p, id.len);
	r.revision = (uint32_t)revision;
	r.time = sqlite3_column_int64(st, 4);
	r.json = ward_slice_text(ward_sql_bytes(st, 5));
	if (r.json.p && (r.json.len == 0 || r.json.len > WARD_ROW_JSON_MAX))
		return ward_store_faulty(s, "a row's JSON is empty or too long", r.row);
	*ret = r;
	return WARD_OK;
}

struct leaf_sink {
	ward_store_leaf_fn fn;
	void *ctx;
};

struct sink {
	ward_store_row_fn fn;
	void *ctx;
};

static enum ward_err list(struct ward_store *s, enum ward_store_statement which, uint64_t after,
	size_t n, const struct sink *to)
{
	sqlite3_stmt *st = s->st[which];
	enum ward_err err = WARD_OK;
	bool row = true;

	if (after >= s->ledger.n)
		return WARD_OK;
	/* rows of an open transaction are beyond the ledger's size, and nobody's business yet */
	ward_sql_bind_int(st, 1, (int64_t)after);
	ward_sql_bind_int(st, 2, (int64_t)s->ledger.n);
	ward_sql_bind_int(st, 3, n < INT64_MAX ? (int64_t)n : INT64_MAX);
	while (!err && row) {
		struct ward_store_row r;

		err = ward_sql_step(st, &row);
		if (!err && row)
			err = ward_store_row_of(s, st, &r);
		if (!err && row)
			row = to->fn(to->ctx, &r);
	}
	ward_sql_reset(st);
	return err;
}

enum ward_err ward_store_rows(
	struct ward_store *s, uint64_t after, size_t n, ward_store_row_fn fn, void *ctx)
{
	return list(s, WARD_SQL_GET_ROWS, after, n, &(struct sink){fn, ctx});
}

enum ward_err ward_store_rows_of(struct ward_store *s, enum ward_row_kind kind, uint64_t after,
	size_t n, ward_store_row_fn fn, void *ctx)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_OLD];
	enum ward_err err = WARD_OK;
	bool row = true;

	if (s->failed)
		return WARD_ERR_STATE;
	if (after >= s->ledger.n)
		return WARD_OK;
	ward_sql_bind_int(st, 1, kind);
	ward_sql_bind_int(st, 2, (int64_t)after);
	ward_sql_bind_int(st, 3, (int64_t)s->ledger.n);
	ward_sql_bind_int(st, 4, INT64_MAX);
	ward_sql_bind_int(st, 5, n < INT64_MAX ? (int64_t)n : INT64_MAX);
	while (!err && row) {
		struct ward_store_row r;

		err = ward_sql_step(st, &row);
		if (!err && row)
			err = ward_store_row_of(s, st, &r);
		if (!err && row)
			row = fn(ctx, &r);
	}
	ward_sql_reset(st);
	return err;
}

enum ward_err ward_store_incidents(
	struct ward_store *s, uint64_t after, size_t n, ward_store_row_fn fn, void *ctx)
{
	return list(s, WARD_SQL_GET_INCIDENTS, after, n, &(struct sink){fn, ctx});
}

/* The leaf that a statement stands on. */
static enum ward_err leaf_of(struct ward_store *s, sqlite3_stmt *st, struct ward_store_leaf *ret)
{
	struct ward_slice commitment = ward_sql_bytes(st, 7);
	enum ward_err err = ward_store_row_of(s, st, &ret->row);

	if (!err && commitment.len != sizeof(ret->commitment.b))
		err = ward_store_faulty(s, "a leaf that is no hash", ret->row.row);
	if (err)
		return err;
	memcpy(ret->commitment.b, commitment.p, sizeof(ret->commitment.b));
	ret->salt = ward_sql_bytes(st, 6);
	return WARD_OK;
}

static enum ward_err leaves(struct ward_store *s, enum ward_store_statement which, uint64_t after,
	size_t n, const struct leaf_sink *to)
{
	sqlite3_stmt *st = s->st[which];
	enum ward_err err = WARD_OK;
	bool row = true;

	if (after >= s->ledger.n)
		return WARD_OK;
	ward_sql_bind_int(st, 1, (int64_t)after);
	ward_sql_bind_int(st, 2, (int64_t)s->ledger.n);
	ward_sql_bind_int(st, 3, n < INT64_MAX ? (int64_t)n : INT64_MAX);
	while (!err && row) {
		struct ward_store_leaf l;

		err = ward_sql_step(st, &row);
		if (!err && row)
			err = leaf_of(s, st, &l);
		if (!err && row)
			row = to->fn(to->ctx, &l);
	}
	ward_sql_reset(st);
	return err;
}

enum ward_err ward_store_leaves(
	struct ward_store *s, uint64_t after, size_t n, ward_store_leaf_fn fn, void *ctx)
{
	return leaves(s, WARD_SQL_GET_LEAVES, after, n, &(struct leaf_sink){fn, ctx});
}

enum ward_err ward_store_bare_leaves(
	struct ward_store *s, uint64_t after, size_t n, ward_store_leaf_fn fn, void *ctx)
{
	return leaves(s, WARD_SQL_GET_BARE, after, n, &(struct leaf_sink){fn, ctx});
}

enum ward_err ward_store_checkpoint(struct ward_store *s, struct ward_store_checkpoint *ret)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_CHECKPOINT];
	struct ward_store_checkpoint c = {.seq = 0};
	bool row;
	enum ward_err err;

	if (s->open || s->failed)
		return WARD_ERR_STATE;
	err = ward_sql_step(st, &row);
	if (!err && row) {
		int64_t seq = sqlite3_column_int64(st, 0), size = sqlite3_column_int64(st, 1);
		struct ward_slice hash = ward_sql_bytes(st, 2);

		if (seq <= 0 || size < 0 || hash.len != sizeof(c.sha256)) {
			err = ward_store_faulty(s, "a checkpoint that no version writes", 0);
		} else {
			c.seq = (uint64_t)seq;
			c.size = (uint64_t)size;
			memcpy(c.sha256, hash.p, hash.len);
		}
	}
	ward_sql_reset(st);
	if (!err)
		*ret = c;
	return err;
}

enum ward_err ward_store_checkpoint_read(
	struct ward_store *s, uint64_t off, size_t max, struct ward_wr *w)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_PART];
	bool row;
	enum ward_err err;

	if (s->open || s->failed)
		return WARD_ERR_STATE;
	if (off > INT64_MAX)
		return WARD_ERR_NOT_FOUND;
	ward_sql_bind_int(st, 1, (int64_t)off);
	err = ward_sql_step(st, &row);
	if (!err && row) {
		uint64_t skip = off - (uint64_t)sqlite3_column_int64(st, 0);
		struct ward_slice bytes = ward_sql_bytes(st, 1);

		row = skip < bytes.len;
		if (row) {
			size_t left = bytes.len - (size_t)skip;

			ward_wr_bytes(w, bytes.p + skip, left < max ? left : max);
		}
	}
	ward_sql_reset(st);
	return err || row ? err : WARD_ERR_NOT_FOUND;
}
