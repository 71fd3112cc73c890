/* Legal holds that decisions began and ended, out of the journal's own records: for a journal that
 * was cut at a moment, of which what its process remembers (run/retention.h) is as of before. */
#ifndef WARD_RUN_AGAIN_H
#define WARD_RUN_AGAIN_H

#include "comply/hold.h"
#include "desk/event.h"
#include "journal/io.h"

/* The hold that a decision of that kind began. FOREIGN: none came of it, since its words are none.
 * NOMEM. The arena has what is needed meanwhile. */
WARD_MUST_CHECK enum ward_err ward_hold_of_decision(const struct ward_decision *d,
	struct ward_arena *arena, const struct ward_limits *lim, struct ward_hold *ret);

/* Goes through the records behind number `after` of the journal in io's folder, which nobody has
 * open, and writes its file `retention` anew for each that begins or ends a hold. A file that
 * somebody changed stays as it is, so that it can be seen: then *ret_whole is false, and none of
 * these holds is in force. IO, FULL, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_holds_again(
	const struct ward_io *io, uint64_t after, bool *ret_whole);

#endif
