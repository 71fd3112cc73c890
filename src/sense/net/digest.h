/* Hashes by libcrypto: those that others' fingerprints are made of, in contexts that are made once
 * per process (not for threads), and of files in pieces. */
#ifndef WARD_SENSE_NET_DIGEST_H
#define WARD_SENSE_NET_DIGEST_H

#include "base/slice.h"

enum { WARD_MD5_BYTES = 16, WARD_SHA256_BYTES = 32 };

/* Before the first digest and before the sandbox; without libcrypto's configuration file, so that
 * later calls open nothing. False: no memory. */
bool ward_digest_start(void);
/* False: libcrypto has no memory. */
bool ward_digest_md5(struct ward_slice s, uint8_t ret[WARD_MD5_BYTES]);
bool ward_digest_sha256(struct ward_slice s, uint8_t ret[WARD_SHA256_BYTES]);

/* SHA-256 (FIPS 180-4) of bytes that come in pieces. After ward_digest_start; NULL: no memory. */
struct ward_sha256;
struct ward_sha256 *ward_sha256_new(void);
/* NULL is allowed. */
void ward_sha256_free(struct ward_sha256 *h);
/* False, here and below: libcrypto has failed, the hash is of no use until it is begun anew. */
WARD_MUST_CHECK bool ward_sha256_begin(struct ward_sha256 *h);
WARD_MUST_CHECK bool ward_sha256_add(struct ward_sha256 *h, struct ward_slice s);
WARD_MUST_CHECK bool ward_sha256_end(struct ward_sha256 *h, uint8_t ret[WARD_SHA256_BYTES]);

#endif
