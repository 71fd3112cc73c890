/* A folder that is made beside its target and gets its name when it is whole. */
#ifndef WARD_BACKUP_PLACE_H
#define WARD_BACKUP_PLACE_H

#include "base/err.h"

#include <limits.h>

struct ward_place {
	char target[PATH_MAX], aside[PATH_MAX];
	int fd; /* of aside; -1: it was not made */
};

/* Makes TARGET.restoring, 0700. DENIED: the target is there and not empty, or the other is there:
 * errno says ENOTEMPTY or EEXIST. IO, LIMIT (the path is too long, or
 * empty, "/" or ".", which can't be put in place). On an error nothing was made. */
WARD_MUST_CHECK enum ward_err ward_place_make(struct ward_place *p, const char *target);
/* A new file beneath it, for writing alone; folders on the way are made, each file's own with 0700.
 * Never through a link, never over a file. DENIED: there is one; IO, FULL. */
WARD_MUST_CHECK enum ward_err ward_place_file(
	const struct ward_place *p, const char *path, unsigned mode, unsigned uid, int *ret_fd);
/* A second name, there, of the file that has the same path beneath the folder `from`. NOT_FOUND:
 * there is none, or that name is given already; IO, FULL, DENIED, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_place_link(
	const struct ward_place *p, const char *path, unsigned uid, int from);
/* Makes all durable. */
WARD_MUST_CHECK enum ward_err ward_place_sync(const struct ward_place *p);
/* Gives it its name, with this mode. DENIED, IO: it is still aside. */
WARD_MUST_CHECK enum ward_err ward_place_done(struct ward_place *p, unsigned mode);
/* Removes a folder with all that is in it, or a file, if it is there; follows no link. */
void ward_place_remove(const char *path);
/* Removes what is aside, if it is. */
void ward_place_undo(struct ward_place *p);

#endif
