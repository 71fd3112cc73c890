/* Records go in one round trip: the claim of their numbers, the rows as seven arrays (one for each
 * column), the commit, and what is asked behind it are sent together and answered together
 * (PostgreSQL 15, libpq, "Pipeline Mode"). Each is a message of its own: between two of them the
 * server sees that its settings were changed, so what is asked behind the commit is answered by
 * those that count then. */
#include "quorum/priv.h"
#include "quorum/row.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { COLUMNS = WARD_QUORUM_CELLS, NUMBER = 24, TEXT = 0, BINARY = 1, SQL_BYTES = 128 };

static enum ward_err lost(struct ward_quorum *q)
{
	return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
}

static bool send_take(struct ward_quorum *q, uint64_t first, uint64_t next)
{
	char epoch[NUMBER], from[NUMBER], to[NUMBER];
	const char *value[] = {epoch, from, to};

	(void)snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)q->epoch);
	(void)snprintf(from, sizeof(from), "%llu", (unsigned long long)first);
	(void)snprintf(to, sizeof(to), "%llu", (unsigned long long)next);
	return PQsendQueryPrepared(q->pg, "ward_take", 3, value, NULL, NULL, TEXT) == 1;
}

enum column { SEQ, LANE, DAY, TIME, TYPE, SOURCE, DATA };

/* Of its type the number (pg_type.oid). */
static const uint32_t type[COLUMNS] = {20, 21, 1082, 20, 23, 20, 17};

static void put_value(struct ward_wr *w, enum column c, const struct ward_record *r)
{
	static const uint32_t len[COLUMNS] = {8, 2, 4, 8, 4, 8, 0};

	ward_wr_be32(w, c == DATA ? (uint32_t)r->data.len : len[c]);
	switch (c) {
	case SEQ:
		ward_wr_be64(w, r->seq);
		break;
	case LANE:
		ward_wr_be16(w, (uint16_t)r->lane);
		break;
	case DAY:
		ward_wr_be32(w, ward_quorum_day(r->time) - WARD_QUORUM_2000);
		break;
	case TIME:
		ward_wr_be64(w, (uint64_t)r->time);
		break;
	case TYPE:
		ward_wr_be32(w, r->type);
		break;
	case SOURCE:
		ward_wr_be64(w, r->source);
		break;
	case DATA:
		ward_wr_bytes(w, r->data.p, r->data.len);
		break;
	}
}

/* An array's binary form: one dimension from 1 on, without NULLs (PostgreSQL 15, array_recv). */
static void put_array(struct ward_wr *w, enum column c, const struct ward_record *rec, size_t n)
{
	ward_wr_be32(w, 1);
	ward_wr_be32(w, 0);
	ward_wr_be32(w, type[c]);
	ward_wr_be32(w, (uint32_t)n);
	ward_wr_be32(w, 1);
	for (size_t i = 0; i < n; i++)
		put_value(w, c, &rec[i]);
}

/* False: out of memory, or libpq's error. */
static bool send_rows(struct ward_quorum *q, const struct ward_record *rec, size_t n)
{
	static const int formats[COLUMNS] = {
		BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY};
	const char *value[COLUMNS];
	size_t from[COLUMNS];
	int len[COLUMNS];

	ward_wr_reset(&q->out);
	for (size_t c = 0; c < COLUMNS; c++) {
		from[c] = q->out.len;
		put_array(&q->out, (enum column)c, rec, n);
		len[c] = (int)(q->out.len - from[c]);
	}
	if (ward_wr_bad(&q->out))
		return false;
	for (size_t c = 0; c < COLUMNS; c++)
		value[c] = (const char *)q->out.p + from[c];
	return PQsendQueryPrepared(q->pg, "ward_rows", COLUMNS, value, len, formats, TEXT) == 1;
}

/* The answer to one of them, with the NULL behind it; to be cleared. */
static enum ward_err answer(struct ward_quorum *q, ExecStatusType want, PGresult **ret)
{
	PGresult *r = NULL, *end = NULL;
	enum ward_err err = quorum_result(q, &r);

	if (!err && (!r || PQresultStatus(r) != want))
		err = r ? quorum_failed(q, r) : quorum_lost(q, "no answer", WARD_ERR_AGAIN);
	if (!err && want != PGRES_PIPELINE_SYNC)
		err = quorum_result(q, &end);
	if (!err && end)
		err = quorum_lost(q, "more than one answer", WARD_ERR_AGAIN);
	PQclear(end);
	if (!err && ret)
		*ret = r;
	else
		PQclear(r);
	return err;
}

static enum ward_err send_all(
	struct ward_quorum *q, const struct ward_record *rec, size_t n, const char *with)
{
	bool sent = PQenterPipelineMode(q->pg) == 1 &&
		    send_take(q, rec[0].seq, rec[n - 1].seq + 1) && send_rows(q, rec, n) &&
		    PQpipelineSync(q->pg) == 1 && /* the commit */
		    PQsendQueryPrepared(q->pg, "ward_still", 1, &with, NULL, NULL, TEXT) == 1 &&
		    PQpipelineSync(q->pg) == 1;

	if (ward_wr_bad(&q->out))
		return quorum_lost(q, "out of memory", WARD_ERR_NOMEM);
	return sent ? quorum_flush(q) : lost(q);
}

static enum ward_err append(struct ward_quorum *q, const struct ward_record *rec, size_t n)
{
	const char *with = quorum_still_with(q);
	PGresult *still = NULL;
	enum ward_err err = send_all(q, rec, n, with);

	if (!err)
		err = answer(q, PGRES_TUPLES_OK, NULL);
	if (!err)
		err = answer(q, PGRES_COMMAND_OK, NULL);
	if (!err)
		err = answer(q, PGRES_PIPELINE_SYNC, NULL);
	if (!err)
		err = answer(q, PGRES_TUPLES_OK, &still);
	if (!err)
		err = answer(q, PGRES_PIPELINE_SYNC, NULL);
	if (!err && q->doubt)
		err = quorum_lost(q, NULL, WARD_ERR_AGAIN);
	if (!err)
		err = quorum_found(q, still, with);
	PQclear(still);
	if (!err && PQexitPipelineMode(q->pg) != 1)
		err = lost(q);
	return err;
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

enum ward_err ward_quorum_append(struct ward_quorum *q, const struct ward_record *rec, size_t n)
{
	enum ward_err err = quorum_need_claim(q);

	WARD_ASSERT(n > 0);
	for (size_t i = 0; i < n; i++)
		WARD_ASSERT(rec[i].lane < WARD_LANE_N && (i == 0 || rec[i].seq > rec[i - 1].seq));
	if (!err)
		err = make_days(q, rec, n);
	if (!err)
		err = append(q, rec, n);
	if (!err)
		q->next = rec[n - 1].seq + 1;
	return err;
}
