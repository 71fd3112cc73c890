/* What of the log is read, whose readers have done with what, and what keeps it small. */
#include "quorum/priv.h"
#include "quorum/row.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { NUMBER = 24 };

/* ---- read ---- */

static enum ward_err take_row(struct ward_quorum *q, const PGresult *r, struct ward_record *ret)
{
	struct ward_quorum_cell cell[WARD_QUORUM_CELLS];
	const char *bad = "its columns are not those that Ward makes";
	bool whole = PQntuples(r) == 1 && PQnfields(r) == WARD_QUORUM_CELLS;

	*ret = (struct ward_record){.seq = 0};
	for (int i = 0; whole && i < WARD_QUORUM_CELLS; i++) {
		bool is = !PQgetisnull(r, 0, i) && PQfformat(r, i) == 1;

		cell[i] =
			(struct ward_quorum_cell){is ? (const uint8_t *)PQgetvalue(r, 0, i) : NULL,
				is ? (size_t)PQgetlength(r, 0, i) : 0};
	}
	if (whole)
		bad = ward_quorum_row(cell, ret);
	return bad ? quorum_bad_row(q, ret->seq, bad) : WARD_OK;
}

enum ward_err quorum_bad_row(struct ward_quorum *q, uint64_t seq, const char *why)
{
	char text[WARD_QUORUM_WHY];

	(void)snprintf(
		text, sizeof(text), "row %llu of ward.log: %s", (unsigned long long)seq, why);
	return quorum_lost(q, text, WARD_ERR_MALFORMED);
}

enum ward_err quorum_rows(struct ward_quorum *q, const char *sql, int n, const char *const *value,
	ward_quorum_fn fn, void *ctx)
{
	enum ward_err err = WARD_OK;
	PGresult *r = NULL;
	bool more = true;

	if (PQsendQueryParams(q->pg, sql, n, NULL, value, NULL, NULL, 1) != 1 ||
		PQsetSingleRowMode(q->pg) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	err = quorum_flush(q);
	while (!err && !(err = quorum_result(q, &r)) && r) {
		struct ward_record rec;
		ExecStatusType t = PQresultStatus(r);

		if (t != PGRES_SINGLE_TUPLE && t != PGRES_TUPLES_OK)
			err = quorum_failed(q, r);
		else if (t == PGRES_SINGLE_TUPLE)
			err = take_row(q, r, &rec);
		if (!err && t == PGRES_SINGLE_TUPLE && more)
			more = fn(ctx, &rec);
		PQclear(r);
	}
	return err;
}

enum ward_err ward_quorum_read(
	struct ward_quorum *q, uint64_t from, size_t most, ward_quorum_fn fn, void *ctx)
{
	char first[NUMBER], end[NUMBER], limit[NUMBER];
	const char *value[] = {first, end, limit};
	enum ward_err err = quorum_need_claim(q);

	if (err)
		return err;
	(void)snprintf(first, sizeof(first), "%llu", (unsigned long long)from);
	(void)snprintf(end, sizeof(end), "%llu", (unsigned long long)q->next);
	(void)snprintf(limit, sizeof(limit), "%zu", most);
	return quorum_rows(q,
		"SELECT " WARD_QUORUM_ROW " FROM ward.log"
		" WHERE seq >= $1::bigint AND seq < $2::bigint ORDER BY seq LIMIT $3::bigint",
		3, value, fn, ctx);
}

enum ward_err ward_quorum_last_kept(struct ward_quorum *q, ward_quorum_fn fn, void *ctx)
{
	char lane[NUMBER];
	const char *value[] = {lane};
	enum ward_err err = quorum_need_claim(q);

	if (err)
		return err;
	(void)snprintf(lane, sizeof(lane), "%d", WARD_LANE_TELEMETRY);
	return quorum_rows(q,
		"SELECT " WARD_QUORUM_ROW " FROM ward.log"
		" WHERE lane <> $1::smallint ORDER BY seq DESC LIMIT 1",
		1, value, fn, ctx);
}

/* ---- ack ---- */

static bool is_reader(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
			    s.p[i] == '-' || s.p[i] == '.'))
			return false;
	return s.len > 0 && s.len <= QUORUM_READER_MAX;
}

enum ward_err ward_quorum_ack(struct ward_quorum *q, struct ward_str reader, uint64_t seq)
{
	char name[QUORUM_READER_MAX + 1], number[NUMBER];
	const char *value[] = {name, number};
	enum ward_err err = quorum_need_claim(q);

	if (err)
		return err;
	if (!is_reader(reader))
		return WARD_ERR_MALFORMED;
	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(reader));
	(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)seq);
	return quorum_ask(q,
		"INSERT INTO ward.reader AS r VALUES ($1, $2::bigint) ON CONFLICT (name)"
		" DO UPDATE SET seq = greatest(r.seq, excluded.seq)",
		2, value, NULL);
}

enum ward_err ward_quorum_position(struct ward_quorum *q, struct ward_str reader, uint64_t *ret)
{
	char name[QUORUM_READER_MAX + 1];
	const char *value[] = {name};
	enum ward_err err = quorum_need_claim(q);
	PGresult *r = NULL;

	if (err)
		return err;
	if (!is_reader(reader))
		return WARD_ERR_MALFORMED;
	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(reader));
	err = quorum_ask(q, "SELECT seq FROM ward.reader WHERE name = $1", 1, value, &r);
	if (err)
		return err;
	bool there = quorum_u64(r, 0, ret);

	PQclear(r);
	return there ? WARD_OK : WARD_ERR_NOT_FOUND;
}

/* ---- keeping it small ---- */

/* Names are of our own making (ward.day). A day that is made again is found again. To drop a table
 * wants the log for itself: where somebody reads (a dump, for hours), the empty one stays until the
 * next time, and nothing waits. */
static const char forget_sql[] =
	"DELETE FROM ward.log WHERE lane = %d AND seq BETWEEN %llu AND %llu;"
	"DO $$ DECLARE n text; e boolean; BEGIN"
	" FOR n IN SELECT c.relname FROM pg_class c JOIN pg_namespace m ON m.oid = c.relnamespace"
	" WHERE m.nspname = 'ward' AND c.relkind = 'r' AND c.relname LIKE 'log\\_%d\\_%%' LOOP"
	" EXECUTE format('SELECT NOT EXISTS (SELECT 1 FROM ward.%%I)', n) INTO e;"
	" IF e THEN BEGIN"
	" EXECUTE format('LOCK TABLE ONLY ward.log, ward.%%I IN ACCESS EXCLUSIVE MODE NOWAIT', n);"
	" EXECUTE format('DROP TABLE ward.%%I', n);"
	" EXCEPTION WHEN lock_not_available THEN NULL; END; END IF; END LOOP; END $$";

enum ward_err ward_quorum_forget(
	struct ward_quorum *q, enum ward_lane lane, uint64_t first, uint64_t last)
{
	char sql[sizeof(forget_sql) + 4 * NUMBER];
	enum ward_err err = quorum_need_claim(q);

	if (err)
		return err;
	(void)snprintf(sql, sizeof(sql), forget_sql, (int)lane, (unsigned long long)first,
		(unsigned long long)last, (int)lane);
	q->day[lane] = 0;
	return quorum_do(q, sql, NULL);
}

enum ward_err ward_quorum_erase(struct ward_quorum *q, const uint64_t *seq, size_t n)
{
	char type[NUMBER];
	const char *value[2] = {NULL, type};
	enum ward_err err = quorum_need_claim(q);

	if (err)
		return err;
	ward_wr_reset(&q->out);
	for (size_t i = 0; i < n; i++)
		ward_wr_printf(&q->out, "%c%llu", i ? ',' : '{', (unsigned long long)seq[i]);
	ward_wr_bytes(&q->out, "}", 2); /* with its zero */
	if (ward_wr_bad(&q->out))
		return WARD_ERR_NOMEM;
	value[0] = (const char *)q->out.p;
	(void)snprintf(type, sizeof(type), "%d", WARD_RECORD_ERASED);
	return quorum_ask(q,
		"UPDATE ward.log SET type = $2::integer, data = '' WHERE seq = ANY ($1::bigint[])",
		2, value, NULL);
}
