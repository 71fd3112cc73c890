/* What roles resolved while a story went on, as its branches ask for it: a list with a bound, put
 * in the order of time. Texts are borrowed. Any thread. */
#ifndef WARD_EXERCISE_RESOLVED_H
#define WARD_EXERCISE_RESOLVED_H

#include "base/clock.h"
#include "base/err.h"
#include "exercise/lead.h"

enum { WARD_RESOLVED_MAX = 1024 };

struct ward_resolved {
	enum ward_lead_decided what;
	struct ward_str of, by;
	ward_ns at;
	size_t order; /* of those of one moment: set by _add */
};

struct ward_resolves {
	struct ward_resolved item[WARD_RESOLVED_MAX];
	size_t n;
};

/* Adds one, unless the same was resolved by then; LIMIT: there are WARD_RESOLVED_MAX, and nothing
 * is added. */
WARD_MUST_CHECK enum ward_err ward_resolves_add(
	struct ward_resolves *r, const struct ward_resolved *is);
/* By time; in one moment what came first in enum ward_lead_decided, and then as it was added. */
void ward_resolves_order(struct ward_resolves *r);

#endif
