/* One DHCP or BOOTP message (RFC 2131 section 2) as a validated struct.
 *
 * ward_dhcp_parse is a pure function over one UDP payload of outside bytes. Options may go on in
 * the fields sname and file (RFC 2131 4.1) and in several pieces (RFC 3396). */
#ifndef WARD_SENSE_NET_DHCP_DHCP_H
#define WARD_SENSE_NET_DHCP_DHCP_H

#include "base/rd.h"
#include "base/wr.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_DHCP_REASON_LIST(X)                          \
	X(HEADER_SHORT, "net.dhcp.reject.header.short")   \
	X(HEADER_OP, "net.dhcp.reject.header.op")         \
	X(HEADER_HLEN, "net.dhcp.reject.header.hlen")     \
	X(COOKIE, "net.dhcp.reject.cookie")               \
	X(OPTION_SHORT, "net.dhcp.reject.option.short")   \
	X(OPTION_LENGTH, "net.dhcp.reject.option.length") \
	X(OVERLOAD, "net.dhcp.reject.overload")

enum ward_dhcp_reason {
#define X(IDENT, name) WARD_DHCP_##IDENT,
	WARD_DHCP_REASON_LIST(X)
#undef X
		WARD_DHCP_REASON_N, /* none */
};

enum {
	WARD_DHCP_HARDWARE = 16,
	WARD_DHCP_SEEN = 64, /* options whose order is kept */
	WARD_DHCP_CODES = 256,
};

/* Codes of options (RFC 2132 unless said otherwise). */
enum {
	WARD_DHCP_PAD = 0,
	WARD_DHCP_SUBNET_MASK = 1,
	WARD_DHCP_ROUTER = 3,
	WARD_DHCP_DNS = 6,
	WARD_DHCP_HOST_NAME = 12,
	WARD_DHCP_DOMAIN_NAME = 15,
	WARD_DHCP_REQUESTED = 50,
	WARD_DHCP_LEASE = 51,
	WARD_DHCP_OVERLOAD_OPTION = 52,
	WARD_DHCP_TYPE = 53,
	WARD_DHCP_SERVER = 54,
	WARD_DHCP_PARAMETERS = 55,
	WARD_DHCP_MESSAGE = 56,
	WARD_DHCP_MAX_SIZE = 57,
	WARD_DHCP_VENDOR_CLASS = 60,
	WARD_DHCP_CLIENT_ID = 61,
	WARD_DHCP_TFTP_SERVER = 66,
	WARD_DHCP_BOOT_FILE = 67,
	WARD_DHCP_CLIENT_FQDN = 81, /* RFC 4702 */
	WARD_DHCP_RELAY = 82,       /* RFC 3046 */
	WARD_DHCP_PROXY = 252,      /* web proxy auto-discovery, never registered */
	WARD_DHCP_END = 255,
};

struct ward_dhcp {
	bool has_header; /* all of the fixed part and the cookie are valid */
	bool reply;
	uint8_t htype, hlen, hops;
	uint32_t xid;
	uint16_t secs;
	bool broadcast;
	uint8_t ciaddr[4], yiaddr[4], siaddr[4], giaddr[4];
	uint8_t chaddr[WARD_DHCP_HARDWARE];
	struct ward_slice sname, file; /* as text; empty when they hold options */
	uint8_t type;                  /* 0: BOOTP */
	/* By code; p is NULL when it is absent. Whole, in the payload or the caller's writer. */
	struct ward_slice option[WARD_DHCP_CODES];
	uint8_t seen[WARD_DHCP_SEEN]; /* codes in the order of the message, each once */
	size_t n_seen;
	size_t n_cut; /* pieces of options that did not fit */
	/* Why and where, when it is malformed. */
	enum ward_dhcp_reason reason;
	size_t off;
};

/* Fills all of m. True when the whole message is valid; false with reason and off, and what stood
 * before that. store is reset and takes options in pieces. */
WARD_MUST_CHECK bool ward_dhcp_parse(
	struct ward_slice payload, struct ward_wr *store, struct ward_dhcp *m);

#endif
