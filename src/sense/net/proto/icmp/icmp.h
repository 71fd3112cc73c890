/* ICMP (RFC 792, 950, 1191, 1256) and ICMPv6 with neighbour discovery (RFC 4443, 4861, 8106) as one
 * validated struct.
 *
 * ward_icmp_parse is a pure function over one message, borrows it, and costs O(bytes). */
#ifndef WARD_SENSE_NET_ICMP_ICMP_H
#define WARD_SENSE_NET_ICMP_ICMP_H

#include "base/rd.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_ICMP_REASON_LIST(X)               \
	X(SHORT, "net.icmp.reject.body.short") \
	X(OPTION, "net.icmp.reject.option")

enum ward_icmp_reason {
#define X(IDENT, name) WARD_ICMP_BAD_##IDENT,
	WARD_ICMP_REASON_LIST(X)
#undef X
		WARD_ICMP_REASON_N, /* none */
};

/* What a message is for: one kind, one class of events. */
enum ward_icmp_kind {
	WARD_ICMP_OTHER,
	WARD_ICMP_ECHO,
	WARD_ICMP_ERROR, /* quotes the packet that it is about */
	WARD_ICMP_REDIRECT,
	WARD_ICMP_QUERY, /* timestamp, address mask, information, and their answers */
	WARD_ICMP_ROUTER_SOLICITATION,
	WARD_ICMP_ROUTER_ADVERTISEMENT,
	WARD_ICMP_NEIGHBOR_SOLICITATION,
	WARD_ICMP_NEIGHBOR_ADVERTISEMENT,
	WARD_ICMP_KIND_N,
};

enum { WARD_ICMP_ITEMS = 8 }; /* prefixes, servers kept of each */

struct ward_icmp_prefix {
	const uint8_t *ip; /* 16 bytes */
	uint8_t bits;
	bool on_link, autonomous;
	uint32_t valid_s;
};

/* Addresses have 4 bytes or 16, as the message's version; NULL: not there. */
struct ward_icmp {
	uint8_t type, code, version; /* 4 or 6 */
	enum ward_icmp_kind kind;
	const char *name;       /* of the type; NULL: it has none; lives forever */
	struct ward_slice echo; /* what an echo carries */
	/* Of the packet that an error or a redirect quotes */
	const uint8_t *quoted_src, *quoted_dst;
	uint8_t quoted_proto;
	bool has_ports;
	uint16_t quoted_src_port, quoted_dst_port;
	uint32_t mtu;               /* of an error, or that a router announces; 0: none */
	const uint8_t *gateway;     /* redirect: who is nearer */
	const uint8_t *destination; /* redirect of version 6: to where */
	const uint8_t *target;      /* neighbour discovery: who is meant */
	bool router, solicited, override;
	/* Router advertisement */
	uint8_t hop_limit, flags;
	uint16_t lifetime_s;
	/* Options of neighbour discovery */
	const uint8_t *source_mac, *target_mac;
	struct ward_icmp_prefix prefix[WARD_ICMP_ITEMS];
	const uint8_t *rdnss[WARD_ICMP_ITEMS];
	size_t n_prefix, n_rdnss; /* kept */
	/* Why and where, when it is malformed */
	enum ward_icmp_reason reason;
	size_t off;
};

/* version: of the IP that carries it. */
WARD_MUST_CHECK bool ward_icmp_parse(
	struct ward_slice message, unsigned version, struct ward_icmp *m);

#endif
