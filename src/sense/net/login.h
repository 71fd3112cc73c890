/* Somebody shows who they are, in whatever protocol: one class of events, net.login, so that one
 * rule counts failures of all. The event comes from the side that logs in. */
#ifndef WARD_SENSE_NET_LOGIN_H
#define WARD_SENSE_NET_LOGIN_H

#include "base/slice.h"
#include "sense/net/dissector.h"

enum ward_login_outcome { WARD_LOGIN_OK, WARD_LOGIN_FAILED, WARD_LOGIN_UNKNOWN };

struct ward_login {
	/* Any bytes; becomes the field `user`, which is hidden before anything is recorded. Empty:
	 * not known. A secret is never told. */
	struct ward_slice user;
	const char *method; /* password, publickey, ntlm …; NULL: not known; lives forever */
	enum ward_login_outcome outcome;
	bool cleartext; /* the secret could be read */
};

/* d's side logs in, or with `turned` the other side does (its answer settled it). */
void ward_emit_login(const struct ward_dissect *d, const struct ward_login *login, bool turned);

#endif
