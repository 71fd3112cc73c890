#include "run/follow.h"

#include "sense/log/lines.h"
#include "sense/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PATH_BYTES = 4096,
	ENTRIES_MAX = 65536, /* of a folder, looked at */
	BURST = 256,         /* records of one file before the others get their turn */
};

/* A writer may still hold the file that was renamed. */
static const ward_ns linger = 5 * WARD_NS_PER_S, save_every = WARD_NS_PER_S,
		     scan_every = WARD_NS_PER_S;

struct file {
	int fd; /* < 0: free */
	char name[WARD_POSITION_NAME];
	uint64_t dev, ino, epoch;
	uint64_t off; /* read so far */
	uint32_t n_head;
	uint8_t head[WARD_POSITION_HEAD];
	struct ward_lines *lines;
	bool seen;    /* in this look, under a name that is followed */
	bool live;    /* its end was reached */
	bool more;    /* there may be bytes that are not read yet */
	ward_ns gone; /* monotonic: since when it has none of the names; 0: it has */
};

struct ward_follow {
	struct ward_follow_opts o;
	char folder[PATH_BYTES];
	char pattern[WARD_POSITION_NAME];
	int dir, notify;
	struct file *file; /* n_file */
	size_t n_file, turn, n_burst;
	ward_ns saved, scanned;
	bool dirty;
};

static void count(struct ward_follow *f, const char *name)
{
	ward_count_name(f->o.counters, name, 1);
}

/* Where the last part of a path begins. */
static size_t last_part(struct ward_str path)
{
	size_t i = path.len;

	while (i && path.p[i - 1] != '/')
		i--;
	return i;
}

static bool is_pattern(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '*' || s.p[i] == '?' || s.p[i] == '[')
			return true;
	return false;
}

enum ward_err ward_follow_folder(struct ward_str path, char *ret, size_t cap)
{
	size_t at = last_part(path);
	struct ward_str folder = ward_str_sub(path, 0, at ? at : 0);

	if (at == path.len || path.len - at >= WARD_POSITION_NAME || folder.len + 2 > cap ||
		is_pattern(folder))
		return WARD_ERR_CONFIG;
	if (!at)
		folder = WARD_STR(".");
	memcpy(ret, folder.p, folder.len);
	ret[folder.len] = 0;
	return WARD_OK;
}

static void watch(struct ward_follow *f)
{
	uint32_t what = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MODIFY;

	f->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->notify >= 0 && inotify_add_watch(f->notify, f->folder, what) < 0) {
		(void)close(f->notify);
		f->notify = -1;
	}
	if (f->notify < 0)
		count(f, "log.no_inotify");
}

enum ward_err ward_follow_new(
	struct ward_str path, const struct ward_follow_opts *o, struct ward_follow **ret)
{
	struct ward_follow *f = ward_mem_alloc(o->mem, sizeof(*f));
	size_t at = last_part(path), n = ward_limit(o->lim, WARD_LIMIT_LOG_FILES);
	enum ward_err err;

	if (!f)
		return WARD_ERR_NOMEM;
	f->o = *o;
	f->dir = f->notify = -1;
	err = ward_follow_folder(path, f->folder, sizeof(f->folder));
	if (!err) {
		memcpy(f->pattern, path.p + at, path.len - at);
		f->dir = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = f->dir < 0 ? WARD_ERR_NOT_FOUND : WARD_OK;
	}
	if (!err) {
		f->file = ward_mem_alloc(o->mem, n * sizeof(*f->file));
		err = f->file ? WARD_OK : WARD_ERR_NOMEM;
	}
	if (err) {
		int e = errno;

		ward_follow_free(f);
		errno = e;
		return err;
	}
	f->n_file = n;
	for (size_t i = 0; i < n; i++)
		f->file[i].fd = -1;
	watch(f);
	ward_follow_look(f);
	*ret = f;
	return WARD_OK;
}

static void file_close(struct file *x)
{
	if (x->fd < 0)
		return;
	(void)close(x->fd); /* only read from */
	ward_lines_free(x->lines);
	x->lines = NULL;
	x->fd = -1;
}

void ward_follow_free(struct ward_follow *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n_file; i++)
		file_close(&f->file[i]);
	if (f->dir >= 0)
		(void)close(f->dir);
	if (f->notify >= 0)
		(void)close(f->notify);
	ward_mem_free(f->o.mem, f->file, f->n_file * sizeof(*f->file));
	ward_mem_free(f->o.mem, f, sizeof(*f));
}

int ward_follow_fd(const struct ward_follow *f)
{
	return f->notify;
}

/* The kept position of a file: the same inode, and it begins as it did. SIZE_MAX: none. */
static size_t known(const struct ward_follow *f, const struct file *x)
{
	const struct ward_positions *p = f->o.positions;

	for (size_t i = 0; i < p->n; i++) {
		const struct ward_position *at = &p->at[i];

		if (strcmp(at->source, f->o.source) == 0 && at->dev == x->dev &&
			at->ino == x->ino && at->n_head <= x->n_head &&
			ward_id_eq(at->head,
				ward_position_head(at->epoch, ward_slice_of(x->head, at->n_head))))
			return i;
	}
	return SIZE_MAX;
}

static struct ward_position *position(struct ward_follow *f, uint64_t epoch)
{
	struct ward_positions *p = f->o.positions;

	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].epoch == epoch && strcmp(p->at[i].source, f->o.source) == 0)
			return &p->at[i];
	return NULL;
}

static uint32_t read_head(int fd, uint8_t *head)
{
	ssize_t n = pread(fd, head, WARD_POSITION_HEAD, 0);

	return n > 0 ? (uint32_t)n : 0;
}

static enum ward_err lines_at(struct ward_follow *f, struct file *x, uint64_t off)
{
	size_t max = ward_limit(f->o.lim, f->o.json ? WARD_LIMIT_EVENT_BYTES : WARD_LIMIT_LOG_LINE);

	ward_lines_free(x->lines);
	x->lines = NULL;
	x->off = off;
	x->more = true;
	return ward_lines_new(
		f->o.mem, f->o.lim, WARD_FRAME_LINES, max, f->o.multiline, off, &x->lines);
}

/* A file, or what became of one, is read from its beginning under an epoch of its own. */
static enum ward_err begin(struct ward_follow *f, struct file *x)
{
	struct ward_position *at = ward_positions_add(f->o.positions);
	uint64_t now = (uint64_t)ward_clock_now(f->o.clock);

	while (position(f, now))
		now++;
	x->epoch = now;
	x->n_head = read_head(x->fd, x->head);
	x->live = false;
	(void)snprintf(at->source, sizeof(at->source), "%s", f->o.source);
	(void)snprintf(at->name, sizeof(at->name), "%s", x->name);
	at->dev = x->dev;
	at->ino = x->ino;
	at->epoch = x->epoch;
	at->n_head = x->n_head;
	at->head = ward_position_head(x->epoch, ward_slice_of(x->head, x->n_head));
	enum ward_err err = ward_positions_save(f->o.positions);

	return err ? err : lines_at(f, x, 0);
}

/* True when it is shorter than what was read of it, or begins otherwise: it was truncated, and
 * perhaps written again since. */
static bool anew(const struct file *x, const struct stat *st)
{
	uint8_t head[WARD_POSITION_HEAD];
	uint32_t n;

	if (st->st_size < 0 || (uint64_t)st->st_size < x->off)
		return true;
	n = read_head(x->fd, head);
	return n < x->n_head || memcmp(head, x->head, x->n_head) != 0;
}

static enum ward_err open_file(struct ward_follow *f, struct file *x, const char *name)
{
	struct stat st;
	size_t i;

	*x = (struct file){.seen = true, .more = true};
	x->fd = openat(f->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (x->fd < 0 || fstat(x->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (errno != ENOENT)
			count(f, "log.unreadable");
		file_close(x);
		return WARD_ERR_AGAIN;
	}
	(void)snprintf(x->name, sizeof(x->name), "%s", name);
	x->dev = (uint64_t)st.st_dev;
	x->ino = (uint64_t)st.st_ino;
	x->n_head = read_head(x->fd, x->head);
	if (ward_unpack_sniff(ward_slice_of(x->head, x->n_head)) != WARD_PACKING_NONE) {
		count(f, "log.packed"); /* what a rotation left; nobody writes to it */
		file_close(x);
		return WARD_ERR_AGAIN;
	}
	i = known(f, x);
	if (i == SIZE_MAX)
		return begin(f, x);
	const struct ward_position *at = &f->o.positions->at[i];

	x->epoch = at->epoch;
	x->n_head = at->n_head;
	if ((uint64_t)st.st_size < at->off) {
		count(f, "log.truncated");
		return begin(f, x);
	}
	return lines_at(f, x, at->off);
}

/* One name of the folder. follow: it fits the pattern; else it is only of interest as a file that
 * was renamed while nobody watched. */
static enum ward_err look_at(struct ward_follow *f, const char *name, bool follow)
{
	struct file *vacant = NULL;
	struct stat st;
	enum ward_err err;

	if (fstatat(f->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
		return WARD_OK;
	for (size_t i = 0; i < f->n_file; i++) {
		struct file *x = &f->file[i];

		if (x->fd < 0) {
			vacant = vacant ? vacant : x;
		} else if (x->dev == (uint64_t)st.st_dev && x->ino == (uint64_t)st.st_ino) {
			x->seen = x->seen || follow;
			return WARD_OK;
		}
	}
	if (!follow) {
		const struct ward_positions *p = f->o.positions;
		size_t i = 0;

		while (i < p->n && !(p->at[i].ino == (uint64_t)st.st_ino &&
					   p->at[i].dev == (uint64_t)st.st_dev &&
					   p->at[i].off < (uint64_t)st.st_size &&
					   strcmp(p->at[i].source, f->o.source) == 0))
			i++;
		if (i == p->n)
			return WARD_OK;
	}
	if (!vacant) {
		count(f, "log.files_left");
		return WARD_OK;
	}
	err = open_file(f, vacant, name);
	if (err == WARD_OK && !follow) {
		vacant->seen = false;
		vacant->gone = ward_clock_mono(f->o.clock);
		if (known(f, vacant) == SIZE_MAX) /* another one in its inode */
			file_close(vacant);
	}
	if (err && err != WARD_ERR_AGAIN)
		file_close(vacant);
	return err == WARD_ERR_AGAIN ? WARD_OK : err;
}

static enum ward_err scan(struct ward_follow *f)
{
	int fd = openat(f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;
	enum ward_err err = WARD_OK;

	if (!d) {
		if (fd >= 0)
			(void)close(fd);
		count(f, "log.unreadable");
		return WARD_OK;
	}
	for (size_t i = 0; !err && i < ENTRIES_MAX && (e = readdir(d)) != NULL; i++)
		if (e->d_name[0] != '.' && strlen(e->d_name) < WARD_POSITION_NAME)
			err = look_at(f, e->d_name, fnmatch(f->pattern, e->d_name, 0) == 0);
	(void)closedir(d);
	return err;
}

static void check(struct ward_follow *f, struct file *x)
{
	struct stat st;

	if (!x->seen && !x->gone)
		x->gone = ward_clock_mono(f->o.clock);
	else if (x->seen)
		x->gone = 0;
	if (fstat(x->fd, &st) != 0)
		return;
	if (anew(x, &st)) {
		/* what was not read before is gone; nobody has it any more */
		count(f, "log.truncated");
		struct ward_position *at = position(f, x->epoch);

		if (at)
			ward_positions_drop(f->o.positions, (size_t)(at - f->o.positions->at));
		if (begin(f, x) != WARD_OK)
			file_close(x);
	} else if ((uint64_t)st.st_size > x->off) {
		x->more = true;
	}
}

/* True when names came, went or changed since the last time, as far as inotify tells. */
static bool names_changed(struct ward_follow *f)
{
	uint8_t bytes[4096];
	ssize_t n;
	bool changed = false;

	while (f->notify >= 0 && (n = read(f->notify, bytes, sizeof(bytes))) > 0) {
		struct inotify_event e;

		for (size_t at = 0; (size_t)n - at >= sizeof(e); at += sizeof(e) + e.len) {
			memcpy(&e, bytes + at, sizeof(e)); /* the kernel gives whole ones */
			changed = changed || (e.mask & ~(uint32_t)IN_MODIFY);
		}
	}
	return changed;
}

void ward_follow_look(struct ward_follow *f)
{
	ward_ns now = ward_clock_mono(f->o.clock);

	if (names_changed(f) || now - f->scanned >= scan_every || !f->scanned) {
		for (size_t i = 0; i < f->n_file; i++)
			f->file[i].seen = false;
		if (scan(f) != WARD_OK)
			count(f, "log.unreadable");
		f->scanned = now;
	}
	for (size_t i = 0; i < f->n_file; i++)
		if (f->file[i].fd >= 0)
			check(f, &f->file[i]);
}

/* Reads on. False at the end of what there is. */
static bool fill(struct ward_follow *f, struct file *x)
{
	size_t cap;
	uint8_t *p = ward_lines_room(x->lines, &cap);
	ssize_t n = cap ? pread(x->fd, p, cap, (off_t)x->off) : 0;

	if (n < 0)
		count(f, "log.unreadable");
	if (n <= 0) {
		x->more = false;
		x->live = true;
		return false;
	}
	ward_lines_add(x->lines, (size_t)n);
	x->off += (uint64_t)n;
	return true;
}

/* The first bytes grow until there are enough to know the file by. */
static void grow_head(struct ward_follow *f, struct file *x)
{
	struct ward_position *at = position(f, x->epoch);

	if (!at || at->n_head == WARD_POSITION_HEAD)
		return;
	x->n_head = read_head(x->fd, x->head);
	at->n_head = x->n_head;
	at->head = ward_position_head(x->epoch, ward_slice_of(x->head, x->n_head));
}

static bool give(struct file *x, const struct ward_joined *j, struct ward_follow_record *ret)
{
	*ret = (struct ward_follow_record){j->text, j->off, x->epoch, x->live};
	return true;
}

/* A record of one file. */
static bool next_of(
	struct ward_follow *f, struct file *x, bool idle, struct ward_follow_record *ret)
{
	bool last = x->gone && ward_clock_mono(f->o.clock) - x->gone >= linger;
	struct ward_joined j;

	for (;;) {
		bool got = ward_lines_next(x->lines, false, &j);
		uint64_t n_fault = ward_lines_faults(x->lines);

		if (n_fault)
			ward_count_name(f->o.counters, "log.frame_faults", n_fault);
		if (got)
			return give(x, &j, ret);
		if (!x->more || !fill(f, x))
			break;
	}
	if (idle && ward_lines_rest(x->lines, &j))
		return give(x, &j, ret);
	return last && ward_lines_next(x->lines, true, &j) && give(x, &j, ret);
}

enum ward_err ward_follow_next(struct ward_follow *f, bool idle, struct ward_follow_record *ret)
{
	for (size_t k = 0; k < f->n_file; k++) {
		struct file *x = &f->file[f->turn];

		if (x->fd >= 0 && f->n_burst < BURST && next_of(f, x, idle, ret)) {
			f->n_burst++;
			f->dirty = true;
			return WARD_OK;
		}
		f->n_burst = 0;
		f->turn = (f->turn + 1) % f->n_file;
	}
	return WARD_ERR_AGAIN;
}

enum ward_err ward_follow_commit(struct ward_follow *f, bool now)
{
	ward_ns t = ward_clock_mono(f->o.clock);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < f->n_file; i++) {
		struct file *x = &f->file[i];
		struct ward_position *at = x->fd >= 0 ? position(f, x->epoch) : NULL;

		if (!at)
			continue;
		uint64_t place = ward_lines_place(x->lines);

		f->dirty = f->dirty || at->off != place;
		at->off = place;
		(void)snprintf(at->name, sizeof(at->name), "%s", x->name);
		grow_head(f, x);
		if (x->gone && !x->more && t - x->gone >= linger && place >= x->off) {
			ward_positions_drop(f->o.positions, (size_t)(at - f->o.positions->at));
			file_close(x);
			f->dirty = true;
		}
	}
	if (f->dirty && (now || t - f->saved >= save_every)) {
		err = ward_positions_save(f->o.positions);
		f->saved = t;
		f->dirty = err != WARD_OK;
	}
	return err;
}

void ward_follow_rewind(struct ward_follow *f)
{
	for (size_t i = 0; i < f->n_file; i++) {
		struct file *x = &f->file[i];
		const struct ward_position *at = x->fd >= 0 ? position(f, x->epoch) : NULL;

		if (at && lines_at(f, x, at->off) != WARD_OK)
			file_close(x);
	}
}
