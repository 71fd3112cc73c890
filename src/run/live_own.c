/* Who owns what a process keeps. As root each has a user id of its own, and a version of Ward that
 * has more processes, or more of a kind, may give others: what the former one kept goes along. */
#include "run/live_own.h"

#include "run/door.h"
#include "run/live_uids.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEPTH = 4, /* folders in folders; nobody keeps more */
	NOBODY = 65534,
};

struct moving {
	uid_t from, to;
	DIR *dir[DEPTH];
	size_t n;
	bool ok;
};

static void enter(struct moving *m, int fd)
{
	DIR *d = m->n < DEPTH ? fdopendir(fd) : NULL;

	if (d) {
		m->dir[m->n++] = d;
		return;
	}
	m->ok = false;
	(void)close(fd);
}

/* Only what belongs to the former one, and has no other name: nothing else is given away. */
static void give(struct moving *m, const char *name)
{
	struct stat st;
	int at = dirfd(m->dir[m->n - 1]);
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) { /* a link, a socket: made anew by whoever wants one */
		m->ok = m->ok && (errno == ELOOP || errno == ENXIO || errno == ENOENT);
		return;
	}
	if (fstat(fd, &st) != 0) {
		m->ok = false;
	} else if (S_ISDIR(st.st_mode)) {
		enter(m, fd);
		return;
	} else if (S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_uid == m->from) {
		m->ok = m->ok && fchown(fd, m->to, m->to) == 0;
	}
	(void)close(fd);
}

/* A folder is the new one's once all in it is: ended before, it is gone on with. */
static void done(struct moving *m)
{
	DIR *d = m->dir[--m->n];
	struct stat st;

	if (fstat(dirfd(d), &st) != 0)
		m->ok = false;
	else if (m->ok && st.st_uid == m->from)
		m->ok = fchown(dirfd(d), m->to, m->to) == 0;
	(void)closedir(d);
}

static bool move(int fd, uid_t from, uid_t to)
{
	struct moving m = {.from = from, .to = to, .ok = true};
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return false;
	enter(&m, own);
	while (m.n) {
		const struct dirent *e = readdir(m.dir[m.n - 1]);

		if (!e)
			done(&m);
		else if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			give(&m, e->d_name);
	}
	return m.ok;
}

bool live_own_folder(const char *path, uid_t uid)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool ok = fd >= 0 && fstat(fd, &st) == 0;

	if (ok && uid && st.st_uid != uid && st.st_uid >= LIVE_UID_JOURNAL && st.st_uid < NOBODY)
		ok = move(fd, st.st_uid, uid);
	ok = ok && (!uid || fchown(fd, uid, uid) == 0) && fchmod(fd, 0700) == 0;
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = e;
	return ok;
}

/* What is a link, or has another name, may be another's: it is left. */
static bool take_back(int dir, const char *name, uid_t uid)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT || errno == ELOOP;
	bool ok = fstat(fd, &st) == 0;

	if (ok && st.st_uid == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1)
		ok = fchown(fd, uid, uid) == 0;
	int e = errno;

	(void)close(fd);
	errno = e;
	return ok;
}

bool live_own_database(const char *folder, uid_t uid, char ret_path[PATH_MAX])
{
	static const char *const left[] = {
		"ward.db", "ward.db-wal", "ward.db-shm", "ward.db-journal", WARD_DOOR_COPY};
	int fd = uid ? open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	bool ok = !uid || fd >= 0;

	(void)snprintf(ret_path, PATH_MAX, "%s", folder);
	for (size_t i = 0; ok && uid && i < WARD_ARRAY_LEN(left); i++) {
		(void)snprintf(ret_path, PATH_MAX, "%s/%s", folder, left[i]);
		ok = take_back(fd, left[i], uid);
	}
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = e;
	return ok;
}
