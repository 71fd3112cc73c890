/* Who leads, as a third machine remembers it: the one place where that changes.
 *
 * Two machines alone can't know whether the other is dead or only out of reach. Here is one
 * register, changed by compare and set, durable before it is told: so of two that want to go on
 * without each other one is refused, whatever clocks, pauses and cuts did. No time counts in it.
 *
 * alone: the leader acknowledges what the other does not have. Then nobody takes over from it but
 * by hand (FORCE), since what it acknowledged would be lost. Pure but for the file. */
#ifndef WARD_STANDBY_WITNESS_H
#define WARD_STANDBY_WITNESS_H

#include "journal/io.h"
#include "standby/frame.h"

enum ward_witness_want {
	WARD_WITNESS_ASK,   /* only how it is */
	WARD_WITNESS_FIRST, /* nobody ever led: I do, alone */
	WARD_WITNESS_ALONE, /* I lead, and go on without the other */
	WARD_WITNESS_PAIR,  /* I lead; the other has all that I acknowledge from now on */
	WARD_WITNESS_TAKE,  /* the leader of this epoch is gone: I lead the next one, alone */
	WARD_WITNESS_FORCE, /* the same, also when it went on alone; by hand */
	WARD_WITNESS_WANTS,
};

struct ward_witness {
	uint64_t epoch;   /* 0: nobody led yet */
	uint64_t version; /* one more with each claim that is granted */
	bool alone;
	char leader[WARD_STANDBY_NAME];
};

/* What becomes of w when node wants that, having seen w at this version. False: it is refused, and
 * nothing changes: by what it says, or since w is no longer at that version. So a claim that was
 * overtaken by a later one of the same machine, on another connection, does no harm. Whoever lost
 * an answer asks how it is. */
bool ward_witness_decide(struct ward_witness *w, enum ward_witness_want want, struct ward_str node,
	uint64_t version);

/* NOT_FOUND: nobody led yet. CORRUPT, IO. */
WARD_MUST_CHECK enum ward_err ward_witness_read(const struct ward_io *io, struct ward_witness *ret);
/* Durable, whole or as before. FULL, IO. */
WARD_MUST_CHECK enum ward_err ward_witness_write(
	const struct ward_io *io, const struct ward_witness *w);

#endif
