/* Ends a process that works on and gets nowhere, so that its supervisor begins it anew.
 *
 * What is measured is the process's own time on the processor: one that waits, for input or for
 * who takes its output, or that others keep from running, is never ended. */
#ifndef WARD_RUN_WATCHDOG_H
#define WARD_RUN_WATCHDOG_H

#include "base/log.h"

/* One in a process, to be started before its cage. Once it worked for as long as after without a
 * sign of progress it logs "process.hung" (log may be NULL) and aborts. IO. */
WARD_MUST_CHECK enum ward_err ward_watchdog_start(struct ward_log *log, ward_ns after);
/* There was progress. */
void ward_watchdog_progress(void);

#endif
