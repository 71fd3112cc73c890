/* Connections outwards, made by a child process that does nothing else.
 *
 * Whoever speaks with a peer reads what the peer sends, and is caged without any call that makes a
 * socket; whoever makes the sockets reads nothing. The child is forked before the cage, keeps
 * neither a password nor a descriptor but the link, takes its own uid and may get no other right,
 * and has a child of its own that looks the host's name up when it is first asked, enters a cage
 * that lets it connect to that port only, and sends each connected socket over the link. When no
 * address leads anywhere, that one ends, and another looks the name up at the next time: a
 * recipient may move. While no name server answers, the addresses by which it was reached last
 * still hold. Both end with their parents. */
#ifndef WARD_RUN_DIAL_H
#define WARD_RUN_DIAL_H

#include "run/process.h"

enum { WARD_DIAL_HOST = 256 };

/* Whom to connect with, and what of our memory the child must not keep (NULL: nothing). */
struct ward_dial {
	char host[WARD_DIAL_HOST];
	uint16_t port;
	bool datagram; /* UDP: connected so that what others send is not heard */
	void *secret;
	size_t len_secret;
};

/* "HOST:PORT"; an IPv6 address may stand in brackets. False: it is none. */
WARD_MUST_CHECK bool ward_dial_parse(struct ward_str at, struct ward_dial *ret);
/* *ret_link is the parent's end, which does not block. Before the cage. Ends the process when there
 * is no memory or process to have. */
void ward_dial_start(struct ward_process *p, const struct ward_dial *to, int *ret_link);
/* Asks for a connection; one at a time. CLOSED, IO: the child is gone. */
WARD_MUST_CHECK enum ward_err ward_dial_ask(int link);
/* What came of it: a connected, non-blocking socket, which is the caller's; AGAIN: nothing yet;
 * DENIED: the peer refuses connections; NOT_FOUND: it can't be reached, or its name not be found.
 * CLOSED, IO: the child is gone. */
WARD_MUST_CHECK enum ward_err ward_dial_take(int link, int *ret_fd);

#endif
