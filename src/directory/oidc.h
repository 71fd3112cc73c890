/* OpenID Connect's code flow with PKCE (Core 1.0; RFC 6749, 7636, 9207), without a socket: what a
 * browser is sent to, what the provider is asked, and what its answers say.
 *
 * The provider's own endpoints are to be where its issuer is, for the process that speaks with it
 * can reach nothing else; where people type their password may be anywhere. Sees untrusted bytes.
 * Pure; single-threaded. */
#ifndef WARD_DIRECTORY_OIDC_H
#define WARD_DIRECTORY_OIDC_H

#include "directory/directory.h"
#include "directory/jwt.h"
#include "directory/who.h"

enum {
	WARD_OIDC_URL = 1024, /* bytes of an endpoint's address, at most */
	WARD_OIDC_CODE = 4096,
	WARD_OIDC_REFRESH = 8192,
	WARD_OIDC_REQUEST = 24 << 10,
	WARD_OIDC_SECRET = 512,
};

struct ward_oidc_provider {
	char authorize[WARD_OIDC_URL + 1]; /* where people go: a whole address */
	char token[WARD_OIDC_URL + 1], keys[WARD_OIDC_URL + 1]; /* paths at the issuer's host */
	bool posts_secret; /* the client's secret goes into the body: no other way is taken */
	bool says_issuer;  /* answers carry `iss` (RFC 9207) */
};

/* Of the discovery document. MALFORMED: *ret_why says what is wrong, and stays. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_oidc_provider_read(const struct ward_directory *d,
	struct ward_slice text, const struct ward_limits *lim, struct ward_oidc_provider *ret,
	const char **ret_why);

/* BASE64URL(SHA256(verifier)) (RFC 7636 4.2). */
void ward_oidc_put_challenge(struct ward_wr *w, struct ward_str verifier);
struct ward_oidc_begin {
	struct ward_str state, nonce, verifier;
};
/* Where the browser is to go. */
void ward_oidc_put_url(struct ward_wr *w, const struct ward_directory *d,
	const struct ward_oidc_provider *p, const struct ward_oidc_begin *b);

/* Whole requests. */
void ward_oidc_put_discovery(struct ward_wr *w, const struct ward_directory *d);
void ward_oidc_put_keys(
	struct ward_wr *w, const struct ward_directory *d, const struct ward_oidc_provider *p);
/* code empty: by `refresh`. */
struct ward_oidc_grant {
	struct ward_str code, verifier, refresh, secret;
};
void ward_oidc_put_grant(struct ward_wr *w, const struct ward_directory *d,
	const struct ward_oidc_provider *p, const struct ward_oidc_grant *g);

/* Tokens; borrow the arena. */
struct ward_oidc_tokens {
	struct ward_str id, access, refresh;
	struct ward_str error; /* as "invalid_grant"; empty: it is none */
};
/* MALFORMED, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_oidc_tokens_read(struct ward_slice text, struct ward_arena *a,
	const struct ward_limits *lim, struct ward_oidc_tokens *ret);

/* Who the claims say it is. MALFORMED: the claim of the name is missing, or none, or an address
 * that the provider does not vouch for. */
WARD_MUST_CHECK enum ward_err ward_oidc_who(const struct ward_directory *d,
	const struct ward_conf *claims, struct ward_directory_who *ret);

#endif
