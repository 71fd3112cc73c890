/* A client of a TAXII 2.1 server (OASIS Standard, 2021), without a socket: bytes of the server in,
 * bytes for it and indicators out.
 *
 * The address is a collection, or an API root, of which each collection that may be read is got.
 * Pages are got one after the other, the first time all, later what was added since; what is kept
 * are indicators, each in its last version. A collection is handed on whole, or not at all. Pure
 * state machine; sees untrusted bytes; single-threaded. Redirects are not followed. */
#ifndef WARD_EXCHANGE_TAXII_CLIENT_H
#define WARD_EXCHANGE_TAXII_CLIENT_H

#include "base/counter.h"
#include "base/hash.h"
#include "base/limit.h"
#include "base/wr.h"

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
/* What is to be sent, if anything is due by now (monotonic); empty: nothing. */
WARD_MUST_CHECK enum ward_err ward_taxii_client_due(
	struct ward_taxii_client *c, ward_ns mono, struct ward_slice *ret);
void ward_taxii_client_sent(struct ward_taxii_client *c, size_t n);
/* When it next has something to do by itself, monotonic. */
ward_ns ward_taxii_client_next(const struct ward_taxii_client *c);
/* An answer is overdue. */
bool ward_taxii_client_overdue(const struct ward_taxii_client *c, ward_ns mono);
/* What came. CLOSED: the connection is to be ended, all is well. FOREIGN: it is to be ended,
 * ward_taxii_client_why says why. NOMEM, or got's error. */
WARD_MUST_CHECK enum ward_err ward_taxii_client_bytes(
	struct ward_taxii_client *c, struct ward_slice bytes, ward_ns mono);
/* The connection ended, or none came about (why: in words; NULL: the server ended it). OK: nothing
 * was lost by that; FOREIGN; NOMEM, or got's error. */
WARD_MUST_CHECK enum ward_err ward_taxii_client_ended(
	struct ward_taxii_client *c, ward_ns mono, const char *why);
const char *ward_taxii_client_why(const struct ward_taxii_client *c);
/* How often everything was got. */
uint64_t ward_taxii_client_good(const struct ward_taxii_client *c);

#endif
