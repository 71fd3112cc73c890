/* What a browser says of a security key (W3C Web Authentication, level 2): one that is new, and one
 * that answers a challenge. It is untrusted: from a browser, by way of `api`.
 *
 *   {"id":"…","client":"…","auth":"…","signature":"…"}   all base64url; no signature of a new one
 *
 * `client` is the browser's JSON of what it was asked, and by whose page; `auth` is the key's. Keys
 * of the kind ES256 only. Who made a key is not asked (attestation "none"). Pure. */
#ifndef WARD_RUN_WEBAUTHN_H
#define WARD_RUN_WEBAUTHN_H

#include "base/limit.h"
#include "base/rd.h"
#include "base/wr.h"

enum {
	WARD_WEBAUTHN_JSON = 4096, /* bytes, at most */
	WARD_WEBAUTHN_ID = 128,
	WARD_WEBAUTHN_KEY = 64, /* x and y of P-256 */
	WARD_WEBAUTHN_CHALLENGE = 32,
	WARD_WEBAUTHN_BYTES = 1024, /* of client, auth or signature */
};

struct ward_webauthn {
	uint8_t id[WARD_WEBAUTHN_ID], client[WARD_WEBAUTHN_BYTES], auth[WARD_WEBAUTHN_BYTES],
		signature[WARD_WEBAUTHN_BYTES];
	size_t n_id, n_client, n_auth, n_signature;
};
/* MALFORMED, LIMIT; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_webauthn_read(
	struct ward_str json, const struct ward_limits *lim, struct ward_webauthn *ret);

/* What it must be of: the challenge that was given, "https://ward.example:8443", and its host. */
struct ward_webauthn_of {
	const uint8_t *challenge;
	struct ward_str origin, host;
};
struct ward_webauthn_key {
	uint8_t id[WARD_WEBAUTHN_ID], key[WARD_WEBAUTHN_KEY];
	size_t n_id;
	uint32_t count; /* of its answers; 0: it does not count them */
};
/* A new key: touched by a person, for this page and challenge. DENIED: it is not; MALFORMED;
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_webauthn_made(const struct ward_webauthn *w,
	const struct ward_webauthn_of *of, const struct ward_limits *lim,
	struct ward_webauthn_key *ret);
/* Does it answer for k? Its count goes up. DENIED: not by this key, not touched, of another page or
 * challenge, or its count does not go up (a copy of it does); MALFORMED; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_webauthn_answers(const struct ward_webauthn *w,
	const struct ward_webauthn_of *of, const struct ward_limits *lim,
	struct ward_webauthn_key *k);

/* Base64url without padding (RFC 4648 5). */
void ward_base64url_write(struct ward_wr *w, struct ward_slice s);
/* False: it is none, or has no room. */
bool ward_base64url_read(struct ward_str s, uint8_t *ret, size_t cap, size_t *ret_len);

#endif
