/* Inside the calendar reader: dates and recurrence (ical_date.c), lines and events (ical.c). */
#ifndef WARD_MODEL_PERMIT_ICAL_INT_H
#define WARD_MODEL_PERMIT_ICAL_INT_H

#include "model/permit/ical.h"

enum { WARD_ICAL_EXDATES_MAX = 366, WARD_ICAL_YEAR_MAX = 2200 };

enum ward_ical_form { WARD_ICAL_NONE, WARD_ICAL_DATE, WARD_ICAL_LOCAL, WARD_ICAL_UTC };

struct ward_ical_time {
	enum ward_ical_form form;
	struct ward_ical_civil at;
	struct ward_str zone; /* LOCAL: TZID, may be empty */
};

/* "20260319", "20260319T090000", "20260319T090000Z". False when it is none, or no such day. */
bool ward_ical_time_parse(struct ward_str s, struct ward_ical_time *ret);
/* "PT2H", "P1DT30M", "P2W"; not negative. Days and the rest apart, since days are of the wall. */
bool ward_ical_length_parse(struct ward_str s, int64_t *ret_days, ward_ns *ret_rest);

/* Days since 1970-01-01 and back; 0 is Monday. */
int64_t ward_ical_day(const struct ward_ical_civil *c);
void ward_ical_date_of(int64_t day, struct ward_ical_civil *c);
unsigned ward_ical_weekday(int64_t day);

struct ward_ical_rule {
	bool given, weekly;
	uint64_t interval, count; /* count 0: by until */
	struct ward_ical_time until;
	unsigned days; /* bit per weekday; 0: not given */
	unsigned week_start;
};

/* NULL, or why it is refused and the mend: "what\nmend"; lives forever. */
const char *ward_ical_rule_parse(struct ward_str s, struct ward_ical_rule *ret);
/* The days of the series from the first on: *ret is the k-th, false when the rule gives no more by
 * COUNT or by a limit. Only the day: whether UNTIL cuts it is asked of the caller, who knows zones.
 * Begin with *at = 0 and *n = 0. */
bool ward_ical_rule_next(
	const struct ward_ical_rule *r, int64_t first, int64_t *at, uint64_t *n, int64_t *ret);

#endif
