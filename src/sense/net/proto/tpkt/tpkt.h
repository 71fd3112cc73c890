/* One packet of ISO transport over TCP: TPKT (RFC 1006 clause 6) with a TPDU of class 0 (ISO 8073
 * clause 13). Pure; borrows the bytes; O(bytes of the header). */
#ifndef WARD_SENSE_NET_TPKT_TPKT_H
#define WARD_SENSE_NET_TPKT_TPKT_H

#include "base/rd.h"

enum ward_tpkt_reason {
	WARD_TPKT_GOOD,
	WARD_TPKT_HEADER, /* not version 3, or shorter than its header */
	WARD_TPKT_TPDU,   /* the TPDU's header does not fit, or its code is none of class 0 */
};

enum ward_tpkt_framing {
	WARD_TPKT_WHOLE, /* size bytes are there and the TPDU's header is read */
	WARD_TPKT_MORE,  /* right so far; size is what it takes, 0 when not known yet */
	WARD_TPKT_NOT,   /* reason and off are set */
};

/* TPDU codes, ISO 8073 13.3 to 13.12 */
enum ward_cotp_code {
	WARD_COTP_ER = 0x70,
	WARD_COTP_DR = 0x80,
	WARD_COTP_DC = 0xc0,
	WARD_COTP_CC = 0xd0,
	WARD_COTP_CR = 0xe0,
	WARD_COTP_DT = 0xf0,
};

enum { WARD_TPKT_HEAD = 4 };

struct ward_tpkt {
	size_t size; /* bytes of the whole packet, header included */
	uint8_t code;
	uint16_t dst_ref, src_ref; /* of CR, CC, DR */
	uint8_t option;            /* of CR and CC the class, of DR the reason */
	bool last;                 /* DT: the end of what is sent */
	struct ward_slice
		variable;       /* of CR, CC and DR: what follows the fixed part of the header */
	struct ward_slice data; /* of DT: what is carried */
	size_t data_off;        /* where that begins */
	enum ward_tpkt_reason reason;
	size_t off;
};

/* The packet at the begin of bytes; t is reset. */
enum ward_tpkt_framing ward_tpkt_read(struct ward_slice bytes, struct ward_tpkt *t);

/* A parameter of the variable part (13.2.3), or an empty slice. False: the part is not made of
 * parameters, as RDP does it. */
enum { WARD_COTP_SIZE = 0xc0, WARD_COTP_CALLING = 0xc1, WARD_COTP_CALLED = 0xc2 };
bool ward_cotp_parameter(struct ward_slice variable, uint8_t code, struct ward_slice *ret);

#endif
