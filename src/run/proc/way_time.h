/* How long a program of way.h waits. A channel of one answer has a time from the connection to the
 * outcome; one of several answers has a time for each, and one for all of a letter, of which what
 * is left goes on another time. Pure: times are handed in, monotonic. */
#ifndef WARD_RUN_PROC_WAY_TIME_H
#define WARD_RUN_PROC_WAY_TIME_H

#include "base/clock.h"

enum {
	WAY_ASKED_AGAIN_S = 120, /* after that `respond` asks again */
	WAY_DIAL_S = 40,         /* what the dialer takes at most: 8 addresses, 5 s each */
	WAY_LETTER_S = 75,
};
_Static_assert(WAY_LETTER_S + WAY_DIAL_S < WAY_ASKED_AGAIN_S,
	"a letter is over before it comes again, when the last that is done for it is to dial");

struct way_time {
	bool several; /* answers */
	ward_ns answer;
	ward_ns end, deadline; /* of the letter; of what is waited for */
};

/* A letter is there; it may take no longer than until `end`. */
static inline void way_time_letter(struct way_time *t, ward_ns now)
{
	t->end = now + WAY_LETTER_S * WARD_NS_PER_S;
}

/* A connection is there, or a whole answer came, and the next one is waited for. */
static inline void way_time_wait(struct way_time *t, ward_ns now)
{
	t->deadline = now + t->answer;
	if (t->several && t->end < t->deadline)
		t->deadline = t->end;
}

/* It is too late for another connection. */
static inline bool way_time_is_out(const struct way_time *t, ward_ns now)
{
	return t->several && now >= t->end;
}

static inline bool way_time_is_late(const struct way_time *t, ward_ns now)
{
	return now > t->deadline;
}

#endif
