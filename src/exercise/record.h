/* A scenario as recorded input: its `real` times from its `start` on, for `ward replay`; with life
 * beside it (exercise/life.h), NULL: without, in one order of time.
 *
 * Pure: the same scenario gives the same bytes. */
#ifndef WARD_EXERCISE_RECORD_H
#define WARD_EXERCISE_RECORD_H

#include "exercise/act.h"

/* All syslog messages, one a line, of whichever source. */
void ward_record_syslog(
	const struct ward_scenario *c, const struct ward_scenario *life, struct ward_wr *w);
/* All frames as a capture file (libpcap, little-endian, microseconds, Ethernet), in order of
 * time. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_record_frames(
	const struct ward_scenario *c, const struct ward_scenario *life, struct ward_wr *w);
/* How many steps are of this kind. */
size_t ward_record_count(const struct ward_scenario *c, enum ward_act act);
/* Goes through the steps of both as they happen, of two at one time the story's first; begins all
 * zero but `of`. False: there are no more. */
struct ward_record_walk {
	const struct ward_scenario *of[2]; /* the story; life, or NULL */
	size_t next[2];
	const struct ward_scenario *in; /* what was found: whose step it is, … */
	const struct ward_step *step;   /* … and which */
};
bool ward_record_next(struct ward_record_walk *walk);
/* When an MQTT message of this step reaches Ward. */
ward_ns ward_record_arrival(const struct ward_scenario *c, const struct ward_step *s);
/* When the step happens. */
static inline ward_ns ward_record_time(const struct ward_scenario *c, const struct ward_step *s)
{
	return c->start + s->real;
}

#endif
