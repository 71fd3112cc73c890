/* Private to `ship`: one connection to the API of a Ward, on which batches of events are posted,
 * one at a time, and now and then a key for a certificate; kept between them. What comes back is
 * untrusted: it is bounded, and of what becomes of a batch no more is read than that. */
#ifndef WARD_RUN_PROC_SHIP_LINK_H
#define WARD_RUN_PROC_SHIP_LINK_H

#include "http/message.h"
#include "respond/weburl.h"
#include "run/process.h"

#include <poll.h>

struct camera_tls_client;
struct camera_tls;

enum ship_state { SHIP_IDLE, SHIP_DIALING, SHIP_TALKING, SHIP_OPEN /* nothing is asked on it */ };

/* What became of a batch. */
enum ship_fate {
	SHIP_WAITS,   /* nothing yet */
	SHIP_ARRIVED, /* it is on the other side's disk */
	SHIP_REFUSED, /* the same will never be taken */
	SHIP_DENIED,  /* the token, certificate or code does not count there */
	SHIP_FAILED,  /* not now: the same again, later */
};

struct ship_link {
	struct ward_process *p;
	struct ward_weburl url;
	char token[1024]; /* empty: a certificate says who it is */
	struct camera_tls_client *client;
	struct camera_tls *tls;
	struct ward_httpmsg *answer;
	struct ward_wr out;
	size_t sent;
	int dialer, sock;
	enum ship_state state;
	short writable, readable;
	ward_ns began;          /* monotonic, of what is waited for */
	unsigned wait_s;        /* what the other side asks for; 0: nothing */
	unsigned status;        /* of the last answer; 0: there was none */
	char why[256];          /* of all but ARRIVED, for the log; printable */
	struct ward_slice said; /* what was answered; until the next is asked */
};

/* Settings url, secret_file, certificate (whom to trust), client_certificate and client_key. Before
 * the cage; ends the process when something is wrong. */
void ship_link_open(struct ship_link *l, struct ward_process *p);
void ship_link_close(struct ship_link *l);

/* From now on connections show this certificate and its key, one PEM file. CONFIG: l->why. */
WARD_MUST_CHECK enum ward_err ship_link_show(struct ship_link *l, const char *file);

/* Posts the body, which is borrowed for the call; only where nothing is on its way. */
struct ship_post {
	const char *target, *type;
	struct ward_str body;
};
void ship_link_post(struct ship_link *l, const struct ship_post *p);
/* After poll: what became of it. */
enum ship_fate ship_link_turn(struct ship_link *l);
/* What to wait for; p[0] is the dialer, p[1] the connection. */
void ship_link_poll(const struct ship_link *l, struct pollfd p[2]);

#endif
