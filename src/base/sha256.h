/* Private to this room: SHA-256 (FIPS 180-4) for identities, which are made for every event. The
 * processor's own instructions are used where it has them. */
#ifndef WARD_BASE_SHA256_H
#define WARD_BASE_SHA256_H

#include "base/attr.h"

struct ward_sha256_state {
	uint32_t h[8];
	uint64_t len; /* bytes so far */
	uint8_t block[64];
};

void ward_sha256_init(struct ward_sha256_state *s);
void ward_sha256_update(struct ward_sha256_state *s, const void *p, size_t len);
void ward_sha256_final(struct ward_sha256_state *s, uint8_t ret[32]);

#endif
