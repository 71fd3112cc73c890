/* Files that are looked at, in the live hospital. */
#ifndef WARD_RUN_LIVE_FILES_H
#define WARD_RUN_LIVE_FILES_H

#include "run/live_priv.h"

/* Does this source run, and want the files that pass by on it looked at? */
bool live_inspects(const struct live *l, const struct ward_source *s);
/* Are files that people hand in at the console looked at? */
bool live_takes_files(const struct live *l);
/* What the process that looks at files is told, and who hands files to it. */
WARD_MUST_CHECK enum ward_err live_set_files(struct live *l);

#endif
