/* EtherNet/IP encapsulation (CIP Volume 2, chapter 2) and the CIP messages in it (CIP Volume 1,
 * chapters 2 and 3, appendices A to C) as one validated struct.
 *
 * ward_enip_parse is a pure function over outside bytes: it never recurses, allocates nothing and
 * borrows the message. Its cost is O(bytes). */
#ifndef WARD_SENSE_NET_ENIP_ENIP_H
#define WARD_SENSE_NET_ENIP_ENIP_H

#include "base/rd.h"
#include "sense/net/proto/enip/names.h"

/* Reasons why a message is malformed: X(IDENT, "name") */
#define WARD_ENIP_REASON_LIST(X)                        \
	X(HEADER_SHORT, "net.enip.reject.header.short") \
	X(COMMAND, "net.enip.reject.command")           \
	X(OPTIONS, "net.enip.reject.options")           \
	X(LENGTH, "net.enip.reject.length")             \
	X(BODY_SHORT, "net.enip.reject.body.short")     \
	X(ITEM, "net.enip.reject.item")                 \
	X(CIP_SHORT, "net.enip.reject.cip.short")       \
	X(CIP_PATH, "net.enip.reject.cip.path")         \
	X(CIP_MULTIPLE, "net.enip.reject.cip.multiple")

enum ward_enip_reason {
#define X(IDENT, name) WARD_ENIP_##IDENT,
	WARD_ENIP_REASON_LIST(X)
#undef X
		WARD_ENIP_REASON_N, /* none */
};

enum {
	WARD_ENIP_HEAD = 24,
	WARD_CIP_EMBEDDED = 32, /* of a multiple service packet, kept */
	WARD_CIP_SYMBOL = 64,   /* bytes of a symbol that are told */
	WARD_CIP_CLASS_IDENTITY = 0x01,
	WARD_CIP_CLASS_SYMBOL = 0x6b,
};

struct ward_enip_optional {
	bool is;
	uint32_t v;
};

/* One request or response of CIP. */
struct ward_cip {
	uint8_t service; /* without the response bit */
	bool response;
	struct ward_enip_optional class, instance, attribute, point; /* of a request's path */
	struct ward_slice symbol;                                    /* its first */
	uint8_t status;
	struct ward_enip_optional extended; /* status */
	struct ward_slice data;
};

struct ward_enip_identity {
	bool is;
	uint16_t vendor, type, product, status;
	uint8_t major, minor;
	uint32_t serial;
	struct ward_slice name;
	struct ward_enip_optional state;
	bool has_address;
	uint8_t address[4];
};

struct ward_enip {
	const uint8_t *begin; /* of the message */
	uint16_t command;
	size_t size; /* bytes of the whole message, header included */
	uint32_t session, status;
	struct ward_slice context;                      /* eight bytes */
	struct ward_enip_optional connection, sequence; /* of connected data */
	struct ward_enip_identity identity;
	bool has_cip, routed; /* routed: unwrapped out of an unconnected send */
	struct ward_cip cip;
	struct ward_cip embedded[WARD_CIP_EMBEDDED];
	size_t n_embedded, n_embedded_seen; /* kept, met */
	struct ward_enip_optional reset_type, originator_vendor, originator_serial;
	/* Why and where, when it is malformed. */
	enum ward_enip_reason reason;
	size_t off;
};

enum ward_enip_framing {
	WARD_ENIP_WHOLE, /* the header is right, m->size bytes are there */
	WARD_ENIP_MORE,  /* right so far; m->size is what it takes, 0 when not known yet */
	WARD_ENIP_NOT,   /* no header: reason and off are set */
};

/* The header alone; m is reset. */
enum ward_enip_framing ward_enip_frame(struct ward_slice bytes, struct ward_enip *m);
/* Fills all of m from the first message in bytes. True when it is valid; false with reason and off.
 * m->size is set whenever the header is right. */
WARD_MUST_CHECK bool ward_enip_parse(struct ward_slice bytes, struct ward_enip *m);

/* For ward_enip_parse: the CIP message r, a part of the whole. False with reason and off. */
bool ward_cip_parse(struct ward_rd *r, struct ward_enip *m);
/* The identity object's attributes (Volume 1, 5A-2.2) from vendor to product name. False: short. */
bool ward_cip_identity(struct ward_rd *r, struct ward_enip_identity *ret);
static inline bool ward_enip_fail(struct ward_enip *m, enum ward_enip_reason reason, size_t off)
{
	if (m->reason == WARD_ENIP_REASON_N) {
		m->reason = reason;
		m->off = off;
	}
	return false;
}

#endif
