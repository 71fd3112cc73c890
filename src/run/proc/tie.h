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

enum { TIE_ROOM = 1 << 20, TIE_OUT_MAX = 8 << 20, TIE_SEATS = 8 };

/* Whose certificate is taken of those who connect. */
struct tie_guard {
	char own[WARD_STANDBY_NAME]; /* the name of ours, which no other may bear */
	const char *host;            /* what it must be for; NULL: any of those that we trust */
};

struct tie {
	struct ward_process *p;
	const char *what;                 /* for the log */
	int dialer, sock;                 /* -1 */
	struct camera_tls_client *client; /* of one that is dialed; borrowed */
	struct camera_tls *dialed;
	struct log_tls *accepted;
	const struct tie_guard *guard; /* of one that is accepted; borrowed */
	bool dialing;
	bool told_version;            /* that it is of another one was said */
	bool met;                     /* a frame came: the peer has shown who it is … */
	char name[WARD_STANDBY_NAME]; /* … by the CN of its certificate, if it was accepted */
	ward_ns since;                /* monotonic: when it began */
	ward_ns not_before;           /* monotonic: when to dial again */
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
/* A descriptor that was accepted, which it takes; an older connection ends. With the first frame
 * the certificate is held against guard, which lives as long as t; and a HELLO or CLAIM speaks for
 * the name in that certificate alone, or ends the connection ("standby.foreign"). */
void tie_accept(struct tie *t, struct log_tls_server *s, const struct tie_guard *guard, int fd);
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

/* tie_seats.c: those who connect. Who has shown a certificate is not disturbed by those who have
 * not: these have a few seconds, and the oldest of them makes room. */
struct tie_seats {
	struct log_tls_server *tls;
	struct tie_guard guard;
	int listener;
	struct tie tie[TIE_SEATS];
};

/* Settings "certificate", "key", "trust", descriptor "listener". Before the cage; ends the process
 * when something is wrong. The guard's host is the caller's to set. */
void tie_seats_open(struct tie_seats *s, struct ward_process *p, const char *what);
/* Takes a connection that waits at the listener. */
void tie_seats_accept(struct tie_seats *s);
/* Moves bytes of all, and ends who took too long. */
void tie_seats_turn(struct tie_seats *s);
/* t has met: what its peer had before it is over. */
void tie_seats_met(struct tie_seats *s, const struct tie *t);
/* The listener, then two of each. */
enum { TIE_SEATS_POLL = 1 + 2 * TIE_SEATS };
void tie_seats_poll(const struct tie_seats *s, struct pollfd p[TIE_SEATS_POLL]);

#endif
