/* What processes share that speak with the database of the journal: where it is, by which secret
 * and which authority; made before the cage. */
#ifndef WARD_RUN_PROC_QUORUM_DIAL_H
#define WARD_RUN_PROC_QUORUM_DIAL_H

#include "quorum/quorum.h"
#include "run/process.h"

enum { QUORUM_SECRET = 256 };

struct quorum_dial {
	struct ward_quorum_where where;
	char address[WARD_QUORUM_HOSTS][WARD_QUORUM_ADDRESS];
	char password[QUORUM_SECRET], trust[32];
};

/* By the settings "where", "password_file" and "trust"; connects nowhere. Looks up the hosts'
 * names, since none are in the cage, and starts the libraries. Binds the process to the one port. d
 * must not move. Ends the process where a setting is none. */
void quorum_dial_open(
	struct quorum_dial *d, struct ward_process *p, ward_ns deadline, struct ward_quorum **ret);

#endif
