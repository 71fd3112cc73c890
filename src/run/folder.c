#include "run/folder.h"

#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { CLOSED_MAX = 256 };

/* A file as it was. */
struct entry {
	uint64_t key; /* of its path; 0: free */
	uint64_t version;
	ward_ns since; /* monotonic: it is as it is */
	bool given;
};

struct table {
	struct entry *at; /* n_slot, a power of two, half of it at most in use */
	size_t n;
};

struct ward_folder {
	const struct ward_mem *mem;
	const struct ward_clock *clock;
	char path[WARD_FOLDER_PATH];
	int notify;
	bool watching; /* notify knows the folder */
	bool fresh;    /* at the next look nothing is new */
	bool soon;     /* something happened since the last look, or there is room again */
	struct table table[2];
	unsigned now; /* which of them is of the last look */
	size_t n_slot, n_max;
	uint64_t closed[CLOSED_MAX]; /* keys of names in the folder itself */
	size_t n_closed;
	ward_ns next, least; /* monotonic: when to look, and not before */
	struct ward_folder_state state;
	ward_folder_found *found;
	void *ctx;
};

static uint64_t key_of(const char *path)
{
	static const struct ward_seed seed = {0x8a5cd789635d2dff, 0x121fd2155c472f96};
	uint64_t k = ward_siphash(seed, path, strlen(path));

	return k ? k : 1;
}

static uint64_t version_of(uint64_t key, const struct stat *st)
{
	static const struct ward_seed seed = {0xbb3c42ef4ca7a9e1, 0x7b1f2f8a0d16c3b5};
	const uint64_t is[] = {key, (uint64_t)st->st_ino, (uint64_t)st->st_size,
		(uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec,
		(uint64_t)st->st_ctim.tv_sec, (uint64_t)st->st_ctim.tv_nsec};

	return ward_siphash(seed, is, sizeof(is));
}

static struct entry *slot(struct ward_folder *f, unsigned table, uint64_t key)
{
	size_t i = (size_t)key & (f->n_slot - 1);

	while (f->table[table].at[i].key && f->table[table].at[i].key != key)
		i = (i + 1) & (f->n_slot - 1);
	return &f->table[table].at[i];
}

enum ward_err ward_folder_open(const struct ward_mem *mem, const struct ward_limits *lim,
	const struct ward_folder_opts *opts, struct ward_folder **ret)
{
	struct ward_folder *f = ward_mem_alloc(mem, sizeof(*f));
	struct stat st;

	if (!f)
		return WARD_ERR_NOMEM;
	f->mem = mem;
	f->clock = opts->clock;
	f->fresh = opts->fresh;
	f->n_max = ward_limit(lim, WARD_LIMIT_FILE_WATCHED);
	for (f->n_slot = 64; f->n_slot < 2 * f->n_max; f->n_slot *= 2)
		;
	f->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (int i = 0; i < 2; i++)
		f->table[i].at = ward_mem_alloc(mem, f->n_slot * sizeof(struct entry));
	errno = ENAMETOOLONG;
	int n = snprintf(f->path, sizeof(f->path), "%s", opts->path);
	enum ward_err err = f->table[0].at && f->table[1].at ? WARD_OK : WARD_ERR_NOMEM;

	if (!err && (n < 0 || n >= (int)sizeof(f->path) || lstat(f->path, &st) != 0))
		err = WARD_ERR_IO;
	if (!err && !S_ISDIR(st.st_mode)) {
		errno = S_ISLNK(st.st_mode) ? ELOOP : ENOTDIR;
		err = WARD_ERR_IO;
	}
	int failed = errno;

	if (err)
		ward_folder_close(f);
	else
		*ret = f;
	errno = failed;
	return err;
}

void ward_folder_close(struct ward_folder *f)
{
	if (!f)
		return;
	if (f->notify >= 0)
		(void)close(f->notify);
	for (int i = 0; i < 2; i++)
		ward_mem_free(f->mem, f->table[i].at, f->n_slot * sizeof(struct entry));
	ward_mem_free(f->mem, f, sizeof(*f));
}

int ward_folder_fd(const struct ward_folder *f)
{
	return f->notify;
}

int ward_folder_wait_ms(const struct ward_folder *f)
{
	ward_ns left = (f->soon ? f->least : f->next) - ward_clock_mono(f->clock);

	return left > 0 ? (int)(left / WARD_NS_PER_MS) + 1 : 0;
}

void ward_folder_soon(struct ward_folder *f)
{
	f->soon = true;
}

struct ward_folder_state ward_folder_state(const struct ward_folder *f)
{
	return f->state;
}

static bool was_closed(const struct ward_folder *f, uint64_t key)
{
	for (size_t i = 0; i < f->n_closed; i++)
		if (f->closed[i] == key)
			return true;
	return false;
}

static void note_closed(struct ward_folder *f, uint64_t key)
{
	if (f->n_closed < CLOSED_MAX && !was_closed(f, key))
		f->closed[f->n_closed++] = key;
}

/* What inotify tells since, also while it is too soon to look. */
static void hear(struct ward_folder *f)
{
	union {
		struct inotify_event e;
		char bytes[8192];
	} buf;
	ssize_t n;

	while (f->notify >= 0 && (n = read(f->notify, &buf, sizeof(buf))) > 0) {
		f->soon = true;
		for (ssize_t at = 0; at + (ssize_t)sizeof(buf.e) <= n;) {
			struct inotify_event e;

			memcpy(&e, buf.bytes + at, sizeof(e));
			if (e.mask & (IN_CLOSE_WRITE | IN_MOVED_TO) && e.len)
				note_closed(f, key_of(buf.bytes + at + sizeof(e)));
			if (e.mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF))
				f->watching = false;
			at += (ssize_t)(sizeof(e) + e.len);
		}
	}
}

/* It is written no more. */
static bool stands(const struct ward_folder *f, const struct entry *e, const struct stat *st)
{
	ward_ns changed = (st->st_mtim.tv_sec > st->st_ctim.tv_sec ? st->st_mtim.tv_sec
								   : st->st_ctim.tv_sec) *
			  WARD_NS_PER_S;

	return was_closed(f, e->key) || ward_clock_mono(f->clock) - e->since >= WARD_FOLDER_STILL ||
	       ward_clock_now(f->clock) - changed > WARD_FOLDER_STILL + WARD_NS_PER_S;
}

/* Of what is there no more nothing is said. */
static void refuse(struct ward_folder *f, int failed)
{
	if (failed != ENOENT && !f->state.n_refused++)
		f->state.refused = failed;
}

static void give(
	struct ward_folder *f, int dir, const char *name, const char *path, struct entry *e)
{
	struct ward_folder_file file = {.path = path, .version = e->version};

	file.fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file.fd < 0) {
		refuse(f, errno);
		return;
	}
	if (fstat(file.fd, &file.st) == 0 && S_ISREG(file.st.st_mode) &&
		version_of(e->key, &file.st) == e->version)
		e->given = f->found(f->ctx, &file);
	(void)close(file.fd);
	if (!e->given) {
		f->state.n_waiting++;
		f->state.n_roomless++;
	}
}

static void see(
	struct ward_folder *f, int dir, const char *name, const char *path, const struct stat *st)
{
	if (f->table[!f->now].n == f->n_max) {
		f->state.n_more++;
		return;
	}
	uint64_t key = key_of(path);
	const struct entry *old = slot(f, f->now, key);
	struct entry *e = slot(f, !f->now, key);

	f->table[!f->now].n += !e->key;
	*e = (struct entry){.key = key,
		.version = version_of(key, st),
		.since = ward_clock_mono(f->clock),
		.given = f->fresh};
	if (old->key && old->version == e->version)
		*e = *old;
	f->state.n_file++;
	if (!e->given && stands(f, e, st))
		give(f, dir, name, path, e);
	else
		f->state.n_waiting += !e->given;
}

/* The way down: folders that are open. */
struct way {
	DIR *dir[WARD_FOLDER_DEPTH];
	size_t len[WARD_FOLDER_DEPTH]; /* of path, as far as the folder */
	size_t n;
	char path[WARD_FOLDER_PATH];
};

/* False: errno. */
static bool enter(struct way *w, int at, const char *name, size_t len)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	w->dir[w->n] = dir;
	w->len[w->n++] = len;
	return true;
}

/* One name in the folder that was entered last. */
static void step(struct ward_folder *f, struct way *w, const struct dirent *d)
{
	int at = dirfd(w->dir[w->n - 1]);
	size_t len = w->len[w->n - 1];
	int n = snprintf(w->path + len, sizeof(w->path) - len, "%s%s", len ? "/" : "", d->d_name);
	struct stat st;

	if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
		return;
	if (n < 0 || (size_t)n >= sizeof(w->path) - len) {
		f->state.n_more++;
		return;
	}
	if (fstatat(at, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		refuse(f, errno);
	else if (S_ISDIR(st.st_mode) && w->n == WARD_FOLDER_DEPTH)
		f->state.n_more++;
	else if (S_ISDIR(st.st_mode) && !enter(w, at, d->d_name, len + (size_t)n))
		refuse(f, errno);
	else if (S_ISREG(st.st_mode))
		see(f, at, d->d_name, w->path, &st);
}

static enum ward_err walk(struct ward_folder *f)
{
	struct way w = {.n = 0};
	struct dirent *d;

	if (!enter(&w, AT_FDCWD, f->path, 0))
		return WARD_ERR_IO;
	while (w.n) {
		errno = 0;
		d = readdir(w.dir[w.n - 1]);
		if (d) {
			step(f, &w, d);
			continue;
		}
		if (errno)
			refuse(f, errno);
		(void)closedir(w.dir[--w.n]);
	}
	return WARD_OK;
}

/* A walk that began then is over. */
static void rest(struct ward_folder *f, ward_ns began)
{
	ward_ns now = ward_clock_mono(f->clock), some = (now - began) * WARD_FOLDER_REST;

	f->soon = false;
	f->n_closed = 0;
	f->least = now + (some > WARD_FOLDER_LEAST ? some : WARD_FOLDER_LEAST);
	f->next = now + (some > WARD_FOLDER_EVERY ? some : WARD_FOLDER_EVERY);
}

enum ward_err ward_folder_look(struct ward_folder *f, ward_folder_found *found, void *ctx)
{
	static const uint32_t what =
		IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF;

	hear(f);
	ward_ns began = ward_clock_mono(f->clock);

	if (began < (f->soon ? f->least : f->next))
		return WARD_OK;
	if (!f->watching && f->notify >= 0)
		f->watching = inotify_add_watch(f->notify, f->path, what) >= 0;
	f->found = found;
	f->ctx = ctx;
	f->state = (struct ward_folder_state){0};
	memset(f->table[!f->now].at, 0, f->n_slot * sizeof(struct entry));
	f->table[!f->now].n = 0;
	enum ward_err err = walk(f);
	int failed = errno;

	if (!err) {
		f->now = !f->now;
		f->fresh = false;
	} else {
		f->watching = false;
	}
	rest(f, began);
	errno = failed;
	return err;
}
