/* Frames of LIS1-A (ASTM E1381) and the records in them, LIS2-A2 (ASTM E1394): pure functions,
 * texts borrow the bytes. Of records only the kind is read, of a header what addresses the message:
 * no field of a patient, an order, a result or a comment. */
#ifndef WARD_SENSE_NET_ASTM_ASTM_H
#define WARD_SENSE_NET_ASTM_ASTM_H

#include "base/slice.h"

/* X(IDENT, "name"). After the last two the stream is still understood. */
#define WARD_ASTM_REASON_LIST(X)                            \
	X(START, "net.astm.reject.start")                   \
	X(FRAME_NUMBER, "net.astm.reject.frame.number")     \
	X(FRAME_TEXT, "net.astm.reject.frame.text")         \
	X(FRAME_LENGTH, "net.astm.reject.frame.length")     \
	X(FRAME_END, "net.astm.reject.frame.end")           \
	X(FRAME_CHECKSUM, "net.astm.reject.frame.checksum") \
	X(HEADER_DELIMITERS, "net.astm.reject.header.delimiters")

enum ward_astm_reason {
#define X(IDENT, name) WARD_ASTM_##IDENT,
	WARD_ASTM_REASON_LIST(X)
#undef X
		WARD_ASTM_REASON_N, /* none */
};

/* LIS1-A 8: the characters that are not text. */
enum {
	WARD_ASTM_STX = 0x02,
	WARD_ASTM_ETX = 0x03,
	WARD_ASTM_EOT = 0x04,
	WARD_ASTM_ENQ = 0x05,
	WARD_ASTM_ACK = 0x06,
	WARD_ASTM_NAK = 0x15,
	WARD_ASTM_ETB = 0x17,
	WARD_ASTM_FRAME_MAX = 64000, /* LIS1-A; E1381 has 247 */
	WARD_ASTM_KINDS = 9,
};

enum ward_astm_framing { WARD_ASTM_WHOLE, WARD_ASTM_MORE, WARD_ASTM_NOT };

/* LIS1-A 8.3: STX number text ETB|ETX checksum CR LF */
struct ward_astm_frame {
	uint8_t number; /* 0 to 7 */
	bool last;      /* by ETX */
	bool sum_good;
	struct ward_slice text;
	size_t size;
	enum ward_astm_reason reason; /* of NOT */
	size_t off;
};

/* LIS2-A2 6: as sent, and may be empty. */
struct ward_astm_header {
	struct ward_str delimiters;
	bool has_password;                          /* the field itself is not told */
	struct ward_str sender_name, sender_detail; /* first component, and those behind it */
	struct ward_str receiver, processing, version;
};

/* How far the text of a frame that is not whole yet was read, so that it is not read again with
 * each byte that comes. Zero for a new one. */
struct ward_astm_scan {
	size_t at;
	uint8_t sum;
};

/* s begins with STX; after MORE it is called with the same bytes and those behind them. */
enum ward_astm_framing ward_astm_frame(
	struct ward_slice s, struct ward_astm_scan *scan, struct ward_astm_frame *f);
/* record: without its CR. False: the delimiters can't be. */
WARD_MUST_CHECK bool ward_astm_header(struct ward_str record, struct ward_astm_header *h);
/* The record's place in "HPORCQSML", or SIZE_MAX. */
size_t ward_astm_kind(char type);
/* One letter; lives forever. */
const char *ward_astm_kind_name(size_t kind);

#endif
