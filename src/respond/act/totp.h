/* One-time codes of a person's authenticator (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits).
 *
 * Pure; by libcrypto. The code says that the person holds the secret now; to what it is an approval
 * is what `act` binds it to (docs/acting.md). */
#ifndef WARD_RESPOND_ACT_TOTP_H
#define WARD_RESPOND_ACT_TOTP_H

#include "base/clock.h"
#include "base/wr.h"

enum { WARD_TOTP_SECRET = 20, WARD_TOTP_SECRET_MAX = 64, WARD_TOTP_DIGITS = 6 };

/* The code of a step of 30 seconds since 1970. NOMEM: the library could not. */
WARD_MUST_CHECK enum ward_err ward_totp(
	struct ward_slice secret, uint64_t step, uint32_t *ret_code);
/* Is it the code of the step of `now`, or of the one before or behind it, and of none up to `last`?
 * Then *ret_step. Takes as long for any code. DENIED: it is not; NOMEM. */
WARD_MUST_CHECK enum ward_err ward_totp_check(struct ward_slice secret, struct ward_str code,
	ward_ns now, uint64_t last, uint64_t *ret_step);

/* RFC 4648 base 32, without padding. */
void ward_base32_write(struct ward_wr *w, struct ward_slice s);
/* Blanks and '-' are skipped, case is no matter. False: it is none, or longer than cap. */
bool ward_base32_read(struct ward_str s, uint8_t *ret, size_t cap, size_t *ret_len);

#endif
