/* SCRAM-SHA-256 (RFC 5802, RFC 7677), the client's side without channel binding: a login that hands
 * no password over, and by which the server, too, proves that it knows it.
 *
 * Pure. What the server says are outside bytes; how long it makes us compute is bounded. */
#ifndef WARD_RESPOND_SCRAM_H
#define WARD_RESPOND_SCRAM_H

#include "base/err.h"
#include "base/wr.h"

enum {
	WARD_SCRAM_NONCE = 15,     /* bytes of ours */
	WARD_SCRAM_MESSAGE = 1024, /* bytes of one that comes */
	WARD_SCRAM_ROUNDS_MIN = 4096,
	WARD_SCRAM_ROUNDS_MAX = 600000,
};

struct ward_scram {
	struct ward_str password;       /* borrowed */
	char first[WARD_SCRAM_MESSAGE]; /* what we said, without its header */
	size_t len;
	uint8_t proof[32]; /* the server's, as it has to be; of use once `answered` */
	bool answered;
};

/* What the client says first is added to `out`. user: printable ASCII, at most 255 bytes. nonce:
 * WARD_SCRAM_NONCE bytes that nobody can guess. */
void ward_scram_begin(struct ward_scram *s, struct ward_str user, struct ward_str password,
	const uint8_t *nonce, struct ward_wr *out);
/* The answer to what the server says first. MALFORMED: it says no such thing, or asks for too few
 * or too many rounds. */
WARD_MUST_CHECK enum ward_err ward_scram_answer(
	struct ward_scram *s, struct ward_str server_first, struct ward_wr *out);
/* The server knows the password, too. */
bool ward_scram_proves(const struct ward_scram *s, struct ward_str server_final);

#endif
