/* CoAP messages over UDP (RFC 7252; RFC 7641 Observe, RFC 7959 Block, RFC 8613 OSCORE) as one
 * validated struct. Pure over outside bytes, which it borrows; no recursion, no allocation;
 * O(bytes). */
#ifndef WARD_SENSE_NET_COAP_COAP_H
#define WARD_SENSE_NET_COAP_COAP_H

#include "base/rd.h"
#include "base/wr.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_COAP_REASON_LIST(X)                          \
	X(SHORT, "net.coap.reject.short")                 \
	X(VERSION, "net.coap.reject.version")             \
	X(TOKEN, "net.coap.reject.token")                 \
	X(CODE, "net.coap.reject.code")                   \
	X(EMPTY, "net.coap.reject.empty")                 \
	X(OPTION, "net.coap.reject.option")               \
	X(OPTION_LENGTH, "net.coap.reject.option.length") \
	X(PAYLOAD, "net.coap.reject.payload")

enum ward_coap_reason {
#define X(IDENT, name) WARD_COAP_##IDENT,
	WARD_COAP_REASON_LIST(X)
#undef X
		WARD_COAP_REASON_N,
};

enum ward_coap_type { WARD_COAP_CON, WARD_COAP_NON, WARD_COAP_ACK, WARD_COAP_RST };

enum {
	WARD_COAP_URI_HOST = 3,
	WARD_COAP_OBSERVE = 6,
	WARD_COAP_OSCORE = 9,
	WARD_COAP_URI_PATH = 11,
	WARD_COAP_CONTENT_FORMAT = 12,
	WARD_COAP_URI_QUERY = 15,
	WARD_COAP_BLOCK2 = 23,
	WARD_COAP_BLOCK1 = 27,
	WARD_COAP_PROXY_URI = 35,
	WARD_COAP_TOKEN_MAX = 8,
};

struct ward_coap_number {
	bool is;
	uint32_t v;
};

struct ward_coap {
	enum ward_coap_type type;
	uint8_t code; /* class in the upper three bits */
	uint16_t id;
	struct ward_slice token;
	struct ward_slice options; /* for ward_coap_option */
	struct ward_slice host, proxy_uri;
	struct ward_coap_number observe, content_format, block1, block2;
	bool oscore;
	bool has_path;
	bool unknown; /* an option without a number of ours */
	size_t payload;
	/* Why and where, when it is malformed. */
	enum ward_coap_reason reason;
	size_t off;
};

/* Fills all of ret from a datagram; reason is WARD_COAP_REASON_N when it is valid. */
WARD_MUST_CHECK bool ward_coap_parse(struct ward_slice bytes, struct ward_coap *ret);
/* The next option; number goes on from the last one's, 0 at first. False after the last, or when it
 * is malformed: then ward_rd_bad(options). */
bool ward_coap_option(struct ward_rd *options, unsigned *number, struct ward_slice *ret_value);
/* A code's name ("GET", "Content"), NULL for one without. Lives forever. */
const char *ward_coap_code_name(unsigned code);

static inline bool ward_coap_is_request(unsigned code)
{
	return code != 0 && code >> 5 == 0;
}

#endif
