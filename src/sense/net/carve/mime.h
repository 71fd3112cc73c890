/* Fields of MIME (RFC 2045, 2183, 2231, 2047) and the transfer encodings of its bodies. Pure over
 * outside bytes; nothing allocates or recurses. */
#ifndef WARD_SENSE_NET_CARVE_MIME_H
#define WARD_SENSE_NET_CARVE_MIME_H

#include "base/base64.h"
#include "base/wr.h"

/* "text/plain; charset=x" without its parameters. */
struct ward_str ward_mime_type(struct ward_str value);
/* Adds the value of a parameter to w as UTF-8 without control characters: of name*=, of name*0= and
 * what follows it, or of name=, in which RFC 2047's words are read too, as most programs write
 * them. False: there is none; w is as it was. Characters of other sets than UTF-8, US-ASCII, ISO
 * 8859-1 and Windows-1252 are not read: their bytes stay as they came, or U+FFFD. O(bytes). */
bool ward_mime_param(struct ward_str value, const char *name, struct ward_wr *w);

/* RFC 2045 6. */
enum ward_transfer { WARD_TRANSFER_NONE, WARD_TRANSFER_BASE64, WARD_TRANSFER_QUOTED };
enum ward_transfer ward_transfer_of(struct ward_str value);

/* Where a body in base64 or quoted-printable is. All zero: at its begin. */
struct ward_transfer_state {
	struct ward_base64 base64;
	uint8_t n, held[3]; /* of quoted-printable */
};
/* Takes from *in, which moves on, and writes to out at most cap >= 4 bytes: how many. As long as
 * *in is not empty, call again; end: nothing follows it, and what is held is written too. Bytes
 * that belong to no encoding are passed over in base64 (RFC 2045 6.8) and stand as they are in
 * quoted-printable. */
size_t ward_transfer_some(struct ward_transfer_state *s, enum ward_transfer t,
	struct ward_slice *in, bool end, uint8_t *out, size_t cap);

#endif
