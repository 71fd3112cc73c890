/* Makes a backup of a state folder, and of a hospital's directory, while Ward runs or not.
 *
 * The caller hands in a copy of the database, which only its process may open; the journal is
 * copied as of one commit (journal/copy.h) after it, so that it has all that the database has read.
 * How far logs were read is taken before that, so that it is never ahead of the records.
 * Other files are copied one by one: their processes replace them whole. Folders are walked without
 * following a link, since the processes that write there face the outside. */
#ifndef WARD_BACKUP_TAKE_H
#define WARD_BACKUP_TAKE_H

#include "backup/archive.h"
#include "backup/had.h"
#include "backup/mirror.h"

enum {
	WARD_BACKUP_WHY = 4096 + 256,
	WARD_BACKUP_KEY = 32,             /* X25519 */
	WARD_BACKUP_SEALED_MAX = 16 << 20 /* bytes of a file that is sealed, at most */
};

/* A file, by its path in the archive, and what is to be known of it. */
typedef void (*ward_backup_tell)(void *ctx, const char *path, const char *what);

/* For the machine beside: only what it does not have, secrets as they are, without the journal,
 * which it follows; then the list of all. */
struct ward_backup_beside {
	const struct ward_mirror *has;  /* what the other has */
	const struct ward_mirror *seen; /* what was there the last time */
	struct ward_mirror *now;        /* filled, and ended; empty before */
};

/* An increment: only what a backup, or the increment before, does not have. The database's part is
 * handed in, as backup/more.h says. */
struct ward_backup_since {
	const struct ward_backup_had *had;
	struct ward_slice rows, gone;
};

struct ward_backup_options {
	const char *state;
	const char *hospital;    /* its directory; NULL: not in it */
	int store;               /* a copy of the database, to be read from its beginning */
	const uint8_t *seal_for; /* WARD_BACKUP_KEY bytes; NULL: secrets are left out */
	const struct ward_mem *mem;
	ward_backup_tell left_out; /* may be NULL */
	void *ctx;
	const struct ward_backup_beside *beside; /* NULL: it is a backup, or … */
	const struct ward_backup_since *since; /* … an increment: without a copy of the database */
};

struct ward_backup_made {
	struct ward_archive_sums sums;
	uint64_t n_sealed, n_left_out;
	uint64_t n_same; /* files that an increment leaves out, since they are as they were */
	uint64_t commit; /* the journal's last */
};

/* Writes the archive to out. head: all but `commit`, which is filled in. On an error ret_why
 * (WARD_BACKUP_WHY bytes) says where and the mend, and what was written is of no use. STATE: the
 * journal is not the one that an increment could go on from. */
WARD_MUST_CHECK enum ward_err ward_backup_take(const struct ward_backup_options *o,
	struct ward_backup_head *head, int out, struct ward_backup_made *ret, char *ret_why);

#endif
