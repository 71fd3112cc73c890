/* What rules wait for in vain, told once: for a detector that runs for years. Single-threaded;
 * reads no clock. */
#ifndef WARD_DETECT_UNSEEN_H
#define WARD_DETECT_UNSEEN_H

#include "detect/detect.h"

enum {
	WARD_UNSEEN_EVENTS = 10000, /* so many, */
	WARD_UNSEEN_FIRST_S = 3600, /* and so long, before the first look; */
	WARD_UNSEEN_NEXT_S = 86400, /* then each day */
};

struct ward_unseen {
	const struct ward_mem *mem;
	bool *told; /* by rule; NULL before the first look */
	size_t n_rule;
	uint64_t n_event;
	ward_ns next; /* INT64_MIN: no event came yet */
};

/* Borrows mem. */
void ward_unseen_init(struct ward_unseen *u, const struct ward_mem *mem);
void ward_unseen_fini(struct ward_unseen *u);
/* An event came at `now`: is it time to look? */
bool ward_unseen_due(struct ward_unseen *u, ward_ns now);
/* Tells fn of the rules that were not told before and whose logsource came without a field that
 * they ask for: each such field. *ret_n_source: how many there are new whose logsource never came.
 * det: always over the same ruleset. As ward_detector_unseen. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_unseen_look(struct ward_unseen *u,
	const struct ward_detector *det, ward_unseen_fn fn, void *ctx, size_t *ret_n_source);

#endif
