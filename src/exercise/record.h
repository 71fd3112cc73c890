/* A scenario as recorded input: its `real` times from its `start` on, for `ward replay`.
 *
 * Pure: the same scenario gives the same bytes. */
#ifndef WARD_EXERCISE_RECORD_H
#define WARD_EXERCISE_RECORD_H

#include "exercise/act.h"

/* All syslog messages, one a line, of whichever source. */
void ward_record_syslog(const struct ward_scenario *c, struct ward_wr *w);
/* All frames as a capture file (libpcap, little-endian, microseconds, Ethernet), in order of
 * time. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_record_frames(const struct ward_scenario *c, struct ward_wr *w);
/* How many steps are of this kind. */
size_t ward_record_count(const struct ward_scenario *c, enum ward_act act);
/* When an MQTT message of this step reaches Ward. */
ward_ns ward_record_arrival(const struct ward_scenario *c, const struct ward_step *s);
/* When the step happens. */
static inline ward_ns ward_record_time(const struct ward_scenario *c, const struct ward_step *s)
{
	return c->start + s->real;
}

#endif
