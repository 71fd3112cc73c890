/* Landlock (landlock(7)): no file system but the given folders, no TCP, no signals outwards; as
 * much of it as the running kernel enforces. */
#ifndef WARD_RUN_LANDLOCK_H
#define WARD_RUN_LANDLOCK_H

#include "base/attr.h"

/* The highest ABI that the kernel has; 0 for none. */
int ward_landlock_abi(void);
/* Restricts this process and its children for good. Sets no_new_privs. False with errno. */
bool ward_landlock_enter(const char *const *folder, size_t n, int abi);

#endif
