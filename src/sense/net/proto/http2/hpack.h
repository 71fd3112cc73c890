/* HPACK (RFC 7541): header blocks of HTTP/2 as text.
 *
 * A decoder per direction; a block changes its dynamic table, so that each must be seen, in order.
 * The table is bounded: a peer that asks for a larger one is not followed. Over outside bytes; no
 * allocation, no recursion; O(bytes in and out). */
#ifndef WARD_SENSE_NET_HTTP2_HPACK_H
#define WARD_SENSE_NET_HTTP2_HPACK_H

#include "base/rd.h"
#include "base/wr.h"

enum {
	WARD_HPACK_STATIC = 61,
	WARD_HPACK_TABLE = 4096,   /* bytes, as 4.1 counts them: the default of RFC 9113 6.5.2 */
	WARD_HPACK_ENTRIES = 128,  /* each counts at least 32 */
	WARD_HPACK_MAX = 1 << 20,  /* bytes that peers may agree on */
	WARD_HPACK_CODE_BITS = 30, /* the longest code */
	WARD_HPACK_SYMBOLS = 257,
};

struct ward_hpack_static {
	const char *name, *value;
};

extern const struct ward_hpack_static ward_hpack_static[WARD_HPACK_STATIC];
extern const uint16_t ward_hpack_code_count[WARD_HPACK_CODE_BITS + 1];
extern const uint16_t ward_hpack_code_symbol[WARD_HPACK_SYMBOLS];

/* All zero, then `max` set, is one at its beginning. */
struct ward_hpack {
	uint32_t max;   /* bytes that the table may have now */
	bool large;     /* an entry was asked for that is not held any more */
	bool lost;      /* an entry did not fit: places are not known any more */
	uint16_t bytes; /* that it has */
	uint16_t n;     /* entries; the newest first */
	uint16_t name_len[WARD_HPACK_ENTRIES], value_len[WARD_HPACK_ENTRIES];
	uint8_t text[WARD_HPACK_TABLE]; /* names and values, one behind the other */
};

/* One field; both live until the next call for the same decoder or the end of the block and of w.
 */
struct ward_hpack_field {
	struct ward_str name, value;
};

/* Takes the next field off the block (rest); strings in Huffman's code are written to w. False: the
 * block is at its end, or bad: then ward_rd_bad(rest), and the decoder is good for nothing any
 * more. */
bool ward_hpack_next(struct ward_hpack *h, struct ward_rd *rest, struct ward_wr *w,
	struct ward_hpack_field *ret);
/* Appendix B. False: no such code, or w is full. */
WARD_MUST_CHECK bool ward_hpack_huffman(struct ward_slice s, struct ward_wr *w);

#endif
