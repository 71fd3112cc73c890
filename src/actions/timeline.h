/* How services fare hour by hour, for people. Internal to this room. */
#ifndef WARD_ACTIONS_TIMELINE_H
#define WARD_ACTIONS_TIMELINE_H

#include "actions/actions.h"

/* A row for each service that falls: with nothing done, then with each action shown and with the
 * best together where that is otherwise. */
void ward_actions_timeline(const struct ward_actions *p, const struct ward_actions_world *w,
	const struct ward_actions_ask *ask, struct ward_lang *lang, struct ward_wr *to);

#endif
