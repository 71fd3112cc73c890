/* What the two that carry a machine's state to the one beside it say, sealed (carry_seal.h) through
 * the processes `standby`, which hand it on; and, in the clear, what each says to its own.
 *
 * The one beside asks, piece by piece, so that nobody has to hold what the other does not take:
 * ASK, then GIVEN or SAME (or NONE: why), PIECE for PIECE, then KEPT. Any of them may be lost with
 * a link: it is asked again. One message each, of at most WARD_CARRY_MAX bytes: u8 what, then
 * big-endian numbers. Bytes of the other are outside bytes. */
#ifndef WARD_RUN_CARRY_H
#define WARD_RUN_CARRY_H

#include "base/clock.h"
#include "base/rd.h"
#include "base/wr.h"

enum { WARD_CARRY_PIECE = 64 << 10, WARD_CARRY_MAX = WARD_CARRY_PIECE + 64, WARD_CARRY_ID = 32 };

enum ward_carry_what {
	WARD_CARRY_ASK = 'A',   /* id of what it has: what is new? */
	WARD_CARRY_GIVEN = 'G', /* be64 number, be64 bytes, be64 wall clock: an archive */
	WARD_CARRY_SAME = 'S',  /* id, be64 wall clock: what it has is as of then */
	WARD_CARRY_NONE = 'N',  /* text: it can't be had now */
	WARD_CARRY_WANT = 'W',  /* be64 number, be64 offset */
	WARD_CARRY_BYTES = 'B', /* be64 number, be64 offset, bytes */
	WARD_CARRY_KEPT = 'K',  /* id: it has it, durable */
	WARD_CARRY_AGAIN = 'L', /* to who takes: ask anew, at once; also of its own `standby` */
	/* between a carrier and its own `standby`, never from elsewhere: */
	WARD_CARRY_STOPPED = 'E', /* Ward has ended: its database may be opened */
	/* be64 monotonic, be64 wall clock: the copy is as of then. Two words, since what a carrier
	 * said while its machine followed is no word of the one that leads now. */
	WARD_CARRY_HAS = 'H',  /* who gives: the one beside has it */
	WARD_CARRY_OURS = 'O', /* who takes: we have it */
};

struct ward_carry {
	enum ward_carry_what what;
	const uint8_t *id;
	uint64_t number, n; /* of GIVEN, BYTES, WANT; n: bytes or offset */
	uint64_t mono, wall;
	struct ward_slice data; /* of BYTES, NONE */
};

/* MALFORMED: none of these. What it points to lies in said. Pure. */
WARD_MUST_CHECK enum ward_err ward_carry_read(struct ward_slice said, struct ward_carry *ret);
void ward_carry_write(struct ward_wr *w, const struct ward_carry *c);
/* One that is a word alone; lives forever. */
struct ward_slice ward_carry_word(enum ward_carry_what what);
/* Is it HAS, or OURS? */
bool ward_carry_kept(struct ward_slice said, bool *ret_ours, ward_ns *ret_mono, ward_ns *ret_wall);

#endif
