/* Versions as makers write them, and the ranges of advisories. Pure; faces texts of outsiders. */
#ifndef WARD_RISK_VERSION_H
#define WARD_RISK_VERSION_H

#include "base/slice.h"

/* Does something hold of a device? */
enum ward_fit {
	WARD_FIT_NO,
	WARD_FIT_MAYBE, /* what would say it is not known, or not understood */
	WARD_FIT_YES,
};

/* Order of two versions, by their numbers and words from the left: 1.9 < 1.10, 2.0-rc1 < 2.0,
 * 1.0 < 1.0a, v2 = 2, 1.0 = 1. */
int ward_version_cmp(struct ward_str a, struct ward_str b);
/* Is `version` (empty: not known) in `range`: "1.2.3", "<2.0", ">=1.0|<1.4|>=2.0|<2.3" (either
 * interval), "vers:generic/<=3.1", "1.0 to 1.4", "1.x", "prior to 4.2", "all versions", "*"? A
 * range in other words, "1.0-1.4" and bounds that contradict each other: MAYBE. An empty range
 * holds every version. */
enum ward_fit ward_version_in(struct ward_str range, struct ward_str version);

#endif
