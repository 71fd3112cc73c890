/* The words for how likely it is that something is hit, from both ends of the interval: one table
 * for all who tell it (story/README.md).
 *
 * Pure. */
#ifndef WARD_STORY_LIKELY_H
#define WARD_STORY_LIKELY_H

#include <stdint.h>

enum ward_likely {
	WARD_UNLIKELY,
	WARD_LIKELY_OPEN, /* the ends are too far apart to say */
	WARD_LIKELY_POSSIBLE,
	WARD_LIKELY_LIKELY,
	WARD_LIKELY_CERTAIN,
	WARD_LIKELY_N,
};

/* Of two ends in millionths: by the lower one; possible, too, where that is at least 1 % and the
 * middle above 45 %. */
enum ward_likely ward_likely(int64_t lo_micro, int64_t hi_micro);
/* The upper end of bounds on a service that nothing narrowed, as former versions told them: it is
 * often 1, and is no reason to think the middle above 45 %. */
int64_t ward_likely_upper(int64_t lo_micro, int64_t hi_micro);
/* The same of bounds that were not narrowed, as of what is no service: their upper end is often 1
 * and says little, so by the lower one alone. */
enum ward_likely ward_likely_bound(int64_t lo_micro, int64_t hi_micro);
/* "almost certain": in English, a text of the languages. Lives forever. */
const char *ward_likely_word(enum ward_likely l);
/* "certain": as data. Lives forever. */
const char *ward_likely_name(enum ward_likely l);

#endif
