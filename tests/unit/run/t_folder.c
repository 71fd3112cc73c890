#include "run/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test_setup_teardown(name, up, down)

/* The test drives the monotonic clock; the other stands long before any file's time, so that a file
 * stands still only when it was seen to. */
static ward_ns now = 1000 * WARD_NS_PER_S;

static ward_ns clock_now(void *ctx)
{
	(void)ctx;
	return now;
}

static const struct ward_clock test_clock = {clock_now, clock_now, NULL};

struct lab {
	char dir[64];
	struct ward_limits lim;
	struct ward_folder *f;
	char got[4096];
	uint64_t version;
	bool full;
};

static void path_of(const struct lab *l, const char *name, char ret[256])
{
	(void)snprintf(ret, 256, "%s/%s", l->dir, name);
}

static int write_open(struct lab *l, const char *name, const char *text)
{
	char path[256];
	int fd;

	path_of(l, name, path);
	fd = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	return fd;
}

static void put(struct lab *l, const char *name, const char *text)
{
	assert_int_equal(close(write_open(l, name, text)), 0);
}

static int up(void **state)
{
	static struct lab l;

	l = (struct lab){.dir = "/tmp/ward-folder-XXXXXX"};
	assert_non_null(mkdtemp(l.dir));
	ward_limits_default(&l.lim);
	*state = &l;
	return 0;
}

static int take_away(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

static int down(void **state)
{
	struct lab *l = *state;

	ward_folder_close(l->f);
	return nftw(l->dir, take_away, 16, FTW_DEPTH | FTW_PHYS);
}

static void begin(struct lab *l, bool fresh)
{
	const struct ward_folder_opts o = {l->dir, fresh, &test_clock};

	assert_int_equal(ward_folder_open(ward_mem_heap(), &l->lim, &o, &l->f), WARD_OK);
}

static bool found(void *ctx, const struct ward_folder_file *f)
{
	struct lab *l = ctx;

	if (l->full)
		return false;
	assert_true(f->fd >= 0 && S_ISREG(f->st.st_mode));
	(void)snprintf(l->got + strlen(l->got), sizeof(l->got) - strlen(l->got), "%s ", f->path);
	l->version = f->version;
	return true;
}

static void look(struct lab *l, const char *want)
{
	l->got[0] = 0;
	assert_int_equal(ward_folder_look(l->f, found, l), WARD_OK);
	assert_string_equal(l->got, want);
}

/* The next look that a hint may bring. */
static void hinted(struct lab *l, const char *want)
{
	now += WARD_FOLDER_LEAST;
	look(l, want);
}

/* The next look by time. */
static void later(struct lab *l, const char *want)
{
	now += WARD_FOLDER_EVERY;
	look(l, want);
}

/* At the next look or, without inotify, at the one after that. */
static void soon(struct lab *l, const char *want)
{
	l->got[0] = 0;
	for (int i = 0; i < 2 && !l->got[0]; i++) {
		now += WARD_FOLDER_EVERY;
		assert_int_equal(ward_folder_look(l->f, found, l), WARD_OK);
	}
	assert_string_equal(l->got, want);
}

/* Closed in the folder itself: at once, as inotify tells; in a folder below, when it has stood. */
static void closed(void **state)
{
	struct lab *l = *state;
	char path[256];

	begin(l, false);
	look(l, "");
	if (ward_folder_fd(l->f) < 0)
		skip();
	put(l, "a", "1");
	hinted(l, "a ");
	look(l, "");
	path_of(l, "sub", path);
	assert_int_equal(mkdir(path, 0700), 0);
	put(l, "sub/b", "1");
	hinted(l, "");
	later(l, "sub/b ");
	later(l, "");
}

/* What is still written is waited for; renamed into its place it is whole. */
static void writing(void **state)
{
	struct lab *l = *state;
	char from[256], to[256];

	begin(l, false);
	int fd = write_open(l, "slow", "1");

	look(l, "");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(fd, "2", 1), 1);
		later(l, "");
		assert_int_equal(ward_folder_state(l->f).n_waiting, 1);
	}
	later(l, "slow ");
	assert_int_equal(close(fd), 0);
	look(l, "");
	fd = write_open(l, "part.tmp", "1");
	look(l, "");
	path_of(l, "part.tmp", from);
	path_of(l, "part.pdf", to);
	assert_int_equal(rename(from, to), 0);
	if (ward_folder_fd(l->f) >= 0)
		hinted(l, "part.pdf ");
	else
		later(l, "");
	assert_int_equal(close(fd), 0);
}

/* What changed is given again, as another version; what did not is not. */
static void changed(void **state)
{
	struct lab *l = *state;

	put(l, "a", "1");
	begin(l, false);
	look(l, "");
	later(l, "a ");
	uint64_t first = l->version;

	later(l, "");
	put(l, "a", "2");
	now += WARD_FOLDER_STILL;
	soon(l, "a ");
	assert_true(l->version != first);
	later(l, "");
}

/* Exchanged for as many bytes, and its time put back: the time of change can't be. */
static void put_back(void **state)
{
	struct lab *l = *state;
	char path[256];
	struct stat st;

	put(l, "a", "1");
	path_of(l, "a", path);
	begin(l, false);
	look(l, "");
	later(l, "a ");
	uint64_t first = l->version;

	assert_int_equal(stat(path, &st), 0);
	const struct timespec times[] = {st.st_atim, st.st_mtim};
	struct timespec before = st.st_ctim;
	int fd = open(path, O_WRONLY);

	do { /* the clock of the file system ticks */
		assert_int_equal(pwrite(fd, "2", 1, 0), 1);
		assert_int_equal(futimens(fd, times), 0);
		assert_int_equal(fstat(fd, &st), 0);
	} while (st.st_ctim.tv_sec == before.tv_sec && st.st_ctim.tv_nsec == before.tv_nsec);
	assert_int_equal(close(fd), 0);
	assert_true(st.st_size == 1 && st.st_mtim.tv_sec == times[1].tv_sec &&
		    st.st_mtim.tv_nsec == times[1].tv_nsec);
	soon(l, "a ");
	assert_true(l->version != first);
}

/* However often something is written there, it is walked no more often than the pause allows; what
 * was closed meanwhile is not forgotten. */
static void often(void **state)
{
	struct lab *l = *state;
	char name[16];

	begin(l, false);
	look(l, "");
	if (ward_folder_fd(l->f) < 0)
		skip();
	for (int i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "f%d", i % 2);
		put(l, name, "1");
		look(l, "");
		assert_int_equal(ward_folder_state(l->f).n_file, 0);
		assert_true(ward_folder_wait_ms(l->f) > 0);
		now += WARD_FOLDER_LEAST / 200;
	}
	now += WARD_FOLDER_LEAST;
	l->got[0] = 0;
	assert_int_equal(ward_folder_look(l->f, found, l), WARD_OK);
	assert_true(strcmp(l->got, "f0 f1 ") == 0 || strcmp(l->got, "f1 f0 ") == 0);
}

static bool slow(void *ctx, const struct ward_folder_file *f)
{
	now += WARD_FOLDER_EVERY;
	return found(ctx, f);
}

/* A walk that takes long is followed by a longer pause. */
static void long_walk(void **state)
{
	struct lab *l = *state;

	put(l, "a", "1");
	begin(l, false);
	look(l, "");
	now += WARD_FOLDER_EVERY;
	l->got[0] = 0;
	assert_int_equal(ward_folder_look(l->f, slow, l), WARD_OK);
	assert_string_equal(l->got, "a ");
	put(l, "b", "1");
	for (int i = 1; i < WARD_FOLDER_REST; i++)
		later(l, "");
	soon(l, "b ");
}

/* As another user, if there may be one: root may enter anything. */
static void locked(void **state)
{
	enum { NOBODY = 65534 };
	struct lab *l = *state;
	char path[256];
	uid_t was = geteuid();

	path_of(l, "sub", path);
	assert_int_equal(mkdir(path, 0), 0);
	put(l, "a", "1");
	path_of(l, "a", path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chmod(l->dir, 0755), 0);
	begin(l, false);
	if (!was)
		assert_int_equal(seteuid(NOBODY), 0);
	look(l, "");
	later(l, "a ");
	struct ward_folder_state s = ward_folder_state(l->f);

	assert_int_equal(seteuid(was), 0);
	assert_int_equal(s.n_refused, 1);
	assert_int_equal(s.refused, EACCES);
}

/* With fresh what was there is known, and what changes of it is new. */
static void fresh(void **state)
{
	struct lab *l = *state;

	put(l, "old", "1");
	begin(l, true);
	look(l, "");
	later(l, "");
	put(l, "new", "1");
	soon(l, "new ");
	later(l, "");
}

/* Without room it is given again. */
static void roomless(void **state)
{
	struct lab *l = *state;

	put(l, "a", "1");
	begin(l, false);
	l->full = true;
	look(l, "");
	later(l, "");
	assert_int_equal(ward_folder_state(l->f).n_roomless, 1);
	l->full = false;
	ward_folder_soon(l->f);
	assert_true(ward_folder_wait_ms(l->f) > 0); /* without a pause nobody turns */
	look(l, "");
	hinted(l, "a ");
}

/* Links, also to folders, are not followed; what is no regular file is passed over. */
static void links(void **state)
{
	struct lab *l = *state;
	char path[256];

	path_of(l, "to-file", path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	path_of(l, "to-folder", path);
	assert_int_equal(symlink("/etc", path), 0);
	path_of(l, "pipe", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	begin(l, false);
	look(l, "");
	later(l, "");
	assert_int_equal(ward_folder_state(l->f).n_file, 0);
}

/* No more are remembered than the limit says, and how many more there are is known. */
static void many(void **state)
{
	struct lab *l = *state;
	char name[16];

	assert_int_equal(ward_limits_set(&l->lim, WARD_STR("file.watched"), 16), WARD_OK);
	for (int i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "f%d", i);
		put(l, name, "1");
	}
	begin(l, false);
	look(l, "");
	assert_int_equal(ward_folder_state(l->f).n_more, 4);
	assert_int_equal(ward_folder_state(l->f).n_file, 16);
}

/* Folders in each other are a way down with an end. */
static void deep(void **state)
{
	struct lab *l = *state;
	char path[256] = "", name[300];

	for (int i = 0; i < WARD_FOLDER_DEPTH + 4; i++) {
		(void)snprintf(
			path + strlen(path), sizeof(path) - strlen(path), "%sd", i ? "/" : "");
		(void)snprintf(name, sizeof(name), "%s/%s", l->dir, path);
		assert_int_equal(mkdir(name, 0700), 0);
	}
	put(l, "d/d/f", "1");
	(void)snprintf(name, sizeof(name), "%s/g", path);
	put(l, name, "1");
	begin(l, false);
	look(l, "");
	later(l, "d/d/f ");
	assert_true(ward_folder_state(l->f).n_more > 0);
}

/* A folder that is gone is said, and is watched again when it is back. */
static void gone(void **state)
{
	struct lab *l = *state;
	char away[128];

	begin(l, false);
	look(l, "");
	(void)snprintf(away, sizeof(away), "%s.away", l->dir);
	assert_int_equal(rename(l->dir, away), 0);
	now += WARD_FOLDER_EVERY;
	assert_int_equal(ward_folder_look(l->f, found, l), WARD_ERR_IO);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(rename(away, l->dir), 0);
	put(l, "back", "1");
	soon(l, "back ");
}

static void refused(void **state)
{
	struct lab *l = *state;
	const struct ward_folder_opts none = {"/nonexistent/folder", false, &test_clock},
				      file = {"/etc/passwd", false, &test_clock};

	assert_int_equal(ward_folder_open(ward_mem_heap(), &l->lim, &none, &l->f), WARD_ERR_IO);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(ward_folder_open(ward_mem_heap(), &l->lim, &file, &l->f), WARD_ERR_IO);
	assert_int_equal(errno, ENOTDIR);
	char path[256];

	path_of(l, "link", path);
	assert_int_equal(symlink("/etc", path), 0);
	const struct ward_folder_opts link = {path, false, &test_clock};

	assert_int_equal(ward_folder_open(ward_mem_heap(), &l->lim, &link, &l->f), WARD_ERR_IO);
	assert_int_equal(errno, ELOOP);
	assert_null(l->f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(closed), T(writing), T(changed), T(put_back), T(often),
		T(long_walk), T(locked), T(fresh), T(roomless), T(links), T(many), T(deep), T(gone),
		T(refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
