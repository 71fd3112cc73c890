/* Short messages by SMPP 3.4, straight to an operator's centre: the client's side of one session,
 * which binds as a transmitter, submits one message, in parts if it is long, and unbinds.
 *
 * Pure: bytes in, bytes out, no socket. What the centre sends are outside bytes; a PDU is bounded,
 * and nothing of it goes further than its status. */
#ifndef WARD_RESPOND_SMPP_H
#define WARD_RESPOND_SMPP_H

#include "respond/webhook.h"

enum {
	WARD_SMPP_USER = 15,    /* bytes of a system_id (SMPP 5.2.1) */
	WARD_SMPP_PASSWORD = 8, /* 5.2.2 */
	WARD_SMPP_NUMBER = 20,  /* of an address */
	WARD_SMPP_PDU = 4096,   /* bytes of one that comes */
	WARD_SMPP_PARTS = 4,
	WARD_SMPP_PART = 160, /* octets of a part, with its header */
};

/* How the parts are coded (SMPP 5.2.19). */
enum ward_smpp_coding {
	WARD_SMPP_GSM = 0,  /* the centre's default: GSM 7 bit, an octet for each character */
	WARD_SMPP_UCS2 = 8, /* UTF-16, big endian */
};

/* A text as short messages. */
struct ward_smpp_parts {
	enum ward_smpp_coding coding;
	size_t n; /* 1 to WARD_SMPP_PARTS */
	struct {
		uint8_t octet[WARD_SMPP_PART];
		size_t len;
	} part[WARD_SMPP_PARTS];
};
/* GSM where all characters are in its alphabet, else UCS-2; of more than one part each has a
 * header with `reference` (3GPP TS 23.040, 9.2.3.24.1). What has no room is cut, and ends with
 * "..". Control characters become blanks; bytes that are no UTF-8 '?'. */
void ward_smpp_parts_make(struct ward_str text, uint8_t reference, struct ward_smpp_parts *ret);

/* Borrowed for as long as the session lasts. */
struct ward_smpp_opts {
	struct ward_str user, password; /* at most WARD_SMPP_USER, WARD_SMPP_PASSWORD */
	struct ward_str from;           /* "+39…", digits, a name of at most 11, or empty */
	struct ward_str to;             /* "+39…", or digits */
	const struct ward_smpp_parts *parts;
};

struct ward_smpp {
	struct ward_smpp_opts o;
	enum { WARD_SMPP_BINDING, WARD_SMPP_SUBMITTING, WARD_SMPP_OVER } state;
	size_t n_taken;    /* parts */
	uint32_t sequence; /* of the request that waits for its answer */
	uint8_t pdu[WARD_SMPP_PDU];
	size_t len;
	struct ward_outcome outcome; /* of OVER */
};

/* What is to be sent first is added to `out`. */
void ward_smpp_begin(struct ward_smpp *s, const struct ward_smpp_opts *o, struct ward_wr *out);
/* Takes what the centre sent; what is to be sent next is added to `out`. Empty bytes: it hung up.
 */
void ward_smpp_take(struct ward_smpp *s, struct ward_slice bytes, struct ward_wr *out);

#endif
