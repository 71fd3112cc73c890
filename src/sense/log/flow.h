/* Private to this room: a record of others that says who spoke with whom, as a net.flow event.
 *
 * The record's own fields stay beside those of net.flow, so that a rule written for its maker's
 * names fits as well: one event, counted once. flow.format names the maker, and with it that
 * nothing of the contents was seen. */
#ifndef WARD_SENSE_LOG_FLOW_H
#define WARD_SENSE_LOG_FLOW_H

#include "event/event.h"

/* Ids of the names that have no number in the catalogue. */
struct ward_flow_names {
	struct ward_names *names; /* borrowed */
	uint32_t class, format, action, icmp_type, icmp_code;
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
/* Borrows names. NOMEM never: names beyond the limit are "ward.overflow". */
void ward_flow_names_init(struct ward_flow_names *f, struct ward_names *names);
/* Makes e a net.flow: its class, and the fields that are said, over any of the same name. FOREIGN
 * and e as it was when there are no two addresses, or a port is none; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_flow_record_put(
	const struct ward_flow_names *f, const struct ward_flow_record *r, struct ward_event *e);

#endif
