/* Whether a process with a user id of its own gets to a folder: it has no rights but those of
 * others. */
#ifndef WARD_RUN_REACH_H
#define WARD_RUN_REACH_H

#include "base/err.h"

#include <sys/types.h>

/* Tries it in a child that becomes that user. 0: it gets there (or what is wrong is something
 * else); else how many bytes of the path, which is absolute, name the first folder that lets it not
 * pass. Single-threaded callers only, who may change to that id. */
size_t ward_reach_barred(const char *path, uid_t uid);

#endif
