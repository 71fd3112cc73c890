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

enum { WARD_JOURNAL_FILE_NAME = 40, WARD_JOURNAL_HEAD = 4096 };

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
/* A segment, as somebody has it. tag 0: its header can't be read. */
struct ward_journal_seg {
	enum ward_lane lane;
	uint64_t index, tag;
	uint64_t len; /* of the file */
};
/* A file of a copy, by its name, its first bytes (WARD_JOURNAL_HEAD of them, or as many as there
 * are), and its length. False: it is no segment's name. */
WARD_MUST_CHECK bool ward_journal_seg_of(
	struct ward_str name, struct ward_slice head, uint64_t len, struct ward_journal_seg *ret);
void ward_journal_seg_file(const struct ward_journal_seg *s, char ret[WARD_JOURNAL_FILE_NAME]);

/* How a segment of a former copy is made that of a later one: its first `from` bytes stay (0: it is
 * another, or was not there), those that were given follow, and zeros up to seg.len. */
struct ward_journal_piece {
	struct ward_journal_seg seg;
	uint64_t from;
};
/* What a former copy has: its segments, and the last commit that it began with, which it may have
 * in part, or may have had another of its number. */
struct ward_journal_had {
	const struct ward_journal_seg *seg;
	size_t n;
	uint64_t commit;
};
/* In place of ward_journal_copy_next: of each segment what a former copy lacks, added to w, which
 * is emptied before. One that is named by no call is gone, and so is the file of a former tag:
 * retention, or an order, took records out of it. A segment without anything new costs a look at
 * its header, and the next one's. The errors of ward_journal_copy_next. */
WARD_MUST_CHECK enum ward_err ward_journal_copy_more(struct ward_journal_copy *c,
	const struct ward_journal_had *had, struct ward_journal_piece *ret, struct ward_wr *w);
/* The last commit in it; 0: none. */
uint64_t ward_journal_copy_commit(const struct ward_journal_copy *c);
/* NULL is fine. */
void ward_journal_copy_end(struct ward_journal_copy *c);

#endif
