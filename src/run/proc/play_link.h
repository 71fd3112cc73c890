/* The player's ways out that are plain sockets: syslog over UDP and TCP, frames on an interface.
 *
 * All are opened before the sandbox and never anew. Private to the player; single-threaded. */
#ifndef WARD_RUN_PROC_PLAY_LINK_H
#define WARD_RUN_PROC_PLAY_LINK_H

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"

enum { WARD_LINK_HOST_MAX = 256 };

/* HOST:PORT; an IPv6 address stands in brackets. False when it is none. */
bool ward_link_split(struct ward_str where, char host[WARD_LINK_HOST_MAX], int *ret_port);

/* A socket that is connected to `where`, of SOCK_DGRAM or SOCK_STREAM. AGAIN when nobody listens
 * there yet, CONFIG when it is no address, IO; errno says why. */
WARD_MUST_CHECK enum ward_err ward_link_connect(struct ward_str where, int type, int *ret_fd);
/* The same for datagrams, as if they came from the host of that address, which is not this
 * machine's: in a network of our own only. */
WARD_MUST_CHECK enum ward_err ward_link_from(
	struct ward_str where, const uint8_t ip[4], int *ret_fd);
/* One datagram. AGAIN when nobody listens there: it did not arrive. IO. */
WARD_MUST_CHECK enum ward_err ward_link_datagram(int fd, struct ward_slice s);
/* One message on a stream, octet-counted (RFC 6587 3.4.1). CLOSED, IO. */
WARD_MUST_CHECK enum ward_err ward_link_counted(int fd, struct ward_slice s);
/* Says that no more comes, and waits until the other side has read all and closed. AGAIN after
 * timeout_ms; IO. */
WARD_MUST_CHECK enum ward_err ward_link_finish(int fd, int timeout_ms);

/* A packet socket that sends on iface and hears nothing. NOT_FOUND when there is no such interface,
 * DENIED, IO; errno says why. */
WARD_MUST_CHECK enum ward_err ward_link_wire(const char *iface, int *ret_fd);
/* One frame. IO. */
WARD_MUST_CHECK enum ward_err ward_link_frame(int fd, struct ward_slice frame);

#endif
