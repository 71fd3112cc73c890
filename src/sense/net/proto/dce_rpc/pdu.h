/* DCE/RPC, connection-oriented (C706 chapter 12, MS-RPCE 2.2.2): one fragment as a validated
 * struct.
 *
 * ward_rpc_parse is a pure function over the front of a fragment and borrows it; what is cut off is
 * not looked for. */
#ifndef WARD_SENSE_NET_DCE_RPC_PDU_H
#define WARD_SENSE_NET_DCE_RPC_PDU_H

#include "base/rd.h"

/* Reasons why a fragment is malformed: X(IDENT, "name") */
#define WARD_RPC_REASON_LIST(X)                             \
	X(VERSION, "net.dce_rpc.reject.header.version")     \
	X(TYPE, "net.dce_rpc.reject.header.type")           \
	X(DREP, "net.dce_rpc.reject.header.representation") \
	X(LENGTH, "net.dce_rpc.reject.header.length")       \
	X(AUTH, "net.dce_rpc.reject.auth.length")           \
	X(BODY, "net.dce_rpc.reject.body.short")

enum ward_rpc_reason {
#define X(IDENT, name) WARD_RPC_##IDENT,
	WARD_RPC_REASON_LIST(X)
#undef X
		WARD_RPC_REASON_N, /* none */
};

enum {
	WARD_RPC_HEAD = 16, /* C706 12.6.3.1 */
	WARD_RPC_UUID_TEXT = 37,
	WARD_RPC_OFFERS = 8, /* presentation contexts kept of one bind */
};

/* C706 12.6.4, MS-RPCE 2.2.2.5 */
enum ward_rpc_type {
	WARD_RPC_REQUEST = 0,
	WARD_RPC_RESPONSE = 2,
	WARD_RPC_FAULT = 3,
	WARD_RPC_BIND = 11,
	WARD_RPC_BIND_ACK = 12,
	WARD_RPC_BIND_NAK = 13,
	WARD_RPC_ALTER = 14,
	WARD_RPC_ALTER_ACK = 15,
	WARD_RPC_AUTH3 = 16,
	WARD_RPC_SHUTDOWN = 17,
	WARD_RPC_CANCEL = 18,
	WARD_RPC_ORPHANED = 19,
};

struct ward_rpc_offer {
	uint16_t context;
	uint8_t uuid[16]; /* little-endian, whatever the sender's order */
	uint16_t major, minor;
};

struct ward_rpc_pdu {
	enum ward_rpc_type type;
	bool first, last, big_endian;
	size_t size; /* of the whole fragment */
	uint32_t call;
	/* request, response, fault */
	uint16_t context, opnum;
	uint32_t status;
	struct ward_slice stub; /* what there is of it, without the authentication */
	bool stub_whole;
	/* bind, alter and their answers */
	struct ward_rpc_offer offer[WARD_RPC_OFFERS];
	uint8_t result[WARD_RPC_OFFERS]; /* 0: accepted */
	size_t n_offer, n_offer_seen;
	struct ward_slice address; /* secondary address, with its NUL */
	uint16_t reject;
	/* authentication, C706 13.2.6.1; type 0: none */
	uint8_t auth_type, auth_level;
	struct ward_slice token;
	/* Why and where, when it is malformed. */
	enum ward_rpc_reason reason;
	size_t off;
};

/* The header: true with ret->size and ->type; false with ret->reason, or REASON_N when there are
 * less than WARD_RPC_HEAD bytes and nothing is wrong with them. */
WARD_MUST_CHECK bool ward_rpc_head(struct ward_slice bytes, struct ward_rpc_pdu *ret);
/* The fragment that bytes begin with, as far as it is there. */
WARD_MUST_CHECK bool ward_rpc_parse(struct ward_slice bytes, struct ward_rpc_pdu *ret);

void ward_rpc_uuid_text(const uint8_t uuid[16], char ret[WARD_RPC_UUID_TEXT]);

#endif
