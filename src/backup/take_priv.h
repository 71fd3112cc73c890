/* Inside take: what its files share. */
#ifndef WARD_BACKUP_TAKE_PRIV_H
#define WARD_BACKUP_TAKE_PRIV_H

#include "backup/take.h"
#include "journal/copy.h"

enum { TAKING_PIECE = 1 << 17 };

struct taking {
	const struct ward_backup_options *o;
	struct ward_archive_out *out;
	struct ward_backup_made made;
	char *why;
	bool hospital;              /* is what is walked */
	uint32_t owner;             /* of its directory */
	struct ward_more_list list; /* of an increment: all that there is */
	struct ward_wr positions;   /* of logs, as they were before the journal was copied */
	ward_ns settled; /* what was changed before then, to be seen by its time; in seconds */
	uint8_t piece[TAKING_PIECE];
};

/* Notes why; gives err. */
enum ward_err taking_fail(struct taking *t, enum ward_err err, const char *path, const char *mend);
/* All of a file that is in memory. */
WARD_MUST_CHECK enum ward_err taking_bytes(
	struct taking *t, const struct ward_tar_file *f, struct ward_slice bytes);

/* take_more.c: an increment. */
WARD_MUST_CHECK enum ward_err taking_more_begin(
	struct taking *t, const struct ward_backup_head *head);
WARD_MUST_CHECK enum ward_err taking_more_journal(
	struct taking *t, struct ward_journal_copy *c, uint32_t owner);
/* A file of the state or the hospital's directory, before it is put in; left: it will be left out.
 * *same: the chain has it as it is. */
WARD_MUST_CHECK enum ward_err taking_more_file(
	struct taking *t, const struct ward_tar_file *f, bool left, bool *same);
WARD_MUST_CHECK enum ward_err taking_more_list(struct taking *t);

#endif
