/* Log files that are written while they are read: rotated by renaming or by copying and truncating,
 * truncated, appearing later, several by a pattern.
 *
 * One per source. inotify(7) says when to look, and whoever uses it looks each second besides, for
 * file systems that do not tell. A file is known again by device, inode and its first bytes. Its
 * position moves only by ward_follow_commit, when its records are durable; each of its lives has an
 * epoch of its own, which is durable before its first record comes out: read again after a crash,
 * records have the same place and epoch. Symbolic links are not followed. Single-threaded; the
 * names and bytes of files are untrusted. */
#ifndef WARD_RUN_FOLLOW_H
#define WARD_RUN_FOLLOW_H

#include "base/clock.h"
#include "base/counter.h"
#include "base/limit.h"
#include "base/mem.h"
#include "run/positions.h"

struct ward_follow;

struct ward_follow_opts {
	const struct ward_mem *mem; /* all are borrowed for its life */
	const struct ward_limits *lim;
	const struct ward_clock *clock;
	struct ward_counters *counters;
	struct ward_positions *positions;
	const char *source;        /* under whose name positions are kept */
	struct ward_str multiline; /* as in ward_join_new */
	bool json;                 /* records are JSON values */
};

struct ward_follow_record {
	struct ward_str text; /* lives until the next call */
	uint64_t off;         /* place in the file */
	uint64_t epoch;       /* of the file */
	bool live;            /* the file's end had been reached before: it arrived just now */
};

/* The folder of a path, into cap bytes; and whether its last part is a name or a pattern with *, ?
 * or [] (no other part may have them). CONFIG: no such path. */
WARD_MUST_CHECK enum ward_err ward_follow_folder(struct ward_str path, char *ret, size_t cap);
/* path is absolute or relative, with a pattern only in its last part. Opens the folder, which must
 * be there. NOT_FOUND (errno says why), CONFIG, NOMEM, IO. */
WARD_MUST_CHECK enum ward_err ward_follow_new(
	struct ward_str path, const struct ward_follow_opts *o, struct ward_follow **ret);
void ward_follow_free(struct ward_follow *f);

/* Can be read when something happened in the folder; -1 when the system has no inotify left. */
int ward_follow_fd(const struct ward_follow *f);
/* Looks for new, rotated, truncated and longer files. */
void ward_follow_look(struct ward_follow *f);
/* The next record. AGAIN: none until ward_follow_look finds more; idle: nothing came for a while,
 * so records that wait for more lines come out. NOMEM, IO (positions cannot be written). */
WARD_MUST_CHECK enum ward_err ward_follow_next(
	struct ward_follow *f, bool idle, struct ward_follow_record *ret);
/* All records that came out are durable. Positions are written once a second, or now. IO. */
WARD_MUST_CHECK enum ward_err ward_follow_commit(struct ward_follow *f, bool now);
/* They are not, and come out again. */
void ward_follow_rewind(struct ward_follow *f);

#endif
