/* The store's door: a Unix socket "door" in the state folder by which commands of the same user, or
 * of root, read rows while Ward runs.
 *
 * The supervisor makes the listener; the store accepts one guest at a time, looks at who it is,
 * answers what run/keeper permits to a guest (reading), and closes the door on who is slow. The
 * socket's file lies in a folder of its user's alone, and who connects is asked of the kernel, too.
 */
#ifndef WARD_RUN_DOOR_H
#define WARD_RUN_DOOR_H

#include "run/whole.h"

#include <sys/types.h>

/* In the store's folder: the copy that BACKUP makes, until its guest or the next one takes it away.
 */
#define WARD_DOOR_COPY "copy.db"

/* Listens at STATE/door, which replaces what a former life left. Close-on-exec. IO, LIMIT. */
WARD_MUST_CHECK enum ward_err ward_door_listen(const char *state, int *ret_fd);
/* The store's side: takes the next guest, not blocking. AGAIN: there is none; DENIED: it is neither
 * root nor `owner`, and was let go; IO. */
WARD_MUST_CHECK enum ward_err ward_door_accept(int fd, uid_t owner, int *ret_fd);
/* A command's side: blocking. NOT_FOUND: nothing runs there; DENIED; IO. */
WARD_MUST_CHECK enum ward_err ward_door_connect(const char *state, int *ret_fd);
/* All rows that the store has now, in their order, each to fn. The errors of ward_ask, and
 * MALFORMED; fn may have had some. */
WARD_MUST_CHECK enum ward_err ward_door_rows(int fd, ward_row_fn fn, void *ctx);
/* Has the store copy its database beside it (WARD_DOOR_COPY), which *ret tells of; waits as long as
 * that takes. The errors of ward_ask, MALFORMED; the verdict of the store is in *ret. */
WARD_MUST_CHECK enum ward_err ward_door_backup(int fd, struct ward_backed_up *ret);
/* All leaves above number `after` that the store has at one moment, in their order, each to fn;
 * *ret: how many rows it had then, their root, and the brain's position (verdict OK). STATE: it has
 * less. AGAIN: it adds rows faster than it can be asked. Else as ward_door_rows; the leaf lives
 * until fn returns, which by false ends it: LIMIT. */
WARD_MUST_CHECK enum ward_err ward_door_leaves(
	int fd, uint64_t after, ward_store_leaf_fn fn, void *ctx, struct ward_backed_up *ret);
/* Numbers of erased rows up to `last`, in their order. Else as ward_door_leaves. */
WARD_MUST_CHECK enum ward_err ward_door_gone(
	int fd, uint64_t last, bool (*fn)(void *ctx, uint64_t number), void *ctx);

#endif
