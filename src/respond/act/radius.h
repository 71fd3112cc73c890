/* RADIUS, as far as another authorization of a device's session is asked for: CoA-Request and what
 * comes back (RFC 5176), by the bytes.
 *
 * Pure; by libcrypto. The secret is shared with whoever answers; MD5 is the protocol's. A request
 * is protected by its authenticator and by a Message-Authenticator (RFC 3579 3.2), an answer is
 * read only if its own are right. Whoever answers may have been taken over, and so may the network:
 * what is read is checked to its end. */
#ifndef WARD_RESPOND_ACT_RADIUS_H
#define WARD_RESPOND_ACT_RADIUS_H

#include "base/mem.h"
#include "base/err.h"
#include "base/limit.h"
#include "base/wr.h"

enum {
	WARD_RADIUS_PORT = 3799,
	WARD_RADIUS_MAX = 4096, /* bytes of a packet (RFC 2865 3) */
	WARD_RADIUS_MAC = 6,
	WARD_RADIUS_VALUE = 64, /* of what is set */
	WARD_RADIUS_NAS = 200,  /* of a NAS-Identifier */
};

/* What is set: X(NAME, "name") */
#define WARD_RADIUS_SET_LIST(X)                                             \
	X(FILTER, "filter") /* Filter-Id: a policy that the switch knows */ \
	X(VLAN, "vlan")     /* Tunnel-Private-Group-ID (RFC 3580 3.31) */
enum ward_radius_set {
#define X(NAME, name) WARD_RADIUS_##NAME,
	WARD_RADIUS_SET_LIST(X)
#undef X
		WARD_RADIUS_SET_N,
};

struct ward_radius_ask {
	uint8_t id;                   /* the same for all copies of a request */
	uint32_t time;                /* seconds since 1970, of the first copy */
	uint8_t mac[WARD_RADIUS_MAC]; /* whose session */
	enum ward_radius_set set;
	struct ward_str value; /* as ward_radius_what gives it */
	struct ward_str nas;   /* NAS-Identifier; may be empty */
};

/* "vlan 999", "filter quarantine": what is set, of letters, digits and ._:/- alone, at most
 * WARD_RADIUS_VALUE. *ret_value borrows s. False: it is no such text. */
WARD_MUST_CHECK bool ward_radius_what(
	struct ward_str s, enum ward_radius_set *ret, struct ward_str *ret_value);
/* "run" and "mac" of the body of a request that `act` made, into a->set, value and mac. Texts live
 * in the arena. MALFORMED: it is none, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_radius_asked(struct ward_arena *arena,
	const struct ward_limits *lim, struct ward_str body, struct ward_radius_ask *a);
/* The bytes of the request. LIMIT: a text of it is too long; UNSUPPORTED: the library has no MD5.
 */
WARD_MUST_CHECK enum ward_err ward_radius_write(
	struct ward_wr *w, const struct ward_radius_ask *a, struct ward_str secret);

struct ward_radius_said {
	bool done;      /* CoA-ACK; else CoA-NAK */
	uint32_t cause; /* Error-Cause of a NAK; 0: it gives none */
};
/* An answer to that request. FOREIGN: of another; MALFORMED; DENIED: whoever sent it has not the
 * secret. UNSUPPORTED. */
WARD_MUST_CHECK enum ward_err ward_radius_read(struct ward_slice answer, struct ward_slice request,
	struct ward_str secret, struct ward_radius_said *ret);
/* What an Error-Cause says (RFC 5176 3.5). Lives forever. */
const char *ward_radius_cause(uint32_t cause);

#endif
