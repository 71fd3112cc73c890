/* Calendars (iCalendar, RFC 5545) into dates of works: each occurrence of each VEVENT.
 *
 * A pure parser of what a facility-management program exported; the bytes are not trusted. Read are
 * folded lines, parameters, escaped text, DTSTART, DTEND, DURATION as date, local time with TZID,
 * floating time and UTC; RRULE with FREQ=DAILY or WEEKLY, INTERVAL, BYDAY, WKST, and COUNT or
 * UNTIL; EXDATE. What would change the dates and is not understood (other RRULE parts, RDATE,
 * EXRULE, RECURRENCE-ID, unknown zones, series without an end) is a finding, never passed over.
 * VTIMEZONE is not read: zones are taken by name from the caller. */
#ifndef WARD_MODEL_PERMIT_ICAL_H
#define WARD_MODEL_PERMIT_ICAL_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/limit.h"

enum {
	WARD_ICAL_DATES_MAX = 366,   /* occurrences of one event */
	WARD_ICAL_EVENTS_MAX = 4096, /* events of one calendar */
};

/* A date and time as a wall clock shows it. */
struct ward_ical_civil {
	int year, month, day, hour, minute, second;
};

/* The UTC time of a wall clock in a zone by name; the empty zone is that of the hospital. A time
 * that is there twice is the first of both, one that is skipped is read with the offset before the
 * gap (RFC 5545 3.3.5). false: there is no such zone, or the time does not fit. */
typedef bool (*ward_ical_zone_fn)(
	void *ctx, struct ward_str zone, const struct ward_ical_civil *at, ward_ns *ret);

/* One occurrence; valid during the call. */
struct ward_ical_date {
	struct ward_str uid, summary, location, categories, contact; /* unescaped; may be empty */
	struct ward_ical_civil at; /* the begin, as the calendar writes it */
	ward_ns from, until;       /* until is the first moment after it */
	bool series;               /* one of several */
	uint32_t line;             /* of BEGIN:VEVENT */
};
/* Any error ends the parse and is given on. */
typedef enum ward_err (*ward_ical_fn)(void *ctx, const struct ward_ical_date *d);

struct ward_ical_opts {
	const struct ward_mem *mem;
	const struct ward_limits *lim; /* conf.bytes */
	struct ward_diag *diag;
	ward_ical_zone_fn zone;
	ward_ical_fn fn;
	void *ctx; /* of both */
};

/* CONFIG when a finding of level error was added (what is right was given to fn nevertheless), what
 * fn gave, NOMEM. O(text + occurrences). */
WARD_MUST_CHECK enum ward_err ward_ical_parse(
	const struct ward_ical_opts *o, struct ward_str file, struct ward_slice text);
/* Does it begin like a calendar? */
bool ward_ical_is(struct ward_slice text);

#endif
