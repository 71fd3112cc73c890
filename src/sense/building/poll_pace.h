/* How often one device may be asked, so that asking never harms it.
 *
 * Controllers have small processors and slow lines behind them. A device is asked at most `rate`
 * times a second, evenly, never a second thing before the first is answered or given up, and after
 * an answer it is left alone for twice the time that it took. Whoever is busy or silent is left
 * alone for a time that doubles, with jitter so that many devices that failed together are not
 * asked together again. Only an answer to a question of ours shows that a device is there. Pure;
 * time is monotonic and handed in. */
#ifndef WARD_SENSE_BUILDING_POLL_PACE_H
#define WARD_SENSE_BUILDING_POLL_PACE_H

#include "base/clock.h"

struct ward_poll_pace_opts {
	unsigned rate;                  /* questions a second, at least 1 */
	ward_ns timeout;                /* then a question is given up */
	unsigned missed_max;            /* so many in a row: the device is gone */
	ward_ns back_off, back_off_max; /* the first pause, and the longest */
};

/* 3 s timeout, 3 missed, pauses from 1 s to 5 min. */
struct ward_poll_pace_opts ward_poll_pace_default(unsigned rate);

/* How a question ended. */
enum ward_poll_pace_end {
	WARD_POLL_PACE_ANSWERED, /* also by an error that says something of what was asked */
	WARD_POLL_PACE_BUSY,     /* the device says that it can't at the moment */
	WARD_POLL_PACE_MISSED,   /* nothing came */
	WARD_POLL_PACE_PASSED,   /* nothing came, and that says nothing of the device */
	WARD_POLL_PACE_END_N,
};

enum ward_poll_pace_state { WARD_POLL_PACE_UNKNOWN, WARD_POLL_PACE_ON, WARD_POLL_PACE_OFF };
enum ward_poll_pace_news { WARD_POLL_PACE_NONE, WARD_POLL_PACE_CAME, WARD_POLL_PACE_WENT };

struct ward_poll_pace {
	const struct ward_poll_pace_opts *opts;
	enum ward_poll_pace_state state;
	bool waits;      /* a question is open */
	ward_ns asked;   /* when it was asked */
	ward_ns moved;   /* the last part of its answer came, or it was asked */
	ward_ns next;    /* nothing is asked before */
	ward_ns heard;   /* the last answer */
	unsigned paused; /* pauses in a row */
	unsigned missed;
	uint64_t dice;
};

/* Borrows opts. seed: of its own for each device. */
void ward_poll_pace_init(struct ward_poll_pace *p, const struct ward_poll_pace_opts *opts,
	uint64_t seed, ward_ns now);
/* May the device be asked? */
static inline bool ward_poll_pace_may(const struct ward_poll_pace *p, ward_ns now)
{
	return !p->waits && now >= p->next;
}
static inline bool ward_poll_pace_late(const struct ward_poll_pace *p, ward_ns now)
{
	return p->waits && now - p->moved >= p->opts->timeout;
}
void ward_poll_pace_asked(struct ward_poll_pace *p, ward_ns now);
/* A part of the answer came: each has the whole timeout. */
static inline void ward_poll_pace_goes_on(struct ward_poll_pace *p, ward_ns now)
{
	p->moved = now;
}
/* The open question came to an end. */
enum ward_poll_pace_news ward_poll_pace_ended(
	struct ward_poll_pace *p, enum ward_poll_pace_end end, ward_ns now);
/* The open question is of no interest any more. */
static inline void ward_poll_pace_dropped(struct ward_poll_pace *p)
{
	p->waits = false;
}
/* When something is to be done next, if the device is wanted. */
ward_ns ward_poll_pace_due(const struct ward_poll_pace *p);

#endif
