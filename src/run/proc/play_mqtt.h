/* The player's MQTT sensors: one libmosquitto client per broker, MQTT 5, QoS 1.
 *
 * A lost connection is CLOSED, for good: free it and connect anew. Single-threaded. */
#ifndef WARD_RUN_PROC_PLAY_MQTT_H
#define WARD_RUN_PROC_PLAY_MQTT_H

#include "base/err.h"
#include "base/slice.h"

struct ward_publisher;

/* Connects and waits for the broker's word. AGAIN when nobody listens there yet, DENIED when it
 * says no, CLOSED, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_publisher_connect(
	const char *host, int port, int timeout_ms, struct ward_publisher **ret);
/* Sends one message; it is unacknowledged until the broker has it. topic is NUL-terminated. */
WARD_MUST_CHECK enum ward_err ward_publisher_put(
	struct ward_publisher *p, const char *topic, struct ward_slice payload);
int ward_publisher_fd(const struct ward_publisher *p);
/* Reads, writes and pings as is due, without waiting; call it when the socket is readable, and
 * several times a minute. DENIED when the broker refused a message; CLOSED, IO. */
WARD_MUST_CHECK enum ward_err ward_publisher_turn(struct ward_publisher *p);
/* Messages that the broker has not acknowledged. */
uint64_t ward_publisher_unacked(const struct ward_publisher *p);
/* Says goodbye and frees; NULL is allowed. */
void ward_publisher_free(struct ward_publisher *p);

#endif
