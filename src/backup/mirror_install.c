#include "backup/mirror_put.h"
#include "backup/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = PATH_MAX + NAME_MAX + 64, TRIES = 10000, VERSIONS_DEPTH = 8 };

struct installing {
	char state[PATH_MAX], now[PATH_MAX], was[PATH_MAX];
	struct ward_mirror list;
	char *why;
};

/* A name of the state folder, and what is done with it. */
typedef enum ward_err (*each_fn)(struct installing *t, const char *name);

static enum ward_err fail(struct installing *t, const char *path)
{
	int e = errno;

	(void)snprintf(t->why, WARD_MIRROR_WHY, "%s: %s", path, strerror(e));
	return e == ENOSPC || e == EDQUOT ? WARD_ERR_FULL : WARD_ERR_IO;
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static bool begin(struct installing *t, const char *state, char *why)
{
	*t = (struct installing){.why = why};
	ward_mirror_init(&t->list, ward_mem_heap());
	if (snprintf(t->state, sizeof(t->state), "%s", state) >= PATH_MAX - 64) {
		errno = ENAMETOOLONG;
		return false;
	}
	(void)snprintf(t->now, sizeof(t->now), "%.*s/" WARD_MIRROR_NOW, PATH_MAX - 64, state);
	(void)snprintf(t->was, sizeof(t->was), "%.*s/" WARD_MIRROR_WAS, PATH_MAX - 64, state);
	return true;
}

/* Each name in a folder that may be one of the state. */
static enum ward_err for_each(struct installing *t, const char *folder, each_fn fn)
{
	struct dirent **list = NULL;
	enum ward_err err = WARD_OK;
	int n = scandir(folder, &list, NULL, alphasort);

	if (n < 0)
		return errno == ENOENT ? WARD_OK : fail(t, folder);
	for (int i = 0; i < n; i++) {
		if (!err && list[i]->d_name[0] != '.' && !ward_mirror_stays(list[i]->d_name))
			err = fn(t, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	return err;
}

static enum ward_err sync_state(struct installing *t, bool all)
{
	int fd = open(t->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && (all ? syncfs(fd) : fsync(fd)) == 0;
	enum ward_err err = ok ? WARD_OK : fail(t, t->state);

	if (fd >= 0)
		(void)close(fd);
	return err;
}

/* A name beneath a folder that nothing has yet. */
static enum ward_err rename_into(
	struct installing *t, const char *from, const char *folder, const char *name)
{
	char to[PATH];

	for (unsigned i = 0; i < TRIES; i++) {
		int n = snprintf(to, sizeof(to), "%s/%s", folder, name);

		if (i)
			(void)snprintf(to + n, sizeof(to) - (size_t)n, ".%u", i);
		if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
			return WARD_OK;
		if (errno != EEXIST)
			break;
	}
	return fail(t, from);
}

/* As a whole to where what stood there is. */
static enum ward_err aside(struct installing *t, const char *name)
{
	char path[PATH];

	(void)snprintf(path, sizeof(path), "%s/%s", t->state, name);
	return is_there(path) ? rename_into(t, path, t->was, name) : WARD_OK;
}

static enum ward_err put_state(struct installing *t, const char *name)
{
	char from[PATH], to[PATH];
	enum ward_err err = aside(t, name);

	(void)snprintf(from, sizeof(from), "%s/state/%s", t->now, name);
	(void)snprintf(to, sizeof(to), "%s/%s", t->state, name);
	if (!err && rename(from, to) != 0)
		err = fail(t, from);
	return err;
}

/* What no copy has is no copy's to take away. */
static bool is_left_out(const struct installing *t, const char *name)
{
	const struct ward_mirror_item *it;
	char path[PATH];
	struct stat st;

	(void)snprintf(path, sizeof(path), "state/%s", name);
	it = ward_mirror_find(&t->list, path);
	if (it && ward_mirror_left_out(it))
		return true;
	(void)snprintf(path, sizeof(path), "%s/%s", t->state, name);
	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static enum ward_err clear_state(struct installing *t, const char *name)
{
	char path[PATH];
	size_t len = (size_t)snprintf(path, sizeof(path), "state/%s", name);

	for (size_t i = 0; i < t->list.n; i++) {
		const char *has = t->list.item[i].path;

		if (strncmp(has, path, len) == 0 && (!has[len] || has[len] == '/'))
			return WARD_OK;
	}
	return is_left_out(t, name) ? WARD_OK : aside(t, name);
}

static enum ward_err retire_one(struct installing *t, const char *name)
{
	return is_left_out(t, name) ? WARD_OK : aside(t, name);
}

/* Files in the state's folders that no copy has: what stood there is kept. */
static bool hides(const struct installing *t)
{
	for (size_t i = 0; i < t->list.n; i++)
		if (ward_mirror_left_out(&t->list.item[i]) &&
			strncmp(t->list.item[i].path, "state/", 6) == 0 &&
			strchr(t->list.item[i].path + 6, '/'))
			return true;
	return false;
}

static enum ward_err is_whole(struct installing *t, const char *copy)
{
	char path[PATH];
	struct stat st;
	enum ward_err err = ward_mirror_load(copy, ward_mem_heap(), &t->list);

	for (size_t i = 0; !err && i < t->list.n; i++) {
		const struct ward_mirror_item *it = &t->list.item[i];

		(void)snprintf(path, sizeof(path), "%s/%s", copy, it->path);
		if (!ward_mirror_is_folder(it) && !ward_mirror_left_out(it) &&
			(lstat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
				(uint64_t)st.st_size != it->size))
			err = WARD_ERR_CORRUPT;
	}
	if (err)
		(void)snprintf(t->why, WARD_MIRROR_WHY,
			"%s is not whole (%s); who removes it leads with what is here", copy,
			ward_err_text(err));
	return err;
}

/* From then on it is gone on with, whatever ends us. CLOSED: there is none. */
static enum ward_err claim(struct installing *t)
{
	char copy[PATH];
	enum ward_err err;

	(void)snprintf(copy, sizeof(copy), "%s/" WARD_MIRROR_COPY, t->state);
	if (!is_there(copy))
		return WARD_ERR_CLOSED;
	err = is_whole(t, copy);
	if (!err && rename(copy, t->now) != 0)
		err = fail(t, copy);
	return err ? err : sync_state(t, false);
}

static enum ward_err put_hospital(struct installing *t, const char *hospital)
{
	int from = open(t->now, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
	    was = open(t->was, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	enum ward_err err = from < 0 || was < 0 ? fail(t, t->was)
						: ward_mirror_put_hospital(
							  &t->list, from, hospital, was, t->why);

	if (from >= 0)
		(void)close(from);
	if (was >= 0)
		(void)close(was);
	return err;
}

/* A folder with all that is in it, no deeper than it goes; no link is followed. */
static bool own_tree(int dir, uid_t uid, unsigned depth)
{
	struct dirent **list = NULL;
	int n = fchown(dir, uid, uid) == 0 ? scandirat(dir, ".", &list, NULL, NULL) : -1;
	bool ok = n >= 0;

	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		struct stat st;
		int fd =
			strcmp(name, ".") == 0 || strcmp(name, "..") == 0
				? -1
				: openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && depth)
			ok = own_tree(fd, uid, depth - 1) && ok;
		else if (fd >= 0 && S_ISREG(st.st_mode))
			ok = fchown(fd, uid, uid) == 0 && ok;
		if (fd >= 0)
			(void)close(fd);
		free(list[i]);
	}
	free(list);
	return ok;
}

/* The versions of the hospital's directory are whose that is (run/live_config.c): by this
 * machine's, since the other's ids may be others. */
static enum ward_err own_versions(struct installing *t, const char *hospital)
{
	char path[PATH];
	struct stat st;
	int dir;

	if (geteuid() != 0 || stat(hospital, &st) != 0 || st.st_uid == 0)
		return WARD_OK;
	(void)snprintf(path, sizeof(path), "%s/config", t->state);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? WARD_OK : fail(t, path);
	enum ward_err err = own_tree(dir, st.st_uid, VERSIONS_DEPTH) ? WARD_OK : fail(t, path);

	(void)close(dir);
	return err;
}

/* What was put in place, or is no longer to be: by a name that is removed at each start. */
static enum ward_err forget(struct installing *t)
{
	char coming[PATH];
	enum ward_err err;

	(void)snprintf(coming, sizeof(coming), "%s/" WARD_MIRROR_COMING, t->state);
	ward_place_remove(coming);
	if (is_there(t->now) && rename(t->now, coming) != 0)
		return fail(t, t->now);
	err = sync_state(t, false);
	if (!err)
		ward_place_remove(coming);
	return err;
}

/* What stood there goes, or to the others that are kept. */
static enum ward_err dispose(struct installing *t, bool keep)
{
	char old[PATH];

	if (!is_there(t->was))
		return WARD_OK;
	if (!keep) {
		ward_place_remove(t->was);
		return WARD_OK;
	}
	(void)snprintf(old, sizeof(old), "%s/" WARD_MIRROR_OLD, t->state);
	if (rmdir(t->was) == 0) /* nothing stood there */
		return WARD_OK;
	if (mkdir(old, S_IRWXU) != 0 && errno != EEXIST)
		return fail(t, old);
	return rename_into(t, t->was, old, "replaced");
}

static enum ward_err go_on(struct installing *t, const char *hospital, bool keep)
{
	char from[PATH];
	enum ward_err err = WARD_OK;

	if (mkdir(t->was, S_IRWXU) != 0 && errno != EEXIST)
		return fail(t, t->was);
	(void)snprintf(from, sizeof(from), "%s/state", t->now);
	err = for_each(t, from, put_state);
	if (!err)
		err = for_each(t, t->state, clear_state);
	if (!err)
		err = put_hospital(t, hospital);
	if (!err)
		err = own_versions(t, hospital);
	if (!err)
		err = sync_state(t, true);
	if (!err)
		err = dispose(t, keep || hides(t));
	return err ? err : forget(t);
}

enum ward_err ward_mirror_install(
	const char *state, const char *hospital, bool keep, bool *ret, char *ret_why)
{
	struct installing t;
	char partial[PATH];
	enum ward_err err;

	*ret = false;
	ret_why[0] = 0;
	if (!begin(&t, state, ret_why))
		return fail(&t, state);
	(void)snprintf(partial, sizeof(partial), "%s/" WARD_MIRROR_COMING, state);
	ward_place_remove(partial); /* its files may have second names */
	err = ward_mirror_settle(state) ? fail(&t, state) : WARD_OK;
	while (!err) { /* one that was cut off, then one that came since */
		ward_mirror_fini(&t.list);
		if (!is_there(t.now))
			err = claim(&t);
		else if ((err = ward_mirror_load(t.now, ward_mem_heap(), &t.list)) != WARD_OK)
			(void)snprintf(
				ret_why, WARD_MIRROR_WHY, "%s: its list can't be read", t.now);
		if (!err)
			err = go_on(&t, hospital, keep);
		*ret = *ret || !err;
	}
	ward_mirror_fini(&t.list);
	return err == WARD_ERR_CLOSED ? WARD_OK : err;
}

enum ward_err ward_mirror_retire(const char *state, bool keep, char *ret_why)
{
	struct installing t;
	char path[PATH];
	enum ward_err err;
	int lock;

	ret_why[0] = 0;
	if (!begin(&t, state, ret_why))
		return fail(&t, state);
	(void)snprintf(path, sizeof(path), "%s/lock", state);
	lock = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0) { /* Ward is on its way out */
		(void)close(lock);
		return WARD_OK;
	}
	(void)snprintf(path, sizeof(path), "%s/" WARD_MIRROR_COPY, state);
	err = is_whole(&t, path);
	if (!err && mkdir(t.was, S_IRWXU) != 0 && errno != EEXIST)
		err = fail(&t, t.was);
	if (!err)
		err = for_each(&t, state, retire_one);
	if (!err)
		err = sync_state(&t, false);
	if (!err)
		err = dispose(&t, keep || hides(&t));
	if (!err)
		err = forget(&t);
	ward_mirror_fini(&t.list);
	if (lock >= 0)
		(void)close(lock);
	return err;
}
