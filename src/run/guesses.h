/* Who must wait before the next password is tried, and whose turn it is.
 *
 * After some wrong answers each further one doubles the wait, to a longest one: never a lock. An
 * hour without a wrong answer forgets them. Turns: as many as there is room for wait, those of one
 * address only so many, and addresses are served in rotation, so that one that asks without end
 * holds up itself. Single-threaded; no allocation. */
#ifndef WARD_RUN_GUESSES_H
#define WARD_RUN_GUESSES_H

#include "base/id.h"

enum {
	WARD_GUESS_FREE = 5, /* wrong answers before there is a wait */
	WARD_GUESSES_MAX = 8192,
	WARD_TURNS_MAX = 64,
	WARD_TURNS_OF_ONE = 16,
};

struct ward_guesses {
	struct ward_guess {
		struct ward_id of; /* whom or what, by a hash */
		unsigned n;        /* wrong answers; 0: free */
		ward_ns last, until;
	} g[WARD_GUESSES_MAX];
	size_t n;
};
/* How long from `now` on nothing is tried of it; 0: it may be. O(n). */
ward_ns ward_guess_wait(const struct ward_guesses *t, struct ward_id of, ward_ns now);
/* A wrong answer; the wait is at most `most`. When the table is full the oldest is forgotten. */
void ward_guess_wrong(struct ward_guesses *t, struct ward_id of, ward_ns now, ward_ns most);
void ward_guess_right(struct ward_guesses *t, struct ward_id of);

struct ward_turns {
	struct ward_turn {
		bool used;
		struct ward_id of; /* the address, by a hash */
		uint64_t round, seq;
	} t[WARD_TURNS_MAX];
	uint64_t round, seq; /* of the last one that was served; of the next one that comes */
};
/* Takes a place, *ret. FULL: there is none, or the address has as many as it may. */
WARD_MUST_CHECK enum ward_err ward_turns_add(struct ward_turns *t, struct ward_id of, size_t *ret);
/* The next one; its place is free then. False: nobody waits. */
bool ward_turns_next(struct ward_turns *t, size_t *ret);

#endif
