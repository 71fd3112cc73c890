/* STATE/fetched: that the journal there came from the log of a machine that was lost, and until
 * when that one told people what it concluded. One line of text, "told until NS", of the wall clock
 * in nanoseconds; written by `ward quorum fetch`, read at each start. Without the file nothing is
 * taken to have been told: who brings back what was told to whom removes it. */
#ifndef WARD_RUN_FETCHED_H
#define WARD_RUN_FETCHED_H

#include "base/clock.h"

#define WARD_FETCHED_FILE "fetched"

/* A new file in the folder. DENIED: there is one; IO: errno is set. */
WARD_MUST_CHECK enum ward_err ward_fetched_write(int folder, ward_ns told_until);
/* 0: there is none. MALFORMED, IO. */
WARD_MUST_CHECK enum ward_err ward_fetched_read(const char *state, ward_ns *ret);

#endif
