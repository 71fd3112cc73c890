#include "backup/place.h"

#include "base/slice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ward_err from_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT ? WARD_ERR_FULL : WARD_ERR_IO;
}

/* Nothing, or an empty folder. */
static enum ward_err is_free(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	size_t n = 0;

	if (!d)
		return errno == ENOENT ? WARD_OK : errno == ENOTDIR ? WARD_ERR_DENIED : WARD_ERR_IO;
	while ((e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	(void)closedir(d);
	errno = ENOTEMPTY;
	return n ? WARD_ERR_DENIED : WARD_OK;
}

enum ward_err ward_place_make(struct ward_place *p, const char *target)
{
	size_t len = strlen(target);
	enum ward_err err;

	p->fd = -1;
	while (len > 1 && target[len - 1] == '/')
		len--;
	/* neither can be given to something that was made beside it */
	if (len == 0 || (len == 1 && (target[0] == '/' || target[0] == '.')) ||
		snprintf(p->target, sizeof(p->target), "%.*s", (int)len, target) >=
			(int)sizeof(p->target) - 16)
		return WARD_ERR_LIMIT;
	(void)snprintf(p->aside, sizeof(p->aside), "%.*s.restoring", (int)len, target);
	err = is_free(p->target);
	if (err)
		return err;
	if (mkdir(p->aside, 0700) != 0)
		return errno == EEXIST ? WARD_ERR_DENIED : from_errno();
	p->fd = open(p->aside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->fd >= 0)
		return WARD_OK;
	int e = errno;

	(void)rmdir(p->aside);
	errno = e;
	return WARD_ERR_IO;
}

/* Into the folder `name` beneath fd, which is made when it is not there; closes fd. */
static int down(int fd, const char *name, bool last, unsigned uid)
{
	bool made = mkdirat(fd, name, last ? 0700 : 0711) == 0;
	int to = made || errno == EEXIST
			 ? openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			 : -1;
	int e = errno;

	if (to >= 0 && last && uid && fchown(to, uid, uid) != 0) {
		e = errno;
		(void)close(to);
		to = -1;
	}
	(void)close(fd);
	errno = e;
	return to;
}

/* The folder that a path's last part, which is given, is to be in. */
static enum ward_err above(const struct ward_place *p, const char *path, unsigned uid,
	char ret_name[NAME_MAX + 1], int *ret)
{
	struct ward_str rest = ward_str_z(path);
	int dir = fcntl(p->fd, F_DUPFD_CLOEXEC, 0);

	while (dir >= 0 && rest.p) {
		struct ward_str part = ward_str_cut(&rest, '/');

		if (snprintf(ret_name, NAME_MAX + 1, "%.*s", WARD_STR_ARG(part)) > NAME_MAX) {
			(void)close(dir);
			return WARD_ERR_LIMIT;
		}
		if (rest.p)
			dir = down(dir, ret_name, !memchr(rest.p, '/', rest.len), uid);
	}
	if (dir < 0)
		return errno == ENOTDIR || errno == ELOOP ? WARD_ERR_DENIED : from_errno();
	*ret = dir;
	return WARD_OK;
}

enum ward_err ward_place_file(
	const struct ward_place *p, const char *path, unsigned mode, unsigned uid, int *ret_fd)
{
	char name[NAME_MAX + 1] = "";
	int dir, fd;
	enum ward_err err = above(p, path, uid, name, &dir);

	if (err)
		return err;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	(void)close(dir);
	if (fd < 0)
		return errno == EEXIST || errno == EISDIR ? WARD_ERR_DENIED : from_errno();
	if (fchmod(fd, mode) != 0 || (uid && fchown(fd, uid, uid) != 0)) {
		(void)close(fd);
		return WARD_ERR_IO;
	}
	*ret_fd = fd;
	return WARD_OK;
}

enum ward_err ward_place_link(const struct ward_place *p, const char *path, unsigned uid, int from)
{
	char name[NAME_MAX + 1] = "";
	int dir;
	enum ward_err err = above(p, path, uid, name, &dir);

	if (err)
		return err;
	if (linkat(from, path, dir, name, 0) != 0)
		err = errno == EEXIST || errno == ENOENT ? WARD_ERR_NOT_FOUND : from_errno();
	(void)close(dir);
	return err;
}

enum ward_err ward_place_sync(const struct ward_place *p)
{
	return syncfs(p->fd) == 0 ? WARD_OK : from_errno();
}

enum ward_err ward_place_done(struct ward_place *p, unsigned mode)
{
	char above[PATH_MAX];
	char *slash;
	int fd;

	if (fchmod(p->fd, mode) != 0)
		return WARD_ERR_IO;
	if (rename(p->aside, p->target) != 0) /* over an empty folder, or nothing */
		return errno == ENOTEMPTY || errno == EEXIST ? WARD_ERR_DENIED : from_errno();
	(void)close(p->fd);
	p->fd = -1;
	(void)snprintf(above, sizeof(above), "%s", p->target);
	slash = strrchr(above, '/');
	if (slash)
		slash[slash == above] = 0;
	fd = open(slash ? above : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd); /* the name: what is restored can be restored again */
		(void)close(fd);
	}
	return WARD_OK;
}

/* All that is beneath; links are removed, not followed. Folders were made to be at most so deep. */
static void empty(int fd, unsigned depth)
{
	DIR *d = depth ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!d) {
		(void)close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		int below;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
			unlinkat(dirfd(d), e->d_name, 0) == 0)
			continue;
		below = openat(
			dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0)
			empty(below, depth - 1);
		(void)unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	(void)closedir(d);
}

void ward_place_undo(struct ward_place *p)
{
	if (p->fd < 0)
		return;
	empty(p->fd, 32);
	p->fd = -1;
	(void)rmdir(p->aside);
}

void ward_place_remove(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		(void)unlink(path);
		return;
	}
	empty(fd, 32);
	(void)rmdir(path);
}
