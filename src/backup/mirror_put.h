/* Of the room alone: a copy's list, and its hospital's directory put in place. */
#ifndef WARD_BACKUP_MIRROR_PUT_H
#define WARD_BACKUP_MIRROR_PUT_H

#include "backup/mirror.h"

/* The list of the copy that is in this folder. NOT_FOUND: it has none; MALFORMED, DENIED, LIMIT,
 * NOMEM. */
WARD_MUST_CHECK enum ward_err ward_mirror_load(
	const char *folder, const struct ward_mem *mem, struct ward_mirror *ret);
/* A change of copies that was cut off is brought to its end. IO. */
WARD_MUST_CHECK enum ward_err ward_mirror_settle(const char *state);
/* Of the state folder: does the name stay what it is, whatever a copy says? */
bool ward_mirror_stays(const char *name);
/* What the list has of the hospital's directory, from the copy that is at the descriptor `from`, is
 * there as the list says, and what it has not is gone; what stood there is first copied beneath
 * `was`. No link is followed beneath the directory, none is removed but where a file or folder of
 * the list has its name. OK with a text in why (WARD_MIRROR_WHY bytes): that stays. IO, FULL. */
WARD_MUST_CHECK enum ward_err ward_mirror_put_hospital(
	const struct ward_mirror *m, int from, const char *hospital, int was, char *why);

#endif
