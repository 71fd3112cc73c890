/* MQTT control packets (OASIS MQTT 5.0, 3.1.1; MQTT 3.1) as one validated struct.
 *
 * Pure functions over outside bytes: nothing is allocated, slices borrow the packet. Cost is
 * O(bytes of one packet); of a PUBLISH only what comes before its payload is read. */
#ifndef WARD_SENSE_NET_MQTT_MQTT_H
#define WARD_SENSE_NET_MQTT_MQTT_H

#include "base/rd.h"

/* Reasons why a packet is malformed: X(IDENT, "name") */
#define WARD_NETMQTT_REASON_LIST(X)                       \
	X(TYPE, "net.mqtt.reject.type")                   \
	X(FLAGS, "net.mqtt.reject.flags")                 \
	X(LENGTH, "net.mqtt.reject.length")               \
	X(SHORT, "net.mqtt.reject.short")                 \
	X(LONG, "net.mqtt.reject.long")                   \
	X(PROTOCOL, "net.mqtt.reject.protocol")           \
	X(CONNECT_FLAGS, "net.mqtt.reject.connect_flags") \
	X(TEXT, "net.mqtt.reject.text")                   \
	X(TOPIC, "net.mqtt.reject.topic")                 \
	X(QOS, "net.mqtt.reject.qos")                     \
	X(PROPERTY, "net.mqtt.reject.property")           \
	X(EMPTY, "net.mqtt.reject.empty")

enum ward_netmqtt_reason {
#define X(IDENT, name) WARD_NETMQTT_BAD_##IDENT,
	WARD_NETMQTT_REASON_LIST(X)
#undef X
		WARD_NETMQTT_REASON_N, /* none */
};

/* 5.0, 2.1.2 */
enum ward_netmqtt_type {
	WARD_NETMQTT_CONNECT = 1,
	WARD_NETMQTT_CONNACK,
	WARD_NETMQTT_PUBLISH,
	WARD_NETMQTT_PUBACK,
	WARD_NETMQTT_PUBREC,
	WARD_NETMQTT_PUBREL,
	WARD_NETMQTT_PUBCOMP,
	WARD_NETMQTT_SUBSCRIBE,
	WARD_NETMQTT_SUBACK,
	WARD_NETMQTT_UNSUBSCRIBE,
	WARD_NETMQTT_UNSUBACK,
	WARD_NETMQTT_PINGREQ,
	WARD_NETMQTT_PINGRESP,
	WARD_NETMQTT_DISCONNECT,
	WARD_NETMQTT_AUTH,
};

/* 3.1.2.3, bits of the connect flags; 0: reserved */
enum {
	WARD_NETMQTT_CLEAN = 0x02,
	WARD_NETMQTT_WILL = 0x04,
	WARD_NETMQTT_WILL_RETAIN = 0x20,
	WARD_NETMQTT_PASSWORD = 0x40,
	WARD_NETMQTT_USER = 0x80,
	WARD_NETMQTT_REFUSED = 0x80, /* 2.4: reason codes from here on are failures */
};

/* The properties (5.0, 2.2.2.2) that are told; `has` is by bit of the identifier. */
struct ward_netmqtt_properties {
	uint64_t has;
	uint32_t session_expiry;
	uint16_t server_keep_alive, topic_alias;
	struct ward_slice content_type, assigned_id, auth_method, server_reference, reason_string;
};

struct ward_netmqtt {
	uint8_t type, flags;
	size_t head, size; /* bytes of the fixed header, and of the whole packet */
	/* CONNECT */
	uint8_t version; /* protocol level: 3, 4, 5 */
	bool bridge;     /* the level's highest bit: Mosquitto's and others' bridges */
	uint8_t connect_flags;
	uint16_t keep_alive;
	struct ward_slice client_id, will_topic, user;
	size_t will_bytes;
	/* CONNACK */
	bool session_present;
	/* CONNACK, and what acknowledges or ends, when it is there */
	bool has_code;
	uint8_t code;
	uint16_t id; /* packet identifier */
	/* PUBLISH */
	struct ward_slice topic;
	size_t payload_bytes;
	/* SUBSCRIBE, UNSUBSCRIBE: the filters as they stand; SUBACK, UNSUBACK: the codes */
	struct ward_slice list;
	size_t n_list;
	struct ward_netmqtt_properties properties;
	/* Why and where, when it is malformed */
	enum ward_netmqtt_reason reason;
	size_t off;
};

enum ward_netmqtt_framing {
	WARD_NETMQTT_WHOLE, /* the fixed header is right, and all that parse needs is there */
	WARD_NETMQTT_MORE,  /* right so far; m->size is known or 0 */
	WARD_NETMQTT_NOT,   /* reason and off are set */
};

/* The fixed header alone; m is reset. A PUBLISH is never asked to be whole. */
enum ward_netmqtt_framing ward_netmqtt_frame(struct ward_slice bytes, struct ward_netmqtt *m);
/* All of m from a packet that frame found right. version is the connection's; 0: not known, what
 * reads as 3.1.1 is that, or else 5.0. MORE only for a PUBLISH. */
enum ward_netmqtt_framing ward_netmqtt_parse(
	struct ward_slice bytes, unsigned version, struct ward_netmqtt *m);

struct ward_netmqtt_filter {
	struct ward_slice topic;
	uint8_t options; /* SUBSCRIBE: bits 0 and 1 are the QoS */
};

/* The next of m->list; false at the end. */
bool ward_netmqtt_next(struct ward_rd *list, bool subscribe, struct ward_netmqtt_filter *ret);
/* A subscription to everything: "#", "+/#", also shared (4.8.2). */
bool ward_netmqtt_all(struct ward_str filter);

/* In lower case with dashes; NULL for what has no name. They live forever. */
const char *ward_netmqtt_version_name(unsigned version);
const char *ward_netmqtt_connack_name(unsigned version, unsigned code);
const char *ward_netmqtt_code_name(unsigned code); /* 5.0, 2.4 */

#endif
