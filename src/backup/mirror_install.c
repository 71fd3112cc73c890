#include "backup/mirror.h"
#include "backup/place.h"
#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = PATH_MAX + NAME_MAX + 64, PIECE = 1 << 16 };

struct installing {
	char copy[PATH_MAX], old[PATH_MAX], state[PATH_MAX];
	char *why;
};

/* A folder below another: what is done with each of its names. */
typedef enum ward_err (*each_fn)(struct installing *t, const char *from, const char *to);

static enum ward_err fail(struct installing *t, const char *path)
{
	(void)snprintf(t->why, WARD_MIRROR_WHY, "%s: %s", path, strerror(errno));
	return errno == ENOSPC ? WARD_ERR_FULL : WARD_ERR_IO;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Each name in `from` with the same in `to`. */
static enum ward_err for_each(struct installing *t, const char *from, const char *to, each_fn fn)
{
	struct dirent **list = NULL;
	char a[PATH], b[PATH];
	enum ward_err err = WARD_OK;
	int n = scandir(from, &list, NULL, alphasort);

	if (n < 0)
		return errno == ENOENT ? WARD_OK : fail(t, from);
	for (int i = 0; i < n; i++) {
		if (!err && list[i]->d_name[0] != '.') {
			(void)snprintf(a, sizeof(a), "%s/%s", from, list[i]->d_name);
			(void)snprintf(b, sizeof(b), "%s/%s", to, list[i]->d_name);
			err = fn(t, a, b);
		}
		free(list[i]);
	}
	free(list);
	return err;
}

/* What stood there is kept, or goes; then it is in place. */
static enum ward_err put_state(struct installing *t, const char *from, const char *to)
{
	char old[PATH];

	(void)snprintf(old, sizeof(old), "%s/%s", t->old, strrchr(to, '/') + 1);
	if (strcmp(strrchr(to, '/'), "/journal") == 0)
		return WARD_OK; /* which is followed; what lies beside it there the caller takes */
	if (access(to, F_OK) == 0) {
		ward_place_remove(old);
		if (rename(to, old) != 0)
			return fail(t, to);
	}
	return rename(from, to) == 0 ? WARD_OK : fail(t, to);
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

static bool pour(int from, int to)
{
	static char piece[PIECE];
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) > 0)
		if (!ward_fd_write(to, ward_slice_of(piece, (size_t)n)))
			return false;
	return n == 0 && fsync(to) == 0;
}

/* A file of the hospital's directory, beside and then by its name, with the directory's owner. */
static enum ward_err put_file(struct installing *t, const char *from, const char *to)
{
	char above[PATH], beside[PATH + 16];
	int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), out;
	struct stat st, dir;
	bool ok;

	if (in < 0 || fstat(in, &st) != 0)
		return fail(t, from);
	out = open(to, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ok = out >= 0 && same(in, out);
	if (out >= 0)
		(void)close(out);
	if (ok) {
		(void)close(in);
		return WARD_OK;
	}
	(void)snprintf(above, sizeof(above), "%.*s", (int)(strrchr(to, '/') - to), to);
	(void)snprintf(beside, sizeof(beside), "%s/.standby.new", above);
	(void)unlink(beside);
	out = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	ok = out >= 0 && lseek(in, 0, SEEK_SET) == 0 && pour(in, out) && stat(above, &dir) == 0 &&
	     (geteuid() != 0 || fchown(out, dir.st_uid, dir.st_gid) == 0) &&
	     fchmod(out, st.st_mode & 0777) == 0 && rename(beside, to) == 0;
	(void)close(in);
	if (out >= 0)
		(void)close(out);
	return ok ? WARD_OK : fail(t, to);
}

static enum ward_err put_hospital(struct installing *t, const char *from, const char *to)
{
	if (!is_folder(from))
		return put_file(t, from, to);
	if (mkdir(to, 0755) != 0 && errno != EEXIST)
		return fail(t, to);
	return for_each(t, from, to, put_hospital);
}

/* What the copy does not have goes to where what stood there is. */
static enum ward_err clear_hospital(struct installing *t, const char *there, const char *copy)
{
	char old[PATH];

	if (is_folder(there) && is_folder(copy))
		return for_each(t, there, copy, clear_hospital);
	if (access(copy, F_OK) == 0)
		return WARD_OK;
	(void)snprintf(old, sizeof(old), "%s/hospital/%s", t->old, strrchr(there, '/') + 1);
	ward_place_remove(old);
	if (rename(there, old) == 0 || (errno == EXDEV && unlink(there) == 0))
		return WARD_OK;
	return errno == EISDIR || errno == EPERM ? WARD_OK : fail(t, there);
}

static enum ward_err make_old(struct installing *t)
{
	char below[PATH];

	(void)snprintf(below, sizeof(below), "%s/hospital", t->old);
	if ((mkdir(t->old, S_IRWXU) != 0 && errno != EEXIST) ||
		(mkdir(below, S_IRWXU) != 0 && errno != EEXIST))
		return fail(t, below);
	return WARD_OK;
}

static enum ward_err sync_all(struct installing *t)
{
	int fd = open(t->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && syncfs(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok ? WARD_OK : fail(t, t->state);
}

enum ward_err ward_mirror_install(
	const char *state, const char *hospital, bool keep, bool *ret, char *ret_why)
{
	struct installing t = {.why = ret_why};
	uint8_t id[WARD_MIRROR_SUM];
	char from[PATH], partial[PATH];
	enum ward_err err;

	*ret = false;
	ret_why[0] = 0;
	if (snprintf(t.state, sizeof(t.state), "%s", state) >= PATH_MAX - 64)
		return fail(&t, state);
	(void)snprintf(partial, sizeof(partial), "%s/" WARD_MIRROR_NEXT ".restoring", state);
	ward_place_remove(partial);                 /* its files may have second names */
	ward_mirror_id(state, ward_mem_heap(), id); /* ends a change of copies */
	(void)snprintf(t.copy, sizeof(t.copy), "%s/" WARD_MIRROR_COPY, state);
	(void)snprintf(t.old, sizeof(t.old), "%s/" WARD_MIRROR_OLD, state);
	if (access(t.copy, F_OK) != 0)
		return WARD_OK;
	err = make_old(&t);
	(void)snprintf(from, sizeof(from), "%s/state", t.copy);
	if (!err)
		err = for_each(&t, from, t.state, put_state);
	(void)snprintf(from, sizeof(from), "%s/hospital", t.copy);
	if (!err && is_folder(from))
		err = for_each(&t, from, hospital, put_hospital);
	if (!err && is_folder(from))
		err = for_each(&t, hospital, from, clear_hospital);
	if (!err)
		err = sync_all(&t);
	if (err)
		return err;
	ward_place_remove(t.copy);
	if (!keep)
		ward_place_remove(t.old);
	*ret = true;
	return WARD_OK;
}
