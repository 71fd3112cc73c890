#include "quorum/rows.h"

#include "quorum/priv.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { COLUMNS = 8, NUMBER = 24 };

/* JSON is kept as the bytes that its commitment is of, whatever the server's encoding; `rows` is
 * for people's own tools. `keep` is the lock of those that write it: it holds the epoch, so that
 * nobody claims it until this is committed. */
static const char rows_sql[] =
	"CREATE TABLE ward.row (number bigint PRIMARY KEY CHECK (number > 0),"
	" kind smallint NOT NULL, id uuid NOT NULL, revision bigint NOT NULL,"
	" \"time\" bigint NOT NULL, json bytea, salt bytea, commitment bytea NOT NULL,"
	" CHECK ((json IS NULL) = (salt IS NULL)));"
	"CREATE TABLE ward.store (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
	" rows bigint NOT NULL, position bigint NOT NULL);"
	"INSERT INTO ward.store (rows, position) VALUES (0, 0);"
	"CREATE VIEW ward.rows AS SELECT number, coalesce((ARRAY['detection', 'incident', 'impact',"
	" 'clip', 'delivery', 'run', 'action', 'decision', 'permit', 'account', 'head', 'census',"
	" 'deletion'])[kind], kind::text) AS kind, id, revision,"
	" to_timestamp(\"time\" / 1000000000.0) AS \"time\", convert_from(json, 'UTF8')::json AS said"
	" FROM ward.row WHERE json IS NOT NULL;"
	"CREATE FUNCTION ward.keep(epoch_ bigint, after_ bigint, rows_ bigint, position_ bigint,"
	" names text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
	" IF NOT ward.sound(names) THEN"
	" RAISE EXCEPTION 'its settings were changed' USING ERRCODE = 'WD003'; END IF;"
	" PERFORM 1 FROM ward.head WHERE epoch = epoch_ FOR SHARE;"
	" IF NOT FOUND THEN"
	" RAISE EXCEPTION 'another has claimed the log' USING ERRCODE = 'WD001'; END IF;"
	" UPDATE ward.store SET rows = rows_, position = greatest(position, position_)"
	" WHERE rows = after_;"
	" IF NOT FOUND THEN"
	" RAISE EXCEPTION 'the database has other rows' USING ERRCODE = 'WD002'; END IF; END $$";

static enum ward_err need_claim(struct ward_quorum *q)
{
	quorum_begin(q);
	return q->claimed ? WARD_OK : WARD_ERR_AGAIN;
}

/* Makes them where they are missing. Two at once: the second one finds it made at its next try. */
static enum ward_err make(struct ward_quorum *q)
{
	PGresult *r = NULL;
	enum ward_err err = quorum_do(q,
		"SELECT (to_regprocedure('ward.keep(bigint,bigint,bigint,bigint,text)')"
		" IS NOT NULL)::int",
		&r);

	if (err)
		return err;
	uint64_t there = 0;
	bool ok = quorum_u64(r, 0, &there);

	PQclear(r);
	if (!ok)
		return quorum_lost(q, "no answer", WARD_ERR_AGAIN);
	return there ? WARD_OK : quorum_do(q, rows_sql, NULL);
}

static bool from_hex(const char *hex, struct ward_hash *ret)
{
	return ward_str_unhex(ward_str_z(hex), ret->b, sizeof(ret->b));
}

enum ward_err ward_quorum_rows_head(struct ward_quorum *q, struct ward_quorum_rows *ret)
{
	struct ward_quorum_rows h = {.n = 0};
	enum ward_err err = need_claim(q);
	PGresult *r = NULL;

	if (!err)
		err = make(q);
	if (!err)
		err = quorum_do(q,
			"SELECT s.rows, s.position, encode(r.commitment, 'hex'),"
			" (SELECT coalesce(max(number), 0) FROM ward.row)"
			" FROM ward.store s LEFT JOIN ward.row r ON r.number = s.rows",
			&r);
	if (err)
		return err;
	uint64_t last = 0;
	bool ok = quorum_u64(r, 0, &h.n) && quorum_u64(r, 1, &h.position) &&
		  quorum_u64(r, 3, &last) && last == h.n &&
		  (h.n == 0 || from_hex(PQgetvalue(r, 0, 2), &h.last));

	PQclear(r);
	if (!ok)
		return quorum_lost(q, "ward.store is not as Ward made it", WARD_ERR_MALFORMED);
	*ret = h;
	return WARD_OK;
}

/* ---- put ---- */

static void put_bytes(struct ward_wr *w, const void *p, size_t len)
{
	ward_wr_be32(w, p ? (uint32_t)len : UINT32_MAX); /* -1: NULL */
	if (p)
		ward_wr_bytes(w, p, len);
}

static void put_leaf(struct ward_wr *w, const struct ward_store_leaf *l)
{
	ward_wr_be16(w, COLUMNS);
	ward_wr_be32(w, 8);
	ward_wr_be64(w, l->row.row);
	ward_wr_be32(w, 2);
	ward_wr_be16(w, (uint16_t)l->row.kind);
	put_bytes(w, l->row.id.b, sizeof(l->row.id.b));
	ward_wr_be32(w, 8);
	ward_wr_be64(w, l->row.revision);
	ward_wr_be32(w, 8);
	ward_wr_be64(w, (uint64_t)l->row.time);
	put_bytes(w, l->row.json.p, l->row.json.len);
	put_bytes(w, l->salt.p, l->salt.len);
	put_bytes(w, l->commitment.b, sizeof(l->commitment.b));
}

/* In q->out, NUL-ended: what becomes one transaction. */
static bool put_sql(struct ward_quorum *q, const struct ward_quorum_part *p)
{
	struct ward_wr *w = &q->out;

	ward_wr_reset(w);
	ward_wr_printf(w, "SELECT ward.keep(%llu, %llu, %llu, %llu, %s);",
		(unsigned long long)q->epoch, (unsigned long long)p->after,
		(unsigned long long)(p->after + p->n), (unsigned long long)p->position,
		quorum_judged(q));
	for (size_t i = 0; i < p->n_erased; i++)
		ward_wr_printf(w, "%s%llu",
			i ? "," : "UPDATE ward.row SET json = NULL, salt = NULL"
				  " WHERE json IS NOT NULL AND number IN (",
			(unsigned long long)p->erased[i]);
	ward_wr_z(w, p->n_erased ? ");" : "");
	if (p->n)
		ward_wr_z(w, "COPY ward.row (number, kind, id, revision, \"time\", json, salt,"
			     " commitment) FROM STDIN BINARY");
	ward_wr_u8(w, 0);
	return !ward_wr_bad(w);
}

static bool put_leaves(struct ward_wr *w, const struct ward_quorum_part *p)
{
	quorum_copy_begin(w);
	for (size_t i = 0; i < p->n; i++) {
		WARD_ASSERT(p->leaf[i].row.row == p->after + i + 1);
		put_leaf(w, &p->leaf[i]);
	}
	ward_wr_be16(w, UINT16_MAX);
	return !ward_wr_bad(w);
}

enum ward_err ward_quorum_rows_put(struct ward_quorum *q, const struct ward_quorum_part *p)
{
	enum ward_err err = need_claim(q);

	if (err)
		return err;
	if (!put_sql(q, p))
		return quorum_lost(q, "out of memory", WARD_ERR_NOMEM);
	if (PQsendQuery(q->pg, (const char *)q->out.p) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	if (p->n && !put_leaves(&q->out, p))
		return quorum_lost(q, "out of memory", WARD_ERR_NOMEM);
	if (p->n)
		err = quorum_until_copy(q);
	if (!err && p->n)
		err = quorum_send_rows(q);
	if (!err)
		err = quorum_rest(q);
	return err ? err : quorum_still(q);
}

/* ---- read ---- */

struct reading {
	ward_store_leaf_fn fn;
	void *ctx;
	uint64_t number; /* the next one's */
	bool more;
};

static struct ward_slice bytes_of(const PGresult *r, int column)
{
	if (PQgetisnull(r, 0, column))
		return ward_slice_of(NULL, 0);
	return ward_slice_of(PQgetvalue(r, 0, column), (size_t)PQgetlength(r, 0, column));
}

static uint64_t number_of(const PGresult *r, int column, int len)
{
	const uint8_t *p = (const uint8_t *)PQgetvalue(r, 0, column);
	uint64_t v = 0;

	for (int i = 0; i < len; i++)
		v = v << 8 | p[i];
	return v;
}

/* The columns in their order, binary; what they say is for the store to judge. */
static bool get_leaf(const PGresult *r, struct ward_store_leaf *ret)
{
	static const int len[COLUMNS] = {8, 2, 16, 8, 8, -1, -1, 32};
	enum { ROW, KIND, ID, REVISION, TIME, JSON, SALT, COMMITMENT };
	struct ward_store_leaf l = {.row = {.row = 0}};

	if (PQntuples(r) != 1 || PQnfields(r) != COLUMNS)
		return false;
	for (int i = 0; i < COLUMNS; i++)
		if (PQfformat(r, i) != 1 ||
			(len[i] >= 0 && (PQgetisnull(r, 0, i) || PQgetlength(r, 0, i) != len[i])))
			return false;
	uint64_t kind = number_of(r, KIND, 2), revision = number_of(r, REVISION, 8);

	l.row.row = number_of(r, ROW, 8);
	l.row.kind = (enum ward_row_kind)kind;
	l.row.revision = (uint32_t)revision;
	l.row.time = (ward_ns)number_of(r, TIME, 8);
	memcpy(l.row.id.b, PQgetvalue(r, 0, ID), sizeof(l.row.id.b));
	l.row.json = ward_slice_text(bytes_of(r, JSON));
	l.salt = bytes_of(r, SALT);
	memcpy(l.commitment.b, PQgetvalue(r, 0, COMMITMENT), sizeof(l.commitment.b));
	*ret = l;
	return kind >= WARD_ROW_DETECTION && kind <= WARD_ROW_KIND_LAST && revision <= UINT32_MAX &&
	       !l.row.json.p == !l.salt.p;
}

/* One row, alone in r. */
static bool take_leaf(struct reading *to, const PGresult *r)
{
	struct ward_store_leaf l;

	if (!get_leaf(r, &l) || l.row.row != to->number)
		return false;
	to->number++;
	if (to->more)
		to->more = to->fn(to->ctx, &l);
	return true;
}

static enum ward_err bad_row(struct ward_quorum *q, uint64_t number)
{
	char why[WARD_QUORUM_WHY];

	(void)snprintf(why, sizeof(why), "row %llu of ward.row is not there, or not as Ward made it",
		(unsigned long long)number);
	return quorum_lost(q, why, WARD_ERR_MALFORMED);
}

static enum ward_err take_leaves(struct ward_quorum *q, struct reading *to)
{
	enum ward_err err = quorum_flush(q);
	PGresult *r = NULL;

	while (!err && !(err = quorum_result(q, &r)) && r) {
		ExecStatusType t = PQresultStatus(r);

		if (t != PGRES_SINGLE_TUPLE && t != PGRES_TUPLES_OK)
			err = quorum_failed(q, r);
		else if (t == PGRES_SINGLE_TUPLE && !take_leaf(to, r))
			err = bad_row(q, to->number);
		PQclear(r);
	}
	return err;
}

enum ward_err ward_quorum_rows_read(
	struct ward_quorum *q, uint64_t after, size_t most, ward_store_leaf_fn fn, void *ctx)
{
	char first[NUMBER], limit[NUMBER];
	const char *value[] = {first, limit};
	struct reading to = {fn, ctx, after + 1, true};
	enum ward_err err = need_claim(q);

	if (err)
		return err;
	(void)snprintf(first, sizeof(first), "%llu", (unsigned long long)after);
	(void)snprintf(limit, sizeof(limit), "%zu", most);
	if (PQsendQueryParams(q->pg,
		    "SELECT number, kind, id, revision, \"time\", json, salt, commitment"
		    " FROM ward.row WHERE number > $1::bigint ORDER BY number LIMIT $2::bigint",
		    2, NULL, value, NULL, NULL, 1) != 1 ||
		PQsetSingleRowMode(q->pg) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	return take_leaves(q, &to);
}
