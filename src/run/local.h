/* Unix sockets in the state folder, by which commands of this machine speak with Ward while it
 * runs: messages with bounds (SOCK_SEQPACKET). The supervisor makes the listener. */
#ifndef WARD_RUN_LOCAL_H
#define WARD_RUN_LOCAL_H

#include "base/err.h"

/* Who may reach it by the file's mode; who connects is asked of the kernel, too. */
enum ward_local_who {
	WARD_LOCAL_OWNER, /* 0600 */
	WARD_LOCAL_GROUP, /* 0660, of the state folder's group */
};

/* Listens at STATE/name, which replaces what a former life left. Close-on-exec, not blocking.
 * NOT_FOUND, DENIED, IO. */
WARD_MUST_CHECK enum ward_err ward_local_listen(
	const char *state, const char *name, enum ward_local_who who, int *ret_fd);
/* A command's side: blocking. NOT_FOUND: nothing runs there; DENIED; IO. */
WARD_MUST_CHECK enum ward_err ward_local_connect(const char *state, const char *name, int *ret_fd);

#endif
