/* The sockets of an MQTT endpoint: connections of one listener, read and written without blocking.
 *
 * The owner polls, and works in rounds: ward_listen_round takes what has come and hands messages to
 * the callback; the owner makes them durable; ward_listen_acknowledge sends the acknowledgements.
 * While the owner does not come round, nothing is read and clients wait. Single-threaded. */
#ifndef WARD_SENSE_FIELD_LISTEN_H
#define WARD_SENSE_FIELD_LISTEN_H

#include "sense/field/endpoint.h"

struct pollfd;
struct ward_listen;

/* A listening TCP socket at "ADDR:PORT" (an IPv6 address in brackets); for those that have no
 * supervisor to give them one. MALFORMED: no such address; IO: errno says why. */
WARD_MUST_CHECK enum ward_err ward_listen_socket(struct ward_str where, int *ret_fd);

/* Borrows fd, a listening socket, which is made non-blocking; opts as for the endpoint, whose
 * callback is called by round, acknowledge and tick. NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_listen_new(
	const struct ward_mqtt_endpoint_opts *opts, int fd, struct ward_listen **ret);
/* Closes all connections at once: see ward_listen_leave. NULL is allowed. */
void ward_listen_free(struct ward_listen *l);

/* How many places in a poll it needs, at most. */
size_t ward_listen_places(const struct ward_listen *l);
/* Fills n = ward_listen_places() of them. */
void ward_listen_poll(const struct ward_listen *l, struct pollfd *p);
/* Handles what poll said of the same places. NOMEM, or the callback's error. */
WARD_MUST_CHECK enum ward_err ward_listen_round(
	struct ward_listen *l, const struct pollfd *p, ward_ns now);
/* Everything that the callback took is durable. NOMEM, or the callback's error: a connection that
 * is over may leave a will behind, which is for the next round. */
WARD_MUST_CHECK enum ward_err ward_listen_acknowledge(struct ward_listen *l, ward_ns now);
/* True when something was taken since: make it durable and acknowledge before the next poll. */
bool ward_listen_unsettled(const struct ward_listen *l);
/* About once a second, after a round, with that round's time. NOMEM, or the callback's error. */
WARD_MUST_CHECK enum ward_err ward_listen_tick(struct ward_listen *l, ward_ns now);
/* Says goodbye to all clients for LEAVING or FULL, and closes; nothing is acknowledged. */
void ward_listen_leave(struct ward_listen *l, enum ward_mqtt_reject why, ward_ns now);

#endif
