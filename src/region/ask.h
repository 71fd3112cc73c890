/* A client of one hospital's `/api/v1/region`, without a socket: bytes of the server in, bytes for
 * it and answers out.
 *
 * It is asked again after the interval, a tenth earlier or later, and by the version that it said
 * (RFC 9110 13.1.2); after failures half a minute later, doubling to an hour. Redirects are not
 * followed. Pure state machine; sees untrusted bytes; single-threaded. */
#ifndef WARD_REGION_ASK_H
#define WARD_REGION_ASK_H

#include "base/counter.h"
#include "base/hash.h"
#include "base/wr.h"

#define WARD_REGION_PATH_ASKED "/api/v1/region"

struct ward_region_ask_opts {
	const struct ward_mem *mem; /* pointers are borrowed for its life */
	struct ward_counters *counters;
	struct ward_str host; /* an IPv6 address without its brackets */
	uint16_t port;
	ward_ns every;
	struct ward_seed random;
	/* A whole answer (JSON, not looked at); again: it is the last one still. CONFIG: it is
	 * none, which why says by then. Else its error ends all. */
	enum ward_err (*got)(void *ctx, struct ward_slice body, bool again, const char **why);
	void *ctx;
};

struct ward_region_ask;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_region_ask_new(
	const struct ward_region_ask_opts *o, struct ward_region_ask **ret);
void ward_region_ask_free(struct ward_region_ask *a);
/* What is to be sent, if anything is due by now (monotonic); empty: nothing. */
WARD_MUST_CHECK enum ward_err ward_region_ask_due(
	struct ward_region_ask *a, ward_ns mono, struct ward_slice *ret);
void ward_region_ask_sent(struct ward_region_ask *a, size_t n);
/* When it next has something to do by itself, monotonic. */
ward_ns ward_region_ask_next(const struct ward_region_ask *a);
/* An answer is overdue. */
bool ward_region_ask_overdue(const struct ward_region_ask *a, ward_ns mono);
/* What came. CLOSED: the connection is to be ended, all is well. FOREIGN: it is to be ended,
 * ward_region_ask_why says why. NOMEM, or got's error. */
WARD_MUST_CHECK enum ward_err ward_region_ask_bytes(
	struct ward_region_ask *a, struct ward_slice bytes, ward_ns mono);
/* The connection ended, or none came about (why: in words; NULL: the server ended it). OK: nothing
 * was lost by that; FOREIGN; NOMEM, or got's error. */
WARD_MUST_CHECK enum ward_err ward_region_ask_ended(
	struct ward_region_ask *a, ward_ns mono, const char *why);
const char *ward_region_ask_why(const struct ward_region_ask *a);
/* How often it answered well. */
uint64_t ward_region_ask_good(const struct ward_region_ask *a);

#endif
