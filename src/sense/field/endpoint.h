/* The MQTT endpoint: a server of MQTT 3.1, 3.1.1 and 5.0 that can only be published to.
 *
 * Sensors, gateways and brokers' bridges publish to it with QoS 0 or 1; what it takes goes to one
 * callback, and its acknowledgement goes out only when the owner says that the message is durable.
 * A pure state machine: bytes and times in, callbacks and bytes out; no socket, clock or file. Sees
 * untrusted bytes; single-threaded. Times are of one monotonic clock. docs/mqtt.md says what
 * clients may expect; the choices behind it:
 *
 * - QoS 2 of MQTT 3 is taken with its four steps, without a list of identifiers: a message that
 *   comes twice is known by its boot and seq, not by the transport. In 5.0 Maximum QoS is 1.
 * - Retain is accepted and means nothing: nobody can subscribe. Refusing it (Retain Available 0)
 *   would lock out sensors with retained wills.
 * - SUBSCRIBE is answered and refused; UNSUBSCRIBE is answered, since bridges send it.
 * - Sessions have nothing in them, but must be known: a client of 5.0 throws its unacknowledged
 *   messages away when its session is not present (3.2.2.1.1).
 * - When Ward itself ends a connection to leave or for want of room, the will is dropped: it would
 *   say something about the sensor that nobody knows. */
#ifndef WARD_SENSE_FIELD_ENDPOINT_H
#define WARD_SENSE_FIELD_ENDPOINT_H

#include "base/clock.h"
#include "base/counter.h"
#include "base/limit.h"
#include "sense/field/mqtt_packet.h"

/* One message, borrowed for the call. */
struct ward_mqtt_message {
	struct ward_str topic;
	struct ward_slice payload;
	uint8_t qos;
	bool dup;  /* its sender thinks that it may have come before */
	bool will; /* the last will of a client that is gone */
};

struct ward_mqtt_endpoint_opts {
	const struct ward_mem *mem; /* pointers are borrowed for the endpoint's life */
	const struct ward_limits *lim;
	struct ward_counters *counters;
	size_t n_conn_max;           /* 0: mqtt.connections */
	const char *filter;          /* what may be published; valid (ward_mqtt_filter_valid) */
	const char *user, *password; /* both or neither: who may connect */
	uint64_t seed;               /* of the client ids that it gives: differs in each life */
	/* Takes a message. An error is handed on to the caller of the endpoint, which is then good
	 * for nothing but ward_mqtt_endpoint_free. */
	enum ward_err (*message)(void *ctx, const struct ward_mqtt_message *m);
	void *ctx;
};

struct ward_mqtt_endpoint;
struct ward_mqtt_conn;

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mqtt_endpoint_new(
	const struct ward_mqtt_endpoint_opts *opts, struct ward_mqtt_endpoint **ret);
/* Frees all connections too; publishes nothing. NULL is allowed. */
void ward_mqtt_endpoint_free(struct ward_mqtt_endpoint *e);

/* A client has connected; *ret lives until ward_mqtt_conn_end. LIMIT (counted): no more than
 * n_conn_max. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mqtt_conn_begin(
	struct ward_mqtt_endpoint *e, ward_ns now, struct ward_mqtt_conn **ret);
/* Its socket is closed, by whomever: publishes the will where that is due, frees c. NOMEM, or the
 * callback's error. */
WARD_MUST_CHECK enum ward_err ward_mqtt_conn_end(struct ward_mqtt_conn *c, ward_ns now);

/* Takes whole packets off bytes; *ret_used says how far. What is left must be given again, with
 * what came after it: a packet that is not all there, or one that must wait for
 * ward_mqtt_conn_acknowledge or ward_mqtt_conn_sent. Nothing is left that is longer than
 * mqtt.packet and could go on. A closed connection takes everything and drops it. NOMEM, or the
 * callback's error. */
WARD_MUST_CHECK enum ward_err ward_mqtt_conn_feed(
	struct ward_mqtt_conn *c, struct ward_slice bytes, ward_ns now, size_t *ret_used);
/* Every message taken so far is durable: writes the acknowledgements that are due, in the order of
 * the messages (4.6). */
void ward_mqtt_conn_acknowledge(struct ward_mqtt_conn *c);
/* How many messages wait for their acknowledgement. */
size_t ward_mqtt_conn_due(const struct ward_mqtt_conn *c);

/* What is to be sent; lives until the next call on c. */
struct ward_slice ward_mqtt_conn_output(const struct ward_mqtt_conn *c);
/* Its first n bytes were. */
void ward_mqtt_conn_sent(struct ward_mqtt_conn *c, size_t n);
/* True when the socket is to be closed as soon as the output is sent (or can't be); *ret_why, which
 * may be NULL, is the reason (NONE: the client said goodbye). Any call may close any connection:
 * a client that connects anew takes its session over. */
bool ward_mqtt_conn_closed(const struct ward_mqtt_conn *c, enum ward_mqtt_reject *ret_why);

/* Call about once a second, after what has come in was fed: clients that are silent or slow, wills
 * that waited, sessions that end. NOMEM, or the callback's error. O(sessions). */
WARD_MUST_CHECK enum ward_err ward_mqtt_endpoint_tick(struct ward_mqtt_endpoint *e, ward_ns now);
/* Closes all connections, for LEAVING or FULL, and acknowledges nothing: clients will send again
 * what has no acknowledgement. No will is published. */
void ward_mqtt_endpoint_leave(struct ward_mqtt_endpoint *e, enum ward_mqtt_reject why, ward_ns now);

#endif
