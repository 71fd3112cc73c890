/* What a backup, or an increment, already has: for the next increment. Reads all of it, and holds
 * it against its manifest: an increment names the file that it goes on from by that file's SHA-256.
 * The file is bytes from outside. */
#ifndef WARD_BACKUP_HAD_H
#define WARD_BACKUP_HAD_H

#include "backup/head.h"
#include "backup/more.h"

struct ward_backup_had {
	struct ward_backup_head head;
	struct ward_more_list list; /* of all that there is with it, the chain before it included */
	uint8_t sha256[WARD_BACKUP_SUM];
	struct ward_journal_seg *seg; /* of the list, for journal/copy.h */
	const struct ward_mem *mem;
};

/* From where fd is. FOREIGN: no backup; VERSION; the errors of ward_archive_feed and _done; ret_why
 * (4352 bytes) says where. On an error only fini. */
WARD_MUST_CHECK enum ward_err ward_backup_had_read(
	int fd, const struct ward_mem *mem, struct ward_backup_had *ret, char *ret_why);
/* Zeroed is fine. */
void ward_backup_had_fini(struct ward_backup_had *h);

#endif
