/* Inside the room: may the newest entry of a group have made a window? Most do not, and groups that
 * are full of what never meets their condition must not be looked through at each event.
 *
 * For an entry behind all others the answer takes no more time however many they are (O(log n) to
 * find the timespan's first); it may be yes wrongly and never no. Entries that come late, and those
 * that are taken away, make it be worked out anew. */
#ifndef WARD_DETECT_TAIL_H
#define WARD_DETECT_TAIL_H

#include "detect/window.h"

/* An entry of the group just came, and no window that stands reaches it: can it be in a new one? */
bool ward_tail_may(
	const struct ward_corr *c, const struct ward_group_state *g, const struct ward_entry *e);

/* entries.c: puts an entry where it belongs; its text is copied. *ret: it was there, or was not, or
 * has the place of another one, which went. NOMEM. */
enum ward_put { WARD_PUT_NOT, WARD_PUT_MORE, WARD_PUT_INSTEAD };
WARD_MUST_CHECK enum ward_err ward_corr_put(struct ward_detector *det, struct ward_group_state *g,
	const struct ward_entry *e, enum ward_put *ret);

/* entries.c tells what happens. Before an entry comes: what is known gets room for it. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_tail_room(struct ward_detector *det, struct ward_group_state *g);
/* An entry came and stands at `at`. */
void ward_tail_add(struct ward_detector *det, struct ward_group_state *g, size_t at);
/* The first n are about to go. */
void ward_tail_drop(struct ward_detector *det, struct ward_group_state *g, size_t n);
/* Another goes: forgets what is known. */
void ward_tail_forget(struct ward_detector *det, struct ward_group_state *g);
/* Where the last entry of a value stands. */
size_t ward_tail_find(const struct ward_group_state *g, const struct ward_value_last *v);

#endif
