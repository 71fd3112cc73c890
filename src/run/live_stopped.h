/* What does not run since something is missing that the law wants (live_stopped.c). */
#ifndef WARD_RUN_LIVE_STOPPED_H
#define WARD_RUN_LIVE_STOPPED_H

#include "run/live_priv.h"

/* Why the source does not run, or NULL; that as a line beneath it. */
const char *live_why_stopped(const struct live *l, struct ward_str id);
void live_put_why(struct ward_wr *w, const char *why);
/* Analytics that do not run. */
void live_put_stopped(struct ward_wr *w, const struct live *l);
/* Once a day, by day, on standard error and in the log: agreements that end within 60, 30 and 7
 * days, and each day those that have ended. */
void live_tell_ends(struct live *l);
/* All of it, for the processes that load the model by themselves. */
WARD_MUST_CHECK enum ward_err live_set_stopped(struct live *l);

/* To the store: kinds of rows that an entry of the register keeps for so long, then go. */
WARD_MUST_CHECK enum ward_err live_tell_rows(struct live *l);

#endif
