/* A client of one address where warnings lie (http/poll.h): documents out.
 *
 * The address gives an alert, or a list of them (feed.h), of which each that is new or was changed
 * is fetched on the same host, the last of the list first. An entry that can't be got is refused
 * and asked for again with the next list; the others don't wait for it. Pure state machine; sees
 * untrusted bytes; single-threaded. */
#ifndef WARD_SENSE_CAP_FETCH_H
#define WARD_SENSE_CAP_FETCH_H

#include "http/poll.h"
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
/* To be asked by whoever has the connection. What it counts as good: what the address has was got,
 * of a list all that is new, or, where some of that can't be got, at least something of it. */
struct ward_httppoll *ward_fetch_poll(const struct ward_fetch *f);

#endif
