/* TFTP (RFC 1350) with its options (RFC 2347 to 2349): one packet as a validated struct.
 *
 * A pure function over outside bytes, which it borrows; O(bytes). */
#ifndef WARD_SENSE_NET_TFTP_TFTP_H
#define WARD_SENSE_NET_TFTP_TFTP_H

#include "base/rd.h"

/* X(IDENT, "name"): reasons why a packet is malformed. */
#define WARD_TFTP_REASON_LIST(X)               \
	X(OPCODE, "net.tftp.reject.opcode")    \
	X(SHORT, "net.tftp.reject.short")      \
	X(STRING, "net.tftp.reject.string")    \
	X(MODE, "net.tftp.reject.mode")        \
	X(BLOCK_SIZE, "net.tftp.reject.block") \
	X(OPTION, "net.tftp.reject.option")

enum ward_tftp_reason {
#define X(IDENT, name) WARD_TFTP_##IDENT,
	WARD_TFTP_REASON_LIST(X)
#undef X
		WARD_TFTP_REASON_N, /* none */
};

enum ward_tftp_opcode {
	WARD_TFTP_READ = 1,
	WARD_TFTP_WRITE,
	WARD_TFTP_DATA,
	WARD_TFTP_ACK,
	WARD_TFTP_ERROR,
	WARD_TFTP_OPTIONS /* acknowledged, RFC 2347 */
};

enum {
	WARD_TFTP_BLOCK = 512,       /* bytes, unless options say otherwise */
	WARD_TFTP_BLOCK_MAX = 65464, /* RFC 2348 */
};

struct ward_tftp {
	enum ward_tftp_opcode opcode;
	struct ward_str file, mode; /* of a request */
	uint16_t block;             /* of data and ack; of error its code */
	struct ward_slice data;
	uint32_t block_size; /* of request and options; 0: not said */
	bool has_total;      /* tsize, RFC 2349 */
	uint64_t total;
	/* Why and where, when it is malformed. */
	enum ward_tftp_reason reason;
	size_t off;
};

/* False: malformed, reason and off are set. */
WARD_MUST_CHECK bool ward_tftp_parse(struct ward_slice bytes, struct ward_tftp *ret);

#endif
