/* SNMP messages of version 1 (RFC 1157), 2c (RFC 1901, 3416) and 3 (RFC 3412, 3414) as one
 * validated struct.
 *
 * ward_snmp_parse is a pure function over one datagram of outside bytes: it never recurses,
 * allocates nothing and borrows the message. Its cost is O(bytes). */
#ifndef WARD_SENSE_NET_SNMP_SNMP_H
#define WARD_SENSE_NET_SNMP_SNMP_H

#include "sense/net/ber.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_SNMP_REASON_LIST(X)                    \
	X(MESSAGE, "net.snmp.reject.message")       \
	X(VERSION, "net.snmp.reject.version")       \
	X(COMMUNITY, "net.snmp.reject.community")   \
	X(HEADER, "net.snmp.reject.header")         \
	X(SECURITY, "net.snmp.reject.security")     \
	X(SCOPED_PDU, "net.snmp.reject.scoped_pdu") \
	X(PDU_TYPE, "net.snmp.reject.pdu_type")     \
	X(PDU, "net.snmp.reject.pdu")               \
	X(TRAP, "net.snmp.reject.trap")             \
	X(VARBIND, "net.snmp.reject.varbind")       \
	X(OID, "net.snmp.reject.oid")               \
	X(TRAILING, "net.snmp.reject.trailing")

enum ward_snmp_reason {
#define X(IDENT, name) WARD_SNMP_##IDENT,
	WARD_SNMP_REASON_LIST(X)
#undef X
		WARD_SNMP_REASON_N, /* none */
};

enum ward_snmp_version { WARD_SNMP_V1 = 0, WARD_SNMP_V2C = 1, WARD_SNMP_V3 = 3 };

/* RFC 3416 3, by context tag, and what can't be read: X(IDENT, "name") */
#define WARD_SNMP_PDU_LIST(X)           \
	X(GET, "get_request")           \
	X(GET_NEXT, "get_next_request") \
	X(RESPONSE, "response")         \
	X(SET, "set_request")           \
	X(TRAP_V1, "trap")              \
	X(GET_BULK, "get_bulk_request") \
	X(INFORM, "inform_request")     \
	X(TRAP, "trap")                 \
	X(REPORT, "report")             \
	X(ENCRYPTED, "encrypted")

enum ward_snmp_pdu {
#define X(IDENT, name) WARD_SNMP_PDU_##IDENT,
	WARD_SNMP_PDU_LIST(X)
#undef X
		WARD_SNMP_PDU_N,
};

/* Tags of values, RFC 2578 7.1 and RFC 3416 3. */
enum {
	WARD_SNMP_IP = WARD_BER_APP(0),
	WARD_SNMP_TICKS = WARD_BER_APP(3),
	WARD_SNMP_NO_OBJECT = WARD_BER_CTX(0),
	WARD_SNMP_NO_INSTANCE = WARD_BER_CTX(1),
	WARD_SNMP_END_OF_VIEW = WARD_BER_CTX(2),
};

/* RFC 3412 6.4 */
enum { WARD_SNMP_FLAG_AUTH = 1, WARD_SNMP_FLAG_PRIV = 2, WARD_SNMP_FLAG_REPORTABLE = 4 };

enum { WARD_SNMP_VARS = 64, WARD_SNMP_USM = 3 };

struct ward_snmp_var {
	struct ward_slice oid; /* content octets, valid */
	struct ward_ber value;
};

struct ward_snmp {
	uint8_t version;             /* enum ward_snmp_version */
	struct ward_slice community; /* of 1 and 2c: a secret */
	/* of 3 */
	int32_t id; /* msgID, or of 1 and 2c the request-id */
	int32_t max_size;
	uint8_t flags;
	int32_t security_model;
	struct ward_slice engine, user; /* of the user-based security model */
	uint32_t engine_boots, engine_time_s;
	struct ward_slice context_engine, context_name;
	/* the PDU */
	enum ward_snmp_pdu pdu;
	int32_t request_id, error_status,
		error_index; /* get-bulk: non-repeaters, max-repetitions */
	/* of a trap of version 1 */
	struct ward_slice enterprise, agent; /* content octets of an OID; 4 bytes */
	int32_t generic, specific;
	uint32_t uptime;
	struct ward_snmp_var var[WARD_SNMP_VARS];
	size_t n_var, n_var_seen; /* kept, met */
	/* Why and where, when it is malformed. */
	enum ward_snmp_reason reason;
	size_t off;
};

/* Fills all of m. True when it is valid; false with reason and off, and what stood before that. */
WARD_MUST_CHECK bool ward_snmp_parse(struct ward_slice bytes, struct ward_snmp *m);
/* Could these be the first bytes of a message? Looks at what comes before the PDU, and its tag. */
bool ward_snmp_probe(struct ward_slice bytes);

/* Names; NULL for a number without one. They live forever. */
const char *ward_snmp_pdu_name(enum ward_snmp_pdu pdu);
const char *ward_snmp_error_name(int32_t error_status);
const char *ward_snmp_trap_name(int32_t generic);
/* Who an enterprise number belongs to (IANA). */
const char *ward_snmp_vendor(uint32_t enterprise);
/* A community that devices are delivered with. */
bool ward_snmp_community_default(struct ward_slice community);

#endif
