/* Private to this room: the sessions of an MQTT endpoint, and the wills that are kept in them.
 *
 * A session is the knowledge that a client id exists (4.1): there is nothing else in it, since
 * nobody can subscribe. It outlives its connection by its expiry, and keeps the will meanwhile when
 * that is to be delayed. */
#ifndef WARD_SENSE_FIELD_SESSION_H
#define WARD_SENSE_FIELD_SESSION_H

#include "sense/field/endpoint.h"

struct ward_mqtt_session {
	char *client; /* NULL: a free place */
	size_t client_len;
	struct ward_mqtt_conn *conn; /* NULL: not connected */
	uint32_t expiry_s;
	ward_ns gone; /* since when it is not connected */
	/* the will: topic and payload in one block */
	uint8_t *will; /* NULL: none */
	size_t topic_len, payload_len;
	uint8_t qos;
	uint32_t delay_s;
	ward_ns will_due; /* WARD_NS_NEVER while it is connected */
};

struct ward_mqtt_sessions {
	const struct ward_mem *mem;
	struct ward_mqtt_session *at;
	size_t n; /* places */
};

/* NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mqtt_sessions_init(
	struct ward_mqtt_sessions *t, const struct ward_mem *mem, size_t n);
void ward_mqtt_sessions_fini(struct ward_mqtt_sessions *t);
/* The session of a client, or NULL. O(n). */
struct ward_mqtt_session *ward_mqtt_session_find(
	const struct ward_mqtt_sessions *t, struct ward_str client);
/* A place for a new one: a free one, else the one that is gone for longest (then its client is not
 * NULL, and it must be ended first), else NULL. O(n). */
struct ward_mqtt_session *ward_mqtt_session_place(const struct ward_mqtt_sessions *t);
/* Makes a free place the session of client. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mqtt_session_take(
	struct ward_mqtt_sessions *t, struct ward_mqtt_session *s, struct ward_str client);
/* Keeps a copy of the will. NOMEM: then it has none. */
WARD_MUST_CHECK enum ward_err ward_mqtt_session_will(struct ward_mqtt_sessions *t,
	struct ward_mqtt_session *s, const struct ward_mqtt_will *will);
void ward_mqtt_session_drop_will(struct ward_mqtt_sessions *t, struct ward_mqtt_session *s);
/* Forgets it, its will too. */
void ward_mqtt_session_free(struct ward_mqtt_sessions *t, struct ward_mqtt_session *s);
/* When a session that is not connected ends. */
ward_ns ward_mqtt_session_ends(const struct ward_mqtt_session *s);

#endif
