#include "sense/field/session.h"

enum ward_err ward_mqtt_sessions_init(
	struct ward_mqtt_sessions *t, const struct ward_mem *mem, size_t n)
{
	*t = (struct ward_mqtt_sessions){.mem = mem, .n = n};
	t->at = ward_mem_alloc(mem, n * sizeof(*t->at));
	return t->at ? WARD_OK : WARD_ERR_NOMEM;
}

void ward_mqtt_sessions_fini(struct ward_mqtt_sessions *t)
{
	if (!t->at)
		return;
	for (size_t i = 0; i < t->n; i++)
		ward_mqtt_session_free(t, &t->at[i]);
	ward_mem_free(t->mem, t->at, t->n * sizeof(*t->at));
}

struct ward_mqtt_session *ward_mqtt_session_find(
	const struct ward_mqtt_sessions *t, struct ward_str client)
{
	for (size_t i = 0; i < t->n; i++) {
		struct ward_mqtt_session *s = &t->at[i];

		if (s->client && ward_str_eq(client, (struct ward_str){s->client, s->client_len}))
			return s;
	}
	return NULL;
}

struct ward_mqtt_session *ward_mqtt_session_place(const struct ward_mqtt_sessions *t)
{
	struct ward_mqtt_session *oldest = NULL;

	for (size_t i = 0; i < t->n; i++) {
		struct ward_mqtt_session *s = &t->at[i];

		if (!s->client)
			return s;
		if (!s->conn && (!oldest || s->gone < oldest->gone))
			oldest = s;
	}
	return oldest;
}

enum ward_err ward_mqtt_session_take(
	struct ward_mqtt_sessions *t, struct ward_mqtt_session *s, struct ward_str client)
{
	WARD_ASSERT(!s->client && client.len);
	s->client = ward_mem_alloc(t->mem, client.len);
	if (!s->client)
		return WARD_ERR_NOMEM;
	memcpy(s->client, client.p, client.len);
	s->client_len = client.len;
	s->will_due = WARD_NS_NEVER;
	return WARD_OK;
}

enum ward_err ward_mqtt_session_will(struct ward_mqtt_sessions *t, struct ward_mqtt_session *s,
	const struct ward_mqtt_will *will)
{
	size_t len = will->topic.len + will->payload.len; /* both of one packet */

	ward_mqtt_session_drop_will(t, s);
	s->will = ward_mem_alloc(t->mem, len); /* a topic is never empty */
	if (!s->will)
		return WARD_ERR_NOMEM;
	memcpy(s->will, will->topic.p, will->topic.len);
	if (will->payload.len)
		memcpy(s->will + will->topic.len, will->payload.p, will->payload.len);
	s->topic_len = will->topic.len;
	s->payload_len = will->payload.len;
	s->qos = will->qos;
	s->delay_s = will->delay_s;
	return WARD_OK;
}

void ward_mqtt_session_drop_will(struct ward_mqtt_sessions *t, struct ward_mqtt_session *s)
{
	ward_mem_free(t->mem, s->will, s->topic_len + s->payload_len);
	s->will = NULL;
	s->topic_len = s->payload_len = 0;
	s->will_due = WARD_NS_NEVER;
}

void ward_mqtt_session_free(struct ward_mqtt_sessions *t, struct ward_mqtt_session *s)
{
	ward_mqtt_session_drop_will(t, s);
	ward_mem_free(t->mem, s->client, s->client_len);
	*s = (struct ward_mqtt_session){.client = NULL};
}

ward_ns ward_mqtt_session_ends(const struct ward_mqtt_session *s)
{
	/* 3.1.2.11.2 */
	return s->expiry_s == WARD_MQTT_FOREVER ? WARD_NS_NEVER
						: s->gone + (ward_ns)s->expiry_s * WARD_NS_PER_S;
}
