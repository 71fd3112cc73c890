/* Makes a process that forks often cheaper to fork.
 *
 * What the loader wrote into a program and its libraries (addresses, and what they began with) is
 * memory of its own, in two stretches for each library, which a fork copies page table by page
 * table: a quarter of its time. Put into a file in memory, and mapped from there privately at the
 * same place, it is as before, and a fork copies none of it until one side writes. */
#ifndef WARD_RUN_SHELVE_H
#define WARD_RUN_SHELVE_H

#include "base/err.h"

/* Of this process, which has one thread; before its cage. Costs about a millisecond. IO: errno is
 * set, and the process can't be relied upon. */
WARD_MUST_CHECK enum ward_err ward_shelve(void);

#endif
