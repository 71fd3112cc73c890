/* Private to processes that fetch from one address: the connection to it, over TLS, whose sockets a
 * child makes (dial.h). What is asked and what answers mean is said by a client without a socket
 * (sense/cap/fetch, exchange/taxii_client). */
#ifndef WARD_RUN_PROC_CLIENT_H
#define WARD_RUN_PROC_CLIENT_H

#include "run/process.h"

/* Its functions, as the headers of both say; `of` is the client itself. */
struct client_asks {
	void *of;
	enum ward_err (*due)(void *of, ward_ns mono, struct ward_slice *ret);
	void (*sent)(void *of, size_t n);
	ward_ns (*next)(const void *of);
	bool (*overdue)(const void *of, ward_ns mono);
	enum ward_err (*bytes)(void *of, struct ward_slice bytes, ward_ns mono);
	enum ward_err (*ended)(void *of, ward_ns mono, const char *why);
	const char *(*why)(const void *of);
	uint64_t (*good)(const void *of);
};

struct client_opts {
	struct ward_process *p; /* borrowed */
	struct client_asks asks;
	const char *host; /* borrowed until it is made */
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
