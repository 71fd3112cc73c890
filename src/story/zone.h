/* The hospital's local time.
 *
 * The C library has one time zone per process. It is read from the system's zone files once, at
 * start, before threads and before the sandbox; after that no file is needed. */
#ifndef WARD_STORY_ZONE_H
#define WARD_STORY_ZONE_H

#include "base/clock.h"
#include "words/day.h"

struct ward_local {
	int year, month, day; /* month and day from 1 */
	int weekday;          /* 0 is Sunday */
	int hour, minute, second;
	int offset_min; /* of UTC, at that time */
};

/* Makes `name` ("Europe/Rome") the zone of this process. Sets TZ in its environment. MALFORMED
 * when it can't be the name of a zone, NOT_FOUND when the system has no such zone: then UTC is in
 * effect. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_zone_use(struct ward_str name);

/* The moment at which the wall clock of the zone in use shows this (weekday and offset_min are not
 * looked at): of two the first, and in the gap when clocks go forward as if they had not. LIMIT:
 * it does not fit. */
WARD_MUST_CHECK enum ward_err ward_zone_at(const struct ward_local *l, ward_ns *ret);

/* Of the zone in use; UTC when none was ever chosen and TZ is unset. Times outside of what the C
 * library can split (none that a ward_ns holds) give the epoch. */
void ward_zone_local(ward_ns t, struct ward_local *ret);
/* The same, for ward_say_day and ward_say_moment. */
struct ward_day ward_zone_day(ward_ns t);

#endif
