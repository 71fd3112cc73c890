/* A file that only whoever has a secret key can read, written and read in pieces.
 *
 * The file has a key of its own (crypto_secretstream, XChaCha20-Poly1305), which is sealed for a
 * public key (crypto_box_seal): without the sealed key the file is noise. Layout: spool.h. Pure; no
 * files. Aborts if libsodium can't start. */
#ifndef WARD_SENSE_NET_CARVE_SEAL_H
#define WARD_SENSE_NET_CARVE_SEAL_H

#include "base/err.h"
#include "base/slice.h"

#include <sodium/crypto_secretstream_xchacha20poly1305.h>

enum {
	WARD_SEAL_KEY = 32,
	WARD_SEAL_SEALED = 32 + 48,
	WARD_SEAL_HEAD = 9 + 24,
	WARD_SEAL_PIECE = 16384, /* bytes of content at most */
	WARD_SEAL_MORE = 4 + 17, /* that a piece is longer */
};

struct ward_seal {
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t sealed[WARD_SEAL_SEALED]; /* the file's key; writing */
	bool ended;                       /* reading: the last piece was there */
};

/* Is it a point that a key has? */
bool ward_seal_fits(const uint8_t public_key[WARD_SEAL_KEY]);
/* public_key fits. */
void ward_seal_begin(struct ward_seal *s, const uint8_t public_key[WARD_SEAL_KEY],
	uint8_t ret_head[WARD_SEAL_HEAD]);
/* Gives how many bytes of out, which has room for content's and WARD_SEAL_MORE, are the piece. */
size_t ward_seal_piece(struct ward_seal *s, struct ward_slice content, bool last, uint8_t *out);

/* head: WARD_SEAL_HEAD bytes. FOREIGN: no such file; VERSION; DENIED: the sealed key is not for
 * this secret key; CORRUPT. */
WARD_MUST_CHECK enum ward_err ward_unseal_begin(struct ward_seal *s, struct ward_slice head,
	const uint8_t sealed[WARD_SEAL_SEALED], const uint8_t secret[WARD_SEAL_KEY]);
/* How many bytes follow a piece's first 4; 0: it is none. */
size_t ward_unseal_size(const uint8_t front[4]);
/* What follows them, as content into out: how many. CORRUPT: it was changed, or comes after the
 * last: nothing in out is to be used. */
WARD_MUST_CHECK enum ward_err ward_unseal_piece(
	struct ward_seal *s, struct ward_slice piece, uint8_t *out, size_t *ret_n);

#endif
