#include "store/take.h"

#include "store/priv.h"

static bool is_row(const struct ward_store *s, const struct ward_store_leaf *l)
{
	const struct ward_str json = l->row.json;

	if (l->row.row != s->grown.n + 1 || l->row.kind < WARD_ROW_DETECTION ||
		l->row.kind > WARD_ROW_KIND_LAST)
		return false;
	if (!json.p)
		return !l->salt.p;
	return json.len > 0 && json.len <= WARD_ROW_JSON_MAX && l->salt.len == WARD_LEDGER_SALT &&
	       ward_utf8_valid(ward_str_bytes(json), NULL);
}

static bool is_committed(const struct ward_store_leaf *l)
{
	struct ward_hash h;

	if (!l->row.json.p)
		return true;
	ward_store_commitment(&l->row, l->salt.p, &h);
	return ward_hash_eq(&h, &l->commitment);
}

/* Known by (kind, id, revision). */
static enum ward_err is_there(struct ward_store *s, const struct ward_store_row *r, bool *ret)
{
	sqlite3_stmt *st = s->st[WARD_SQL_FIND];

	ward_sql_bind_int(st, 1, r->kind);
	ward_sql_bind_bytes(st, 2, r->id.b, sizeof(r->id.b));
	ward_sql_bind_int(st, 3, r->revision);
	enum ward_err err = ward_sql_step(st, ret);

	ward_sql_reset(st);
	return err;
}

enum ward_err ward_store_take(struct ward_store *s, const struct ward_store_leaf *l)
{
	bool there = false;

	if (!ward_store_writable(s))
		return WARD_ERR_STATE;
	if (!is_row(s, l))
		return WARD_ERR_MALFORMED;
	if (!is_committed(l))
		return WARD_ERR_CORRUPT;
	enum ward_err err = ward_store_settle(s, is_there(s, &l->row, &there));

	if (!err && there)
		return WARD_ERR_MALFORMED;
	return err ? err : ward_store_settle(s, ward_store_add(s, l));
}

enum ward_err ward_store_gone(
	struct ward_store *s, struct ward_store_span of, uint64_t *ret, size_t n, size_t *ret_n)
{
	sqlite3_stmt *st = s->st[WARD_SQL_GET_GONE];
	uint64_t last = of.last < s->ledger.n ? of.last : s->ledger.n;
	enum ward_err err = WARD_OK;
	bool row = true;
	size_t got = 0;

	if (s->failed)
		return WARD_ERR_STATE;
	if (of.after >= last || n == 0)
		row = false;
	ward_sql_bind_int(st, 1, (int64_t)(of.after < last ? of.after : last));
	ward_sql_bind_int(st, 2, (int64_t)last);
	ward_sql_bind_int(st, 3, n < INT64_MAX ? (int64_t)n : INT64_MAX);
	while (!err && row) {
		err = ward_sql_step(st, &row);
		if (!err && row)
			ret[got++] = (uint64_t)sqlite3_column_int64(st, 0);
	}
	ward_sql_reset(st);
	if (!err)
		*ret_n = got;
	return err;
}
