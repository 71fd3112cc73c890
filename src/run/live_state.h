/* Private to the live hospital: what processes show of themselves, for `api`. */
#ifndef WARD_RUN_LIVE_STATE_H
#define WARD_RUN_LIVE_STATE_H

#include "run/live_priv.h"

/* Boards for who shows them; the supervisor's, each second; holds; interfaces. */
WARD_MUST_CHECK enum ward_err live_set_boards(struct live *l);
/* A copy of a board's descriptor for a process, under this name. */
WARD_MUST_CHECK enum ward_err live_hand_board(
	struct live *l, size_t number, const char *name, int board);
void live_tell_state(struct live *l);
void live_put_wires(struct live *l, struct ward_json *j);
void live_close_boards(struct live *l);

#endif
