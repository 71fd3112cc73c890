/* The little of LDAP that signing in needs (RFC 4511): bind with a name and password, search for
 * one person, and read what the server answers. Bytes in and out, without a socket; the connection
 * is TLS from its first byte (LDAPS).
 *
 * BER as LDAP uses it: definite lengths only (5.1). Sees untrusted bytes. Pure; single-threaded. */
#ifndef WARD_DIRECTORY_LDAP_H
#define WARD_DIRECTORY_LDAP_H

#include "base/rd.h"
#include "base/wr.h"
#include "directory/who.h"

enum {
	WARD_LDAP_MESSAGE = 1 << 20, /* bytes of one message, at most */
	WARD_LDAP_DN = 1024,
	WARD_LDAP_REQUEST = 8192,
};

/* Result codes that are told apart (RFC 4511 4.1.9). */
enum { WARD_LDAP_SUCCESS = 0, WARD_LDAP_SIZE_LIMIT = 4, WARD_LDAP_WRONG = 49 };

/* A simple bind. An empty password would bind as nobody, and is not to be put. */
void ward_ldap_put_bind(
	struct ward_wr *w, int32_t id, struct ward_str dn, struct ward_str password);
/* Beneath `base`: who has that name in `person`; asks for what is read below, two at most. */
void ward_ldap_put_search(
	struct ward_wr *w, int32_t id, const struct ward_directory *d, struct ward_str name);
void ward_ldap_put_unbind(struct ward_wr *w, int32_t id);

/* Whom a search found. */
struct ward_ldap_found {
	size_t n; /* entries; only of one there is more */
	char dn[WARD_LDAP_DN + 1];
	bool disabled; /* the account is disabled, locked or over */
	struct ward_directory_who who;
};

enum ward_ldap_what {
	WARD_LDAP_BOUND, /* result */
	WARD_LDAP_ENTRY, /* it was added to *found */
	WARD_LDAP_DONE,  /* of the search; result */
	WARD_LDAP_OTHER, /* of no meaning here */
	WARD_LDAP_ENDED, /* the server says that it ends the connection */
};
struct ward_ldap_answer {
	enum ward_ldap_what what;
	int32_t id;
	int32_t result;
};

/* One message off the front: OK: *ret_used bytes are it. MORE: it is not whole. MALFORMED; LIMIT.
 * now: whether an account is over. */
WARD_MUST_CHECK enum ward_err ward_ldap_take(struct ward_slice bytes,
	const struct ward_directory *d, ward_ns now, struct ward_ldap_found *found,
	size_t *ret_used, struct ward_ldap_answer *ret);

#endif
