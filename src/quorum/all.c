/* The whole log, for who begins anew from it. */
#include "quorum/priv.h"
#include "quorum/row.h"

#include <libpq-fe.h>
#include <stdio.h>

enum { NUMBER = 24, COUNT_MOST = 65536 };

/* One snapshot for what is counted and what is read; a cursor, so that neither side has all. In the
 * order of the numbers by their indexes: to sort them would take as long as there are many before
 * the first one comes. */
static const char begin_sql[] =
	"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
	"SET LOCAL enable_sort = off; SET LOCAL cursor_tuple_fraction = 0.000001;"
	"DECLARE ward_all NO SCROLL CURSOR FOR SELECT " WARD_QUORUM_ROW
	" FROM ward.log ORDER BY seq;"
	"SELECT coalesce(min(seq), 0), coalesce(max(seq), 0),"
	" (SELECT epoch FROM ward.head), (SELECT next FROM ward.head) FROM ward.log";

/* So many at a time: each answer is progress, whatever all of them take. */
static const char count_sql[] =
	"SELECT count(*), coalesce(max(seq), 0) FROM"
	" (SELECT seq FROM ward.log WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint) part";

static const char fetch_sql[] = "FETCH FORWARD 4096 FROM ward_all";

struct reading {
	struct ward_quorum *q;
	ward_quorum_fn fn;
	void *ctx;
	const struct ward_quorum_all *all;
	uint64_t n, last, n_before; /* n_before: as the batch began */
	uint64_t bad;               /* the number of one that is out of place; 0: none is */
	bool more;
};

static bool take(void *ctx, const struct ward_record *rec)
{
	struct reading *x = ctx;

	if (rec->seq <= x->last || rec->seq > x->all->last || rec->seq >= x->q->next) {
		x->bad = rec->seq;
		return false;
	}
	x->n++;
	x->last = rec->seq;
	x->more = x->fn(x->ctx, rec);
	return x->more;
}

static enum ward_err begin(struct ward_quorum *q, struct ward_quorum_all *ret)
{
	PGresult *r = NULL;
	uint64_t epoch = 0, next = 0;
	enum ward_err err = quorum_do(q, begin_sql, &r);

	if (err)
		return err;
	bool ok = quorum_u64(r, 0, &ret->first) && quorum_u64(r, 1, &ret->last) &&
		  quorum_u64(r, 2, &epoch) && quorum_u64(r, 3, &next);

	PQclear(r);
	if (!ok)
		return quorum_lost(q, "ward.head is not as Ward made it", WARD_ERR_MALFORMED);
	if (epoch != q->epoch || next != q->next)
		return quorum_lost(q, "another has claimed the log", WARD_ERR_STATE);
	return ret->last < q->next ? WARD_OK
				   : quorum_bad_row(q, ret->last, "it is beyond the log's end");
}

/* Each answer has a deadline of its own. */
static enum ward_err count(struct ward_quorum *q, uint64_t *ret)
{
	char after[NUMBER], most[NUMBER];
	const char *value[] = {after, most};
	uint64_t n = COUNT_MOST, last = 0;

	*ret = 0;
	(void)snprintf(most, sizeof(most), "%d", COUNT_MOST);
	while (n == COUNT_MOST) {
		uint64_t before = last;
		PGresult *r = NULL;

		(void)snprintf(after, sizeof(after), "%llu", (unsigned long long)before);
		quorum_begin(q);
		enum ward_err err = quorum_ask(q, count_sql, 2, value, &r);

		if (err)
			return err;
		bool ok = quorum_u64(r, 0, &n) && quorum_u64(r, 1, &last) && n <= COUNT_MOST &&
			  (!n || last > before);

		PQclear(r);
		if (!ok)
			return quorum_lost(q, "its records can't be counted", WARD_ERR_MALFORMED);
		*ret += n;
	}
	return WARD_OK;
}

enum ward_err ward_quorum_read_all(
	struct ward_quorum *q, ward_quorum_fn fn, void *ctx, struct ward_quorum_all *ret)
{
	struct reading x = {.q = q, .fn = fn, .ctx = ctx, .all = ret, .more = true};
	enum ward_err err;

	quorum_begin(q);
	err = q->claimed ? begin(q, ret) : WARD_ERR_AGAIN;
	if (!err)
		err = count(q, &ret->n);
	while (!err && x.more) {
		x.n_before = x.n;
		quorum_begin(q);
		err = quorum_rows(q, fetch_sql, 0, NULL, take, &x);
		if (!err && x.bad)
			err = quorum_bad_row(q, x.bad, "it is not where its number is");
		if (x.n == x.n_before)
			break;
	}
	if (err || !x.more) {
		if (!err)
			(void)quorum_lost(q, NULL, WARD_OK);
		return err;
	}
	if (x.n != ret->n || x.last != ret->last)
		return quorum_lost(q, "other rows came than were counted", WARD_ERR_MALFORMED);
	return quorum_do(q, "COMMIT", NULL);
}
