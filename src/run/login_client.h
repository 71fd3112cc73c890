/* A command's side of `login`: accounts, for root and whoever runs Ward (`ward account`). */
#ifndef WARD_RUN_LOGIN_CLIENT_H
#define WARD_RUN_LOGIN_CLIENT_H

#include "run/ipc.h"
#include "run/sign.h"

/* The socket's name in the state folder. */
#define WARD_LOGIN_SOCKET "login-desk"

struct ward_login_client; /* holds the answer's bytes, and the connection */

/* Says s to the `login` of that state folder and waits for the answer, at most ten seconds. *ret
 * borrows *ret_c, which is to be freed. NOT_FOUND: nothing runs there; DENIED: the socket is not
 * for this user; AGAIN: no answer came; CLOSED, MALFORMED, NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_login_say(const char *state, const struct ward_sign *s,
	struct ward_login_client **ret_c, struct ward_signed *ret);
void ward_login_client_free(struct ward_login_client *c);

#endif
