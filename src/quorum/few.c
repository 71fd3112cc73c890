/* A few records: the claim of their numbers, the rows, the commit, and what is asked after it go
 * out together and are answered together (PostgreSQL 15, libpq, "Pipeline Mode"). Each is a message
 * of its own: between two of them the server sees that its settings were changed, so what is asked
 * behind the commit is answered by those that count then. */
#include "quorum/priv.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { NUMBER = 24, TEXT = 0, BINARY = 1 };

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

static bool send_row(struct ward_quorum *q, const struct ward_record *r)
{
	static const int len[QUORUM_COLUMNS - 1] = {8, 2, 4, 8, 4, 8};
	static const int formats[QUORUM_COLUMNS] = {
		BINARY, BINARY, BINARY, BINARY, BINARY, BINARY, BINARY};
	char bytes[40];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	const char *value[QUORUM_COLUMNS], *p = bytes;
	int lens[QUORUM_COLUMNS];

	ward_wr_be64(&w, r->seq);
	ward_wr_be16(&w, (uint16_t)r->lane);
	ward_wr_be32(&w, quorum_date(r->time));
	ward_wr_be64(&w, (uint64_t)r->time);
	ward_wr_be32(&w, r->type);
	ward_wr_be64(&w, r->source);
	for (size_t i = 0; i < QUORUM_COLUMNS - 1; p += len[i++]) {
		value[i] = p;
		lens[i] = len[i];
	}
	value[QUORUM_COLUMNS - 1] = r->data.len ? (const char *)r->data.p : "";
	lens[QUORUM_COLUMNS - 1] = (int)r->data.len;
	return PQsendQueryPrepared(q->pg, "ward_row", QUORUM_COLUMNS, value, lens, formats, TEXT) ==
	       1;
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
	bool sent = PQenterPipelineMode(q->pg) == 1 && send_take(q, rec[0].seq, rec[n - 1].seq + 1);

	for (size_t i = 0; sent && i < n; i++)
		sent = send_row(q, &rec[i]);
	sent = sent && PQpipelineSync(q->pg) == 1 && /* the commit */
	       PQsendQueryPrepared(q->pg, "ward_still", 1, &with, NULL, NULL, TEXT) == 1 &&
	       PQpipelineSync(q->pg) == 1;
	return sent ? quorum_flush(q) : lost(q);
}

enum ward_err quorum_append_few(struct ward_quorum *q, const struct ward_record *rec, size_t n)
{
	const char *with = quorum_still_with(q);
	PGresult *still = NULL;
	enum ward_err err = send_all(q, rec, n, with);

	if (!err)
		err = answer(q, PGRES_TUPLES_OK, NULL);
	for (size_t i = 0; !err && i < n; i++)
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
		err = quorum_judge(q, still, with);
	PQclear(still);
	if (!err && PQexitPipelineMode(q->pg) != 1)
		err = lost(q);
	return err;
}
