/* Private to processes that fetch from one address: the connection to it, over TLS, whose sockets a
 * child makes (dial.h). What is asked and what answers mean is said by a client without a socket
 * (http/poll: sense/cap/fetch, exchange/taxii_client, region/ask). */
#ifndef WARD_RUN_PROC_CLIENT_H
#define WARD_RUN_PROC_CLIENT_H

#include "http/poll.h"
#include "run/process.h"

struct client_opts {
	struct ward_process *p;     /* borrowed */
	struct ward_httppoll *poll; /* borrowed */
	const char *host;           /* borrowed until it is made */
	uint16_t port;
	ward_ns every;
	const char *lost; /* the log's word for an attempt that failed, forever */
	void *secret;     /* what the child must not keep; NULL: nothing */
	size_t len_secret;
	/* The address gave nothing good for three intervals, and why; or does again (reason NULL),
	 * after that time. */
	void (*silent)(void *ctx, const char *reason, ward_ns length);
	void *ctx;
};

struct client;

/* Before the cage: reads the settings certificate (whom to trust), client_certificate (PEM, with
 * its key: who we are; may lack) and what TLS needs, and starts the child. Ends the process when
 * that can't be. */
struct client *client_new(const struct client_opts *o);
void client_free(struct client *w);
/* One turn: waits for at most half a second. */
void client_turn(struct client *w);

#endif
