/* What a backup, or an increment, says of itself: its first file, BACKUP or INCREMENT, a few lines
 * "key value". An increment says as well of which file it goes on: by the SHA-256 of that file. */
#ifndef WARD_BACKUP_HEAD_H
#define WARD_BACKUP_HEAD_H

#include "base/wr.h"
#include "comply/ledger.h"

#define WARD_BACKUP_HEAD_FILE "BACKUP"
#define WARD_BACKUP_MORE_FILE "INCREMENT"

enum { WARD_BACKUP_HEAD_MAX = 1024, WARD_BACKUP_WORD = 128, WARD_BACKUP_SUM = 32 };

struct ward_backup_head {
	char version[WARD_BACKUP_WORD];  /* of the Ward that made it */
	char hospital[WARD_BACKUP_WORD]; /* its id; "-": it was not named */
	char time[WARD_BACKUP_WORD];     /* RFC 3339 */
	uint64_t rows;                   /* of the ledger … */
	struct ward_hash root;           /* … and its root */
	uint64_t position;               /* of the brain in the journal */
	uint64_t commit;                 /* the journal's last */
};

void ward_backup_head_write(const struct ward_backup_head *h, struct ward_wr *w);
/* FOREIGN: no backup of Ward's; VERSION: of a later form; MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_backup_head_read(
	struct ward_str text, struct ward_backup_head *ret);

/* The same of an increment, with what it goes on from. */
void ward_backup_more_write(
	const struct ward_backup_head *h, const uint8_t after[WARD_BACKUP_SUM], struct ward_wr *w);
WARD_MUST_CHECK enum ward_err ward_backup_more_read(
	struct ward_str text, struct ward_backup_head *ret, uint8_t ret_after[WARD_BACKUP_SUM]);

#endif
