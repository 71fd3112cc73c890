/* The connection: made by libpq, waited for by poll, given up at the deadline. */
#include "quorum/priv.h"
#include "quorum/state.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>

enum { CONNECT_S = 2 /* least that libpq takes */, ROWS_BYTES = 256 << 20 };

void quorum_begin(struct ward_quorum *q)
{
	q->until = ward_clock_mono(q->o.clock) + q->o.deadline;
	q->fault = WARD_QUORUM_SOUND;
	q->why[0] = 0;
}

enum ward_err quorum_need_claim(struct ward_quorum *q)
{
	quorum_begin(q);
	return q->claimed ? WARD_OK : WARD_ERR_AGAIN;
}

/* One line, whatever the server or the library said. */
static void keep_why(struct ward_quorum *q, const char *why)
{
	ward_quorum_text(ward_str_z(why), q->why, sizeof(q->why));
	for (size_t n = strlen(q->why); n && q->why[n - 1] == ' '; n--)
		q->why[n - 1] = 0;
}

enum ward_err quorum_lost(struct ward_quorum *q, const char *why, enum ward_err err)
{
	if (why && !q->why[0])
		keep_why(q, why);
	PQfinish(q->pg); /* NULL is allowed */
	q->pg = NULL;
	q->claimed = false;
	memset(q->day, 0, sizeof(q->day));
	return err;
}

/* A commit that was not waited for to its end is told by a warning, not by an error. */
static void on_notice(void *ctx, const PGresult *r)
{
	struct ward_quorum *q = ctx;
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
	const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (!severity || strcmp(severity, "WARNING") != 0)
		return;
	q->doubt = true;
	keep_why(q, said ? said : "a warning");
}

/* Seconds as text, NULL-ended pairs as PQconnectdbParams takes them. */
static PGconn *dial(const struct ward_quorum *q)
{
	const struct ward_quorum_where *w = q->o.where;
	const char *address = q->o.address ? q->o.address[q->host] : "";
	char host[256], port[8], user[WARD_QUORUM_TEXT], database[WARD_QUORUM_TEXT], limit[8];
	const char *key[] = {"host", "hostaddr", "port", "user", "dbname", "password", "sslmode",
		"sslrootcert", "sslcert", "sslkey", "gssencmode", "connect_timeout",
		"application_name", "fallback_application_name", "client_encoding",
		"target_session_attrs", NULL};
	const char *value[WARD_ARRAY_LEN(key)] = {host, address, port, user, database,
		q->o.password, q->o.trust ? "verify-full" : "disable", q->o.trust, "", "",
		"disable", limit, "ward", "ward", "SQL_ASCII", "any", NULL};

	(void)snprintf(host, sizeof(host), "%.*s", WARD_STR_ARG(w->host[q->host]));
	(void)snprintf(port, sizeof(port), "%u", w->port);
	(void)snprintf(user, sizeof(user), "%.*s", WARD_STR_ARG(w->user));
	(void)snprintf(database, sizeof(database), "%.*s", WARD_STR_ARG(w->database));
	(void)snprintf(limit, sizeof(limit), "%d", CONNECT_S);
	return PQconnectdbParams(key, value, 0);
}

static bool follows(const PGconn *pg)
{
	const char *said = PQparameterStatus(pg, "in_hot_standby");

	return said && strcmp(said, "on") == 0;
}

enum ward_err quorum_connect(struct ward_quorum *q)
{
	char why[WARD_QUORUM_WHY] = ""; /* its last character may be half of one */
	bool secure = q->o.trust || q->o.where->local;

	if (!secure) {
		q->fault = WARD_QUORUM_UNENCRYPTED;
		return WARD_ERR_DENIED;
	}
	q->doubt = false;
	for (size_t tries = 0; tries < q->o.where->n_host; tries++) {
		q->host = (q->host + 1) % q->o.where->n_host;
		q->pg = dial(q);
		if (!q->pg)
			return WARD_ERR_NOMEM;
		bool there = PQstatus(q->pg) == CONNECTION_OK && PQsetnonblocking(q->pg, 1) == 0;

		if (there && !follows(q->pg)) {
			q->fault = WARD_QUORUM_SOUND;
			(void)PQsetNoticeReceiver(q->pg, on_notice, q);
			return WARD_OK;
		}
		if (there)
			q->fault = WARD_QUORUM_FOLLOWER;
		else /* maybe who leads: then this is what is to be mended */
			(void)snprintf(why, sizeof(why), "%s", PQerrorMessage(q->pg));
		PQfinish(q->pg);
		q->pg = NULL;
	}
	return quorum_lost(q, why, q->fault ? WARD_ERR_DENIED : WARD_ERR_AGAIN);
}

/* ---- waiting ---- */

static enum ward_err wait(struct ward_quorum *q, short events)
{
	struct pollfd p = {PQsocket(q->pg), events, 0};
	ward_ns left = q->until - ward_clock_mono(q->o.clock);

	if (left <= 0)
		return quorum_lost(q, "no answer before the deadline", WARD_ERR_AGAIN);
	if (poll(&p, 1, (int)(left / WARD_NS_PER_MS) + 1) < 0 && errno != EINTR)
		return quorum_lost(q, strerror(errno), WARD_ERR_AGAIN);
	if (p.revents & ~POLLOUT && PQconsumeInput(q->pg) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	return WARD_OK;
}

enum ward_err quorum_flush(struct ward_quorum *q)
{
	enum ward_err err = WARD_OK;
	int left;

	while (!err && (left = PQflush(q->pg)) != 0)
		err = left < 0 ? quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN)
			       : wait(q, POLLIN | POLLOUT);
	return err;
}

enum ward_err quorum_result(struct ward_quorum *q, PGresult **ret)
{
	enum ward_err err = WARD_OK;

	while (!err && PQisBusy(q->pg))
		err = wait(q, POLLIN);
	if (!err)
		*ret = PQgetResult(q->pg);
	return err;
}

/* The codes are those of `ward.take`, which claim.c makes. */
enum ward_err quorum_failed(struct ward_quorum *q, const PGresult *r)
{
	const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	enum ward_err err = WARD_ERR_AGAIN;

	if (code && strcmp(code, "WD001") == 0)
		err = WARD_ERR_STATE;
	else if (code && strcmp(code, "WD002") == 0)
		err = WARD_ERR_CORRUPT;
	else if (code && strcmp(code, "WD003") == 0)
		err = WARD_ERR_DENIED;
	return quorum_lost(q, said ? said : PQresultErrorMessage(r), err);
}

static enum ward_err take(struct ward_quorum *q, PGresult *r, PGresult **keep)
{
	ExecStatusType t = PQresultStatus(r);

	if (t != PGRES_COMMAND_OK && t != PGRES_TUPLES_OK) {
		enum ward_err err = quorum_failed(q, r);

		PQclear(r);
		return err;
	}
	PQclear(*keep);
	*keep = r;
	return WARD_OK;
}

/* All results of what was sent; the last one's rows. */
static enum ward_err finish(struct ward_quorum *q, PGresult **ret)
{
	PGresult *last = NULL, *r = NULL;
	enum ward_err err = quorum_flush(q);

	while (!err && !(err = quorum_result(q, &r)) && r)
		err = take(q, r, &last);
	if (!err && q->doubt)
		err = quorum_lost(q, NULL, WARD_ERR_AGAIN);
	if (!err && !last)
		err = quorum_lost(q, "no answer", WARD_ERR_AGAIN);
	if (!err && ret)
		*ret = last;
	else
		PQclear(last);
	return err;
}

enum ward_err quorum_rest(struct ward_quorum *q)
{
	return finish(q, NULL);
}

enum ward_err quorum_do(struct ward_quorum *q, const char *sql, PGresult **ret)
{
	if (PQsendQuery(q->pg, sql) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	return finish(q, ret);
}

enum ward_err quorum_ask(
	struct ward_quorum *q, const char *sql, int n, const char *const *value, PGresult **ret)
{
	if (PQsendQueryParams(q->pg, sql, n, NULL, value, NULL, NULL, 0) != 1)
		return quorum_lost(q, PQerrorMessage(q->pg), WARD_ERR_AGAIN);
	return finish(q, ret);
}

bool quorum_u64(const PGresult *r, int column, uint64_t *ret)
{
	return PQntuples(r) == 1 && column < PQnfields(r) && !PQgetisnull(r, 0, column) &&
	       ward_str_u64(ward_str_z(PQgetvalue(r, 0, column)), ret);
}

/* ---- life ---- */

enum ward_err ward_quorum_open(const struct ward_quorum_options *o, struct ward_quorum **ret)
{
	struct ward_quorum *q = ward_mem_alloc(o->mem, sizeof(*q));

	if (!q)
		return WARD_ERR_NOMEM;
	q->o = *o;
	q->host = o->where->n_host - 1; /* the first one is tried first */
	q->out = ward_wr_grow(o->mem, ROWS_BYTES);
	*ret = q;
	return WARD_OK;
}

void ward_quorum_close(struct ward_quorum *q)
{
	if (!q)
		return;
	PQfinish(q->pg);
	ward_wr_fini(&q->out);
	ward_mem_free(q->o.mem, q, sizeof(*q));
}

void ward_quorum_hang_up(struct ward_quorum *q)
{
	(void)quorum_lost(q, NULL, WARD_OK);
}

bool ward_quorum_claimed(const struct ward_quorum *q)
{
	return q->claimed;
}

uint64_t ward_quorum_next(const struct ward_quorum *q)
{
	return q->next;
}

struct ward_str ward_quorum_host(const struct ward_quorum *q)
{
	return q->o.where->host[q->host];
}

enum ward_quorum_fault ward_quorum_fault(const struct ward_quorum *q)
{
	return q->fault;
}

const char *ward_quorum_why(const struct ward_quorum *q)
{
	return q->why[0] ? q->why : ward_quorum_words(q->fault)->what;
}
