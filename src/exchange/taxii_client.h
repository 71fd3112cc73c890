/* A client of a TAXII 2.1 server (OASIS Standard, 2021; http/poll.h): indicators out.
 *
 * The address is a collection, or an API root, of which each collection that may be read is got.
 * Pages are got one after the other, the first time all, later what was added since; what is kept
 * are indicators, each in its last version. A collection is handed on whole, or not at all. Pure
 * state machine; sees untrusted bytes; single-threaded. */
#ifndef WARD_EXCHANGE_TAXII_CLIENT_H
#define WARD_EXCHANGE_TAXII_CLIENT_H

#include "base/limit.h"
#include "http/poll.h"

enum {
	WARD_TAXII_COLLECTIONS = 16,
	WARD_TAXII_INDICATORS = 1 << 18, /* of all collections */
	WARD_TAXII_KEPT = 128 << 20,     /* bytes of them */
	WARD_TAXII_PAGES = 10000,        /* of one collection at once */
	WARD_TAXII_BODY = 8 << 20,
	WARD_TAXII_PATH_MAX = 1024,
};

struct ward_taxii_client_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the client's life */
	const struct ward_limits *lim;
	struct ward_counters *counters;
	struct ward_str host; /* an IPv6 address without its brackets */
	uint16_t port;
	struct ward_str path;         /* of the address */
	struct ward_str user, secret; /* user empty: the secret is a bearer's token */
	ward_ns every;
	struct ward_seed random;
	/* All indicators of a collection, as a STIX bundle; new or changed. id: its own, a UUID. */
	enum ward_err (*got)(void *ctx, struct ward_str id, struct ward_str bundle);
	void *ctx;
};

struct ward_taxii_client;

/* NOMEM; CONFIG: the path is too long, or the secret has what no field may. */
WARD_MUST_CHECK enum ward_err ward_taxii_client_new(
	const struct ward_taxii_client_opts *o, struct ward_taxii_client **ret);
void ward_taxii_client_free(struct ward_taxii_client *c);
/* To be asked by whoever has the connection. What it counts as good: everything was got. */
struct ward_httppoll *ward_taxii_client_poll(const struct ward_taxii_client *c);

#endif
