/* Inside the room: which groups are to be looked at when windows close, the soonest first, so that
 * a tick costs what is due and not what there is. A heap for each rank of correlations; the groups
 * are the detector's. */
#ifndef WARD_DETECT_DUE_H
#define WARD_DETECT_DUE_H

#include "base/clock.h"
#include "base/err.h"
#include "detect/correlation.h"

struct ward_detector;
struct ward_group_state;

struct ward_due {
	struct ward_group_state **group; /* none is sooner than the one at (i - 1) / 2 */
	size_t n, cap;
};

/* When the group may have something to close, at the soonest: it is to be looked at once the
 * watermark less the lateness is later. Of what it holds now: O(windows that were told). */
ward_ns ward_due_time(const struct ward_corr *c, const struct ward_group_state *g);
/* Of a new group: g->due says when. NOMEM, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_due_add(struct ward_detector *det, struct ward_group_state *g);
/* Another time. O(log groups). */
void ward_due_set(struct ward_detector *det, struct ward_group_state *g, ward_ns due);
void ward_due_remove(struct ward_detector *det, struct ward_group_state *g);
/* The soonest of a rank; NULL: there is none. */
struct ward_group_state *ward_due_first(const struct ward_detector *det, unsigned rank);
void ward_due_fini(struct ward_detector *det);

#endif
