/* Private to revision: what its files share. */
#ifndef WARD_REVISION_PRIV_H
#define WARD_REVISION_PRIV_H

#include "revision/revision.h"

enum { REVISION_PATH_BYTES = 4096 };

struct ward_revision {
	const char *folder, *directory;
	const struct ward_mem *mem;
	bool write;
	int folder_fd, directory_fd, lock;
	struct ward_arena arena; /* the list */
	struct ward_revision_version *version;
	size_t n;
	uint64_t finished, undone;
	uint8_t last[WARD_REVISION_HASH]; /* of the last line: the next one names it */
	uint64_t list_bytes;              /* that were acknowledged */
	char why[WARD_REVISION_SAY];
};

/* ---- disk.c: files beneath a folder, durably ---- */

/* err, with what it was about in why. */
enum ward_err revision_because(struct ward_revision *r, enum ward_err err, const char *what);
/* The folder in which a path's file is, opened without following a link; made: what is missing of
 * it is made. *ret_name is the part behind the last '/'. -1: errno. */
int revision_folder_of(int base, const char *path, bool make, const char **ret_name);
/* The whole of a plain file, at most max bytes. NOT_FOUND, LIMIT, FOREIGN (it is no plain file),
 * IO, NOMEM. */
WARD_MUST_CHECK enum ward_err revision_read_at(
	int base, const char *path, size_t max, struct ward_arena *a, struct ward_slice *ret);
/* Replaces it as a whole, through a file beside it; durably once revision_sync_all was called.
 * like: keep owner and mode of what was there. FULL, DENIED, IO. */
WARD_MUST_CHECK enum ward_err revision_write_at(
	int base, const char *path, struct ward_slice bytes, unsigned mode, bool like);
/* No file of that name is fine, and a folder is none; durably as above. */
WARD_MUST_CHECK enum ward_err revision_remove_at(int base, const char *path);
/* What was written where fd is, is on the disk: at once for many files, since a disk takes as long
 * for one. */
WARD_MUST_CHECK enum ward_err revision_sync_all(int fd);
/* With all that is in it; what a link leads to is left alone. */
WARD_MUST_CHECK enum ward_err revision_remove_all(const char *folder);

/* ---- form.c ---- */
/* How a text's name ends, from 0 on; NULL: that is all. */
const char *revision_ending(size_t i);

/* ---- shelf.c: the folder of versions ---- */
WARD_MUST_CHECK enum ward_err revision_load(struct ward_revision *r);
WARD_MUST_CHECK enum ward_err revision_append(struct ward_revision *r, struct ward_slice line);

/* ---- scan.c ---- */
/* Calls fn for each entry beneath the directory, folders before what is in them, hidden ones left
 * out, in byte order within a folder. kind: 'd', 'f', 'l' (a link) or '?'. fn says false to end;
 * of a folder *ret_down false means that it is not entered. */
typedef enum ward_err (*revision_entry_fn)(void *ctx, const char *path, char kind, bool *ret_down);
WARD_MUST_CHECK enum ward_err revision_walk(
	struct ward_revision *r, revision_entry_fn fn, void *ctx);

/* ---- take.c ---- */
/* Finishes what was begun and not finished. */
WARD_MUST_CHECK enum ward_err revision_recover(struct ward_revision *r);

#endif
