/* RDP's first messages: pure functions, slices borrow the bytes. [MS-RDPBCGR] 2.2.1, over TPKT (RFC
 * 1006 6) and X.224 class 0 (13). */
#ifndef WARD_SENSE_NET_RDP_RDP_H
#define WARD_SENSE_NET_RDP_RDP_H

#include "base/rd.h"

#define WARD_RDP_REASON_LIST(X)                      \
	X(TPKT, "net.rdp.reject.tpkt")               \
	X(X224, "net.rdp.reject.x224")               \
	X(NEGOTIATION, "net.rdp.reject.negotiation") \
	X(MCS, "net.rdp.reject.mcs")                 \
	X(GCC, "net.rdp.reject.gcc")                 \
	X(BLOCK, "net.rdp.reject.block")

enum ward_rdp_reason {
#define X(IDENT, name) WARD_RDP_##IDENT,
	WARD_RDP_REASON_LIST(X)
#undef X
		WARD_RDP_REASON_N, /* none */
};

enum {
	WARD_RDP_TPKT_HEAD = 4, /* bytes of the head */
	WARD_RDP_CHANNELS = 31,
	WARD_RDP_NAME = 16,    /* characters of the client's name with its NUL */
	WARD_RDP_PRODUCT = 32, /* of the product's id */
	WARD_RDP_RESTRICTED_ADMIN = 1,
};

/* Of X.224. */
enum ward_rdp_code { WARD_RDP_REQUEST = 0xe0, WARD_RDP_CONFIRM = 0xd0, WARD_RDP_DATA = 0xf0 };

/* 2.2.1.1.1: bits of what is requested; one of them is selected, or none. */
enum ward_rdp_protocol {
	WARD_RDP_STANDARD = 0,
	WARD_RDP_TLS = 1,
	WARD_RDP_CREDSSP = 2,
	WARD_RDP_RDSTLS = 4,
	WARD_RDP_CREDSSP_EX = 8,
	WARD_RDP_AAD = 16,
};

/* The request or its confirmation (2.2.1.1, 2.2.1.2). */
struct ward_rdp_connect {
	struct ward_slice user;  /* of "Cookie: mstshash=" */
	struct ward_slice token; /* of "Cookie: msts=" */
	bool negotiates;
	bool refused;
	uint8_t flags;
	uint32_t value; /* requested or selected protocols, or the failure code */
};

/* 2.2.1.3 */
struct ward_rdp_client {
	bool has_core;
	uint32_t version, keyboard, build, encryption;
	uint16_t width, height;
	struct ward_slice name;    /* UTF-16LE, up to its NUL */
	struct ward_slice product; /* UTF-16LE; may be empty */
	size_t n_channel;
	struct ward_slice channel[WARD_RDP_CHANNELS]; /* ASCII, up to their NULs */
};

/* 2.2.1.4 */
struct ward_rdp_server {
	bool has_core, has_security;
	uint32_t version, method, level;
};

/* The head of a message, and its code. False: none, with *ret_off where. At least six bytes. */
WARD_MUST_CHECK bool ward_rdp_head(struct ward_slice s, size_t *ret_size, enum ward_rdp_code *ret);
/* A whole request or confirmation. */
WARD_MUST_CHECK bool ward_rdp_connect(
	struct ward_slice s, struct ward_rdp_connect *c, enum ward_rdp_reason *ret_reason);
/* A whole data message: Connect-Initial or Connect-Response of T.125 7. *ret_is: it is one. */
WARD_MUST_CHECK bool ward_rdp_client(struct ward_slice s, struct ward_rdp_client *c, bool *ret_is,
	enum ward_rdp_reason *ret_reason);
WARD_MUST_CHECK bool ward_rdp_server(struct ward_slice s, struct ward_rdp_server *v, bool *ret_is,
	enum ward_rdp_reason *ret_reason);
/* Lives forever; NULL: more than one, or not known. */
const char *ward_rdp_protocol_name(uint32_t protocol);
/* 2.2.1.2.2 */
const char *ward_rdp_failure_name(uint32_t code);

#endif
