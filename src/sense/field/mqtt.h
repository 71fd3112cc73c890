/* The MQTT client: libmosquitto (3.1.1 and 5), wrapped in this one file.
 *
 * Connecting needs the network and name lookup; everything after it needs only the one connected
 * socket. So a process connects, enters its sandbox, then loops; a lost connection ends the loop
 * (CLOSED) and the process, which is started anew. Single-threaded. */
#ifndef WARD_SENSE_FIELD_MQTT_H
#define WARD_SENSE_FIELD_MQTT_H

#include "base/err.h"
#include "base/slice.h"

struct ward_mqtt;

struct ward_mqtt_opts {
	const char *host; /* borrowed until ward_mqtt_connect returns */
	int port;
	int version;        /* 4: MQTT 3.1.1, 5: MQTT 5 */
	const char *client; /* client id; the broker keeps messages for it. NULL: a passing one */
	const char *user, *password;      /* NULL: none */
	const char *ca_file;              /* TLS when given */
	const char *cert_file, *key_file; /* both or neither */
	/* Each message, borrowed for the call; the broker has its acknowledgement already. An error
	 * ends ward_mqtt_loop with it. */
	enum ward_err (*message)(void *ctx, struct ward_str topic, struct ward_slice payload);
	void *ctx;
};

/* Connects: afterwards nothing but reads, writes and polls of that socket is done, but with TLS the
 * handshake. NOMEM; CONFIG when an option is refused; IO when the broker cannot be reached;
 * ward_mqtt_why says what it was. *ret is set (and to be freed) even then, but for NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mqtt_connect(
	const struct ward_mqtt_opts *opts, struct ward_mqtt **ret);
/* Waits until the broker has accepted and subscribed filter with QoS 1. DENIED, IO, CLOSED, AGAIN
 * after timeout_ms. */
WARD_MUST_CHECK enum ward_err ward_mqtt_subscribe(
	struct ward_mqtt *m, const char *filter, int timeout_ms);
/* The connected socket, -1 when there is none. */
int ward_mqtt_fd(const struct ward_mqtt *m);
/* Handles what comes within timeout_ms, one message at most. OK; CLOSED; IO; or what `message`
 * returned. */
WARD_MUST_CHECK enum ward_err ward_mqtt_loop(struct ward_mqtt *m, int timeout_ms);
/* What the last failure was, for people. Lives as long as m. */
const char *ward_mqtt_why(const struct ward_mqtt *m);
/* Says goodbye and frees; NULL is allowed. */
void ward_mqtt_free(struct ward_mqtt *m);

#endif
