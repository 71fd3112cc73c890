/* SNMP by net-snmp, wrapped in this one file: GetRequest and GetBulkRequest by versions 2c and 3
 * (authPriv).
 *
 * It is given a connected UDP socket and opens nothing: no configuration, no MIB and no state of
 * net-snmp's is read or written. ward_snmp_new is for before the cage: it prepares what the library
 * and OpenSSL read at first use, and makes the keys. Faces what the agent sends. */
#ifndef WARD_SENSE_BUILDING_SNMP_H
#define WARD_SENSE_BUILDING_SNMP_H

#include "sense/building/snmp_client.h"

/* X(IDENT, "name"): how requests are protected. */
#define WARD_SNMP_SECURITY_LIST(X)                                                \
	X(V2C, "v2c")               /* a community, readable by all on the way */ \
	X(SHA_AES, "sha-aes")       /* RFC 3414 HMAC-SHA-96, RFC 3826 AES-128 */  \
	X(SHA256_AES, "sha256-aes") /* RFC 7860 HMAC-192-SHA-256, RFC 3826 AES-128 */

enum ward_snmp_security {
#define X(IDENT, name) WARD_SNMP_##IDENT,
	WARD_SNMP_SECURITY_LIST(X)
#undef X
		WARD_SNMP_SECURITY_N,
};
/* N: it is no name of one. */
enum ward_snmp_security ward_snmp_security_find(struct ward_str name);

struct ward_snmp_opts {
	int fd; /* connected; borrowed; of traps none */
	enum ward_snmp_security security;
	const char *user;    /* of version 3 */
	const char *secret;  /* community, or the pass phrase of authentication */
	const char *privacy; /* pass phrase of encryption */
	unsigned timeout_ms; /* of one answer */
};

struct ward_snmp;

/* Borrows nothing but fd afterwards. NOMEM; CONFIG: a pass phrase is shorter than eight bytes (RFC
 * 3414 11.2), or the library knows no such protection. */
WARD_MUST_CHECK enum ward_err ward_snmp_new(const struct ward_snmp_opts *o, struct ward_snmp **ret);
void ward_snmp_free(struct ward_snmp *s);
/* As ward_snmp_client_opts.read: ctx is the ward_snmp. */
enum ward_snmp_end ward_snmp_read(void *ctx, const struct ward_snmp_oid *const *oid, size_t n,
	bool bulk, struct ward_snmp_value *ret, const char **ret_why);

#endif
