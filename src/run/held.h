/* What is held, as the journal's process shows it on its board: for who erases, and who tells that
 * it ends. The board is taken as outside bytes. Single-threaded. */
#ifndef WARD_RUN_HELD_H
#define WARD_RUN_HELD_H

#include "comply/hold.h"
#include "run/board.h"

/* All of them into ret, in place of what was there. AGAIN: nothing new, or half written, and ret is
 * as it was (last: of what was read last); so after MALFORMED, LIMIT, IO, NOMEM. *ret_bad: holds
 * that could not be read. */
WARD_MUST_CHECK enum ward_err ward_held_read(int board, const struct ward_limits *lim,
	struct ward_id *last, struct ward_holds *ret, size_t *ret_bad);

#endif
