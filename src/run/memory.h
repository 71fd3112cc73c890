/* The brain's memory as a file beside the database, for commands that show what it has seen.
 *
 * Only the store's process can open the database while it runs, so it copies each checkpoint that
 * was committed to STATE/store/memory: written aside and renamed, so that a reader has all of one
 * or all of another. It is a copy: not made durable, never read by Ward itself, and checked by its
 * own hash when it is read (ward_brain_seen). The bytes are those that the brain's process gave:
 * WARD_MEMORY_HEAD bytes of its own, then ward_brain_save's. */
#ifndef WARD_RUN_MEMORY_H
#define WARD_RUN_MEMORY_H

#include "base/wr.h"
#include "store/store.h"

enum { WARD_MEMORY_HEAD = 8 }; /* be64 time of the brain's last tick */

/* Copies the checkpoint to the folder of the store. *seq: of the last copy (0: none); nothing is
 * done when that is the one that is there, or while a transaction is open. buf:
 * WARD_STORE_PIECE_MAX bytes. IO: the file before is still there; errors of the store. O(bytes). */
WARD_MUST_CHECK enum ward_err ward_memory_copy(
	struct ward_store *s, const char *dir, uint8_t *buf, uint64_t *seq);
/* Appends what was copied under a state folder to w. NOT_FOUND: no run has kept anything there;
 * DENIED, IO (errno says why), NOMEM: w has no room. */
WARD_MUST_CHECK enum ward_err ward_memory_read(const char *state, struct ward_wr *w);

#endif
