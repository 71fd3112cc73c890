/* Files inside of a file that is sent in parts: attachments of a mail, files of a form, objects of
 * a multipart body (RFC 2046 5.1, RFC 7578), found and decoded as the bytes come.
 *
 * Constant memory; no recursion: multiparts in multiparts are on a stack of WARD_PARTS_DEPTH. A
 * mail in a mail is one part. Sees untrusted bytes. Single-threaded. */
#ifndef WARD_SENSE_NET_CARVE_PARTS_H
#define WARD_SENSE_NET_CARVE_PARTS_H

#include "sense/net/carve/mime.h"

enum ward_parts_kind {
	WARD_PARTS_NONE,
	WARD_PARTS_MESSAGE, /* it begins with the fields of a mail; what has a name, or is no text
			     */
	WARD_PARTS_FORM,    /* what has a name: the rest is what people type */
	WARD_PARTS_ALL,     /* each part */
};

enum {
	WARD_PARTS_DEPTH = 6,
	WARD_PARTS_BOUNDARY = 70, /* RFC 2046 5.1.1 */
	WARD_PARTS_FIELD = 1024,  /* bytes of a field; of a longer one the front */
	WARD_PARTS_TEXT = 256,    /* of a part's name or type */
	WARD_PARTS_RANGE = 64,    /* of its Content-Range: a longer one is none */
	WARD_PARTS_OUT = 1024,
};

enum ward_part_end {
	WARD_PART_WHOLE,
	WARD_PART_CUT,     /* the file ended before the part did */
	WARD_PART_TORN,    /* bytes of the file are missing in it */
	WARD_PART_DAMAGED, /* it can't have been encoded so */
};

/* What a part says of itself, as UTF-8 without control characters; empty: nothing. */
struct ward_part {
	struct ward_str name, type;
	struct ward_str range; /* Content-Range (RFC 9110 14.6), as it stands there */
};

/* One part at a time: begin, bytes, end. */
struct ward_parts_user {
	void (*begin)(void *ctx, const struct ward_part *p);
	void (*bytes)(void *ctx, struct ward_slice bytes);
	void (*end)(void *ctx, enum ward_part_end end);
	void *ctx;
};

struct ward_parts {
	enum ward_parts_kind kind;
	uint8_t state; /* enum of parts.c */
	uint8_t depth;
	bool part;   /* one is open */
	bool bol;    /* in fields: at the begin of a line */
	bool passed; /* a multipart was not entered: too deep, or without a boundary */
	uint8_t eol; /* 0 to 2 bytes of a line end that may belong to a boundary; 3: a CR alone */
	uint8_t n_hold;
	uint16_t n_field, n_out;
	enum ward_transfer transfer;
	struct ward_transfer_state code;
	struct {
		uint8_t len;
		char p[WARD_PARTS_BOUNDARY];
	} boundary[WARD_PARTS_DEPTH];
	struct {
		uint16_t len;
		char p[WARD_PARTS_TEXT];
	} name, type;
	struct {
		uint8_t len;
		char p[WARD_PARTS_RANGE];
	} range;
	uint8_t hold[WARD_PARTS_BOUNDARY + 8]; /* the front of a line that may be a boundary */
	char field[WARD_PARTS_FIELD];
	uint8_t out[WARD_PARTS_OUT];
};

/* kind is not NONE; boundary: of all kinds but MESSAGE, from the field Content-Type. False: it is
 * none; p is not to be used. */
WARD_MUST_CHECK bool ward_parts_begin(
	struct ward_parts *p, enum ward_parts_kind kind, struct ward_str boundary);
/* The next bytes of the file. O(bytes). */
void ward_parts_bytes(struct ward_parts *p, struct ward_slice s, const struct ward_parts_user *u);
/* Bytes are missing here. What follows belongs to nothing, up to the next boundary. */
void ward_parts_gap(struct ward_parts *p, const struct ward_parts_user *u);
/* The file has ended; whole: as it should. */
void ward_parts_end(struct ward_parts *p, bool whole, const struct ward_parts_user *u);

#endif
