/* What comes again each week: days, times of day, and turns of duty, as people write them.
 *
 * Minutes of the week are counted from Monday 00:00. Whose wall clock it is, is the caller's. Pure.
 */
#ifndef WARD_BASE_WEEK_H
#define WARD_BASE_WEEK_H

#include "base/wr.h"

enum {
	WARD_DAY_MINUTES = 24 * 60,
	WARD_WEEK_DAYS = 7,
	WARD_WEEK_MINUTES = WARD_WEEK_DAYS * WARD_DAY_MINUTES
};

/* "mon" to "sun". */
extern const char *const ward_week_day_name[WARD_WEEK_DAYS];

/* 0: Monday; WARD_WEEK_DAYS: it is no day's name. */
unsigned ward_week_day(struct ward_str s);
/* Puts days into *ret as bits, Monday's the lowest: "mon", "mon-fri", "sat-mon", also several with
 * spaces between. False: there is none, or a word is no day. */
WARD_MUST_CHECK bool ward_week_days(struct ward_str s, unsigned *ret);
/* The same words, as few as do. */
void ward_week_days_put(struct ward_wr *w, unsigned days);
/* "08:30" in minutes; "24:00" is the end of the day. */
WARD_MUST_CHECK bool ward_week_clock(struct ward_str s, uint32_t *ret);

/* On each of those days from minute `at` of the day on, that many minutes (at most a day). */
struct ward_week_turn {
	unsigned days;
	uint32_t at, minutes;
};
/* From a time of day until another: the next day's, when that is not later. */
struct ward_week_turn ward_week_turn(unsigned days, uint32_t from, uint32_t until);
bool ward_week_turn_has(const struct ward_week_turn *t, uint32_t week_minute);

#endif
