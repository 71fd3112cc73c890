/* ASN.1 in Basic and Distinguished Encoding Rules (ITU-T X.690), for protocols made of it: SNMP,
 * LDAP, Kerberos.
 *
 * All is read with cursors of base/rd.h, which fail sticky. A cursor over an element's content
 * counts its offsets from the same byte as the one that it was opened from, so that off is always
 * the place in the message; after a failure it is where the element begins that could not be read.
 * None of these protocols allows the indefinite length (RFC 3417 8, RFC 4511 5.1, DER), nor needs
 * tag numbers over 30: both are failures. Lengths and integers with needless octets are read, as
 * many senders write them. Nothing recurses: a nested element is opened by who expects it. */
#ifndef WARD_SENSE_NET_BER_H
#define WARD_SENSE_NET_BER_H

#include "base/rd.h"
#include "base/wr.h"

/* Identifier octets, X.690 8.1.2 */
enum {
	WARD_BER_BOOLEAN = 0x01,
	WARD_BER_INTEGER = 0x02,
	WARD_BER_OCTETS = 0x04,
	WARD_BER_NULL = 0x05,
	WARD_BER_OID = 0x06,
	WARD_BER_ENUMERATED = 0x0a,
	WARD_BER_SEQUENCE = 0x30,
	WARD_BER_SET = 0x31,
	WARD_BER_CONSTRUCTED = 0x20,
	WARD_BER_APPLICATION = 0x40,
	WARD_BER_CONTEXT = 0x80,
};
/* [n], primitive and constructed; [APPLICATION n] likewise */
#define WARD_BER_CTX(n) (WARD_BER_CONTEXT | (n))
#define WARD_BER_CTX_OF(n) (WARD_BER_CONTEXT | WARD_BER_CONSTRUCTED | (n))
#define WARD_BER_APP(n) (WARD_BER_APPLICATION | (n))
#define WARD_BER_APP_OF(n) (WARD_BER_APPLICATION | WARD_BER_CONSTRUCTED | (n))

struct ward_ber {
	uint8_t tag; /* the identifier octet */
	struct ward_slice body;
};

/* Takes one element, whatever it is. On a failure tag is 0 and body empty. */
struct ward_ber ward_ber_next(struct ward_rd *r);
/* Takes one element that must have this tag; a cursor over its content, bad from the start when r
 * is. */
struct ward_rd ward_ber_open(struct ward_rd *r, uint8_t tag);
/* The same if it is there: false and *r as it was when another element or the end is next. */
bool ward_ber_open_if(struct ward_rd *r, uint8_t tag, struct ward_rd *ret);
/* Done with the content of an element of r: r fails where it failed, or where bytes are left. */
void ward_ber_close(struct ward_rd *r, const struct ward_rd *inner);
/* The same, but bytes that are left are passed over: what a later version of the protocol adds. */
void ward_ber_leave(struct ward_rd *r, const struct ward_rd *inner);

/* Identifier and length octets alone, of an element that need not be whole; r is then at its
 * content. False: they are cut off, then r is bad, or of a form that is not allowed. */
bool ward_ber_head(struct ward_rd *r, uint8_t *ret_tag, size_t *ret_len);

struct ward_slice ward_ber_bytes(struct ward_rd *r, uint8_t tag);
/* An integer or enumeration of min..max; outside of it r fails and it is 0. */
int64_t ward_ber_int(struct ward_rd *r, uint8_t tag, int64_t min, int64_t max);
bool ward_ber_bool(struct ward_rd *r, uint8_t tag);
/* Content octets of an integer; false: none, or it does not fit. */
bool ward_ber_int_of(struct ward_slice body, int64_t *ret);
/* The same without sign: SNMP's counters (RFC 2578 7.1). */
bool ward_ber_uint_of(struct ward_slice body, uint64_t *ret);

/* RFC 2578 3.5: arcs are below 2^32 and at most 128. */
enum { WARD_BER_ARCS = 128, WARD_BER_OID_TEXT = 256 };
struct ward_ber_oid {
	uint32_t arc[WARD_BER_ARCS];
	size_t n;
};
/* Content octets of an object identifier (8.19). False: empty, cut, or beyond those bounds. */
bool ward_ber_oid_of(struct ward_slice body, struct ward_ber_oid *ret);
/* Dotted; arcs that don't fit in WARD_BER_OID_TEXT bytes are left out, with "..." in their place.
 */
void ward_ber_oid_text(struct ward_wr *w, const struct ward_ber_oid *oid);

enum ward_ber_framing {
	WARD_BER_WHOLE, /* *ret_size bytes are the first element */
	WARD_BER_MORE,  /* right so far; *ret_size is what it takes, 0 when not known yet */
	WARD_BER_NOT,   /* another tag, or no definite length */
};
/* The first element of a stream, which must have this tag. */
enum ward_ber_framing ward_ber_frame(struct ward_slice bytes, uint8_t tag, size_t *ret_size);

#endif
