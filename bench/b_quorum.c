/* The journal on a database against the database alone: a claim's appends (one transaction that
 * checks the epoch and the settings, with its rows, and the settings asked again after the commit)
 * against a loop of COPY into a plain table of the same columns, by the same server, turn by turn.
 * bench/quorum/run starts the servers. usage: b_quorum NODES URI PASSWORD TRUST */
#include "bench.h"

#include "quorum/quorum.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

enum {
	RECORD = 300,
	BATCH_MAX = 1000,
	ROW = 2 + 7 * 4 + 8 + 2 + 4 + 8 + 4 + 8 + RECORD,
	ROUNDS = 301
};

struct load {
	struct ward_quorum *q;
	PGconn *pg;
	struct ward_record rec[BATCH_MAX];
	uint64_t next, plain;
	size_t batch;
	uint8_t rows[32 + BATCH_MAX * ROW];
};

static void ours(void *ctx)
{
	struct load *l = ctx;

	for (size_t i = 0; i < l->batch; i++) {
		l->rec[i].seq = l->next++;
		l->rec[i].time = ward_clock_now(ward_clock_system());
	}
	if (ward_quorum_append(l->q, l->rec, l->batch) != WARD_OK)
		bench_die("append: %s", ward_quorum_why(l->q));
}

static size_t put_rows(struct load *l)
{
	struct ward_wr w = ward_wr_fixed(l->rows, sizeof(l->rows));

	ward_wr_bytes(&w, "PGCOPY\n\377\r\n", 11);
	ward_wr_be64(&w, 0);
	for (size_t i = 0; i < l->batch; i++) {
		ward_wr_be16(&w, 7);
		ward_wr_be32(&w, 8);
		ward_wr_be64(&w, l->plain++);
		ward_wr_be32(&w, 2);
		ward_wr_be16(&w, 0);
		ward_wr_be32(&w, 4);
		ward_wr_be32(&w, 9000);
		ward_wr_be32(&w, 8);
		ward_wr_be64(&w, 1);
		ward_wr_be32(&w, 4);
		ward_wr_be32(&w, 1);
		ward_wr_be32(&w, 8);
		ward_wr_be64(&w, 7);
		ward_wr_be32(&w, RECORD);
		ward_wr_bytes(&w, l->rec[i].data.p, RECORD);
	}
	ward_wr_be16(&w, UINT16_MAX);
	return ward_wr_bad(&w) ? 0 : w.len;
}

static void must(struct load *l, PGresult *r, ExecStatusType want)
{
	if (PQresultStatus(r) != want)
		bench_die("%s", PQerrorMessage(l->pg));
	PQclear(r);
}

static void plain(void *ctx)
{
	struct load *l = ctx;
	size_t n = put_rows(l);

	must(l, PQexec(l->pg, "COPY public.plain FROM STDIN BINARY"), PGRES_COPY_IN);
	if (!n || PQputCopyData(l->pg, (const char *)l->rows, (int)n) != 1 ||
		PQputCopyEnd(l->pg, NULL) != 1)
		bench_die("%s", PQerrorMessage(l->pg));
	must(l, PQgetResult(l->pg), PGRES_COMMAND_OK);
	if (PQgetResult(l->pg))
		bench_die("more than one answer");
}

static PGconn *connect_plain(
	const struct ward_quorum_where *w, const char *password, const char *trust)
{
	char host[256], user[WARD_QUORUM_TEXT], database[WARD_QUORUM_TEXT];
	const char *key[] = {"host", "user", "dbname", "password", "sslmode", "sslrootcert", NULL};
	const char *value[] = {host, user, database, password, "verify-full", trust, NULL};

	(void)snprintf(host, sizeof(host), "%.*s", WARD_STR_ARG(w->host[0]));
	(void)snprintf(user, sizeof(user), "%.*s", WARD_STR_ARG(w->user));
	(void)snprintf(database, sizeof(database), "%.*s", WARD_STR_ARG(w->database));
	return PQconnectdbParams(key, value, 0);
}

int main(int argc, char **argv)
{
	static const size_t batches[] = {1, 100, 1000};
	static struct load l;
	static uint8_t data[RECORD];
	struct ward_quorum_where where;
	struct ward_quorum_head h;
	const char *why;

	if (argc != 5) {
		bench_skip("quorum/append", "bench/quorum/run starts its servers");
		return 0;
	}
	if (ward_quorum_where_read(ward_str_z(argv[2]), &where, &why) != WARD_OK)
		bench_die("%s", why);
	const struct ward_quorum_options o = {.where = &where,
		.password = argv[3],
		.trust = argv[4],
		.alone = strcmp(argv[1], "1") == 0,
		.deadline = 60 * WARD_NS_PER_S,
		.clock = ward_clock_system(),
		.mem = ward_mem_heap()};

	if (ward_quorum_open(&o, &l.q) != WARD_OK || ward_quorum_claim(l.q, &h) != WARD_OK)
		bench_die("claim: %s", l.q ? ward_quorum_why(l.q) : "no memory");
	l.next = h.next;
	l.pg = connect_plain(&where, argv[3], argv[4]);
	if (PQstatus(l.pg) != CONNECTION_OK)
		bench_die("%s", PQerrorMessage(l.pg));
	must(&l, PQexec(l.pg, "SET synchronous_commit = remote_apply"), PGRES_COMMAND_OK);
	memset(data, 'x', sizeof(data));
	for (size_t i = 0; i < BATCH_MAX; i++)
		l.rec[i] = (struct ward_record){.lane = WARD_LANE_EVIDENCE,
			.type = WARD_RECORD_EVENT,
			.source = 7,
			.data = ward_slice_of(data, sizeof(data))};
	for (size_t i = 0; i < WARD_ARRAY_LEN(batches); i++) {
		char name[64];

		l.batch = batches[i];
		(void)snprintf(name, sizeof(name), "quorum/append, %s node%s, batch %zu", argv[1],
			o.alone ? "" : "s", l.batch);
		const struct bench b = {name, "event", l.batch, ROUNDS, BENCH_WALL};

		bench_pair(&b, (struct bench_side){"ward", ours, &l, NULL},
			(struct bench_side){"plain COPY", plain, &l, NULL});
	}
	PQfinish(l.pg);
	ward_quorum_close(l.q);
	return 0;
}
