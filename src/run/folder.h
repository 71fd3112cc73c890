/* A folder that is watched: which files in it, and in folders in it, are new or changed, and are
 * written no more.
 *
 * All of it is walked each WARD_FOLDER_EVERY, and sooner when inotify(7) tells of the folder
 * itself, which is a hint and never what is gone by. Between two walks there are at least
 * WARD_FOLDER_LEAST, and WARD_FOLDER_REST times as long as the last one took, however often
 * somebody writes there. A file is given once it was closed or renamed into its place (as inotify
 * tells), or has stood still for WARD_FOLDER_STILL; again when it changed, by its time of change
 * too, which nobody can set. Links are not followed, also not as the folder itself; what is no
 * regular file is passed over, what can't be read is counted. Of each file a hash of
 * its path is remembered, and how it was, of file.watched at most. Single-threaded; opens for
 * reading only. */
#ifndef WARD_RUN_FOLDER_H
#define WARD_RUN_FOLDER_H

#include "base/clock.h"
#include "base/limit.h"
#include "base/mem.h"
#include "base/slice.h"

#include <sys/stat.h>

enum {
	WARD_FOLDER_DEPTH = 16, /* folders in each other */
	WARD_FOLDER_PATH = 4096,
	WARD_FOLDER_REST = 10,
};
#define WARD_FOLDER_EVERY (2 * WARD_NS_PER_S)
#define WARD_FOLDER_STILL (2 * WARD_NS_PER_S)
#define WARD_FOLDER_LEAST (WARD_NS_PER_S / 5)

struct ward_folder;

struct ward_folder_opts {
	const char *path;
	bool fresh; /* what is there at the first look is taken for known */
	const struct ward_clock *clock;
};

struct ward_folder_file {
	int fd;           /* of the folder's: closed after the call */
	const char *path; /* beneath the folder */
	struct stat st;
	uint64_t version; /* of its path and how it is: the same for the same state */
};
/* False: there is no room for it now; it is given again. */
typedef bool ward_folder_found(void *ctx, const struct ward_folder_file *f);

/* NOMEM; IO: the folder can't be opened (errno; ELOOP: it is a symbolic link). Borrows mem and
 * clock; the path is copied. */
WARD_MUST_CHECK enum ward_err ward_folder_open(const struct ward_mem *mem,
	const struct ward_limits *lim, const struct ward_folder_opts *opts,
	struct ward_folder **ret);
void ward_folder_close(struct ward_folder *f);
/* Can be read when something happened; -1: the system has no inotify left. */
int ward_folder_fd(const struct ward_folder *f);
/* How long until the next look, in ms. */
int ward_folder_wait_ms(const struct ward_folder *f);
/* The next look is as soon as may be: there is room again. */
void ward_folder_soon(struct ward_folder *f);
/* Looks, if it is time. IO: the folder, or the way to it, is gone or can't be read (errno); it is
 * looked for again. */
WARD_MUST_CHECK enum ward_err ward_folder_look(
	struct ward_folder *f, ward_folder_found *found, void *ctx);

/* Of the last look: files that are still written, or had no room; those beyond file.watched; files
 * and folders that could not be read (errno of the first). */
struct ward_folder_state {
	size_t n_file, n_waiting, n_more, n_refused;
	size_t n_roomless; /* of those that wait: for want of room */
	int refused;
};
struct ward_folder_state ward_folder_state(const struct ward_folder *f);

#endif
