/* Private to the room: one connection, and questions that wait for their answer. */
#ifndef WARD_QUORUM_PRIV_H
#define WARD_QUORUM_PRIV_H

#include "quorum/quorum.h"

/* As libpq-fe.h, which only those include that speak by it. */
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;

enum { QUORUM_VERSION = 1, QUORUM_READER_MAX = 31 };

struct ward_quorum {
	struct ward_quorum_options o;
	PGconn *pg;  /* NULL: none */
	size_t host; /* that is connected, or was tried last */
	bool doubt;  /* the server warned: what it said is done may not be */
	bool claimed;
	uint64_t epoch, next;
	ward_ns until;    /* monotonic: of the call that runs */
	ward_ns twins_at; /* monotonic: then it is asked again whether standbys share a name */
	enum ward_quorum_fault fault;
	char why[WARD_QUORUM_WHY];
	struct ward_wr out;        /* rows on their way */
	uint32_t day[WARD_LANE_N]; /* whose partition is there; 0: not known */
};

/* A call begins: its deadline, and that nothing is wrong yet. */
void quorum_begin(struct ward_quorum *q);
/* The connection is of no more use; the next claim begins with another host. Gives err. */
enum ward_err quorum_lost(struct ward_quorum *q, const char *why, enum ward_err err);
/* Connects with one that leads. AGAIN; DENIED: those that answer follow another. */
WARD_MUST_CHECK enum ward_err quorum_connect(struct ward_quorum *q);
/* Several statements in one message are one transaction. The last one's rows are *ret, to be
 * cleared, which may be NULL: none are wanted. STATE, CORRUPT, DENIED as `ward.take` says; AGAIN.
 */
WARD_MUST_CHECK enum ward_err quorum_do(struct ward_quorum *q, const char *sql, PGresult **ret);
/* One statement with n parameters in text form. */
WARD_MUST_CHECK enum ward_err quorum_ask(
	struct ward_quorum *q, const char *sql, int n, const char *const *value, PGresult **ret);
/* The same, whose rows are those of ward.log in binary form (row.h), one after the other; what fn
 * does not want any more is passed over. MALFORMED, AGAIN, NOMEM. */
WARD_MUST_CHECK enum ward_err quorum_rows(struct ward_quorum *q, const char *sql, int n,
	const char *const *value, ward_quorum_fn fn, void *ctx);
/* MALFORMED; the connection is of no more use. */
enum ward_err quorum_bad_row(struct ward_quorum *q, uint64_t seq, const char *why);
/* The next result of what was sent; NULL: that was all. */
WARD_MUST_CHECK enum ward_err quorum_result(struct ward_quorum *q, PGresult **ret);
/* Takes all results until there are no more. */
WARD_MUST_CHECK enum ward_err quorum_rest(struct ward_quorum *q);
/* What was queued goes out. */
WARD_MUST_CHECK enum ward_err quorum_flush(struct ward_quorum *q);
/* What a failed result says. */
enum ward_err quorum_failed(struct ward_quorum *q, const PGresult *r);
/* What the server does before it acknowledges, into q->fault; and whether it has our tables. AGAIN.
 */
WARD_MUST_CHECK enum ward_err quorum_judge(struct ward_quorum *q, bool *ret_tables);
/* In SQL, what `ward.take` and `ward.sound` are told: whom the server waited for when its claim was
 * judged. */
const char *quorum_judged(const struct ward_quorum *q);
/* After each commit: the server has not been told meanwhile to acknowledge less. */
WARD_MUST_CHECK enum ward_err quorum_still(struct ward_quorum *q);
/* What COPY begins with in its binary form, into w anew; then rows, then be16 UINT16_MAX. */
void quorum_copy_begin(struct ward_wr *w);
/* Until the server waits for the rows of a COPY that was sent. */
WARD_MUST_CHECK enum ward_err quorum_until_copy(struct ward_quorum *q);
/* Sends q->out as these. */
WARD_MUST_CHECK enum ward_err quorum_send_rows(struct ward_quorum *q);
/* Text form of a value: an unsigned number. False: it is none. */
bool quorum_u64(const PGresult *r, int column, uint64_t *ret);

#endif
