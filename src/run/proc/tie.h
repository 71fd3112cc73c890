/* Private to `standby` and `witness`: one connection that carries frames (standby/frame.h), by TLS
 * with a certificate on both sides; dialed by a child (dial.h), or accepted.
 *
 * Bytes of the peer are outside bytes: a frame that is none ends the connection. Nothing blocks. */
#ifndef WARD_RUN_PROC_TIE_H
#define WARD_RUN_PROC_TIE_H

#include "run/proc/camera_tls.h"
#include "run/proc/log_tls.h"
#include "run/process.h"
#include "standby/frame.h"

#include <poll.h>

enum { TIE_ROOM = 1 << 20, TIE_OUT_MAX = 8 << 20 };

struct tie {
	struct ward_process *p;
	const char *what;                 /* for the log */
	int dialer, sock;                 /* -1 */
	struct camera_tls_client *client; /* of one that is dialed; borrowed */
	struct camera_tls *dialed;
	struct log_tls *accepted;
	bool dialing;
	bool met;           /* a frame came: the peer has shown who it is */
	ward_ns not_before; /* monotonic: when to dial again */
	struct ward_wr out;
	size_t sent;
	short readable, writable;
	uint8_t in[WARD_STANDBY_FRAME_MAX];
	size_t n_in, n_used;
};

void tie_init(struct tie *t, struct ward_process *p, const char *what);
/* "HOST:PORT" of a setting; the certificate that it shows must be for host. Before the cage; ends
 * the process when something is wrong. host lives as long as t. */
void tie_dials(struct tie *t, const char *key, char host[256]);
/* A descriptor that was accepted, which it takes; an older connection ends. */
void tie_accept(struct tie *t, struct log_tls_server *s, int fd);
void tie_hang_up(struct tie *t);
bool tie_open(const struct tie *t);
/* Dials when nothing is there and it is time. */
void tie_keep(struct tie *t);
/* To be sent; without a connection, or without room, the connection ends. */
void tie_put(struct tie *t, const struct ward_standby_frame *f);
/* Whether records or files may be added. */
bool tie_room(const struct tie *t);
/* Moves bytes. True: the connection has begun, or ended (tie_open says which). */
bool tie_turn(struct tie *t);
/* The next frame; false: none yet. It lives until the next call on t. */
bool tie_next(struct tie *t, struct ward_standby_frame *ret);
/* What to wait for: the dialer, the connection. */
void tie_poll(const struct tie *t, struct pollfd p[2]);

#endif
