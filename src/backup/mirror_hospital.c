/* The directory may belong to one who is not trusted as root is: each way down is taken by
 * descriptors, part by part, and follows no link. */
#include "backup/mirror_put.h"
#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16, PREFIX = sizeof("hospital/") - 1, DEPTH = 32 };

#define BESIDE ".standby.new"

struct putting {
	const struct ward_mirror *m;
	int from, to, was;
	struct stat top; /* of the directory */
	char *why;
};

static enum ward_err fail(const struct putting *p, const char *path)
{
	int e = errno;

	(void)snprintf(p->why, WARD_MIRROR_WHY, "%s: %s", path, strerror(e));
	return e == ENOSPC || e == EDQUOT ? WARD_ERR_FULL : WARD_ERR_IO;
}

static void stays(const struct putting *p, const char *path, const char *what)
{
	if (!p->why[0])
		(void)snprintf(p->why, WARD_MIRROR_WHY, "%s stays: %s", path, what);
}

static void shut(int fd)
{
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = e;
}

static int open_folder(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool pour(int from, int to)
{
	static char piece[PIECE];
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) > 0)
		if (!ward_fd_write(to, ward_slice_of(piece, (size_t)n)))
			return false;
	return n == 0 && fsync(to) == 0;
}

static bool same(int a, int b)
{
	static char x[PIECE], y[PIECE];
	ssize_t n, m;

	do {
		n = read(a, x, sizeof(x));
		m = read(b, y, sizeof(y));
		if (n != m || n < 0 || memcmp(x, y, (size_t)n) != 0)
			return false;
	} while (n > 0);
	return true;
}

/* The folder beneath `was` that a path's last part is to be in, which is root's alone; -1. */
static int was_above(const struct putting *p, const char *path)
{
	int dir = fcntl(p->was, F_DUPFD_CLOEXEC, 0);
	struct ward_str rest = ward_str_z(path), part = ward_str_cut(&rest, '/');
	char name[NAME_MAX + 1];

	for (; dir >= 0 && rest.p; part = ward_str_cut(&rest, '/')) {
		(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(part));
		int to = mkdirat(dir, name, S_IRWXU) == 0 || errno == EEXIST
				 ? open_folder(dir, name)
				 : -1;

		shut(dir);
		dir = to;
	}
	return dir;
}

static bool keep_link(int dir, int to, const char *name)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(dir, name, text, sizeof(text) - 1);

	if (n < 0)
		return false;
	text[n] = 0;
	return symlinkat(text, to, name) == 0 || errno == EEXIST;
}

static bool keep_file(int dir, int to, const char *name, const struct stat *st)
{
	int in = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int out = in >= 0 ? openat(to, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
				    S_IRUSR | S_IWUSR)
			  : -1;
	bool ok = out >= 0 && pour(in, out) && fchmod(out, st->st_mode & 0777) == 0;

	shut(in);
	shut(out);
	return ok;
}

/* What stands there is kept, and then goes. */
static enum ward_err take_away(const struct putting *p, int dir, const char *path, bool goes)
{
	const char *name = strrchr(path, '/') + 1;
	struct stat st;
	int to;
	bool ok;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? WARD_OK : fail(p, path);
	to = was_above(p, path);
	ok = to >= 0;
	if (ok && S_ISLNK(st.st_mode))
		ok = keep_link(dir, to, name);
	else if (ok && S_ISREG(st.st_mode))
		ok = keep_file(dir, to, name, &st);
	ok = ok && (!goes || unlinkat(dir, name, 0) == 0);
	shut(to);
	return ok ? WARD_OK : fail(p, path);
}

static enum ward_err clear(const struct putting *p, int dir, const char *path, unsigned depth);

/* A folder for which the list has no use, or a file in its place; what may not go keeps it there
 * under a name that nobody reads. */
static enum ward_err drop_folder(
	const struct putting *p, int dir, const char *path, bool place, unsigned depth)
{
	const char *name = strrchr(path, '/') + 1;
	char aside[NAME_MAX + 1];
	int below = open_folder(dir, name);
	enum ward_err err = below < 0 ? fail(p, path) : clear(p, below, path, depth + 1);

	shut(below);
	if (err || unlinkat(dir, name, AT_REMOVEDIR) == 0)
		return err;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return fail(p, path);
	stays(p, path, "there is in it what no copy has");
	for (unsigned i = 1; place && i < 1000; i++) {
		(void)snprintf(aside, sizeof(aside), ".%.200s.before-%u", name, i);
		if (renameat2(dir, name, dir, aside, RENAME_NOREPLACE) == 0)
			return WARD_OK;
	}
	return place ? fail(p, path) : WARD_OK;
}

static bool has_below(const struct ward_mirror *m, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < m->n; i++)
		if (strncmp(m->item[i].path, path, len) == 0 && m->item[i].path[len] == '/')
			return true;
	return false;
}

static enum ward_err clear_one(const struct putting *p, int dir, const char *path, unsigned depth)
{
	const char *name = strrchr(path, '/') + 1;
	const struct ward_mirror_item *it = ward_mirror_find(p->m, path);
	struct stat st;
	enum ward_err err = WARD_OK;

	if ((it && ward_mirror_left_out(it)) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return WARD_OK;
	if (S_ISDIR(st.st_mode) && (it || has_below(p->m, path))) {
		int below = open_folder(dir, name);

		err = below < 0 ? fail(p, path) : clear(p, below, path, depth + 1);
		shut(below);
	} else if (S_ISDIR(st.st_mode)) {
		err = drop_folder(p, dir, path, false, depth);
	} else if (!it && S_ISREG(st.st_mode)) {
		err = take_away(p, dir, path, true);
	} else if (!it) {
		stays(p, path, "it is a link, or no plain file, and this machine's own");
	}
	return err;
}

/* What the list does not have goes. */
static enum ward_err clear(const struct putting *p, int dir, const char *path, unsigned depth)
{
	char below[PATH_MAX];
	struct dirent **list = NULL;
	enum ward_err err = WARD_OK;
	int n;

	errno = ENAMETOOLONG;
	if (depth >= DEPTH)
		return fail(p, path);
	n = scandirat(dir, ".", &list, NULL, NULL);
	if (n < 0)
		return fail(p, path);
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		if (!err && name[0] != '.' &&
			snprintf(below, sizeof(below), "%s/%s", path, name) < (int)sizeof(below))
			err = clear_one(p, dir, below, depth);
		free(list[i]);
	}
	free(list);
	return err;
}

/* Into the folder at this path, which is made where there is none; closes dir. -1: err. */
static int down(const struct putting *p, int dir, const char *path, enum ward_err *err)
{
	const char *name = strrchr(path, '/') + 1;
	int to = open_folder(dir, name);

	if (to < 0 && (errno == ENOTDIR || errno == ELOOP))
		*err = take_away(p, dir, path, true); /* a file or link, where a folder is to be */
	if (to < 0 && !*err && mkdirat(dir, name, S_IRWXU) == 0) {
		to = open_folder(dir, name);
		if (to >= 0 && geteuid() == 0 && fchown(to, p->top.st_uid, p->top.st_gid) != 0) {
			shut(to);
			to = -1;
		}
	}
	if (to < 0 && !*err)
		*err = fail(p, path);
	shut(dir);
	return to;
}

/* The folder that a path's last part is to be in; -1: err. */
static int above(const struct putting *p, const char *path, enum ward_err *err)
{
	int dir = fcntl(p->to, F_DUPFD_CLOEXEC, 0);
	char part[WARD_TAR_PATH];

	for (const char *s = strchr(path + PREFIX, '/'); dir >= 0 && s; s = strchr(s + 1, '/')) {
		(void)snprintf(part, sizeof(part), "%.*s", (int)(s - path), path);
		dir = down(p, dir, part, err);
	}
	return dir;
}

/* Whose the directory is, its files are; but root's stay root's. */
static bool own(const struct putting *p, int fd, const struct ward_mirror_item *it,
	const struct stat *stood)
{
	bool of_group = stood && S_ISREG(stood->st_mode) && stood->st_uid == 0;

	if (geteuid() != 0)
		return true;
	return it->uid ? fchown(fd, p->top.st_uid, p->top.st_gid) == 0
		       : fchown(fd, 0, of_group ? stood->st_gid : 0) == 0;
}

static bool as_it_shall_be(const struct putting *p, int in, int dir, const char *name,
	const struct ward_mirror_item *it)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		  (st.st_mode & 07777) == (it->mode & 0777) &&
		  (geteuid() != 0 || st.st_uid == (it->uid ? p->top.st_uid : 0)) && same(in, fd);

	shut(fd);
	return ok && lseek(in, 0, SEEK_SET) == 0;
}

/* Beside, and then by its name. */
static enum ward_err put_file(
	const struct putting *p, int in, int dir, const struct ward_mirror_item *it)
{
	const char *name = strrchr(it->path, '/') + 1;
	struct stat stood;
	bool stands = fstatat(dir, name, &stood, AT_SYMLINK_NOFOLLOW) == 0;
	enum ward_err err = WARD_OK;
	int out;
	bool ok;

	if (as_it_shall_be(p, in, dir, name, it))
		return WARD_OK;
	if (stands)
		err = S_ISDIR(stood.st_mode) ? drop_folder(p, dir, it->path, true, 0)
					     : take_away(p, dir, it->path, false);
	if (err)
		return err;
	(void)unlinkat(dir, BESIDE, 0);
	out = openat(dir, BESIDE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		S_IRUSR | S_IWUSR);
	ok = out >= 0 && lseek(in, 0, SEEK_SET) == 0 && pour(in, out) &&
	     own(p, out, it, stands ? &stood : NULL) && fchmod(out, it->mode & 0777) == 0 &&
	     renameat(dir, BESIDE, dir, name) == 0;
	shut(out);
	return ok ? WARD_OK : fail(p, it->path);
}

static enum ward_err put_one(const struct putting *p, const struct ward_mirror_item *it)
{
	enum ward_err err = WARD_OK;
	int in, dir;

	if (ward_mirror_left_out(it))
		return WARD_OK;
	dir = above(p, it->path, &err);
	if (dir < 0)
		return err ? err : fail(p, it->path);
	if (ward_mirror_is_folder(it)) {
		dir = down(p, dir, it->path, &err);
		shut(dir);
		return err;
	}
	in = openat(p->from, it->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	err = in < 0 ? fail(p, it->path) : put_file(p, in, dir, it);
	shut(in);
	shut(dir);
	return err;
}

/* Last, since who is not root could write into none that is closed. */
static enum ward_err close_folder(const struct putting *p, const struct ward_mirror_item *it)
{
	enum ward_err err = WARD_OK;
	int dir = above(p, it->path, &err);

	if (dir >= 0)
		dir = down(p, dir, it->path, &err);
	if (dir >= 0 && fchmod(dir, it->mode & 0777) != 0)
		err = fail(p, it->path);
	shut(dir);
	return err;
}

static enum ward_err put_all(const struct putting *p)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < p->m->n; i++)
		if (strncmp(p->m->item[i].path, "hospital/", PREFIX) == 0)
			err = put_one(p, &p->m->item[i]);
	if (!err)
		err = clear(p, p->to, "hospital", 0);
	for (size_t i = p->m->n; !err && i; i--)
		if (strncmp(p->m->item[i - 1].path, "hospital/", PREFIX) == 0 &&
			ward_mirror_is_folder(&p->m->item[i - 1]))
			err = close_folder(p, &p->m->item[i - 1]);
	if (!err && syncfs(p->to) != 0)
		err = fail(p, "hospital");
	return err;
}

enum ward_err ward_mirror_put_hospital(
	const struct ward_mirror *m, int from, const char *hospital, int was, char *why)
{
	struct putting p = {.m = m, .from = from, .was = was, .why = why};
	enum ward_err err;

	if (!has_below(m, "hospital"))
		return WARD_OK; /* it was not carried */
	p.to = open(hospital, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p.to < 0 || fstat(p.to, &p.top) != 0)
		err = fail(&p, hospital);
	else
		err = put_all(&p);
	shut(p.to);
	return err;
}
