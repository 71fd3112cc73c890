#include "sense/field/mqtt.h"

#include "base/clock.h"

#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdlib.h>

enum { KEEPALIVE_S = 30, SESSION_EXPIRY_S = 7 * 86400 };

struct ward_mqtt {
	struct mosquitto *mosq;
	struct ward_mqtt_opts opts;
	enum ward_err message_err; /* of opts.message */
	const char *why;
	bool answered, accepted, subscribed, refused;
};

static void on_connect(struct mosquitto *mosq, void *ctx, int rc)
{
	struct ward_mqtt *m = ctx;

	(void)mosq;
	m->answered = true;
	m->accepted = rc == 0;
	if (rc != 0)
		m->why = m->opts.version == 5 ? mosquitto_reason_string(rc)
					      : mosquitto_connack_string(rc);
}

static void on_subscribe(struct mosquitto *mosq, void *ctx, int mid, int n, const int *granted)
{
	struct ward_mqtt *m = ctx;

	(void)mosq;
	(void)mid;
	m->subscribed = true;
	m->refused = n < 1 || granted[0] > 2; /* MQTT 3.1.1 3.9.3, MQTT 5 3.9.3: 0x80 and above */
}

static void on_message(struct mosquitto *mosq, void *ctx, const struct mosquitto_message *msg)
{
	struct ward_mqtt *m = ctx;

	(void)mosq;
	if (m->message_err != WARD_OK || msg->payloadlen < 0)
		return;
	m->message_err = m->opts.message(m->opts.ctx, ward_str_z(msg->topic),
		ward_slice_of(msg->payload, (size_t)msg->payloadlen));
}

static enum ward_err failed(struct ward_mqtt *m, int rc)
{
	m->why = rc == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(rc);
	switch (rc) {
	case MOSQ_ERR_NOMEM:
		return WARD_ERR_NOMEM;
	case MOSQ_ERR_INVAL:
	case MOSQ_ERR_TLS:
	case MOSQ_ERR_NOT_SUPPORTED:
		return WARD_ERR_CONFIG;
	case MOSQ_ERR_CONN_LOST:
	case MOSQ_ERR_NO_CONN:
		return WARD_ERR_CLOSED;
	default:
		return WARD_ERR_IO;
	}
}

static int configure(struct ward_mqtt *m)
{
	const struct ward_mqtt_opts *o = &m->opts;
	int rc = mosquitto_int_option(m->mosq, MOSQ_OPT_PROTOCOL_VERSION,
		o->version == 5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);

	if (rc == MOSQ_ERR_SUCCESS && o->user)
		rc = mosquitto_username_pw_set(m->mosq, o->user, o->password);
	if (rc == MOSQ_ERR_SUCCESS && o->ca_file)
		rc = mosquitto_tls_set(m->mosq, o->ca_file, NULL, o->cert_file, o->key_file, NULL);
	return rc;
}

/* In 5 a session ends with its connection unless told otherwise (MQTT 5 3.1.2.11.2). */
static int connect_now(struct ward_mqtt *m)
{
	const struct ward_mqtt_opts *o = &m->opts;
	mosquitto_property *p = NULL;
	int rc = MOSQ_ERR_SUCCESS;

	if (o->version != 5 || !o->client)
		return mosquitto_connect(m->mosq, o->host, o->port, KEEPALIVE_S);
	rc = mosquitto_property_add_int32(&p, MQTT_PROP_SESSION_EXPIRY_INTERVAL, SESSION_EXPIRY_S);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = mosquitto_connect_bind_v5(m->mosq, o->host, o->port, KEEPALIVE_S, NULL, p);
	mosquitto_property_free_all(&p);
	return rc;
}

enum ward_err ward_mqtt_connect(const struct ward_mqtt_opts *opts, struct ward_mqtt **ret)
{
	struct ward_mqtt *m;
	int rc;

	(void)mosquitto_lib_init(); /* counted; always MOSQ_ERR_SUCCESS */
	m = calloc(1, sizeof(*m));
	if (!m)
		return WARD_ERR_NOMEM;
	m->opts = *opts;
	m->why = "";
	m->mosq = mosquitto_new(opts->client, opts->client == NULL, m);
	if (!m->mosq) {
		free(m);
		return WARD_ERR_NOMEM;
	}
	*ret = m;
	mosquitto_connect_callback_set(m->mosq, on_connect);
	mosquitto_subscribe_callback_set(m->mosq, on_subscribe);
	mosquitto_message_callback_set(m->mosq, on_message);
	rc = configure(m);
	if (rc == MOSQ_ERR_SUCCESS)
		rc = connect_now(m);
	return rc == MOSQ_ERR_SUCCESS ? WARD_OK : failed(m, rc);
}

/* Not mosquitto_loop: that calls pselect(2), which the sandbox does not know. */
static int turn(struct ward_mqtt *m, int timeout_ms)
{
	struct pollfd p = {.fd = mosquitto_socket(m->mosq), .events = POLLIN};
	int rc = MOSQ_ERR_SUCCESS;

	if (p.fd < 0)
		return MOSQ_ERR_NO_CONN;
	if (mosquitto_want_write(m->mosq))
		p.events |= POLLOUT;
	if (poll(&p, 1, timeout_ms) < 0 && errno != EINTR)
		return MOSQ_ERR_ERRNO;
	if (p.revents & POLLOUT)
		rc = mosquitto_loop_write(m->mosq, 1);
	/* 1: one message at a time, so that the caller can settle each */
	if (rc == MOSQ_ERR_SUCCESS && p.revents & ~POLLOUT)
		rc = mosquitto_loop_read(m->mosq, 1);
	return rc == MOSQ_ERR_SUCCESS ? mosquitto_loop_misc(m->mosq) : rc;
}

enum ward_err ward_mqtt_loop(struct ward_mqtt *m, int timeout_ms)
{
	int rc = turn(m, timeout_ms);

	if (m->message_err != WARD_OK)
		return m->message_err;
	return rc == MOSQ_ERR_SUCCESS ? WARD_OK : failed(m, rc);
}

/* Loops until *done or the time is up. */
static enum ward_err wait_for(struct ward_mqtt *m, const bool *done, int *left_ms)
{
	enum { STEP_MS = 50 };

	while (!*done) {
		enum ward_err err = ward_mqtt_loop(m, STEP_MS);

		if (*done)
			break;
		if (err != WARD_OK)
			return err;
		*left_ms -= STEP_MS;
		if (*left_ms <= 0) {
			m->why = "the broker does not answer";
			return WARD_ERR_AGAIN;
		}
	}
	return WARD_OK;
}

enum ward_err ward_mqtt_subscribe(struct ward_mqtt *m, const char *filter, int timeout_ms)
{
	enum ward_err err = wait_for(m, &m->answered, &timeout_ms);

	if (err != WARD_OK)
		return err;
	if (!m->accepted)
		return WARD_ERR_DENIED;
	int rc = mosquitto_subscribe(m->mosq, NULL, filter, 1);

	if (rc != MOSQ_ERR_SUCCESS)
		return failed(m, rc);
	err = wait_for(m, &m->subscribed, &timeout_ms);
	if (err == WARD_OK && m->refused) {
		m->why = "the broker refuses the subscription";
		return WARD_ERR_DENIED;
	}
	return err;
}

int ward_mqtt_fd(const struct ward_mqtt *m)
{
	return mosquitto_socket(m->mosq);
}

const char *ward_mqtt_why(const struct ward_mqtt *m)
{
	return m->why;
}

void ward_mqtt_free(struct ward_mqtt *m)
{
	if (!m)
		return;
	(void)mosquitto_disconnect(m->mosq); /* a courtesy: the broker notices anyway */
	mosquitto_destroy(m->mosq);
	free(m);
	(void)mosquitto_lib_cleanup();
}
