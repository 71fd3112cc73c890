/* A copy of a journal that another process is writing, as of one moment: nothing is locked, written
 * or asked of the writer.
 *
 * The newest commit that is seen when it begins is the last that the copy has. Commits before it
 * are whole in all lanes by then, since the next begins only when one is durable; of the last one
 * some lane may lack its block, which opening the copy cuts as after a crash. What comes behind it
 * in a file is given as zeros. So the copy opens as what a crash at that moment would have left,
 * with everything that was acknowledged before it. Single-threaded. */
#ifndef WARD_JOURNAL_COPY_H
#define WARD_JOURNAL_COPY_H

#include "journal/journal.h"

enum { WARD_JOURNAL_FILE_NAME = 40 };

struct ward_journal_copy;

/* Lists the files and looks for the last commit. Borrows io and mem. NOT_FOUND: no journal is
 * there. IO, DENIED, NOMEM. Cost: reads the newest segment of each lane. */
WARD_MUST_CHECK enum ward_err ward_journal_copy_begin(
	const struct ward_io *io, const struct ward_mem *mem, struct ward_journal_copy **ret);
/* The next file: its name, and all its bytes added to w, which is emptied before. A segment that
 * retention takes away meanwhile is left out. Damage is given as it is. CLOSED when there is no
 * more. IO, DENIED, NOMEM: w has no room. */
WARD_MUST_CHECK enum ward_err ward_journal_copy_next(
	struct ward_journal_copy *c, char ret_name[WARD_JOURNAL_FILE_NAME], struct ward_wr *w);
/* The last commit in it; 0: none. */
uint64_t ward_journal_copy_commit(const struct ward_journal_copy *c);
/* NULL is fine. */
void ward_journal_copy_end(struct ward_journal_copy *c);

#endif
