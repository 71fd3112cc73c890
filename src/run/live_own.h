/* Who owns what a process keeps: as root each process has a user id of its own. */
#ifndef WARD_RUN_LIVE_OWN_H
#define WARD_RUN_LIVE_OWN_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

/* Gives it away, with what another one of our processes' ids has in it: a former version's, or a
 * number that moved; never what a link leads to. False: errno says why. */
bool live_own_folder(const char *path, uid_t uid);
/* What a command of root's left beside the database of the store's folder when it was ended, which
 * the store could not open: to its owner. uid 0: nothing is done. False: errno says why, ret_path
 * of which. */
bool live_own_database(const char *folder, uid_t uid, char ret_path[PATH_MAX]);

#endif
