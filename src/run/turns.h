/* Whose turn it is, where one thing after the other is computed for many people: each person's next
 * question comes before another's second one, and a person waits for few at once. So whoever asks
 * much delays nobody but themselves by more than one question.
 *
 * Questions have places; who waits for one may be joined by others who ask the same, and it goes by
 * the turn of who asked first. Single-threaded; no clock, no memory of its own. */
#ifndef WARD_RUN_TURNS_H
#define WARD_RUN_TURNS_H

#include "base/err.h"
#include "base/id.h"

enum {
	WARD_TURNS = 64,        /* questions */
	WARD_TURNS_EACH = 8,    /* that one person waits for */
	WARD_TURNS_WAITING = 32 /* who wait for one */
};

struct ward_turns {
	struct ward_turn {
		bool used, begun;
		uint64_t round, order; /* of who asked first; of all */
		struct ward_id who[WARD_TURNS_WAITING];
		size_t n_who;
	} turn[WARD_TURNS];
	uint64_t round, order; /* the round that is on */
};

/* A place for a question that nobody waits for. AGAIN: that person waits for as many as they may;
 * LIMIT: no place is free. Nothing is taken then. */
WARD_MUST_CHECK enum ward_err ward_turns_put(struct ward_turns *t, struct ward_id who, size_t *ret);
/* One more waits for that. AGAIN, LIMIT as above. */
WARD_MUST_CHECK enum ward_err ward_turns_join(struct ward_turns *t, size_t i, struct ward_id who);
/* Whose turn it is. False: one is begun and has not ended, or nobody waits. O(places). */
bool ward_turns_next(const struct ward_turns *t, size_t *ret);
void ward_turns_begin(struct ward_turns *t, size_t i);
/* The place is free again. */
void ward_turns_end(struct ward_turns *t, size_t i);

#endif
