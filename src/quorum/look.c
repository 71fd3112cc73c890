/* How the log and its servers are, for who only looks. */
#include "quorum/priv.h"
#include "quorum/sound.h"

#include <libpq-fe.h>
#include <stdio.h>

/* Whoever may not see others' connections (pg_monitor) sees that they are there, without more: NULL
 * in the third column. Those that are waited for come first. */
static const char standbys_sql[] =
	"SELECT coalesce(application_name, ''), coalesce(host(client_addr), ''),"
	" (sync_state IN ('sync', 'quorum'))::int,"
	" (coalesce(state, '') = 'streaming')::int,"
	" coalesce(greatest(pg_current_wal_lsn() - replay_lsn, 0), 0)::bigint,"
	" coalesce(greatest(extract(epoch FROM now() - backend_start), 0), 0)::bigint"
	" FROM pg_stat_replication ORDER BY 3 DESC NULLS LAST, 1 LIMIT 8";

static const char writers_sql[] =
	"SELECT coalesce(usename, ''), coalesce(host(client_addr), ''), 0, 1, 0,"
	" coalesce(greatest(extract(epoch FROM now() - backend_start), 0), 0)::bigint"
	" FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ward'"
	" AND pid <> pg_backend_pid() ORDER BY backend_start LIMIT 8";

/* The number of records is the planner's: to count them would read them all. */
static const char log_sql[] =
	"SELECT (SELECT epoch FROM ward.head), (SELECT next FROM ward.head),"
	" (SELECT coalesce(max(seq), 0) FROM ward.log),"
	" (SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class c"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE n.nspname = 'ward' AND c.relkind = 'r' AND c.relname LIKE 'log\\_%'),"
	" coalesce((SELECT \"time\" FROM ward.log ORDER BY seq DESC LIMIT 1), 0)";

static const char mark_sql[] =
	"SELECT seq, \"time\", lane, type, source, encode(sha256(data), 'hex')"
	" FROM ward.log WHERE lane <> $1::smallint ORDER BY seq DESC LIMIT 1";

static bool number_at(const PGresult *r, int row, int column, uint64_t *ret)
{
	return !PQgetisnull(r, row, column) &&
	       ward_str_u64(ward_str_z(PQgetvalue(r, row, column)), ret);
}

/* A name as a terminal may show it: a server's words are outside bytes. */
static void copy_text(char *to, size_t cap, const char *from)
{
	(void)snprintf(to, cap, "%s", from);
	for (char *c = to; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
}

static enum ward_err peers(struct ward_quorum *q, const char *sql,
	struct ward_quorum_peer ret[WARD_QUORUM_SEEN], size_t *ret_n)
{
	enum { NAME, AT, COUNTS, STREAMS, BEHIND, AGE, COLUMNS };
	PGresult *r = NULL;
	enum ward_err err = quorum_do(q, sql, &r);
	bool ok = !err && PQnfields(r) == COLUMNS && PQntuples(r) <= WARD_QUORUM_SEEN;

	*ret_n = ok ? (size_t)PQntuples(r) : 0;
	for (size_t i = 0; ok && i < *ret_n; i++) {
		struct ward_quorum_peer *p = &ret[i];
		uint64_t counts = 0, streams = 0;
		int row = (int)i;

		copy_text(p->name, sizeof(p->name), PQgetvalue(r, row, NAME));
		copy_text(p->at, sizeof(p->at), PQgetvalue(r, row, AT));
		p->seen = !PQgetisnull(r, row, COUNTS);
		ok = (!p->seen || number_at(r, row, COUNTS, &counts)) &&
		     number_at(r, row, STREAMS, &streams) &&
		     number_at(r, row, BEHIND, &p->behind) && number_at(r, row, AGE, &p->for_s);
		p->counts = counts == 1;
		p->streams = streams == 1;
	}
	PQclear(r);
	return err || ok ? err
			 : quorum_lost(q, "who is connected with it can't be read", WARD_ERR_AGAIN);
}

static enum ward_err look_at_log(struct ward_quorum *q, struct ward_quorum_seen *ret)
{
	PGresult *r = NULL;
	uint64_t t = 0;
	enum ward_err err = quorum_do(q, log_sql, &r);

	if (err)
		return err;
	bool ok = quorum_u64(r, 0, &ret->epoch) && quorum_u64(r, 1, &ret->next) &&
		  quorum_u64(r, 2, &ret->last) && quorum_u64(r, 3, &ret->n) &&
		  quorum_u64(r, 4, &t) && t <= INT64_MAX;

	PQclear(r);
	ret->last_time = (ward_ns)t;
	return ok ? WARD_OK : quorum_lost(q, "ward.head is not as Ward made it", WARD_ERR_AGAIN);
}

static enum ward_err look_at_mark(struct ward_quorum *q, struct ward_quorum_mark *ret)
{
	enum { SEQ, TIME, LANE, TYPE, SOURCE, SHA256 };
	char lane[8];
	const char *value[] = {lane};
	uint64_t n[SHA256] = {0};
	PGresult *r = NULL;
	bool ok = true;

	(void)snprintf(lane, sizeof(lane), "%d", WARD_LANE_TELEMETRY);
	enum ward_err err = quorum_ask(q, mark_sql, 1, value, &r);

	if (err || PQntuples(r) == 0) {
		PQclear(r);
		return err;
	}
	for (int i = 0; ok && i < SHA256; i++)
		ok = number_at(r, 0, i, &n[i]) && n[i] <= (i <= TIME ? INT64_MAX : UINT32_MAX);
	*ret = (struct ward_quorum_mark){.seq = n[SEQ],
		.time = (ward_ns)n[TIME],
		.lane = (uint32_t)n[LANE],
		.type = (uint32_t)n[TYPE],
		.source = (uint32_t)n[SOURCE]};
	ok = ok &&
	     ward_str_unhex(ward_str_z(PQgetvalue(r, 0, SHA256)), ret->sha256, sizeof(ret->sha256));
	PQclear(r);
	return ok ? WARD_OK : quorum_lost(q, "ward.log is not as Ward made it", WARD_ERR_AGAIN);
}

/* How many standbys must have a record. A list that is none is the judgement's. */
static enum ward_err look_at_rule(struct ward_quorum *q, uint64_t *ret)
{
	struct ward_quorum_names n = {.n = 0};
	PGresult *r = NULL;
	enum ward_err err = quorum_do(q, "SELECT current_setting('synchronous_standby_names')", &r);

	if (!err && (PQntuples(r) != 1 || PQnfields(r) != 1 ||
			    ward_quorum_names_read(ward_str_z(PQgetvalue(r, 0, 0)), &n) != WARD_OK))
		n.n = 0;
	PQclear(r);
	*ret = q->o.alone ? 0 : n.n;
	return err;
}

enum ward_err ward_quorum_look(struct ward_quorum *q, struct ward_quorum_seen *ret)
{
	enum ward_quorum_fault fault;
	enum ward_err err;

	*ret = (struct ward_quorum_seen){.made = false};
	quorum_begin(q);
	if (q->pg)
		(void)quorum_lost(q, NULL, WARD_OK);
	err = quorum_connect(q);
	q->until = ward_clock_mono(q->o.clock) + q->o.deadline;
	if (!err)
		err = quorum_judge(q, &ret->made);
	if (err)
		return err;
	fault = q->fault;
	if (ret->made)
		err = look_at_log(q, ret);
	if (!err && ret->made)
		err = look_at_mark(q, &ret->mark);
	if (!err)
		err = look_at_rule(q, &ret->waits_for);
	if (!err)
		err = peers(q, standbys_sql, ret->standby, &ret->n_standby);
	if (!err)
		err = peers(q, writers_sql, ret->writer, &ret->n_writer);
	if (!err)
		(void)quorum_lost(q, NULL, WARD_OK);
	q->fault = err ? q->fault : fault;
	return err;
}
