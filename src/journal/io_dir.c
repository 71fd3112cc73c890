#include "journal/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ward_err from_errno(int e)
{
	switch (e) {
	case ENOENT:
	case ENOTDIR:
		return WARD_ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return WARD_ERR_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return WARD_ERR_FULL;
	default:
		return WARD_ERR_IO;
	}
}

static int dir_fd(void *ctx)
{
	return ((struct ward_io_dir *)ctx)->fd;
}

static enum ward_err dir_open(void *ctx, const char *name, enum ward_io_mode mode, int *ret_fd)
{
	int flags = mode == WARD_IO_READ ? O_RDONLY : O_RDWR;

	if (mode == WARD_IO_CREATE)
		flags |= O_CREAT | O_TRUNC;
	int fd = openat(dir_fd(ctx), name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return from_errno(errno);
	*ret_fd = fd;
	return WARD_OK;
}

static void dir_close(void *ctx, int fd)
{
	(void)ctx;
	/* Nothing durable depends on close: fdatasync has been asked, or the file was read. */
	(void)close(fd);
}

static enum ward_err dir_pwrite(void *ctx, int fd, const void *p, size_t len, uint64_t off)
{
	const uint8_t *at = p;

	(void)ctx;
	while (len) {
		ssize_t n = pwrite(fd, at, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? from_errno(errno) : WARD_ERR_IO;
		at += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return WARD_OK;
}

static enum ward_err dir_pread(
	void *ctx, int fd, void *p, size_t len, uint64_t off, size_t *ret_len)
{
	uint8_t *at = p;
	size_t done = 0;

	(void)ctx;
	while (done < len) {
		ssize_t n = pread(fd, at + done, len - done, (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return from_errno(errno);
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_len = done;
	return WARD_OK;
}

static enum ward_err dir_fdatasync(void *ctx, int fd)
{
	(void)ctx;
	/* Not repeated on EINTR or any other failure: see the contract. */
	return fdatasync(fd) == 0 ? WARD_OK : from_errno(errno);
}

static enum ward_err dir_ftruncate(void *ctx, int fd, uint64_t len)
{
	(void)ctx;
	return ftruncate(fd, (off_t)len) == 0 ? WARD_OK : from_errno(errno);
}

static enum ward_err dir_size(void *ctx, int fd, uint64_t *ret)
{
	struct stat st;

	(void)ctx;
	if (fstat(fd, &st) != 0)
		return from_errno(errno);
	*ret = (uint64_t)st.st_size;
	return WARD_OK;
}

static enum ward_err dir_rename(void *ctx, const char *from, const char *to)
{
	return renameat(dir_fd(ctx), from, dir_fd(ctx), to) == 0 ? WARD_OK : from_errno(errno);
}

static enum ward_err dir_unlink(void *ctx, const char *name)
{
	return unlinkat(dir_fd(ctx), name, 0) == 0 ? WARD_OK : from_errno(errno);
}

static enum ward_err dir_sync(void *ctx)
{
	return fsync(dir_fd(ctx)) == 0 ? WARD_OK : from_errno(errno);
}

static enum ward_err dir_list(void *ctx, void (*each)(void *arg, const char *name), void *arg)
{
	/* A descriptor of its own: closedir closes it, and the offset starts at the front. */
	int fd = openat(dir_fd(ctx), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return from_errno(errno);
	DIR *d = fdopendir(fd);

	if (!d) {
		enum ward_err err = from_errno(errno);

		(void)close(fd);
		return err;
	}
	errno = 0;
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		if (e->d_name[0] != '.')
			each(arg, e->d_name);
		errno = 0;
	}
	enum ward_err err = errno ? from_errno(errno) : WARD_OK;

	(void)closedir(d);
	return err;
}

enum ward_err ward_io_dir_open(struct ward_io_dir *d, const char *path, bool create, bool exclusive)
{
	if (create && mkdir(path, 0700) != 0 && errno != EEXIST)
		return from_errno(errno);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return from_errno(errno);
	if (exclusive && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		enum ward_err err = errno == EWOULDBLOCK ? WARD_ERR_AGAIN : from_errno(errno);

		(void)close(fd);
		return err;
	}
	*d = (struct ward_io_dir){
		.io = {dir_open, dir_close, dir_pwrite, dir_pread, dir_fdatasync, dir_ftruncate,
			dir_size, dir_rename, dir_unlink, dir_sync, dir_list, d},
		.fd = fd,
	};
	return WARD_OK;
}

void ward_io_dir_close(struct ward_io_dir *d)
{
	if (d->fd >= 0)
		(void)close(d->fd);
	d->fd = -1;
}
