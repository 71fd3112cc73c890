#include "revision/priv.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ward_err from_errno(void)
{
	return errno == ENOENT || errno == ENOTDIR                   ? WARD_ERR_NOT_FOUND
	       : errno == ENOSPC || errno == EDQUOT                  ? WARD_ERR_FULL
	       : errno == EACCES || errno == EPERM || errno == EROFS ? WARD_ERR_DENIED
								     : WARD_ERR_IO;
}

enum ward_err revision_because(struct ward_revision *r, enum ward_err err, const char *what)
{
	(void)snprintf(r->why, sizeof(r->why), "%s: %s", what,
		(err == WARD_ERR_IO || err == WARD_ERR_DENIED || err == WARD_ERR_FULL) && errno
			? strerror(errno)
			: ward_err_text(err));
	return err;
}

int revision_folder_of(int base, const char *path, bool make, const char **ret_name)
{
	struct ward_str rest = ward_str_z(path);
	char part[WARD_REVISION_PATH + 1];
	int fd = fcntl(base, F_DUPFD_CLOEXEC, 0);

	*ret_name = path;
	for (;;) {
		struct ward_str p = ward_str_cut(&rest, '/');

		if (fd < 0 || !rest.p)
			return fd;
		*ret_name = rest.p;
		(void)snprintf(part, sizeof(part), "%.*s", WARD_STR_ARG(p));
		if (make && mkdirat(fd, part, 0755) != 0 && errno != EEXIST) {
			(void)close(fd);
			return -1;
		}
		int to = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		int e = errno;

		(void)close(fd);
		errno = e;
		fd = to;
	}
}

static enum ward_err read_all(int fd, size_t max, struct ward_arena *a, struct ward_slice *ret)
{
	struct stat st;
	size_t n = 0;

	if (fstat(fd, &st) != 0)
		return WARD_ERR_IO;
	if (!S_ISREG(st.st_mode))
		return WARD_ERR_FOREIGN;
	if ((uint64_t)st.st_size > max)
		return WARD_ERR_LIMIT;
	uint8_t *p = ward_arena_raw(a, (size_t)st.st_size + 1);

	if (!p)
		return WARD_ERR_NOMEM;
	while (n < (size_t)st.st_size) {
		ssize_t got = read(fd, p + n, (size_t)st.st_size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return WARD_ERR_IO;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret = ward_slice_of(p, n);
	return WARD_OK;
}

enum ward_err revision_read_at(
	int base, const char *path, size_t max, struct ward_arena *a, struct ward_slice *ret)
{
	const char *name;
	int dir = revision_folder_of(base, path, false, &name);
	/* a pipe that somebody put there must not hold us up */
	int fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum ward_err err = fd < 0 ? errno == ELOOP ? WARD_ERR_FOREIGN : from_errno()
				   : read_all(fd, max, a, ret);
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	if (dir >= 0)
		(void)close(dir);
	errno = e;
	return err;
}

enum ward_err revision_sync_all(int fd)
{
	return syncfs(fd) == 0 ? WARD_OK : from_errno();
}

static bool be_like(int dir, const char *name, int fd)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT;
	/* whose it was may be more than we can say; then it is ours */
	if (S_ISREG(st.st_mode) && fchown(fd, st.st_uid, st.st_gid) != 0)
		errno = 0;
	return !S_ISREG(st.st_mode) || fchmod(fd, st.st_mode & 07777) == 0;
}

enum ward_err revision_write_at(
	int base, const char *path, struct ward_slice bytes, unsigned mode, bool like)
{
	const char *name;
	char aside[WARD_REVISION_PATH + 16];
	int dir = revision_folder_of(base, path, true, &name);
	enum ward_err err = WARD_OK;

	if (dir < 0)
		return from_errno();
	(void)snprintf(aside, sizeof(aside), ".%.240s.new", name);
	(void)unlinkat(dir, aside, 0); /* of a life before */
	int fd = openat(dir, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0 || !ward_fd_write(fd, bytes) || (like && !be_like(dir, name, fd)))
		err = from_errno();
	int e = errno;

	if (fd >= 0 && close(fd) != 0 && !err)
		err = from_errno();
	errno = e;
	if (!err && renameat(dir, aside, dir, name) != 0)
		err = from_errno();
	e = errno;
	if (err && fd >= 0)
		(void)unlinkat(dir, aside, 0);
	(void)close(dir);
	errno = e;
	return err;
}

enum ward_err revision_remove_at(int base, const char *path)
{
	const char *name;
	int dir = revision_folder_of(base, path, false, &name);
	enum ward_err err = WARD_OK;

	if (dir < 0) /* ENOTDIR: a file is in place of its folder */
		return errno == ENOENT || errno == ENOTDIR ? WARD_OK : from_errno();
	if (unlinkat(dir, name, 0) != 0 && errno != ENOENT && errno != EISDIR)
		err = from_errno();
	int e = errno;

	(void)close(dir);
	errno = e;
	return err;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)f;
	return kind == FTW_DP || kind == FTW_D ? rmdir(path) : unlink(path);
}

enum ward_err revision_remove_all(const char *folder)
{
	if (nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		return from_errno();
	return WARD_OK;
}
