/* Signing in by the hospital's own directory (docs/directory.md): what `login` makes of what
 * `directory` says.
 *
 * people.yml says who somebody is and what they may at most; the groups that they have in the
 * directory narrow it. Who signed in there is asked about again while they are signed in. While the
 * directory can't be reached, who was somebody there lately and is on the roster goes on, and signs
 * in by the password that they have here. Single-threaded, as signing. */
#ifndef WARD_RUN_SIGNING_DIRECT_H
#define WARD_RUN_SIGNING_DIRECT_H

#include "run/direct.h"
#include "run/signing.h"

enum { WARD_SIGNING_ENTERING = 128, WARD_ROSTER_BYTES = 64 << 10 };

/* A browser that is at the provider. */
struct ward_entering {
	uint8_t hash[WARD_SIGN_TOKEN]; /* of the token that it was given; zeros: free */
	char state[WARD_SIGN_TEXT], nonce[WARD_SIGN_TEXT], verifier[WARD_SIGN_TEXT];
	uint8_t device[WARD_SIGN_TOKEN]; /* key of the post that it is, or zeros */
	struct ward_id from;             /* its address */
	ward_ns until;                   /* monotonic */
};

/* Of signing; in it from its making. */
struct ward_signing_direct {
	bool down;     /* the last time it was asked it could not be reached */
	ward_ns since; /* wall clock: it is so */
	ward_ns heard; /* monotonic: the last time that it answered, or did not; 0: never */
	struct ward_str roster;
	struct ward_entering entering[WARD_SIGNING_ENTERING];
};

/* Who is on call: ids, a line each, behind a first line that is empty; p NULL: there is no roster,
 * and all are. Borrowed until the next. */
void ward_signing_roster(struct ward_signing *g, struct ward_str roster);
/* Is the directory to be asked before this is answered? Then what: *ret borrows s and g. */
bool ward_signing_asks(
	const struct ward_signing *g, const struct ward_sign *s, struct ward_direct *ret);
/* Does what is right here count by a provider's word alone, which is not of the half minute before
 * s came, or later? It is asked after the password: else the time of an answer tells whose name it
 * knows. However long s waits for its turn after that, it is asked once. */
bool signing_needs_word(
	const struct ward_signing *g, const struct ward_account *a, const struct ward_sign *s);
/* May it be asked now, or are there too many wrong answers? False: *ret says so. */
bool ward_signing_may_ask(
	struct ward_signing *g, const struct ward_sign *s, struct ward_signed *ret);
/* What the directory said of a password. True: *ret is the answer; false: it is to be answered by
 * the password that they have here. */
bool ward_signing_told(struct ward_signing *g, const struct ward_sign *s,
	const struct ward_directed *d, struct ward_signed *ret);

/* A browser begins: makes what it is to be known by. *ret borrows g. False: *no says why not. */
bool ward_signing_enter(struct ward_signing *g, const struct ward_enter *e, ward_ns mono,
	struct ward_direct *ret, struct ward_signed *no);
/* It came back: what is to be asked; its place is free again. */
bool ward_signing_come_back(struct ward_signing *g, const struct ward_enter *e, ward_ns mono,
	struct ward_entering *was, struct ward_direct *ret, struct ward_signed *no);
/* What became of it. */
void ward_signing_entered(struct ward_signing *g, const struct ward_enter *e,
	const struct ward_directed *d, struct ward_signed *ret);
/* Which ways there are, as JSON. */
void ward_signing_ways(struct ward_signing *g, struct ward_signed *ret);

/* The next whom the directory is to be asked about; false: nobody is due. *ret borrows g. */
bool ward_signing_due(struct ward_signing *g, ward_ns mono, struct ward_direct *ret);
/* What it said of the person with that key; DENIED ends their sessions. */
void ward_signing_still(struct ward_signing *g, struct ward_str key, const struct ward_directed *d);

#endif
