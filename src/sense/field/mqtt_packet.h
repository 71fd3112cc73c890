/* The packets of MQTT that a server sees and sends which is only published to.
 *
 * MQTT 3.1.1 (OASIS mqtt-v3.1.1-os), its forerunner 3.1, and 5.0 (OASIS mqtt-v5.0-os); clause
 * numbers are those of 5.0 unless "3.1.1" stands before them. Pure functions over untrusted bytes:
 * what they give borrows the packet. Knows nothing of connections: see endpoint.h. */
#ifndef WARD_SENSE_FIELD_MQTT_PACKET_H
#define WARD_SENSE_FIELD_MQTT_PACKET_H

#include "base/err.h"
#include "base/rd.h"
#include "base/wr.h"

/* X(NAME, "counter", CONNACK code of 3.1.1 (0: none, the connection just ends), reason code of 5.0,
 * "what is wrong"). All but the last four end the connection. */
#define WARD_MQTT_REJECT_LIST(X)                                                                  \
	X(NONE, "mqtt.accept", 0, 0x00, "nothing")                                                \
	X(LENGTH, "mqtt.reject.length", 0, 0x81, "a remaining length of more than four bytes")    \
	X(PACKET, "mqtt.reject.packet", 0, 0x95, "longer than mqtt.packet")                       \
	X(FLAGS, "mqtt.reject.flags", 0, 0x81, "reserved flags of the fixed header are set")      \
	X(FIRST, "mqtt.reject.first", 0, 0x82, "the first packet is not CONNECT")                 \
	X(AGAIN, "mqtt.reject.again", 0, 0x82, "a second CONNECT")                                \
	X(DIRECTION, "mqtt.reject.direction", 0, 0x82, "a packet that only servers send")         \
	X(MALFORMED, "mqtt.reject.malformed", 0, 0x81, "fields run past the end, or leave bytes") \
	X(UTF8, "mqtt.reject.utf8", 0, 0x81, "text that is not UTF-8 or has a NUL")               \
	X(PROTOCOL, "mqtt.reject.protocol", 0, 0x84, "not MQTT")                                  \
	X(VERSION, "mqtt.reject.version", 0x01, 0x84, "neither MQTT 3.1, 3.1.1 nor 5.0")          \
	X(CONNECT, "mqtt.reject.connect", 0, 0x81, "connect flags that contradict each other")    \
	X(PROPERTY, "mqtt.reject.property", 0, 0x81, "a property that has no place here")         \
	X(VALUE, "mqtt.reject.value", 0, 0x82, "a property twice or out of its range")            \
	X(CLIENT, "mqtt.reject.client", 0x02, 0x85, "no client id, or longer than mqtt.client")   \
	X(METHOD, "mqtt.reject.method", 0, 0x8C, "enhanced authentication is not offered")        \
	X(USER, "mqtt.reject.user", 0x04, 0x86, "wrong user name or password")                    \
	X(SMALL, "mqtt.reject.small", 0, 0x95, "the client takes no packet of 64 bytes")          \
	X(SESSIONS, "mqtt.reject.sessions", 0x03, 0x97, "more clients than mqtt.sessions")        \
	X(QOS, "mqtt.reject.qos", 0, 0x81, "QoS 3, or DUP with QoS 0")                            \
	X(QOS_MAX, "mqtt.reject.qos_max", 0, 0x9B, "QoS 2 although Maximum QoS is 1")             \
	X(ID, "mqtt.reject.id", 0, 0x82, "packet identifier 0")                                   \
	X(TOPIC, "mqtt.reject.topic", 0, 0x90, "an empty topic name, or one with a wildcard")     \
	X(ALIAS, "mqtt.reject.alias", 0, 0x94, "a topic alias although Topic Alias Maximum is 0") \
	X(INFLIGHT, "mqtt.reject.inflight", 0, 0x93, "more unacknowledged than Receive Maximum")  \
	X(FILTERS, "mqtt.reject.filters", 0, 0x82, "no filter, more than 32, or bad options")     \
	X(EXPIRY, "mqtt.reject.expiry", 0, 0x82, "DISCONNECT lengthens a session of length 0")    \
	X(SILENT, "mqtt.closed.silent", 0, 0x8D, "nothing for one and a half keep alives")        \
	X(SLOW, "mqtt.closed.slow", 0, 0x8D, "no CONNECT within mqtt.connect")                    \
	X(TAKEN, "mqtt.closed.taken", 0, 0x8E, "the same client id connected anew")               \
	X(LEAVING, "mqtt.closed.leaving", 0, 0x8B, "Ward itself ends")                            \
	X(FULL, "mqtt.closed.full", 0, 0x97, "Ward has no room for telemetry")                    \
	X(LOST, "mqtt.closed.lost", 0, 0x00, "the connection broke off without DISCONNECT")       \
	X(CONNECTIONS, "mqtt.refused.connections", 0, 0x9F, "more than mqtt.connections")         \
	X(SUBSCRIBE, "mqtt.refused.subscribe", 0x80, 0x87, "nothing can be subscribed to here")   \
	X(LONG, "mqtt.refused.long", 0, 0x90, "a topic name longer than mqtt.topic")              \
	X(FOREIGN, "mqtt.refused.foreign", 0, 0x90, "a topic outside the source's filter")

enum ward_mqtt_reject {
#define X(NAME, counter, v3, v5, what) WARD_MQTT_REJECT_##NAME,
	WARD_MQTT_REJECT_LIST(X)
#undef X
		WARD_MQTT_REJECT_N,
};

struct ward_mqtt_reject_info {
	const char *counter, *what;
	uint8_t v3, v5;
};
/* Lives forever. */
const struct ward_mqtt_reject_info *ward_mqtt_reject_info(enum ward_mqtt_reject r);

/* 2.1.2 */
enum ward_mqtt_type {
	WARD_MQTT_CONNECT = 1,
	WARD_MQTT_CONNACK,
	WARD_MQTT_PUBLISH,
	WARD_MQTT_PUBACK,
	WARD_MQTT_PUBREC,
	WARD_MQTT_PUBREL,
	WARD_MQTT_PUBCOMP,
	WARD_MQTT_SUBSCRIBE,
	WARD_MQTT_SUBACK,
	WARD_MQTT_UNSUBSCRIBE,
	WARD_MQTT_UNSUBACK,
	WARD_MQTT_PINGREQ,
	WARD_MQTT_PINGRESP,
	WARD_MQTT_DISCONNECT,
	WARD_MQTT_AUTH,
};

/* The protocol level of CONNECT. */
enum ward_mqtt_version { WARD_MQTT_31 = 3, WARD_MQTT_311 = 4, WARD_MQTT_5 = 5 };

enum {
	WARD_MQTT_FILTERS_MAX = 32,  /* of one SUBSCRIBE: its answer fits every client */
	WARD_MQTT_ANSWER_MAX = 64,   /* no packet that is written here is longer */
	WARD_MQTT_ASSIGNED_MAX = 24, /* the client id in a CONNACK */
};

#define WARD_MQTT_FOREVER UINT32_MAX /* 3.1.2.11.2: a session that never expires */

struct ward_mqtt_frame {
	enum ward_mqtt_type type;
	uint8_t flags; /* the four low bits of the first byte */
	struct ward_slice body;
	size_t len; /* of the whole packet */
};

/* The packet that bytes begin with. OK; MORE: it is not all there; MALFORMED: *ret_why is LENGTH or
 * PACKET (longer than max). Type 0 is read as a packet that only servers send. */
WARD_MUST_CHECK enum ward_err ward_mqtt_frame_read(struct ward_slice bytes, size_t max,
	struct ward_mqtt_frame *ret, enum ward_mqtt_reject *ret_why);

struct ward_mqtt_will {
	bool set, retain;
	uint8_t qos;
	uint32_t delay_s; /* 3.1.3.2.2 */
	struct ward_str topic;
	struct ward_slice payload;
};

struct ward_mqtt_connect {
	enum ward_mqtt_version version; /* the form of the answer, even when it is refused */
	bool clean;
	uint16_t keep_alive_s;
	uint32_t expiry_s; /* of the session; 3.1.1: 0 or WARD_MQTT_FOREVER */
	uint32_t packet_max;
	bool has_method, has_user, has_password;
	struct ward_str client, user;
	struct ward_slice password;
	struct ward_mqtt_will will;
};
/* *ret is garbage when refused, but for its version. */
enum ward_mqtt_reject ward_mqtt_connect_read(struct ward_slice body, struct ward_mqtt_connect *ret);

struct ward_mqtt_publish {
	bool dup, retain;
	uint8_t qos;
	uint16_t id; /* 0 with QoS 0 */
	struct ward_str topic;
	struct ward_slice payload;
};
enum ward_mqtt_reject ward_mqtt_publish_read(
	const struct ward_mqtt_frame *f, enum ward_mqtt_version v, struct ward_mqtt_publish *ret);

/* SUBSCRIBE or UNSUBSCRIBE, by the frame's type: its identifier, and how many filters it has. */
enum ward_mqtt_reject ward_mqtt_subscribe_read(
	const struct ward_mqtt_frame *f, enum ward_mqtt_version v, uint16_t *ret_id, size_t *ret_n);
/* PUBREL of MQTT 3: its identifier. */
enum ward_mqtt_reject ward_mqtt_pubrel_read(const struct ward_mqtt_frame *f, uint16_t *ret_id);

struct ward_mqtt_disconnect {
	uint8_t reason;
	bool has_expiry;
	uint32_t expiry_s;
};
enum ward_mqtt_reject ward_mqtt_disconnect_read(const struct ward_mqtt_frame *f,
	enum ward_mqtt_version v, struct ward_mqtt_disconnect *ret);

struct ward_mqtt_connack {
	bool present; /* the session is known: 3.2.2.1.1 */
	uint8_t code;
	uint16_t receive_max; /* 5.0, and only with code 0, as are those below */
	uint32_t packet_max;
	struct ward_str assigned; /* empty: the client has its own */
};
void ward_mqtt_write_connack(
	struct ward_wr *w, enum ward_mqtt_version v, const struct ward_mqtt_connack *a);
/* PUBACK, PUBREC or PUBCOMP; a reason other than 0 is written in 5.0 only. */
void ward_mqtt_write_ack(struct ward_wr *w, enum ward_mqtt_version v, enum ward_mqtt_type type,
	uint16_t id, uint8_t reason);
/* SUBACK or UNSUBACK with the same code n times (3.1.1: UNSUBACK has none). */
void ward_mqtt_write_suback(struct ward_wr *w, enum ward_mqtt_version v, enum ward_mqtt_type type,
	uint16_t id, size_t n);
void ward_mqtt_write_pingresp(struct ward_wr *w);
/* 5.0 only: servers of 3.1.1 just close. */
void ward_mqtt_write_disconnect(struct ward_wr *w, uint8_t reason);

/* 4.7.1: '#' only alone and last, '+' only alone in its level, not empty, no NUL. */
bool ward_mqtt_filter_valid(struct ward_str filter);
/* 4.7: filter must be valid. Topics that begin with '$' match no filter that begins with a wildcard
 * (4.7.2). */
bool ward_mqtt_filter_matches(struct ward_str filter, struct ward_str topic);

#endif
