/* Content codings undone as the bytes come: gzip (RFC 1952) and deflate, with zlib's frame (RFC
 * 1950) as RFC 9110 8.4.1.2 asks or without it as many servers send it.
 *
 * Constant memory, taken when it is made. Sees untrusted bytes, by way of zlib. Single-threaded. */
#ifndef WARD_SENSE_NET_CARVE_DECODE_H
#define WARD_SENSE_NET_CARVE_DECODE_H

#include "base/slice.h"

enum ward_coding { WARD_CODING_NONE, WARD_CODING_GZIP, WARD_CODING_DEFLATE };

/* Of a Content-Encoding field: NONE also for those that are not undone, and for several. */
enum ward_coding ward_coding_of(struct ward_str field);

enum ward_decoded {
	WARD_DECODED_MORE,    /* all bytes were taken */
	WARD_DECODED_SOME,    /* there may be more for the same bytes: call again */
	WARD_DECODED_PLAIN,   /* it is not encoded, whatever was said: out is what came so far, what
				 follows is the content itself */
	WARD_DECODED_END,     /* all of it; what follows is none of it */
	WARD_DECODED_DAMAGED, /* no sense from here on */
	WARD_DECODED_LARGE,   /* more than input.unpacked, or than input.ratio times what came */
};

/* Bytes of one: they need no initialisation before ward_decoder_begin. */
enum { WARD_DECODER_BYTES = 57344 };
struct ward_decoder;

struct ward_decode_max {
	uint64_t size;  /* bytes of content: input.unpacked */
	uint64_t ratio; /* times what came, from 16 MiB on: input.ratio; > 0 */
};

/* In room of WARD_DECODER_BYTES, aligned for anything. coding is not NONE. Nothing is to be given
 * back. */
struct ward_decoder *ward_decoder_begin(
	void *room, enum ward_coding coding, struct ward_decode_max max);
/* Takes from *in, which moves on, and writes at most cap > 0 bytes to out: *ret_n. After END,
 * PLAIN, DAMAGED or LARGE it is not to be called again. O(bytes in and out). */
enum ward_decoded ward_decoder_some(
	struct ward_decoder *d, struct ward_slice *in, uint8_t *out, size_t cap, size_t *ret_n);
/* The content may end here. */
bool ward_decoder_is_done(const struct ward_decoder *d);
/* Bytes, one at most, that were taken and of which it is not said yet whether they are encoded. */
struct ward_slice ward_decoder_front(const struct ward_decoder *d);

#endif
