/* Lengths of time as laws count them, and when they end.
 *
 * Days, weeks and months end at the hour of the clock on the wall at which they began: never later
 * than Regulation (EEC, Euratom) No 1182/71 article 3 lets them, which would give the rest of the
 * last day. A month ends on the same day of its month, or the last one where that month has no such
 * day. Working days are those from Monday to Friday that are no holidays. Hours run through all of
 * it. Local time is that of story/zone.h. Pure but for the zone. */
#ifndef WARD_LAW_TERM_H
#define WARD_LAW_TERM_H

#include "base/clock.h"

enum ward_term_unit {
	WARD_TERM_NONE, /* without undue delay: no end is named */
	WARD_TERM_HOURS,
	WARD_TERM_DAYS,
	WARD_TERM_WORKING_DAYS,
	WARD_TERM_MONTHS,
};

enum { WARD_TERM_MAX = 10000, WARD_HOLIDAYS = 32 };

struct ward_term {
	enum ward_term_unit unit;
	unsigned n;
};

/* A day of each year: of a month, or (month 0) so many days after Easter Sunday. */
struct ward_holiday {
	int month, day;
};

/* ISO 8601: "PT72H", "P10D", "P6W", "P1M"; one unit, from 1 to WARD_TERM_MAX. working: its days are
 * working days (hours and months can't be). MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_term_parse(
	struct ward_str s, bool working, struct ward_term *ret);
/* "12-25", "easter", "easter+39", "easter-2". MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_holiday_parse(struct ward_str s, struct ward_holiday *ret);

/* When it ends that began at `from`; of no end WARD_NS_NEVER. LIMIT: beyond what a ward_ns holds.
 * O(days) for working days. */
WARD_MUST_CHECK enum ward_err ward_term_end(const struct ward_term *t, ward_ns from,
	const struct ward_holiday *holiday, size_t n_holiday, ward_ns *ret);

#endif
