/* Signed tokens of an identity provider (RFC 7515, 7517, 7519; OpenID Connect Core 3.1.3.7).
 *
 * Taken are RS256, PS256 and ES256, by keys that the provider publishes; everything else is
 * refused, `none` and keyed hashes above all. The bytes that were signed are the bytes that are
 * read. Signatures are OpenSSL's. Sees untrusted bytes; pure but for OpenSSL. Single-threaded. */
#ifndef WARD_DIRECTORY_JWT_H
#define WARD_DIRECTORY_JWT_H

#include "conf/conf.h"

enum {
	WARD_JWT_KEYS = 32,
	WARD_JWT_KID = 256,        /* bytes, at most */
	WARD_JWT_TOKEN = 32 << 10, /* of a token, at most */
	WARD_JWT_ARENA = 4 << 20,  /* that reading one needs, at most */
	WARD_JWT_RSA_BITS = 2048,  /* at least */
};

/* How far the provider's clock may be from ours, and how old a token may be that is said to be
 * new. */
#define WARD_JWT_SKEW (60 * WARD_NS_PER_S)
#define WARD_JWT_FRESH (10 * 60 * WARD_NS_PER_S)

struct ward_jwt_keys;

/* Keys out of a JWK set, which borrow lim; those that are of no use here are left out, and counted.
 * MALFORMED: it is no set of keys; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_jwt_keys_read(struct ward_slice text,
	const struct ward_limits *lim, struct ward_jwt_keys **ret, size_t *ret_n, size_t *ret_left);
void ward_jwt_keys_free(struct ward_jwt_keys *k);

/* What the token is to say. */
struct ward_jwt_wanted {
	struct ward_str issuer, audience;
	struct ward_str nonce;  /* empty: none is asked for (of a token that came by a refresh) */
	struct ward_str access; /* the token that came with it, for at_hash; may be empty */
	ward_ns now;            /* wall clock */
};

/* *ret_claims, in the arena, once all of it holds. DENIED: *ret_why says what does not; NOT_FOUND:
 * it is signed by a key that is none of these (they may be old); NOMEM. */
WARD_MUST_CHECK enum ward_err ward_jwt_verify(const struct ward_jwt_keys *k, struct ward_str token,
	const struct ward_jwt_wanted *w, struct ward_arena *a, const struct ward_conf **ret_claims,
	const char **ret_why);

/* base64url without padding (RFC 7515 2): bytes into cap; SIZE_MAX: it is none, or has no room. */
size_t ward_jwt_base64url_read(struct ward_str s, uint8_t *ret, size_t cap);
void ward_jwt_base64url_write(struct ward_wr *w, struct ward_slice s);

#endif
