/* Inside restore: what its files share. */
#ifndef WARD_BACKUP_RESTORE_PRIV_H
#define WARD_BACKUP_RESTORE_PRIV_H

#include "backup/more.h"
#include "backup/place.h"
#include "backup/restore.h"

enum { RESTORING_PIECE = 1 << 16 };

/* Which part of an archive is unpacked: all of a backup; of an increment the journal's, with what
 * is gone; or rows and files. */
enum restoring_reading { READ_BASE, READ_JOURNAL, READ_FILES };

struct restoring_link {
	struct ward_backup_head head;
	uint8_t sha256[WARD_BACKUP_SUM];
};

struct restoring {
	const struct ward_restore_options *o;
	struct ward_restored r;
	struct ward_archive_in *in;
	struct ward_place state, hospital;
	struct ward_place link; /* of the increment that is read, until it is done with */
	char *why;
	/* of the archive that is read: */
	enum restoring_reading reading;
	bool had_head;
	struct ward_backup_head head;
	uint8_t after[WARD_BACKUP_SUM];
	/* of the file that is read: */
	enum { NOWHERE, TO_HEAD, TO_FILE, TO_BOX } to;
	struct ward_tar_file file; /* its path beneath the place */
	char path[WARD_TAR_PATH];  /* its path in the archive, without "sealed/" */
	const struct ward_place *place;
	int fd;
	struct ward_wr held; /* the head, or what is sealed */
	/* of the chain: */
	struct restoring_link *chain;  /* o->n_more */
	struct ward_more_list present; /* files that are in place */
	struct ward_more_list carried; /* files of the increment that is read */
	struct ward_more_list list;    /* of the increment that was read last */
	struct ward_more_gone gone;
	uint8_t piece[RESTORING_PIECE];
};

/* Notes why, unless something was noted; gives err. */
enum ward_err restoring_fail(
	struct restoring *t, enum ward_err err, const char *at, const char *mend);
/* The same in other words than the error's. */
enum ward_err restoring_say(
	struct restoring *t, enum ward_err err, const char *at, const char *why);
void restoring_tell(struct restoring *t, const char *path, const char *what);
/* All of an archive, of which that part is unpacked. */
WARD_MUST_CHECK enum ward_err restoring_read(
	struct restoring *t, enum restoring_reading what, int fd, struct ward_archive_sums *ret);
WARD_MUST_CHECK enum ward_err restoring_place(
	struct restoring *t, struct ward_place *p, const char *target);
WARD_MUST_CHECK enum ward_err restoring_open_store(struct restoring *t, struct ward_store **ret);
/* Is it the one that the head tells of? */
WARD_MUST_CHECK enum ward_err restoring_is_store(
	struct restoring *t, struct ward_store *s, const struct ward_backup_head *h);

/* restore_more.c: a file was unpacked. */
WARD_MUST_CHECK enum ward_err restoring_note(struct restoring *t);
/* The increments, and the moment: what the backup gave is made what there was then. */
WARD_MUST_CHECK enum ward_err restoring_chain(struct restoring *t);
/* That it was restored, and from which file: no increment goes on from another. */
WARD_MUST_CHECK enum ward_err restoring_mark(struct restoring *t);

#endif
