/* A client that asks one address again and again (RFC 9110, 9112), without a socket: bytes of the
 * server in, bytes for it out.
 *
 * It asks after the interval, a tenth earlier or later, so that not all ask at once; for what the
 * address itself has by the version that the server said (RFC 9110 13.1), so that nothing new costs
 * an answer without a body. After failures it waits half a minute, doubling to an hour. Redirects
 * are not followed. Memory: one answer of body_max bytes.
 *
 * Who it is for says what is asked, and what an answer means, by the functions of `ask`; whoever
 * has the connection calls due, sent, bytes, ended. Pure state machine; sees untrusted bytes;
 * single-threaded. */
#ifndef WARD_HTTP_POLL_H
#define WARD_HTTP_POLL_H

#include "base/clock.h"
#include "base/counter.h"
#include "base/hash.h"
#include "http/message.h"

struct ward_httppoll_answer {
	struct ward_slice body; /* borrowed for the call */
	bool same;              /* it has none: what the address has is what it was (304) */
};

struct ward_httppoll_ask {
	/* Writes the target of the request. True: it is for what the address itself has. */
	bool (*target)(void *ctx, struct ward_wr *w);
	/* An answer of 200, or the same as before. OK: if neither good nor failed was called, the
	 * next is asked for at once. Else FOREIGN of ward_httppoll_failed, or what ends it all. */
	enum ward_err (*answer)(void *ctx, const struct ward_httppoll_answer *a, ward_ns mono);
	/* What was asked for can't be got, and why; `sent`: something of the request was. OK: it is
	 * left out, and the next asked for at once, or as ward_httppoll_good said. Else as answer.
	 */
	enum ward_err (*lost)(void *ctx, const char *why, bool sent, ward_ns mono);
	/* What a status means besides redirects; NULL: that it refuses. May be NULL. */
	const char *(*refused)(unsigned status);
	void *ctx;
};

struct ward_httppoll_opts {
	const struct ward_mem *mem; /* pointers are borrowed for its life */
	struct ward_counters *counters;
	const char *requests, *failures; /* counters' names */
	struct ward_str host;            /* an IPv6 address without its brackets */
	uint16_t port;
	const char *accept;        /* of the field of that name */
	const char *authorization; /* likewise; empty: none */
	size_t body_max;
	ward_ns every, answer_max;
	bool strict; /* an answer with something behind it is lost */
	struct ward_seed random;
	struct ward_httppoll_ask ask;
};

struct ward_httppoll;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_httppoll_new(
	const struct ward_httppoll_opts *o, struct ward_httppoll **ret);
void ward_httppoll_free(struct ward_httppoll *p);

/* ---- for who has the connection ---- */

/* What is to be sent, if anything is due by now (monotonic); empty: nothing. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_httppoll_due(
	struct ward_httppoll *p, ward_ns mono, struct ward_slice *ret);
void ward_httppoll_sent(struct ward_httppoll *p, size_t n);
/* True when a request or its answer is on its way: then a connection is needed. */
bool ward_httppoll_busy(const struct ward_httppoll *p);
/* When it next has something to do by itself, monotonic. */
ward_ns ward_httppoll_next(const struct ward_httppoll *p);
/* An answer is overdue. */
bool ward_httppoll_overdue(const struct ward_httppoll *p, ward_ns mono);
/* What came. CLOSED: the connection is to be ended, all is well. FOREIGN: it is to be ended,
 * ward_httppoll_why says why. NOMEM, or another error of `ask`. */
WARD_MUST_CHECK enum ward_err ward_httppoll_bytes(
	struct ward_httppoll *p, struct ward_slice bytes, ward_ns mono);
/* The connection ended, or none came about (why: in words; NULL: the server ended it, or the answer
 * is overdue, and then is lost, also one that has no length and so could end here: RFC 9112 6.3).
 * OK: nothing was lost by that, or what was is left out. FOREIGN, NOMEM, or another error of `ask`.
 */
WARD_MUST_CHECK enum ward_err ward_httppoll_ended(
	struct ward_httppoll *p, ward_ns mono, const char *why);
/* What was lost last: printable ASCII. */
const char *ward_httppoll_why(const struct ward_httppoll *p);
/* How often ward_httppoll_good was called. */
uint64_t ward_httppoll_good_count(const struct ward_httppoll *p);

/* ---- for the functions of `ask` ---- */

/* All that is asked for was got: again after the interval. */
void ward_httppoll_good(struct ward_httppoll *p, ward_ns mono);
/* Nothing can be got: again after the next, longer wait, and then of any version. FOREIGN. */
enum ward_err ward_httppoll_failed(struct ward_httppoll *p, ward_ns mono, const char *why);
/* Only says why. */
void ward_httppoll_say(struct ward_httppoll *p, const char *why);
/* What the address has is got with the next answer, whatever its version. */
void ward_httppoll_forget(struct ward_httppoll *p);
/* A field of the answer in hand; p == NULL: it has none. */
struct ward_str ward_httppoll_field(const struct ward_httppoll *p, const char *name);

#endif
