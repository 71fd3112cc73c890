/* A claim: what the server does before it acknowledges, the tables, an epoch. */
#include "quorum/priv.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { SQL_BYTES = 2048 };

static const ward_ns twins_every = WARD_NS_PER_S;

/* Synchronous standbys beyond the first of a name, of which a server knows no upper and lower case.
 * 0 also for whom the server shows no names. */
#define TWINS                                                                       \
	"(SELECT count(application_name) - count(DISTINCT lower(application_name))" \
	" FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))"

/* synchronous_commit is that of the role, database or server: what our session sets comes after.
 * Whom it waits for is judged here, once, and kept in the session as ward.judged: what follows goes
 * by that text, and any other is judged by a new claim. */
static const char settings_sql[] =
	"SELECT current_setting('server_version_num'), pg_is_in_recovery()::int,"
	" (current_setting('transaction_read_only') = 'on')::int,"
	" (current_setting('fsync') = 'on')::int, (current_setting('full_page_writes') = "
	"'on')::int,"
	" (current_setting('data_sync_retry') = 'on')::int, current_setting('synchronous_commit'),"
	" set_config('ward.judged', current_setting('synchronous_standby_names'), false),"
	" (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE n.nspname = 'ward' AND c.relkind = 'r' AND c.relpersistence <> 'p'),"
	" " TWINS ","
	" (to_regclass('ward.head') IS NOT NULL)::int,"
	" (to_regprocedure('ward.take(bigint,bigint,bigint,text)') IS NOT NULL)::int";

/* The log: a partition for each lane and day, so that each lane's retention drops whole ones. */
static const char schema_sql[] =
	"CREATE SCHEMA ward;"
	"CREATE TABLE ward.head (one boolean PRIMARY KEY DEFAULT true CHECK (one),"
	" version integer NOT NULL, epoch bigint NOT NULL, next bigint NOT NULL);"
	"INSERT INTO ward.head (version, epoch, next) VALUES (1, 0, 1);"
	"CREATE TABLE ward.log (seq bigint NOT NULL, lane smallint NOT NULL, day date NOT NULL,"
	" \"time\" bigint NOT NULL, type integer NOT NULL, source bigint NOT NULL,"
	" data bytea NOT NULL) PARTITION BY RANGE (lane, day);"
	"CREATE TABLE ward.reader (name text PRIMARY KEY, seq bigint NOT NULL)";

/* `sound` asks again, in each transaction and after each commit, what may be changed while a
 * session lasts; names: those that were judged, NULL: one machine alone. `take` raises the log's
 * end and is the lock of those that write it. `day` makes the table of one by ATTACH, which waits
 * for nobody who reads: PARTITION OF would, for the whole of a dump. */
static const char functions_sql[] =
	"CREATE OR REPLACE FUNCTION ward.sound(names text) RETURNS boolean LANGUAGE sql AS $$"
	" SELECT current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'"
	" AND current_setting('synchronous_commit') = 'remote_apply'"
	" AND (names IS NULL OR current_setting('synchronous_standby_names') = names) $$;"
	"CREATE OR REPLACE FUNCTION ward.take(epoch_ bigint, first_ bigint, next_ bigint, names "
	"text)"
	" RETURNS void LANGUAGE plpgsql AS $$ DECLARE e bigint; BEGIN"
	" IF NOT ward.sound(names) THEN"
	" RAISE EXCEPTION 'its settings were changed' USING ERRCODE = 'WD003'; END IF;"
	" UPDATE ward.head SET next = next_ WHERE epoch = epoch_ AND next <= first_;"
	" IF FOUND THEN RETURN; END IF;"
	" SELECT epoch INTO e FROM ward.head;"
	" IF e IS DISTINCT FROM epoch_ THEN"
	" RAISE EXCEPTION 'another has claimed the log' USING ERRCODE = 'WD001'; END IF;"
	" RAISE EXCEPTION 'the log has these numbers' USING ERRCODE = 'WD002'; END $$;"
	"CREATE OR REPLACE FUNCTION ward.day(lane_ smallint, day_ date) RETURNS void"
	" LANGUAGE plpgsql AS $$ DECLARE"
	" n text := 'log_' || lane_ || '_' || to_char(day_, 'YYYYMMDD'); BEGIN"
	" IF to_regclass('ward.' || n) IS NULL THEN"
	" EXECUTE format('CREATE TABLE ward.%I (LIKE ward.log, PRIMARY KEY (seq))', n);"
	" EXECUTE format('ALTER TABLE ward.log ATTACH PARTITION ward.%I"
	" FOR VALUES FROM (%s, %L) TO (%s, %L)', n, lane_, day_, lane_, day_ + 1);"
	" END IF; END $$";

static bool flag(const PGresult *r, int column)
{
	return strcmp(PQgetvalue(r, 0, column), "1") == 0;
}

/* What of ours the server has. */
struct made {
	bool tables, functions;
};

/* What the server does before it acknowledges, into q->fault, which is no error here. */
static enum ward_err ask_settings(struct ward_quorum *q, struct made *ret)
{
	enum {
		VERSION,
		FOLLOWER,
		READ_ONLY,
		FSYNC,
		PAGES,
		RETRY,
		COMMIT,
		NAMES,
		UNLOGGED,
		SAME_NAME,
		TABLES,
		FUNCTIONS
	};
	PGresult *r = NULL;
	enum ward_err err = quorum_do(q, settings_sql, &r);
	struct ward_quorum_settings s = {.encrypted = true};
	uint64_t version = 0;

	if (err)
		return err;
	if (!quorum_u64(r, VERSION, &version) || version > UINT32_MAX ||
		PQnfields(r) <= FUNCTIONS || !quorum_u64(r, UNLOGGED, &s.n_unlogged) ||
		!quorum_u64(r, SAME_NAME, &s.n_twins)) {
		PQclear(r);
		return quorum_lost(q, "its settings are none", WARD_ERR_AGAIN);
	}
	s.version = (unsigned)version;
	s.follower = flag(r, FOLLOWER);
	s.read_only = flag(r, READ_ONLY);
	s.fsync = flag(r, FSYNC);
	s.full_page_writes = flag(r, PAGES);
	s.data_sync_retry = flag(r, RETRY);
	s.synchronous_commit = ward_str_z(PQgetvalue(r, 0, COMMIT));
	s.synchronous_standby_names = ward_str_z(PQgetvalue(r, 0, NAMES));
	*ret = (struct made){flag(r, TABLES), flag(r, FUNCTIONS)};
	q->fault = ward_quorum_sound(&s, q->o.alone);
	PQclear(r);
	return WARD_OK;
}

enum ward_err quorum_judge(struct ward_quorum *q, bool *ret_tables)
{
	struct made there = {false, false};
	enum ward_err err = ask_settings(q, &there);

	*ret_tables = there.tables;
	return err;
}

const char *quorum_judged(const struct ward_quorum *q)
{
	return q->o.alone ? "NULL" : "current_setting('ward.judged')";
}

const char *quorum_still_with(const struct ward_quorum *q)
{
	return ward_clock_mono(q->o.clock) >= q->twins_at ? "t" : "f"; /* not by each: it is dear */
}

enum ward_err quorum_found(struct ward_quorum *q, const PGresult *r, const char *with)
{
	bool sound = PQntuples(r) == 1 && strcmp(PQgetvalue(r, 0, 0), "t") == 0;

	if (*with == 't')
		q->twins_at = ward_clock_mono(q->o.clock) + twins_every;
	return sound ? WARD_OK
		     : quorum_lost(q, "its settings were changed meanwhile", WARD_ERR_DENIED);
}

enum ward_err quorum_still(struct ward_quorum *q)
{
	const char *with = quorum_still_with(q);
	PGresult *r = NULL;
	enum ward_err err = quorum_do(
		q, *with == 't' ? "EXECUTE ward_still (true)" : "EXECUTE ward_still (false)", &r);

	if (!err)
		err = quorum_found(q, r, with);
	PQclear(r);
	return err;
}

/* Two at once: the second one finds it made at its next try. */
static enum ward_err make(struct ward_quorum *q, struct made there)
{
	enum ward_err err = there.tables ? WARD_OK : quorum_do(q, schema_sql, NULL);

	return err || there.functions ? err : quorum_do(q, functions_sql, NULL);
}

static enum ward_err begin_epoch(struct ward_quorum *q, struct ward_quorum_head *ret)
{
	char sql[SQL_BYTES];
	PGresult *r = NULL;
	uint64_t version = 0;
	struct ward_quorum_head h;

	(void)snprintf(sql, sizeof(sql),
		"UPDATE ward.head SET epoch = epoch + 1 WHERE version = 1;"
		"PREPARE ward_still (boolean) AS SELECT ward.sound(%s) AND ($1 IS FALSE OR %s "
		"OR " TWINS " = 0);"
		"PREPARE ward_take (bigint, bigint, bigint) AS SELECT ward.take($1, $2, $3, %s);"
		"PREPARE ward_rows (bigint[], smallint[], date[], bigint[], integer[], bigint[],"
		" bytea[]) AS INSERT INTO ward.log"
		" SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7);"
		"SELECT version, epoch, next, (SELECT coalesce(max(seq), 0) FROM ward.log)"
		" FROM ward.head",
		quorum_judged(q), q->o.alone ? "true" : "false", quorum_judged(q));
	enum ward_err err = quorum_do(q, sql, &r);

	if (err)
		return err;
	bool ok = quorum_u64(r, 0, &version) && quorum_u64(r, 1, &h.epoch) &&
		  quorum_u64(r, 2, &h.next) && quorum_u64(r, 3, &h.last) && h.last < h.next;

	PQclear(r);
	if (!ok)
		return quorum_lost(q, "ward.head is not as Ward made it", WARD_ERR_AGAIN);
	if (version != QUORUM_VERSION)
		return quorum_lost(q, "the tables are of another version", WARD_ERR_VERSION);
	*ret = h;
	return WARD_OK;
}

/* A server goes on with what it was asked when nobody waits for the answer any more: a claim that
 * got its lock long after it was given up would end a later one. */
static enum ward_err begin_session(struct ward_quorum *q)
{
	char sql[SQL_BYTES];

	(void)snprintf(sql, sizeof(sql),
		"SET synchronous_commit = remote_apply; SET lock_timeout = %lld",
		(long long)(q->o.deadline / WARD_NS_PER_MS / 2));
	return quorum_do(q, sql, NULL);
}

enum ward_err ward_quorum_claim(struct ward_quorum *q, struct ward_quorum_head *ret)
{
	struct made there = {false, false};
	struct ward_quorum_head h;
	enum ward_err err = WARD_OK;

	quorum_begin(q);
	if (q->pg)
		(void)quorum_lost(q, NULL, WARD_OK);
	err = quorum_connect(q);
	q->until =
		ward_clock_mono(q->o.clock) + q->o.deadline; /* dead hosts have taken their time */
	if (!err)
		err = ask_settings(q, &there);
	if (!err && q->fault)
		err = quorum_lost(q, NULL, WARD_ERR_DENIED);
	if (!err)
		err = begin_session(q);
	if (!err)
		err = make(q, there);
	if (!err)
		err = begin_epoch(q, &h);
	if (!err)
		err = quorum_still(q);
	if (err)
		return err;
	q->claimed = true;
	q->epoch = h.epoch;
	q->next = h.next;
	*ret = h;
	return WARD_OK;
}
