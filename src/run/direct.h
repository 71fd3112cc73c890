/* What is said of the hospital's own directory of people (directory.yml): by `login` to the process
 * `directory`, which alone speaks with it, and by `api` to `login` when a browser signs in there.
 *
 * DIRECT    u8 what, lv name, secret, state, nonce, verifier, issuer
 * DIRECTED  u8 error, lv url, name, key, u8 n and n lv groups, u8 flags
 * ENTER     u8 what, 16 bytes from, 32 bytes token, 32 bytes device, lv state, code, issuer,
 *           error; answered by SIGNED (run/sign.h)
 *
 * Each request is answered by one message of the same id. A code is good once: asked again, the
 * answer is that it is none. Both sides check everything: `directory` reads what the outside sends,
 * and may have been taken over. Then it can say of people who have signed in there that they are
 * who they are not; it can give nobody a right that people.yml does not. */
#ifndef WARD_RUN_DIRECT_H
#define WARD_RUN_DIRECT_H

#include "directory/oidc.h"
#include "run/sign.h"

/* X(NAME, which of the fields it needs) */
#define WARD_DIRECT_LIST(X)                                                             \
	X(BEGIN, "state, nonce, verifier: where is a browser to go to sign in?")        \
	X(CODE, "secret: a code that came back, nonce, verifier, issuer: who is that?") \
	X(PASSWORD, "name, secret: a password; is that who they say?")                  \
	X(STILL, "name: a key that was answered before; are they still somebody there?")

enum ward_direct_what {
#define X(NAME, what) WARD_DIRECT_##NAME,
	WARD_DIRECT_LIST(X)
#undef X
		WARD_DIRECT_N,
};

struct ward_direct {
	enum ward_direct_what what;
	struct ward_str name, secret, state, nonce, verifier, issuer;
};
void ward_direct_put(struct ward_wr *w, const struct ward_direct *d);
/* Texts borrow the message. MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_direct_get(struct ward_rd *r, struct ward_direct *ret);

/* err: OK; DENIED: no, or no more; STATE: it gave no way of asking again about this person; AGAIN:
 * the directory can't be reached, or does not do as it should; its log says why. */
struct ward_directed {
	enum ward_err err;
	struct ward_str url;                          /* of BEGIN */
	struct ward_str name, key;                    /* who it is, and by which key to ask again */
	struct ward_str group[WARD_DIRECTORY_GROUPS]; /* of directory.yml's `groups`, as there */
	size_t n_group;
	bool has_groups; /* it said so; else they are as they were */
	bool many;       /* signed in there with more than a password */
};
void ward_directed_put(struct ward_wr *w, const struct ward_directed *d);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_directed_get(struct ward_rd *r, struct ward_directed *ret);

/* What `api` asks for a browser: X(NAME, fields). */
#define WARD_ENTER_LIST(X)                                                      \
	X(WAYS, "which ways are there to sign in? (JSON)")                      \
	X(BEGIN, "token: of this browser, new; where is it to go? (JSON: url)") \
	X(FINISH, "token, state, code or error, issuer: it came back; a session follows")
enum ward_enter_what {
#define X(NAME, what) WARD_ENTER_##NAME,
	WARD_ENTER_LIST(X)
#undef X
		WARD_ENTER_N,
};
struct ward_enter {
	enum ward_enter_what what;
	uint8_t from[WARD_SIGN_FROM];
	uint8_t token[WARD_SIGN_TOKEN];
	uint8_t device[WARD_SIGN_TOKEN]; /* of BEGIN: key of a post; all zero: it is none */
	struct ward_str state, code, issuer, error;
};
void ward_enter_put(struct ward_wr *w, const struct ward_enter *e);
/* MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_enter_get(struct ward_rd *r, struct ward_enter *ret);

#endif
