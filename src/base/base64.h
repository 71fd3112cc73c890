/* Base64 out of bodies (RFC 2045 6.8), a byte at a time: what is no letter of it is passed over,
 * and
 * '=' ends four letters, behind which others may follow. For texts that must be exactly base64 this
 * is too lenient. */
#ifndef WARD_BASE_BASE64_H
#define WARD_BASE_BASE64_H

#include "base/attr.h"

#include <stddef.h>
#include <stdint.h>

/* All zero: at the begin. */
struct ward_base64 {
	uint32_t bits;
	uint8_t n;    /* letters of the four */
	bool damaged; /* it can't have been made so: it ends within a byte */
};

/* Room for three bytes; how many it gave. */
size_t ward_base64_put(struct ward_base64 *b, uint8_t c, uint8_t *out);
/* Nothing follows. */
size_t ward_base64_end(struct ward_base64 *b, uint8_t *out);

#endif
