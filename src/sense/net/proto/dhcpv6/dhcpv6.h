/* DHCPv6 (RFC 8415) as one validated struct.
 *
 * ward_dhcpv6_parse is a pure function over one datagram, borrows it, does not recurse (relays are
 * gone through in a loop of at most WARD_DHCPV6_RELAYS), and costs O(bytes). */
#ifndef WARD_SENSE_NET_DHCPV6_DHCPV6_H
#define WARD_SENSE_NET_DHCPV6_DHCPV6_H

#include "base/rd.h"
#include "base/wr.h"

/* Reasons why a datagram is malformed: X(IDENT, "name") */
#define WARD_DHCPV6_REASON_LIST(X)                     \
	X(TYPE, "net.dhcpv6.reject.type")              \
	X(SHORT, "net.dhcpv6.reject.short")            \
	X(OPTION, "net.dhcpv6.reject.option")          \
	X(CONTENT, "net.dhcpv6.reject.option_content") \
	X(RELAY, "net.dhcpv6.reject.relay")

enum ward_dhcpv6_reason {
#define X(IDENT, name) WARD_DHCPV6_BAD_##IDENT,
	WARD_DHCPV6_REASON_LIST(X)
#undef X
		WARD_DHCPV6_REASON_N, /* none */
};

/* Message types, 7.3: X(IDENT, code, "name") */
#define WARD_DHCPV6_TYPE_LIST(X)          \
	X(SOLICIT, 1, "solicit")          \
	X(ADVERTISE, 2, "advertise")      \
	X(REQUEST, 3, "request")          \
	X(CONFIRM, 4, "confirm")          \
	X(RENEW, 5, "renew")              \
	X(REBIND, 6, "rebind")            \
	X(REPLY, 7, "reply")              \
	X(RELEASE, 8, "release")          \
	X(DECLINE, 9, "decline")          \
	X(RECONFIGURE, 10, "reconfigure") \
	X(INFORMATION, 11, "information_request")

enum {
	WARD_DHCPV6_TYPE_MAX = 11,
	WARD_DHCPV6_RELAY_FORWARD = 12,
	WARD_DHCPV6_RELAY_REPLY = 13,
	WARD_DHCPV6_RELAYS = 8,   /* 7.6: HOP_COUNT_LIMIT */
	WARD_DHCPV6_OPTIONS = 32, /* codes kept */
	WARD_DHCPV6_LEASES = 8,
};

/* An address or a prefix of an identity association, 21.6, 21.22. */
struct ward_dhcpv6_lease {
	const uint8_t *ip; /* 16 bytes */
	bool is_prefix;
	uint8_t prefix_bits;
	uint32_t valid_s;
};

/* Slices of options are their content, checked as far as comments say; empty: not there. */
struct ward_dhcpv6 {
	uint8_t type;
	uint32_t xid;
	/* Of the outermost relay */
	size_t n_relay;
	const uint8_t *link, *peer; /* 16 bytes each */
	struct ward_slice interface_id, remote_id;
	uint16_t option[WARD_DHCPV6_OPTIONS];
	size_t n_option, n_option_seen;             /* kept, met; of the innermost message */
	struct ward_slice client_duid, server_duid; /* two bytes at least */
	struct ward_slice requested;                /* codes of two bytes */
	struct ward_slice fqdn;                     /* a flag byte, and the name in labels */
	struct ward_slice vendor_class;             /* enterprise number, then length and text */
	struct ward_slice user_class;               /* length and text of each */
	struct ward_slice dns;                      /* addresses of 16 bytes */
	struct ward_slice domains;                  /* names in labels */
	bool has_elapsed, has_status, rapid_commit;
	uint16_t elapsed_cs; /* hundredths of a second */
	uint16_t status;
	struct ward_dhcpv6_lease lease[WARD_DHCPV6_LEASES];
	size_t n_lease, n_lease_seen;
	/* Why and where, when it is malformed */
	enum ward_dhcpv6_reason reason;
	size_t off;
};

WARD_MUST_CHECK bool ward_dhcpv6_parse(struct ward_slice datagram, struct ward_dhcpv6 *m);
/* Appends the next name in labels (RFC 8415 10) with dots; false at the end, or when it is none. */
bool ward_dhcpv6_name(struct ward_rd *r, struct ward_wr *w);
/* 21.13; NULL for a code without a name. Lives forever. */
const char *ward_dhcpv6_status_name(unsigned code);

#endif
