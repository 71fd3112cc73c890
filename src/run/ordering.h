/* Orders to erase (comply/order.h) as files: left by `ward person erase` in the folders of journal,
 * store and clips, read and taken away by whoever keeps those. One at a time in a folder. */
#ifndef WARD_RUN_ORDERING_H
#define WARD_RUN_ORDERING_H

#include "comply/order.h"

/* Into a fresh one. NOT_FOUND: there is none. MALFORMED, LIMIT: it is none. IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ordering_read(const char *dir, struct ward_order *o);
/* It is done: takes it away. False: it can't be. */
bool ward_ordering_done(const char *dir);
/* Leaves what of it is of one sort, whole or not at all, for the folder's owner; nothing of it:
 * nothing is left. AGAIN: one is there already. NOT_FOUND: no such folder. DENIED, IO, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_ordering_leave(
	const char *dir, const struct ward_order *o, enum ward_order_of of);
/* Is one there? */
bool ward_ordering_waits(const char *dir);

/* In STATE/standby: the machine beside takes the journal anew, since some of it was erased. */
#define WARD_ORDERING_RENEW "renew"
#define WARD_ORDERING_RENEWING "renewing" /* the same, while it takes it */

/* Where a machine stands beside this one, has it take the journal anew (docs/standby.md). False:
 * errno says why. */
WARD_MUST_CHECK bool ward_ordering_beside(const char *state);

#endif
