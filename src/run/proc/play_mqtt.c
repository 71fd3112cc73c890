#include "run/proc/play_mqtt.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdlib.h>

enum { KEEPALIVE_S = 30, REFUSED = 0x80 /* MQTT 5 2.4: reason codes from here on */ };

struct ward_publisher {
	struct mosquitto *mosq;
	uint64_t n_sent, n_acked;
	bool answered, accepted, refused;
};

static void on_connect(struct mosquitto *mosq, void *ctx, int rc)
{
	struct ward_publisher *p = ctx;

	(void)mosq;
	p->answered = true;
	p->accepted = rc == 0;
}

static void on_publish(
	struct mosquitto *mosq, void *ctx, int mid, int reason, const mosquitto_property *props)
{
	struct ward_publisher *p = ctx;

	(void)mosq;
	(void)mid;
	(void)props;
	p->n_acked++;
	p->refused |= reason >= REFUSED;
}

static enum ward_err from(int rc)
{
	switch (rc) {
	case MOSQ_ERR_SUCCESS:
		return WARD_OK;
	case MOSQ_ERR_NOMEM:
		return WARD_ERR_NOMEM;
	case MOSQ_ERR_CONN_LOST:
	case MOSQ_ERR_NO_CONN:
		return WARD_ERR_CLOSED;
	case MOSQ_ERR_ERRNO:
		return errno == ECONNREFUSED ? WARD_ERR_AGAIN : WARD_ERR_IO;
	default:
		return WARD_ERR_IO;
	}
}

/* Until the CONNACK is there; libmosquitto's own loop would select(2), which the sandbox forbids.
 */
static enum ward_err wait_answer(struct ward_publisher *p, int timeout_ms)
{
	struct pollfd at = {.fd = mosquitto_socket(p->mosq), .events = POLLIN};

	while (!p->answered) {
		int n = poll(&at, 1, timeout_ms);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? WARD_ERR_AGAIN : WARD_ERR_IO;
		enum ward_err err = ward_publisher_turn(p);

		if (err)
			return err;
	}
	return p->accepted ? WARD_OK : WARD_ERR_DENIED;
}

enum ward_err ward_publisher_connect(
	const char *host, int port, int timeout_ms, struct ward_publisher **ret)
{
	struct ward_publisher *p = calloc(1, sizeof(*p));
	enum ward_err err;

	(void)mosquitto_lib_init(); /* counted; always MOSQ_ERR_SUCCESS */
	if (p)
		p->mosq = mosquitto_new(NULL, true, p);
	if (!p || !p->mosq) {
		free(p);
		return WARD_ERR_NOMEM;
	}
	mosquitto_connect_callback_set(p->mosq, on_connect);
	mosquitto_publish_v5_callback_set(p->mosq, on_publish);
	err = from(mosquitto_int_option(p->mosq, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5));
	if (!err)
		err = from(mosquitto_connect(p->mosq, host, port, KEEPALIVE_S));
	if (!err)
		err = wait_answer(p, timeout_ms);
	if (err)
		ward_publisher_free(p);
	else
		*ret = p;
	return err;
}

enum ward_err ward_publisher_put(
	struct ward_publisher *p, const char *topic, struct ward_slice payload)
{
	enum ward_err err = from(
		mosquitto_publish(p->mosq, NULL, topic, (int)payload.len, payload.p, 1, false));

	if (!err)
		p->n_sent++;
	return err;
}

int ward_publisher_fd(const struct ward_publisher *p)
{
	return mosquitto_socket(p->mosq);
}

enum ward_err ward_publisher_turn(struct ward_publisher *p)
{
	struct pollfd at = {.fd = mosquitto_socket(p->mosq), .events = POLLIN};
	int rc = MOSQ_ERR_SUCCESS;

	if (at.fd < 0)
		return WARD_ERR_CLOSED;
	if (poll(&at, 1, 0) > 0)
		rc = mosquitto_loop_read(p->mosq, 1);
	if (rc == MOSQ_ERR_SUCCESS && mosquitto_want_write(p->mosq))
		rc = mosquitto_loop_write(p->mosq, 1);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_loop_misc(p->mosq);
	return rc == MOSQ_ERR_SUCCESS && p->refused ? WARD_ERR_DENIED : from(rc);
}

uint64_t ward_publisher_unacked(const struct ward_publisher *p)
{
	return p->n_sent - p->n_acked;
}

void ward_publisher_free(struct ward_publisher *p)
{
	if (!p)
		return;
	(void)mosquitto_disconnect(p->mosq); /* a courtesy: the broker notices anyway */
	mosquitto_destroy(p->mosq);
	free(p);
	(void)mosquitto_lib_cleanup();
}
