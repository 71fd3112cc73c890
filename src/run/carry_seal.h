/* What the two that carry a state say to each other, sealed from the one to the other: the two
 * processes `standby` between them, which face the network, can neither read nor make any of it.
 *
 * Both have one secret (`ward standby key`), which `standby` never gets. Who takes begins a session
 * with a fresh key, who gives answers with another (X25519); both are bound to the secret by
 * BLAKE2b, and of all that the keys of the two directions are made, so that a secret that is lost
 * later opens nothing that was carried before. Each message is sealed under the next number of its
 * direction (XChaCha20-Poly1305), and one that is not later than the last is refused: a message may
 * be lost, none comes twice, none of another session or of a machine without the secret is taken.
 *
 * On the way: u8 what, then HELLO '1': 32 bytes key, 32 bytes code; ANSWER '2': the same; SEALED
 * '3': be64 number, the text with its code; ANEW '0': who gives knows no such session. Bytes of the
 * way are outside bytes. Single-threaded. */
#ifndef WARD_RUN_CARRY_SEAL_H
#define WARD_RUN_CARRY_SEAL_H

#include "run/carry.h"

enum {
	WARD_CARRY_KEY = 32,
	WARD_CARRY_SEALED_MAX = WARD_CARRY_MAX + 64, /* of one message on the way */
};

struct ward_carry_seal {
	uint8_t secret[WARD_CARRY_KEY];
	bool gives, ready; /* ready: messages can be sealed and opened */
	uint8_t own[WARD_CARRY_KEY], own_public[WARD_CARRY_KEY];
	uint8_t out[WARD_CARRY_KEY], in[WARD_CARRY_KEY];
	uint64_t sent, got; /* numbers of the last */
};

/* May `standby` hand it to its carrier, which gives or takes? Words that are local to a machine,
 * and the other direction's, are none. Pure. */
bool ward_carry_passes(struct ward_slice said, bool to_giver);

void ward_carry_seal_init(
	struct ward_carry_seal *s, const uint8_t secret[WARD_CARRY_KEY], bool gives);
/* Of who takes: begins a session anew; what is to be said is appended to w. */
void ward_carry_seal_begin(struct ward_carry_seal *s, struct ward_wr *w);
/* Seals text, appended to w. STATE: there is no session. */
WARD_MUST_CHECK enum ward_err ward_carry_seal_put(
	struct ward_carry_seal *s, struct ward_slice text, struct ward_wr *w);
/* Something came. OK: *ret is its text, in room (WARD_CARRY_MAX bytes). AGAIN: it was of the
 * beginning of a session, this one or one before; what is to be said to it, if anything, is
 * appended to w. STATE: who gives has no such session, and says so; who takes begins anew.
 * MALFORMED: none of ours. DENIED: not made with our secret, or not later than the last. */
WARD_MUST_CHECK enum ward_err ward_carry_seal_get(struct ward_carry_seal *s, struct ward_slice said,
	uint8_t *room, struct ward_wr *w, struct ward_slice *ret);

#endif
