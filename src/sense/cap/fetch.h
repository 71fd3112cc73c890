/* A client of one address where warnings lie (RFC 9110, 9111), without a socket: bytes of the
 * server in, bytes for it and documents out.
 *
 * The address gives an alert, or a list of them (feed.h), of which each that is new or was changed
 * is fetched on the same host, the last of the list first. It is asked again after the interval, a
 * tenth earlier or later, and by what the server said of its version, so that nothing new costs an
 * answer without a body. An entry that can't be got is refused and asked for again with the next
 * list; the others don't wait for it. Failures of the address wait half a minute, doubling to an
 * hour. Redirects are not followed. Pure state machine; sees untrusted bytes; single-threaded. */
#ifndef WARD_SENSE_CAP_FETCH_H
#define WARD_SENSE_CAP_FETCH_H

#include "base/counter.h"
#include "base/hash.h"
#include "sense/cap/feed.h"
#include "sense/cap/url.h"

struct ward_fetch_sink {
	/* A document that claims to be an alert; borrowed for the call. */
	enum ward_err (*alert)(void *ctx, struct ward_str path, const struct ward_xmldoc *x);
	/* What is not read, and why: an entry that is no XML, or could not be got; static or short
	 */
	void (*refuse)(void *ctx, struct ward_str path, uint32_t line, const char *why);
	void *ctx;
};

struct ward_fetch_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the client's life */
	struct ward_counters *counters;
	const struct ward_cap_url *url;
	ward_ns every;
	struct ward_seed random;
	struct ward_fetch_sink sink;
};

struct ward_fetch;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_fetch_new(
	const struct ward_fetch_opts *opts, struct ward_fetch **ret);
void ward_fetch_free(struct ward_fetch *f);
/* What is to be sent, if anything is due by now (monotonic); empty: nothing. */
WARD_MUST_CHECK enum ward_err ward_fetch_due(
	struct ward_fetch *f, ward_ns mono, struct ward_slice *ret);
void ward_fetch_sent(struct ward_fetch *f, size_t n);
/* True when a request or its answer is on its way: then a connection is needed. */
bool ward_fetch_busy(const struct ward_fetch *f);
/* When it next has something to do by itself, monotonic. */
ward_ns ward_fetch_next(const struct ward_fetch *f);
/* An answer is overdue. */
bool ward_fetch_overdue(const struct ward_fetch *f, ward_ns mono);
/* What came. CLOSED: the connection is to be ended, all is well. FOREIGN: it is to be ended,
 * ward_fetch_why says why. NOMEM, or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_fetch_bytes(
	struct ward_fetch *f, struct ward_slice bytes, ward_ns mono);
/* The connection ended, or none came about (why: in words; NULL: the server ended it). OK: nothing
 * was lost by that, or an entry, which the sink was told; FOREIGN: ward_fetch_why says what. NOMEM,
 * or the sink's error. */
WARD_MUST_CHECK enum ward_err ward_fetch_ended(struct ward_fetch *f, ward_ns mono, const char *why);
const char *ward_fetch_why(const struct ward_fetch *f);
/* How often what the address has was got: of a list all that is new, or, where some of that can't
 * be got, at least something of it. */
uint64_t ward_fetch_good(const struct ward_fetch *f);

#endif
