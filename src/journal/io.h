/* The disk, handed in: all that the journal asks of one directory.
 *
 * A table of calls with a context, so that a test can drive a disk that loses power, tears sectors
 * and fails. Names are plain file names inside the directory. Single-threaded. The calls follow
 * POSIX where nothing else is said; partial reads and writes are completed inside.
 * `struct ward_io_dir` is the real one. */
#ifndef WARD_JOURNAL_IO_H
#define WARD_JOURNAL_IO_H

#include "base/err.h"
#include "base/slice.h"

enum ward_io_mode {
	WARD_IO_READ,   /* the file must exist */
	WARD_IO_WRITE,  /* read and write; the file must exist */
	WARD_IO_CREATE, /* read and write; made empty, or emptied */
};

struct ward_io {
	/* NOT_FOUND when it must exist and does not. IO otherwise. */
	enum ward_err (*open)(void *ctx, const char *name, enum ward_io_mode mode, int *ret_fd);
	void (*close)(void *ctx, int fd);
	/* All of it or an error: FULL for ENOSPC and EDQUOT, IO else; then any part may be written.
	 */
	enum ward_err (*pwrite)(void *ctx, int fd, const void *p, size_t len, uint64_t off);
	/* *ret_len < len only at the end of the file. */
	enum ward_err (*pread)(
		void *ctx, int fd, void *p, size_t len, uint64_t off, size_t *ret_len);
	/* OK: the bytes and the size are durable. An error: nobody knows what is on the disk, and
	 * a second call may lie (the kernel marks failed pages clean). */
	enum ward_err (*fdatasync)(void *ctx, int fd);
	enum ward_err (*ftruncate)(void *ctx, int fd, uint64_t len);
	enum ward_err (*size)(void *ctx, int fd, uint64_t *ret);
	enum ward_err (*rename)(void *ctx, const char *from, const char *to);
	enum ward_err (*unlink)(void *ctx, const char *name);
	/* Makes names durable: created, renamed, unlinked. */
	enum ward_err (*sync_dir)(void *ctx);
	/* Calls each once per file, in any order. The name dies with the call. */
	enum ward_err (*list)(void *ctx, void (*each)(void *arg, const char *name), void *arg);
	void *ctx;
};

struct ward_io_dir {
	struct ward_io io;
	int fd;
};

/* Opens the directory path (makes it, mode 0700, when create) and fills d->io, which points into d:
 * don't move it. exclusive takes a lock that dies with the process: AGAIN when another one holds
 * it. NOT_FOUND, DENIED, IO else. */
WARD_MUST_CHECK enum ward_err ward_io_dir_open(
	struct ward_io_dir *d, const char *path, bool create, bool exclusive);
void ward_io_dir_close(struct ward_io_dir *d);

#endif
