/* Hashes that others' fingerprints are made of, by libcrypto in contexts that are made once per
 * process: not for threads. */
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

#endif
