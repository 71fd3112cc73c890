#include "run/ordering.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool path_of(const char *dir, const char *name, char ret[PATH_MAX])
{
	return snprintf(ret, PATH_MAX, "%s/%s", dir, name) < PATH_MAX;
}

static enum ward_err read_all(int fd, struct ward_order *o)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return WARD_ERR_IO;
	if (st.st_size > WARD_ORDER_BYTES)
		return WARD_ERR_LIMIT;
	const size_t size = (size_t)st.st_size;
	uint8_t *bytes = ward_mem_alloc(ward_mem_heap(), size + 1);
	size_t n = 0;
	ssize_t got = 1;

	if (!bytes)
		return WARD_ERR_NOMEM;
	while (n < size && got > 0) {
		got = read(fd, bytes + n, size - n);
		n += got > 0 ? (size_t)got : 0;
	}
	enum ward_err err =
		got < 0 ? WARD_ERR_IO : ward_order_read(o, (struct ward_slice){bytes, n});

	ward_mem_free(ward_mem_heap(), bytes, size + 1);
	return err;
}

enum ward_err ward_ordering_read(const char *dir, struct ward_order *o)
{
	char path[PATH_MAX];

	ward_order_init(o, ward_mem_heap());
	if (!path_of(dir, WARD_ORDER_FILE, path))
		return WARD_ERR_LIMIT;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO;
	enum ward_err err = read_all(fd, o);

	(void)close(fd);
	return err;
}

bool ward_ordering_done(const char *dir)
{
	char path[PATH_MAX];

	return path_of(dir, WARD_ORDER_FILE, path) && (unlink(path) == 0 || errno == ENOENT);
}

bool ward_ordering_waits(const char *dir)
{
	char path[PATH_MAX];

	return path_of(dir, WARD_ORDER_FILE, path) && access(path, F_OK) == 0;
}

/* Processes that keep a folder may be of another user than who orders, who is then root. */
static bool write_all(const char *path, const struct stat *folder, struct ward_slice bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok =
		fd >= 0 && ward_fd_write(fd, bytes) &&
		(folder->st_uid == geteuid() || fchown(fd, folder->st_uid, folder->st_gid) == 0) &&
		fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

static bool sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

enum ward_err ward_ordering_leave(
	const char *dir, const struct ward_order *o, enum ward_order_of of)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_ORDER_BYTES);
	char path[PATH_MAX], tmp[PATH_MAX];
	enum ward_err err = WARD_OK;
	struct stat st;
	size_t n = 0;

	while (n < o->n && o->item[n].of != of)
		n++;
	if (n == o->n)
		return WARD_OK;
	char name[64];

	(void)snprintf(name, sizeof(name), "%s.%ld", WARD_ORDER_TMP, (long)getpid());
	if (!path_of(dir, WARD_ORDER_FILE, path) || !path_of(dir, name, tmp))
		return WARD_ERR_LIMIT;
	if (stat(dir, &st) != 0)
		return errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_DENIED;
	if (ward_ordering_waits(dir))
		return WARD_ERR_AGAIN;
	ward_order_write(o, of, &w);
	if (ward_wr_bad(&w))
		err = WARD_ERR_NOMEM;
	else if (!write_all(tmp, &st, ward_wr_slice(&w)))
		err = errno == EACCES ? WARD_ERR_DENIED : WARD_ERR_IO;
	else if (link(tmp, path) != 0) /* another order came between: it is not replaced */
		err = errno == EEXIST ? WARD_ERR_AGAIN : WARD_ERR_IO;
	else if (!sync_folder(dir))
		err = WARD_ERR_IO;
	(void)unlink(tmp);
	ward_wr_fini(&w);
	return err;
}

bool ward_ordering_beside(const char *state)
{
	char dir[PATH_MAX], path[PATH_MAX];
	struct stat st;

	if (!path_of(state, "standby", dir) || !path_of(dir, WARD_ORDERING_RENEW, path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (stat(dir, &st) != 0)
		return errno == ENOENT;
	return access(path, F_OK) == 0 ||
	       (write_all(path, &st, (struct ward_slice){NULL, 0}) && sync_folder(dir));
}
