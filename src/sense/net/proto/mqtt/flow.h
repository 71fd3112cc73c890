/* What a connection's MQTT keeps between packets, and the events made of it. Private to this
 * folder. Sides: 0 is the flow's client, which may be the MQTT server in a connection that was
 * picked up in its middle. */
#ifndef WARD_SENSE_NET_MQTT_FLOW_H
#define WARD_SENSE_NET_MQTT_FLOW_H

#include "sense/net/emit.h"
#include "sense/net/proto/mqtt/mqtt.h"

enum {
	WARD_NETMQTT_PENDING = 4,       /* SUBSCRIBE and UNSUBSCRIBE without their answer */
	WARD_NETMQTT_FILTERS = 16,      /* told of one of them */
	WARD_NETMQTT_FILTER_TEXT = 512, /* bytes of them */
	WARD_NETMQTT_ID = 128,
	WARD_NETMQTT_TOPIC = 128,
	WARD_NETMQTT_USER_BYTES = 128,
	WARD_NETMQTT_ALIASES = 8, /* per direction */
	WARD_NETMQTT_ALIAS_TEXT = 96,
};

/* A CONNECT until its answer. */
struct ward_netmqtt_connect {
	bool open;
	bool bridge, has_expiry, user_cut;
	uint8_t version, flags;
	uint16_t keep_alive;
	uint16_t n_id, n_will, n_user, n_method; /* kept bytes; id_seen of the client id */
	uint32_t expiry;
	size_t will_bytes;
	ward_ns time;
	uint8_t id[WARD_NETMQTT_ID];
	uint8_t will[WARD_NETMQTT_TOPIC];
	uint8_t user[WARD_NETMQTT_USER_BYTES];
	uint8_t method[32];
};

struct ward_netmqtt_pending {
	bool open, subscribe;
	uint8_t side; /* that asked */
	uint16_t id;
	uint16_t n, n_seen, n_text; /* filters kept, met; bytes kept */
	bool all;                   /* one of them matches every topic */
	ward_ns time;
	uint16_t len[WARD_NETMQTT_FILTERS];
	uint8_t qos[WARD_NETMQTT_FILTERS];
	uint8_t text[WARD_NETMQTT_FILTER_TEXT];
};

struct ward_netmqtt_alias {
	uint16_t alias; /* 0: free */
	uint8_t len;
	uint8_t text[WARD_NETMQTT_ALIAS_TEXT];
};

struct ward_netmqtt_side {
	bool lost; /* a begin must be found again */
	bool closed;
	uint64_t publishes, payload_bytes, subscriptions, pings;
	size_t next_alias;
	struct ward_netmqtt_alias alias[WARD_NETMQTT_ALIASES];
};

struct ward_netmqtt_flow {
	bool seen;       /* a packet was */
	bool known_side; /* client_side is */
	uint8_t client_side;
	uint8_t version;   /* 0: not known */
	bool disconnected; /* a DISCONNECT was there */
	bool told;
	uint32_t refusals;
	struct ward_netmqtt_connect connect;
	struct ward_netmqtt_pending pending[WARD_NETMQTT_PENDING];
	size_t next_pending;
	struct ward_netmqtt_side side[2];
};

/* NULL m: nobody answered. */
void ward_netmqtt_tell_connect(const struct ward_dissect *d, const struct ward_netmqtt_connect *c,
	const struct ward_netmqtt *m);
void ward_netmqtt_tell_filters(const struct ward_dissect *d, const struct ward_netmqtt_pending *p,
	const struct ward_netmqtt *m);
/* topic: as it stands in the packet or as the alias means. */
void ward_netmqtt_tell_publish(
	const struct ward_dissect *d, const struct ward_netmqtt *m, struct ward_slice topic);
/* A PUBACK, PUBREC … with a code of failure. */
void ward_netmqtt_tell_refused(const struct ward_dissect *d, const struct ward_netmqtt *m);
void ward_netmqtt_tell_disconnect(const struct ward_dissect *d, const struct ward_netmqtt *m);
void ward_netmqtt_tell_connection(const struct ward_dissect *d);

bool ward_netmqtt_name_at(size_t i, struct ward_wr *w);

static inline unsigned ward_netmqtt_side_of(const struct ward_dissect *d)
{
	return !d->from_client;
}

#endif
