/* RADIUS packets (RFC 2865, 2866, 5176) as one validated struct.
 *
 * ward_radius_parse is a pure function over one datagram of outside bytes: it allocates nothing and
 * borrows the packet. Its cost is O(bytes), at most 4096. */
#ifndef WARD_SENSE_NET_RADIUS_RADIUS_H
#define WARD_SENSE_NET_RADIUS_RADIUS_H

#include "base/rd.h"

/* Reasons why a packet is malformed: X(IDENT, "name") */
#define WARD_RADIUS_REASON_LIST(X)            \
	X(HEADER, "net.radius.reject.header") \
	X(CODE, "net.radius.reject.code")     \
	X(LENGTH, "net.radius.reject.length") \
	X(ATTRIBUTE, "net.radius.reject.attribute")

enum ward_radius_reason {
#define X(IDENT, name) WARD_RADIUS_BAD_##IDENT,
	WARD_RADIUS_REASON_LIST(X)
#undef X
		WARD_RADIUS_REASON_N, /* none */
};

/* X(IDENT, code, "name", what it answers or 0, "outcome" of an answer) */
#define WARD_RADIUS_CODE_LIST(X)                                    \
	X(ACCESS_REQUEST, 1, "access_request", 0, NULL)             \
	X(ACCESS_ACCEPT, 2, "access_accept", 1, "accept")           \
	X(ACCESS_REJECT, 3, "access_reject", 1, "reject")           \
	X(ACCOUNTING_REQUEST, 4, "accounting_request", 0, NULL)     \
	X(ACCOUNTING_RESPONSE, 5, "accounting_response", 4, "ok")   \
	X(ACCESS_CHALLENGE, 11, "access_challenge", 1, "challenge") \
	X(STATUS_SERVER, 12, "status_server", 0, NULL)              \
	X(DISCONNECT_REQUEST, 40, "disconnect_request", 0, NULL)    \
	X(DISCONNECT_ACK, 41, "disconnect_ack", 40, "ok")           \
	X(DISCONNECT_NAK, 42, "disconnect_nak", 40, "refused")      \
	X(COA_REQUEST, 43, "coa_request", 0, NULL)                  \
	X(COA_ACK, 44, "coa_ack", 43, "ok")                         \
	X(COA_NAK, 45, "coa_nak", 43, "refused")

enum ward_radius_code {
#define X(IDENT, code, name, answers, outcome) WARD_RADIUS_##IDENT = (code),
	WARD_RADIUS_CODE_LIST(X)
#undef X
};

struct ward_radius_code_info {
	uint8_t code, answers;
	const char *name, *outcome;
};

/* Attributes that are looked at, by type (RFC 2865 5, 2866 5, 2868 3, 2869 5, 3162 2). */
enum ward_radius_attribute {
	WARD_RADIUS_USER_NAME = 1,
	WARD_RADIUS_USER_PASSWORD = 2,
	WARD_RADIUS_CHAP_PASSWORD = 3,
	WARD_RADIUS_NAS_IP = 4,
	WARD_RADIUS_NAS_PORT = 5,
	WARD_RADIUS_SERVICE_TYPE = 6,
	WARD_RADIUS_FRAMED_IP = 8,
	WARD_RADIUS_FILTER_ID = 11,
	WARD_RADIUS_VENDOR = 26,
	WARD_RADIUS_CALLED_STATION = 30,
	WARD_RADIUS_CALLING_STATION = 31,
	WARD_RADIUS_NAS_IDENTIFIER = 32,
	WARD_RADIUS_ACCT_STATUS = 40,
	WARD_RADIUS_ACCT_INPUT = 42,
	WARD_RADIUS_ACCT_OUTPUT = 43,
	WARD_RADIUS_ACCT_SESSION = 44,
	WARD_RADIUS_ACCT_TIME = 46,
	WARD_RADIUS_ACCT_CAUSE = 49,
	WARD_RADIUS_NAS_PORT_TYPE = 61,
	WARD_RADIUS_CONNECT_INFO = 77,
	WARD_RADIUS_EAP = 79,
	WARD_RADIUS_TUNNEL_GROUP = 81,
	WARD_RADIUS_NAS_PORT_ID = 87,
	WARD_RADIUS_NAS_IPV6 = 95,
	WARD_RADIUS_ATTRIBUTES = 256,
};

enum { WARD_RADIUS_HEAD = 20, WARD_RADIUS_MAX = 4096, WARD_RADIUS_CALL_CHECK = 10 };

struct ward_radius {
	const struct ward_radius_code_info *info; /* NULL: no packet */
	uint8_t id;
	size_t size; /* what follows is padding (RFC 2865 3) */
	struct ward_slice authenticator;
	/* The first value of each type; p == NULL: not there. */
	struct ward_slice value[WARD_RADIUS_ATTRIBUTES];
	bool mschap; /* a vendor's attribute says so (RFC 2548) */
	/* Why and where, when it is malformed. */
	enum ward_radius_reason reason;
	size_t off;
};

/* Fills all of m. True when it is valid; false with reason and off, and what stood before that. */
WARD_MUST_CHECK bool ward_radius_parse(struct ward_slice bytes, struct ward_radius *m);
/* Four octets as a number; false: it is not there, or of another size. */
bool ward_radius_int(const struct ward_radius *m, enum ward_radius_attribute type, uint32_t *ret);
/* A MAC address as devices write it: six pairs with any of "-:." between some or none, at the
 * begin. Gives how many characters it takes; 0: there is none. */
size_t ward_radius_mac(struct ward_slice text, uint8_t ret[6]);

#endif
