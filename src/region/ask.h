/* A client of one hospital's `/api/v1/region` (http/poll.h): answers out. Pure state machine; sees
 * untrusted bytes; single-threaded. */
#ifndef WARD_REGION_ASK_H
#define WARD_REGION_ASK_H

#include "http/poll.h"

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
/* To be asked by whoever has the connection. */
struct ward_httppoll *ward_region_ask_poll(const struct ward_region_ask *a);

#endif
