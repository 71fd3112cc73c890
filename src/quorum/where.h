/* Where the database is that several machines keep: `postgresql://USER@HOST[:PORT][,HOST…]/NAME`.
 *
 * A part of PostgreSQL's connection URIs (libpq 34.1.1.2): the hosts that may lead, one port for
 * all, a user, a database. Nothing else is taken: options could weaken what a session promises, and
 * a password would stand where many can read it. Pure; the text is an administrator's. */
#ifndef WARD_QUORUM_WHERE_H
#define WARD_QUORUM_WHERE_H

#include "base/err.h"
#include "base/slice.h"

enum { WARD_QUORUM_HOSTS = 7, WARD_QUORUM_PORT = 5432, WARD_QUORUM_TEXT = 64 };

struct ward_quorum_where {
	struct ward_str host[WARD_QUORUM_HOSTS]; /* without brackets; borrow the text */
	size_t n_host;                           /* > 0 */
	uint16_t port;
	struct ward_str user, database; /* at most WARD_QUORUM_TEXT - 1 bytes */
	bool local;                     /* all hosts are this machine: nobody listens in between */
};

/* CONFIG: *ret_why is a text for people, "what\nmend", that lives forever. */
WARD_MUST_CHECK enum ward_err ward_quorum_where_read(
	struct ward_str text, struct ward_quorum_where *ret, const char **ret_why);

#endif
