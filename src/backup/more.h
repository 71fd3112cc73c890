/* What an increment has besides files: the rows that the database has more, which rows were erased
 * since, and a list of all that there is.
 *
 * The list has a line for each segment of the journal, "segment NAME TAG LENGTH FROM" (what comes
 * with the increment goes behind the first FROM bytes), and one for each file, "file SIZE TIME
 * PATH": what it lacks was there and is no more. Rows are leaves with their salts: be64 number, u8
 * kind, 16 bytes id, be32 revision, be64 time, 32 bytes commitment, u8 1, 32 bytes salt, lv JSON
 * (erased: u8 0); erased rows pairs of be64, the first and the last of each run, rising.
 *
 * What is read is bytes from outside. */
#ifndef WARD_BACKUP_MORE_H
#define WARD_BACKUP_MORE_H

#include "backup/archive.h"
#include "base/rd.h"
#include "base/wr.h"
#include "journal/copy.h"
#include "store/store.h"

#define WARD_MORE_ROWS "more/rows"
#define WARD_MORE_GONE "more/gone"
#define WARD_MORE_LIST "more/list"
#define WARD_MORE_JOURNAL "more/journal"
/* Of the state: that it was restored, when, and of what: "after SHA-256 restored TIME", of the last
 * file that was taken, or "until TIME record N restored TIME". Where it is another one than a file
 * of a chain has, or there is none any more, records and rows do not go on from those of that file,
 * unless it is the one that is named. */
#define WARD_MORE_RESTORED "restored"
#define WARD_MORE_FROM "after "
enum { WARD_MORE_RESTORED_MAX = 256 };

enum { WARD_MORE_SEGMENTS = 1 << 20, WARD_MORE_RUNS = 1 << 20, WARD_MORE_BYTES = 256 << 20 };

struct ward_more_file {
	const char *path; /* in the archive, without "sealed/" */
	uint64_t size;
	uint64_t time; /* seconds since 1970 */
};

struct ward_more_list {
	const struct ward_mem *mem;
	struct ward_arena kept;
	struct ward_more_file *file; /* by path, once sorted */
	size_t n_file, cap_file;
	struct ward_journal_piece *piece;
	size_t n_piece, cap_piece;
};
void ward_more_list_init(struct ward_more_list *l, const struct ward_mem *mem);
void ward_more_list_fini(struct ward_more_list *l);
/* Copies. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_more_list_file(
	struct ward_more_list *l, const struct ward_more_file *f);
WARD_MUST_CHECK enum ward_err ward_more_list_piece(
	struct ward_more_list *l, const struct ward_journal_piece *p);
void ward_more_list_sort(struct ward_more_list *l);
/* Of one that was sorted; NULL: it is not in it. */
const struct ward_more_file *ward_more_list_find(const struct ward_more_list *l, const char *path);
void ward_more_list_write(const struct ward_more_list *l, struct ward_wr *w);
/* Into a fresh one, sorted. MALFORMED: *ret_line says where, from 1; LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_more_list_read(
	struct ward_more_list *l, struct ward_str text, size_t *ret_line);

void ward_more_row_write(const struct ward_store_leaf *l, struct ward_wr *w);
/* The next one, which borrows the bytes; MALFORMED. */
WARD_MUST_CHECK enum ward_err ward_more_row_read(struct ward_rd *r, struct ward_store_leaf *ret);

/* Numbers of erased rows, as runs. */
struct ward_more_gone {
	const struct ward_mem *mem;
	struct ward_more_run {
		uint64_t first, last;
	} * run;
	size_t n, cap;
};
void ward_more_gone_fini(struct ward_more_gone *g);
/* A number above all before. LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_more_gone_add(struct ward_more_gone *g, uint64_t number);
bool ward_more_gone_has(const struct ward_more_gone *g, uint64_t number);
void ward_more_gone_write(const struct ward_more_gone *g, struct ward_wr *w);
/* Into a fresh one. MALFORMED, LIMIT, NOMEM. */
WARD_MUST_CHECK enum ward_err ward_more_gone_read(struct ward_more_gone *g, struct ward_slice s);

#endif
