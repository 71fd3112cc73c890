/* Hashes by libcrypto: those that others' fingerprints are made of, in contexts that are made once
 * per process (not for threads), and of files in pieces. */
#ifndef WARD_SENSE_NET_DIGEST_H
#define WARD_SENSE_NET_DIGEST_H

#include "base/slice.h"

enum { WARD_MD5_BYTES = 16, WARD_SHA1_BYTES = 20, WARD_SHA256_BYTES = 32 };

/* Before the first digest and before the sandbox; without libcrypto's configuration file, so that
 * later calls open nothing. False: no memory. */
bool ward_digest_start(void);
/* False: libcrypto has no memory. */
bool ward_digest_md5(struct ward_slice s, uint8_t ret[WARD_MD5_BYTES]);
bool ward_digest_sha256(struct ward_slice s, uint8_t ret[WARD_SHA256_BYTES]);

/* Of bytes that come in pieces: SHA-256 and SHA-1 (FIPS 180-4), MD5 (RFC 1321). The last two are no
 * proof of anything; lists of indicators have them. Bits: */
enum ward_hash_kinds { WARD_HASH_SHA256 = 1, WARD_HASH_SHA1 = 2, WARD_HASH_MD5 = 4 };
struct ward_sums {
	uint8_t sha256[WARD_SHA256_BYTES], sha1[WARD_SHA1_BYTES], md5[WARD_MD5_BYTES];
};
/* After ward_digest_start; kinds: bits, those alone are made. NULL: no memory. */
struct ward_hashes;
struct ward_hashes *ward_hashes_new(unsigned kinds);
/* NULL is allowed. */
void ward_hashes_free(struct ward_hashes *h);
/* False, here and below: libcrypto has failed, the hashes are of no use until they are begun anew.
 */
WARD_MUST_CHECK bool ward_hashes_begin(struct ward_hashes *h);
WARD_MUST_CHECK bool ward_hashes_add(struct ward_hashes *h, struct ward_slice s);
/* Of kinds that are not made nothing is written. */
WARD_MUST_CHECK bool ward_hashes_end(struct ward_hashes *h, struct ward_sums *ret);

#endif
