/* Inside the room: may the newest entry of a group have made a window? Most do not, and groups that
 * are full of what never meets their condition must not be looked through at each event.
 *
 * For an entry behind all others the answer takes no more time however many they are (O(log n) to
 * find the timespan's first); it may be yes wrongly and never no. Entries that are taken away, and
 * of temporal_ordered those that come late, make it be worked out anew when it is next asked. */
#ifndef WARD_DETECT_TAIL_H
#define WARD_DETECT_TAIL_H

#include "detect/window.h"

/* An entry of the group just came, and no window that stands reaches it: can it be in a new one? */
bool ward_tail_may(
	const struct ward_corr *c, struct ward_group_state *g, const struct ward_entry *e);

/* entries.c: puts an entry where it belongs; its text is copied. *ret: it was not there. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_corr_put(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_entry *e, bool *ret);

/* entries.c tells what happens. Before an entry comes: what is known gets room for it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_tail_room(struct ward_detector *det, struct ward_group_state *g);
/* An entry came and stands at `at`; value_count: `before` is the one of its value before it, or
 * SIZE_MAX. */
void ward_tail_add(struct ward_detector *det, struct ward_group_state *g, size_t at, size_t before);
/* The first n are about to go. */
void ward_tail_drop(struct ward_detector *det, struct ward_group_state *g, size_t n);
/* Another goes: forgets what is known. */
void ward_tail_forget(struct ward_detector *det, struct ward_group_state *g);

#endif
