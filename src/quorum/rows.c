#include "quorum/rows.h"

#include "quorum/leaf.h"
#include "quorum/priv.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { NUMBER = 24, SQL_BYTES = 1024, DROP = 16 /* pieces, in a transaction */ };

/* JSON is kept as the bytes that its commitment is of, whatever the server's encoding; `rows` is
 * for people's own tools. `keep` is the lock of those that write it: it holds the epoch, so that
 * nobody claims it until this is committed. */
#define ROWS                                                                              \
	"CREATE TABLE ward.row (number bigint PRIMARY KEY CHECK (number > 0),"            \
	" kind smallint NOT NULL, id uuid NOT NULL, revision bigint NOT NULL,"            \
	" \"time\" bigint NOT NULL, json bytea, salt bytea, commitment bytea NOT NULL,"   \
	" CHECK ((json IS NULL) = (salt IS NULL)));"                                      \
	"CREATE OR REPLACE VIEW ward.rows AS SELECT number, coalesce((ARRAY['detection'," \
	" 'incident', 'impact', 'clip', 'delivery', 'run', 'action', 'decision',"         \
	" 'permit', 'account', 'head', 'census', 'deletion'])[kind], kind::text) AS"      \
	" kind, id, revision, to_timestamp(\"time\" / 1000000000.0) AS \"time\","         \
	" convert_from(json, 'UTF8')::json AS said FROM ward.row WHERE json IS NOT NULL;"

static const char rows_sql[] = ROWS
	"CREATE TABLE ward.store (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
	" rows bigint NOT NULL, position bigint NOT NULL, seq bigint NOT NULL DEFAULT 0,"
	" size bigint NOT NULL DEFAULT 0, sha256 bytea);"
	"CREATE TABLE ward.memory (seq bigint, off bigint, bytes bytea NOT NULL,"
	" PRIMARY KEY (seq, off));"
	"INSERT INTO ward.store (rows, position) VALUES (0, 0);"
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
	enum ward_err err = quorum_need_claim(q);
	PGresult *r = NULL;

	if (!err)
		err = make(q);
	if (!err)
		err = quorum_do(q,
			"SELECT s.rows, s.position, encode(r.commitment, 'hex'),"
			" (SELECT coalesce(max(number), 0) FROM ward.row),"
			" (SELECT epoch FROM ward.head)"
			" FROM ward.store s LEFT JOIN ward.row r ON r.number = s.rows",
			&r);
	if (err)
		return err;
	uint64_t last = 0, epoch = 0;
	bool ok = quorum_u64(r, 0, &h.n) && quorum_u64(r, 1, &h.position) &&
		  quorum_u64(r, 3, &last) && last == h.n && quorum_u64(r, 4, &epoch) &&
		  (h.n == 0 || from_hex(PQgetvalue(r, 0, 2), &h.last));

	PQclear(r);
	if (!ok)
		return quorum_lost(q, "ward.store is not as Ward made it", WARD_ERR_MALFORMED);
	if (epoch != q->epoch)
		return quorum_lost(q, "another has claimed the log", WARD_ERR_STATE);
	*ret = h;
	return WARD_OK;
}

/* A view's grants stay with it, so it is led to the new table. */
enum ward_err ward_quorum_rows_aside(struct ward_quorum *q)
{
	char sql[SQL_BYTES * 2];
	enum ward_err err = quorum_need_claim(q);

	if (!err)
		err = make(q);
	if (err)
		return err;
	(void)snprintf(sql, sizeof(sql),
		"SELECT ward.keep(%llu, rows, 0, 0, %s) FROM ward.store;"
		"UPDATE ward.store SET position = 0, seq = 0, size = 0, sha256 = NULL;"
		"ALTER TABLE ward.row RENAME TO row_%llu;"
		"ALTER INDEX ward.row_pkey RENAME TO row_%llu_pkey;" ROWS,
		(unsigned long long)q->epoch, quorum_judged(q), (unsigned long long)q->epoch,
		(unsigned long long)q->epoch);
	err = quorum_do(q, sql, NULL);
	return err ? err : quorum_still(q);
}

/* ---- put ---- */

/* In q->out, NUL-ended: what becomes one transaction. */
static bool put_sql(struct ward_quorum *q, const struct ward_quorum_part *p)
{
	struct ward_wr *w = &q->out;

	ward_wr_reset(w);
	ward_wr_printf(w, "SELECT ward.keep(%llu, %llu, %llu, %llu, %s);",
		(unsigned long long)q->epoch, (unsigned long long)p->after,
		(unsigned long long)p->after + p->n, (unsigned long long)p->position,
		quorum_judged(q));
	for (size_t i = 0; i < p->n_erased; i++)
		ward_wr_printf(w, "%s%llu",
			i ? ","
			  : "UPDATE ward.row SET json = NULL, salt = NULL"
			    " WHERE json IS NOT NULL AND number IN (",
			(unsigned long long)p->erased[i]);
	ward_wr_z(w, p->n_erased ? ");" : "");
	if (p->n)
		ward_wr_z(w, "COPY ward.row (" WARD_QUORUM_LEAF ") FROM STDIN BINARY");
	ward_wr_u8(w, 0);
	return !ward_wr_bad(w);
}

static bool put_leaves(struct ward_wr *w, const struct ward_quorum_part *p)
{
	quorum_copy_begin(w);
	for (size_t i = 0; i < p->n; i++) {
		WARD_ASSERT(p->leaf[i].row.row == p->after + i + 1);
		ward_quorum_leaf_put(w, &p->leaf[i]);
	}
	ward_wr_be16(w, UINT16_MAX);
	return !ward_wr_bad(w);
}

enum ward_err ward_quorum_rows_put(struct ward_quorum *q, const struct ward_quorum_part *p)
{
	enum ward_err err = quorum_need_claim(q);

	WARD_ASSERT(err || p->position < q->next);
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

/* The cells of the one row in r; false: it has others, or not in binary form. */
static bool cells_of(const PGresult *r, struct ward_quorum_cell *ret, int n)
{
	if (PQntuples(r) != 1 || PQnfields(r) != n)
		return false;
	for (int i = 0; i < n; i++) {
		if (PQfformat(r, i) != 1)
			return false;
		ret[i] = PQgetisnull(r, 0, i)
				 ? (struct ward_quorum_cell){NULL, 0}
				 : (struct ward_quorum_cell){(const uint8_t *)PQgetvalue(r, 0, i),
					   (size_t)PQgetlength(r, 0, i)};
	}
	return true;
}

/* One row, alone in r. */
static bool take_leaf(void *ctx, const PGresult *r)
{
	struct reading *to = ctx;
	struct ward_quorum_cell cell[WARD_QUORUM_LEAF_CELLS];
	struct ward_store_leaf l;

	if (!cells_of(r, cell, WARD_QUORUM_LEAF_CELLS) || !ward_quorum_leaf(cell, &l) ||
		l.row.row != to->number)
		return false;
	to->number++;
	if (to->more)
		to->more = to->fn(to->ctx, &l);
	return true;
}

/* Each row of what is asked, in binary form; fn gives false where it is none of ours. */
static enum ward_err each(struct ward_quorum *q, const char *sql, const char *const value[2],
	bool (*fn)(void *ctx, const PGresult *r), void *ctx)
{
	PGresult *r = NULL;
	enum ward_err err = WARD_OK;

	if (PQsendQueryParams(q->pg, sql, value ? 2 : 0, NULL, value, NULL, NULL, 1) != 1 ||
		PQsetSingleRowMode(q->pg) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	err = quorum_flush(q);
	while (!err && !(err = quorum_result(q, &r)) && r) {
		ExecStatusType t = PQresultStatus(r);

		if (t != PGRES_SINGLE_TUPLE && t != PGRES_TUPLES_OK)
			err = quorum_failed(q, r);
		else if (t == PGRES_SINGLE_TUPLE && !fn(ctx, r))
			err = WARD_ERR_MALFORMED;
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
	enum ward_err err = quorum_need_claim(q);

	if (err)
		return err;
	(void)snprintf(first, sizeof(first), "%llu", (unsigned long long)after);
	(void)snprintf(limit, sizeof(limit), "%zu", most);
	err = each(q,
		"SELECT " WARD_QUORUM_LEAF
		" FROM ward.row WHERE number > $1::bigint ORDER BY number LIMIT $2::bigint",
		value, take_leaf, &to);
	if (err != WARD_ERR_MALFORMED)
		return err;
	char why[WARD_QUORUM_WHY];

	(void)snprintf(why, sizeof(why),
		"row %llu of ward.row is not there, or not as Ward made it",
		(unsigned long long)to.number);
	return quorum_lost(q, why, err);
}

/* ---- the brain's memory ---- */

/* Pieces that are not of the one that is there. */
#define OTHERS "ward.memory m, ward.store s WHERE m.seq <> s.seq OR s.size = 0"

static void put_piece(struct ward_wr *w, const struct ward_quorum_piece *p)
{
	quorum_copy_begin(w);
	if (p->bytes.len) {
		ward_wr_be16(w, 3);
		ward_wr_be32(w, 8);
		ward_wr_be64(w, p->of->seq);
		ward_wr_be32(w, 8);
		ward_wr_be64(w, p->off);
		ward_wr_be32(w, (uint32_t)p->bytes.len);
		ward_wr_bytes(w, p->bytes.p, p->bytes.len);
	}
	ward_wr_be16(w, UINT16_MAX);
}

/* A piece that may be there of a call nobody knows the end of is written anew; of those that are of
 * no use any more some go, so that no transaction is long. */
static void piece_sql(struct ward_quorum *q, const struct ward_quorum_rows *there,
	const struct ward_quorum_piece *p, struct ward_wr *w)
{
	const struct ward_store_checkpoint *c = p->of;
	unsigned long long n = there->n, seq = c->seq;

	ward_wr_printf(w, "SELECT ward.keep(%llu, %llu, %llu, 0, %s);",
		(unsigned long long)q->epoch, n, n, quorum_judged(q));
	ward_wr_printf(w,
		"DELETE FROM ward.memory WHERE seq = %llu AND off = %llu;"
		"DELETE FROM ward.memory WHERE ctid IN (SELECT m.ctid FROM ward.memory m, "
		"ward.store s"
		" WHERE m.seq NOT IN (s.seq, %llu) ORDER BY m.seq, m.off LIMIT 2);",
		seq, (unsigned long long)p->off, seq);
	if (p->off + p->bytes.len == c->size) {
		ward_wr_printf(w, "UPDATE ward.store SET seq = %llu, size = %llu, sha256 = '\\x",
			seq, (unsigned long long)c->size);
		ward_wr_hex(w, ward_slice_of(c->sha256, sizeof(c->sha256)));
		ward_wr_z(w, "';");
	}
	ward_wr_z(w, "COPY ward.memory (seq, off, bytes) FROM STDIN BINARY");
	ward_wr_u8(w, 0);
}

enum ward_err ward_quorum_memory_put(struct ward_quorum *q, const struct ward_quorum_rows *there,
	const struct ward_quorum_piece *p)
{
	char sql[SQL_BYTES];
	struct ward_wr w = ward_wr_fixed(sql, sizeof(sql));
	enum ward_err err = quorum_need_claim(q);

	WARD_ASSERT(p->of->seq <= there->position && p->off + p->bytes.len <= p->of->size &&
		    p->bytes.len <= WARD_STORE_PIECE_MAX);
	if (err)
		return err;
	piece_sql(q, there, p, &w);
	put_piece(&q->out, p);
	if (ward_wr_bad(&q->out) || ward_wr_bad(&w))
		return quorum_lost(q, "out of memory", WARD_ERR_NOMEM);
	if (PQsendQuery(q->pg, sql) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	err = quorum_until_copy(q);
	if (!err)
		err = quorum_send_rows(q);
	if (!err)
		err = quorum_rest(q);
	return err ? err : quorum_still(q);
}

enum ward_err ward_quorum_memory_drop(
	struct ward_quorum *q, const struct ward_quorum_rows *there, uint64_t seq, bool *ret_more)
{
	char sql[SQL_BYTES];
	struct ward_wr w = ward_wr_fixed(sql, sizeof(sql));
	enum ward_err err = quorum_need_claim(q);
	unsigned long long n = there->n;
	uint64_t more = 0;
	PGresult *r = NULL;

	if (err)
		return err;
	ward_wr_printf(&w, "SELECT ward.keep(%llu, %llu, %llu, 0, %s);",
		(unsigned long long)q->epoch, n, n, quorum_judged(q));
	if (seq)
		ward_wr_printf(&w, "UPDATE ward.store SET seq = %llu, size = 0, sha256 = NULL;",
			(unsigned long long)seq);
	ward_wr_printf(&w,
		"DELETE FROM ward.memory WHERE ctid IN (SELECT m.ctid FROM " OTHERS
		" LIMIT %d); SELECT count(*) FROM (SELECT 1 FROM " OTHERS " LIMIT 1) more",
		DROP);
	ward_wr_u8(&w, 0);
	WARD_ASSERT(!ward_wr_bad(&w));
	err = quorum_do(q, sql, &r);
	bool ok = !err && quorum_u64(r, 0, &more);

	PQclear(r);
	if (!err && !ok)
		err = quorum_lost(q, "no answer", WARD_ERR_AGAIN);
	if (!err)
		err = quorum_still(q);
	if (!err)
		*ret_more = more > 0;
	return err;
}

enum ward_err ward_quorum_memory(struct ward_quorum *q, struct ward_store_checkpoint *ret)
{
	struct ward_store_checkpoint c = {.seq = 0};
	enum ward_err err = quorum_need_claim(q);
	PGresult *r = NULL;

	if (!err)
		err = quorum_do(q, "SELECT seq, size, encode(sha256, 'hex') FROM ward.store", &r);
	if (err)
		return err;
	bool ok = quorum_u64(r, 0, &c.seq) && quorum_u64(r, 1, &c.size) &&
		  (!c.size || (c.seq && ward_str_unhex(ward_str_z(PQgetvalue(r, 0, 2)), c.sha256,
						sizeof(c.sha256))));

	PQclear(r);
	if (!ok)
		return quorum_lost(q, "ward.store is not as Ward made it", WARD_ERR_MALFORMED);
	*ret = c;
	return c.size ? WARD_OK : WARD_ERR_NOT_FOUND;
}

struct pieces {
	ward_quorum_piece_fn fn;
	void *ctx;
	uint64_t off;
	bool more;
};

static bool take_piece(void *ctx, const PGresult *r)
{
	struct pieces *to = ctx;
	struct ward_quorum_cell cell[WARD_QUORUM_PIECE_CELLS];
	struct ward_slice bytes;

	if (!cells_of(r, cell, WARD_QUORUM_PIECE_CELLS) ||
		!ward_quorum_piece(cell, to->off, &bytes))
		return false;
	to->off += bytes.len;
	if (to->more)
		to->more = to->fn(to->ctx, bytes);
	return true;
}

enum ward_err ward_quorum_memory_read(struct ward_quorum *q, ward_quorum_piece_fn fn, void *ctx)
{
	struct pieces to = {fn, ctx, 0, true};
	enum ward_err err = quorum_need_claim(q);

	if (!err)
		err = each(q,
			"SELECT off, bytes FROM ward.memory WHERE seq = (SELECT seq FROM"
			" ward.store) ORDER BY off",
			NULL, take_piece, &to);
	return err == WARD_ERR_MALFORMED ? quorum_lost(q, "ward.memory is not as Ward made it", err)
					 : err;
}
