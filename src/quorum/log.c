/* The three calls, and what keeps the log small. */
#include "quorum/priv.h"
#include "quorum/row.h"

#include <libpq-fe.h>
#include <stdio.h>

enum {
	COLUMNS = 7,
	GROUPS = 2 * WARD_LANE_N, /* midnight in each lane */
	SQL_BYTES = 512,
	NUMBER = 24,
};
static const ward_ns day_ns = 24 * 3600 * WARD_NS_PER_S;

static enum ward_err need_claim(struct ward_quorum *q)
{
	quorum_begin(q);
	return q->claimed ? WARD_OK : WARD_ERR_AGAIN;
}

/* ---- append ---- */

/* A row of COPY's binary form (PostgreSQL 15, SQL COPY, "Binary Format"). */
static void put_row(struct ward_wr *w, const struct ward_record *r)
{
	ward_wr_be16(w, COLUMNS);
	ward_wr_be32(w, 8);
	ward_wr_be64(w, r->seq);
	ward_wr_be32(w, 2);
	ward_wr_be16(w, (uint16_t)r->lane);
	ward_wr_be32(w, 4);
	ward_wr_be32(w, ward_quorum_day(r->time) - WARD_QUORUM_2000);
	ward_wr_be32(w, 8);
	ward_wr_be64(w, (uint64_t)r->time);
	ward_wr_be32(w, 4);
	ward_wr_be32(w, r->type);
	ward_wr_be32(w, 8);
	ward_wr_be64(w, r->source);
	ward_wr_be32(w, (uint32_t)r->data.len);
	ward_wr_bytes(w, r->data.p, r->data.len);
}

/* Rows of one lane and day go straight into their table. */
struct group {
	enum ward_lane lane;
	uint32_t day;
};

static bool is_in(const struct group *g, const struct ward_record *r)
{
	return !g || (g->lane == r->lane && g->day == ward_quorum_day(r->time));
}

void quorum_copy_begin(struct ward_wr *w)
{
	static const uint8_t begin[] = "PGCOPY\n\377\r\n";

	ward_wr_reset(w);
	ward_wr_bytes(w, begin, sizeof(begin)); /* with its zero */
	ward_wr_be64(w, 0);                     /* no flags, no more of a header */
}

/* g: NULL for all. */
static bool put_rows(
	struct ward_wr *w, const struct group *g, const struct ward_record *rec, size_t n)
{
	quorum_copy_begin(w);
	for (size_t i = 0; i < n; i++) {
		WARD_ASSERT(rec[i].lane < WARD_LANE_N && (i == 0 || rec[i].seq > rec[i - 1].seq));
		if (is_in(g, &rec[i]))
			put_row(w, &rec[i]);
	}
	ward_wr_be16(w, UINT16_MAX);
	return !ward_wr_bad(w);
}

/* The groups of a batch, at most GROUPS; 0: there are more (a clock that jumps). */
static size_t find_groups(const struct ward_record *rec, size_t n, struct group ret[GROUPS])
{
	size_t n_group = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < n_group && !is_in(&ret[k], &rec[i]))
			k++;
		if (k == GROUPS)
			return 0;
		if (k == n_group)
			ret[n_group++] = (struct group){rec[i].lane, ward_quorum_day(rec[i].time)};
	}
	return n_group;
}

/* Where rows of a lane's new day go. */
static enum ward_err make_days(struct ward_quorum *q, const struct ward_record *rec, size_t n)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++) {
		uint32_t day = ward_quorum_day(rec[i].time);
		char sql[SQL_BYTES];

		if (q->day[rec[i].lane] == day + 1)
			continue;
		(void)snprintf(sql, sizeof(sql),
			"SELECT ward.day(%d::smallint, date '1970-01-01' + %u)", (int)rec[i].lane,
			day);
		err = quorum_do(q, sql, NULL);
		if (!err)
			q->day[rec[i].lane] = day + 1;
	}
	return err;
}

static void put_copy(struct ward_wr *w, const struct group *g)
{
	int year = 0, month = 0, day = 0;
	int64_t second = 0;

	ward_wr_z(w, "COPY ward.log");
	if (g) {
		ward_time_split((ward_ns)g->day * day_ns, &year, &month, &day, &second);
		ward_wr_printf(w, "_%d_%04d%02d%02d", (int)g->lane, year, month, day);
	}
	ward_wr_z(w, " (seq, lane, day, \"time\", type, source, data) FROM STDIN BINARY;");
}

enum ward_err quorum_until_copy(struct ward_quorum *q)
{
	enum ward_err err = quorum_flush(q);
	bool ready = false;

	while (!err && !ready) {
		PGresult *r = NULL;

		err = quorum_result(q, &r);
		if (err)
			break;
		ExecStatusType t = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;

		ready = t == PGRES_COPY_IN;
		if (!ready && t != PGRES_TUPLES_OK && t != PGRES_COMMAND_OK)
			err = r ? quorum_failed(q, r)
				: quorum_lost(q, "it takes no rows", WARD_ERR_AGAIN);
		PQclear(r);
	}
	return err;
}

enum ward_err quorum_send_rows(struct ward_quorum *q)
{
	enum { PART = 1 << 20 };
	enum ward_err err = WARD_OK;

	for (size_t off = 0; !err && off < q->out.len;) {
		size_t n = q->out.len - off < PART ? q->out.len - off : PART;
		int done = PQputCopyData(q->pg, (const char *)q->out.p + off, (int)n);

		if (done < 0)
			return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
		off += done ? n : 0;
		err = quorum_flush(q);
	}
	while (!err) {
		int done = PQputCopyEnd(q->pg, NULL);

		if (done < 0)
			return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
		if (done)
			break;
		err = quorum_flush(q);
	}
	return err;
}

/* One message, so one transaction, committed before its last answer. */
static enum ward_err ask_append(struct ward_quorum *q, const struct ward_record *rec, size_t n,
	const struct group *g, size_t n_group)
{
	char sql[SQL_BYTES + GROUPS * SQL_BYTES];
	struct ward_wr w = ward_wr_fixed(sql, sizeof(sql));

	ward_wr_printf(&w, "SELECT ward.take(%llu, %llu, %llu, %s);", (unsigned long long)q->epoch,
		(unsigned long long)rec[0].seq, (unsigned long long)rec[n - 1].seq + 1,
		quorum_judged(q));
	put_copy(&w, n_group ? &g[0] : NULL);
	for (size_t i = 1; i < n_group; i++)
		put_copy(&w, &g[i]);
	ward_wr_u8(&w, 0);
	WARD_ASSERT(!ward_wr_bad(&w)); /* of bounded parts */
	return PQsendQuery(q->pg, sql) == 1 ? WARD_OK
					    : quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
}

enum ward_err ward_quorum_append(struct ward_quorum *q, const struct ward_record *rec, size_t n)
{
	struct group g[GROUPS];
	size_t n_group = find_groups(rec, n, g);
	enum ward_err err = need_claim(q);

	WARD_ASSERT(n > 0);
	if (!err)
		err = make_days(q, rec, n);
	if (!err)
		err = ask_append(q, rec, n, g, n_group);
	for (size_t i = 0; !err && (i == 0 || i < n_group); i++) {
		if (!put_rows(&q->out, n_group ? &g[i] : NULL, rec, n))
			return quorum_lost(q, "out of memory", WARD_ERR_NOMEM);
		err = quorum_until_copy(q);
		if (!err)
			err = quorum_send_rows(q);
	}
	if (!err)
		err = quorum_rest(q);
	if (!err)
		err = quorum_still(q);
	if (!err)
		q->next = rec[n - 1].seq + 1;
	return err;
}

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
	enum ward_err err = need_claim(q);

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
	enum ward_err err = need_claim(q);

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
	enum ward_err err = need_claim(q);

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
	enum ward_err err = need_claim(q);
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
	enum ward_err err = need_claim(q);

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
	enum ward_err err = need_claim(q);

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
