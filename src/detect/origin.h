/* Inside the room: which groups of a correlation hold the window of a lower one, so that what a
 * lower one takes back costs where it is and not how many groups there are. Kept by entries.c. */
#ifndef WARD_DETECT_ORIGIN_H
#define WARD_DETECT_ORIGIN_H

#include "base/err.h"
#include "base/id.h"

struct ward_detector;
struct ward_group_state;

/* One group that holds it, so many times (with several values). In the order in which it came. */
struct ward_origin {
	struct ward_group_state *group;
	struct ward_origin *next;
	uint32_t n;
};

void ward_origin_init(struct ward_detector *det);
void ward_origin_fini(struct ward_detector *det);
/* An entry of a lower correlation is put into the group. O(groups that hold it). LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_origin_add(
	struct ward_detector *det, struct ward_group_state *g, struct ward_id id);
/* It leaves the group. */
void ward_origin_drop(struct ward_detector *det, struct ward_group_state *g, struct ward_id id);
/* All of a rule's groups that hold it, which are then forgotten; freed one by one with
 * ward_origin_free. */
struct ward_origin *ward_origin_take(struct ward_detector *det, uint32_t rule, struct ward_id id);
void ward_origin_free(struct ward_detector *det, struct ward_origin *o);

#endif
