/* How far a source's clock is from ours: the median of arrival minus record time, of its latest
 * records.
 *
 * Pure; constant memory. A median, so that a few late or wrong records say nothing. */
#ifndef WARD_SENSE_LOG_SKEW_H
#define WARD_SENSE_LOG_SKEW_H

#include "base/clock.h"

enum { WARD_SKEW_RECORDS = 63 };

struct ward_skew {
	ward_ns lag[WARD_SKEW_RECORDS]; /* the latest, as a ring */
	uint64_t n;                     /* records so far */
	bool off;                       /* told as off */
};

/* Takes one record's times. True: the median of the last WARD_SKEW_RECORDS went beyond bound
 * (s->off is then true) or came back within half of it; *ret_median is it. Asked once every
 * WARD_SKEW_RECORDS records. */
bool ward_skew_take(
	struct ward_skew *s, ward_ns seen, ward_ns time, ward_ns bound, ward_ns *ret_median);
/* The median of what there is; false before the first record. O(n log n). */
bool ward_skew_median(const struct ward_skew *s, ward_ns *ret);

#endif
