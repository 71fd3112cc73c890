/* The local time of one zone by the rule that is in force there today: the last line of its file in
 * the system's zone database, "CET-1CEST,M3.5.0,M10.5.0/3" (RFC 8536 3.3, POSIX.1-2017 8.3).
 *
 * For hours of the week of hospitals, in any thread and without the process's own zone. What was
 * in force in earlier years is not known. Pure. */
#ifndef WARD_MODEL_TZ_H
#define WARD_MODEL_TZ_H

#include "base/clock.h"
#include "base/week.h"

/* The week-th (5: last) `day` (0: Sunday) of a month, at_s seconds after its midnight. */
struct ward_tz_turn {
	int32_t month, week, day, at_s;
};
struct ward_tz {
	int32_t usual_s, summer_s; /* east of UTC; alike where there is no summer time */
	struct ward_tz_turn start, end;
};

/* False, with *ret UTC, when it is no such rule or one by days of the year. */
bool ward_tz_parse(struct ward_str rule, struct ward_tz *ret);
/* The rule in the bytes of a zone file (RFC 8536, version 2 or later); empty when there is none. */
struct ward_str ward_tz_footer(struct ward_slice file);
/* Seconds east of UTC at that moment. O(1). */
int32_t ward_tz_offset(const struct ward_tz *z, ward_ns t);

/* Minutes since Monday 00:00 on the wall clock. O(1). */
uint32_t ward_tz_minute(const struct ward_tz *z, ward_ns t);

#endif
