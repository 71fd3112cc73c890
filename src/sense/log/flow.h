/* Private to this room: a record of others that says who spoke with whom, as a net.flow event.
 *
 * The record's own fields stay beside those of net.flow, so that a rule written for its maker's
 * names fits as well: one event, counted once. flow.format names the maker, and with it that
 * nothing of the contents was seen. */
#ifndef WARD_SENSE_LOG_FLOW_H
#define WARD_SENSE_LOG_FLOW_H

#include "event/event.h"

/* The fields of a net.flow, in the order in which new ones come; a record has ports, or a message
 * of ICMP's type and code. */
enum ward_flow_field {
	WARD_FLOW_SRC_IP,
	WARD_FLOW_DST_IP,
	WARD_FLOW_PROTO,
	WARD_FLOW_SERVICE,
	WARD_FLOW_SRC_MAC,
	WARD_FLOW_DST_MAC,
	WARD_FLOW_SRC_PORT,
	WARD_FLOW_DST_PORT,
	WARD_FLOW_ICMP_TYPE,
	WARD_FLOW_ICMP_CODE,
	WARD_FLOW_PACKETS,
	WARD_FLOW_BYTES,
	WARD_FLOW_PACKETS_BACK,
	WARD_FLOW_BYTES_BACK,
	WARD_FLOW_DURATION_NS,
	WARD_FLOW_VLAN,
	WARD_FLOW_STATE,
	WARD_FLOW_ACTION,
	WARD_FLOW_FORMAT,
	WARD_FLOW_FIELD_N,
};

/* Ids. */
struct ward_flow_names {
	uint32_t class, field[WARD_FLOW_FIELD_N];
};

/* What the record says; texts are borrowed from its event's memory. Empty text, -1: not said. */
struct ward_flow_record {
	const char *format;         /* "zeek", "firewall" …; lives forever */
	struct ward_str src, dst;   /* IPv4 or IPv6 addresses; any other text is no flow */
	int64_t src_port, dst_port; /* of ICMP: type and code */
	struct ward_str proto;      /* tcp, udp, icmp or the IP protocol's number */
	struct ward_str service;    /* in Ward's words, by commas */
	struct ward_str src_mac, dst_mac;
	const char *state;      /* as the network sensor's; NULL: not said */
	const char *action;     /* "allow", "deny"; NULL: not said */
	int64_t packets, bytes; /* of src; IP bytes */
	int64_t packets_back, bytes_back;
	int64_t duration_ns;
	int64_t vlan;
};

/* A record that says nothing yet. */
struct ward_flow_record ward_flow_record_empty(const char *format);
/* NOMEM never: names beyond the limit are "ward.overflow". */
void ward_flow_names_init(struct ward_flow_names *f, struct ward_names *names);
/* Lives forever. */
const char *ward_flow_field_name(enum ward_flow_field k);
/* Makes e a net.flow: its class, and the fields that are said, over any of the same name: where[k]
 * is the index + 1 of the field that e has of that name, 0: none. FOREIGN when there are no two
 * addresses or a port is none, LIMIT when an event has no room for as many, NOMEM: then e is as it
 * was. */
WARD_MUST_CHECK enum ward_err ward_flow_record_put(const struct ward_flow_names *f,
	const struct ward_flow_record *r, const uint16_t where[WARD_FLOW_FIELD_N],
	struct ward_event *e);

#endif
