/* Time: a clock that is handed in, and RFC 3339 text.
 *
 * `ward_ns` is nanoseconds since 1970-01-01T00:00:00Z, leap seconds ignored; it holds the years
 * 1678 to 2261. Code never asks the system for the time: it is given a clock, so a test drives it.
 */
#ifndef WARD_BASE_CLOCK_H
#define WARD_BASE_CLOCK_H

#include "base/err.h"
#include "base/slice.h"
#include "base/wr.h"

typedef int64_t ward_ns;

#define WARD_NS_PER_S ((ward_ns)1000000000)
#define WARD_NS_PER_MS ((ward_ns)1000000)
#define WARD_NS_NEVER INT64_MAX

struct ward_clock {
	ward_ns (*now)(void *ctx);  /* wall clock, UTC */
	ward_ns (*mono)(void *ctx); /* monotonic, arbitrary origin */
	void *ctx;
};

/* The machine's clocks. Lives forever. */
const struct ward_clock *ward_clock_system(void);

/* A clock that stands where it is set. Hand out &f->clock. */
struct ward_clock_fake {
	struct ward_clock clock;
	ward_ns at;
};
void ward_clock_fake_init(struct ward_clock_fake *f, ward_ns at);

static inline ward_ns ward_clock_now(const struct ward_clock *c)
{
	return c->now(c->ctx);
}

static inline ward_ns ward_clock_mono(const struct ward_clock *c)
{
	return c->mono(c->ctx);
}

/* RFC 3339 date-time: also with a blank for 'T', without an offset (read as UTC), with ',' before
 * the fraction, +hhmm without colon; fractions beyond nanoseconds are cut. A leap second (:60)
 * counts as :59. MALFORMED otherwise, LIMIT when it does not fit (years 1678..2261 do). */
WARD_MUST_CHECK enum ward_err ward_time_parse(struct ward_str s, ward_ns *ret);
/* From a civil UTC date. month 1..12, day 1..31, no range check beyond that of ward_time_parse. */
WARD_MUST_CHECK enum ward_err ward_time_civil(
	int year, int month, int day, int64_t second_of_day, int64_t nanosecond, ward_ns *ret);
/* "2026-11-23T23:17:06.000000001Z": the fraction has no trailing zeros and is absent when zero. */
void ward_time_write(struct ward_wr *w, ward_ns t);
/* Splits into a civil UTC date; all pointers must be given. */
void ward_time_split(
	ward_ns t, int *ret_year, int *ret_month, int *ret_day, int64_t *ret_second_of_day);
/* A length of time as in configuration: "90s", "15m", "15min", "2h", "7d", "250ms". MALFORMED
 * without a unit, LIMIT when it does not fit. */
WARD_MUST_CHECK enum ward_err ward_duration_parse(struct ward_str s, ward_ns *ret);

#endif
