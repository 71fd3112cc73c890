/* Private to the process `play`: what it sent, how far that is done with, and frames that are sent
 * in their own time. */
#ifndef WARD_RUN_PROC_PLAY_KEPT_H
#define WARD_RUN_PROC_PLAY_KEPT_H

#include "base/clock.h"

#include <stddef.h>

struct player;

/* Of something that was sent, what is over. This machine's order. */
enum {
	PLAY_SAID = 1,  /* all of it went out, and nobody owes an answer to it */
	PLAY_WROTE = 2, /* what it writes to controllers was answered, or was not asked for */
	PLAY_OVER = PLAY_SAID | PLAY_WROTE
};
struct play_mark {
	uint32_t step;   /* from 1; 0: nothing was sent there */
	uint32_t frames; /* what was heard of a tool: so many went out */
	uint32_t is;
};

/* play_kept.c: a step is sent now, or was by a former life; its mark is that of then. */
void play_note(struct player *pl, uint32_t step);
/* That much of the i-th is over; one more frame of it went out. */
void play_over(struct player *pl, size_t i, unsigned is);
void play_framed(struct player *pl, size_t i);
/* Takes in what was answered meanwhile. */
void play_settle(struct player *pl);
/* Messages that brokers have not acknowledged. */
uint64_t play_unacked(const struct player *pl);
/* Of all that was noted, is something of this step not over? */
bool play_owes(const struct player *pl, size_t step);
/* Where a former life stopped; without a place to keep that, with what is due at `now`. */
void play_go_on(struct player *pl, ward_ns now);
/* What that life began and is not over, and what it sent and was killed before it was in the log.
 * Once all can be sent. */
void play_owed(struct player *pl);

/* play_heard.c: begins, or goes on with, what was heard of a tool; sends what is due of it. */
void play_heard_begin(struct player *pl, size_t i);
void play_heard(struct player *pl);
/* When the next frame is due, monotonic; NEVER: none is. */
ward_ns play_heard_due(const struct player *pl);

#endif
