#include "simdisk.h"

#include <stdlib.h>
#include <string.h>

uint64_t sim_random(struct sim_disk *d)
{
	/* splitmix64 (Steele, Lea, Flood 2014) */
	uint64_t z = d->rng += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static size_t sectors(size_t len)
{
	return (len + SIM_SECTOR - 1) / SIM_SECTOR;
}

static void file_free(struct sim_file *f)
{
	free(f->cache);
	free(f->disk);
	free(f->dirty);
	*f = (struct sim_file){0};
}

static void file_room(struct sim_file *f, size_t len)
{
	size_t cap = sectors(len) * SIM_SECTOR;

	if (cap <= f->cap)
		return;
	cap = cap > 2 * f->cap ? cap
			       : 2 * f->cap; /* what is written piece by piece is moved seldom */
	f->cache = realloc(f->cache, cap);
	f->disk = realloc(f->disk, cap);
	f->dirty = realloc(f->dirty, sectors(cap) * sizeof(bool));
	WARD_ASSERT(f->cache && f->disk && f->dirty);
	memset(f->cache + f->cap, 0, cap - f->cap);
	memset(f->disk + f->cap, 0, cap - f->cap);
	memset(f->dirty + sectors(f->cap), 0, (sectors(cap) - sectors(f->cap)) * sizeof(bool));
	f->cap = cap;
}

static struct sim_name *name_of(struct sim_dir *dir, const char *name)
{
	for (size_t i = 0; i < dir->n; i++)
		if (strcmp(dir->at[i].name, name) == 0)
			return &dir->at[i];
	return NULL;
}

static void name_del(struct sim_dir *dir, const char *name)
{
	struct sim_name *n = name_of(dir, name);

	if (n)
		*n = dir->at[--dir->n];
}

static void name_put(struct sim_dir *dir, const char *name, int file)
{
	struct sim_name *n = name_of(dir, name);

	if (!n) {
		WARD_ASSERT(dir->n < SIM_FILES && strlen(name) < SIM_NAME);
		n = &dir->at[dir->n++];
		memcpy(n->name, name, strlen(name) + 1);
	}
	n->file = file;
}

static void apply(struct sim_dir *dir, const char *from, const char *to, int file)
{
	if (*from)
		name_del(dir, from);
	if (*to)
		name_put(dir, to, file);
}

static void commit_names(struct sim_disk *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		apply(&d->durable, d->op[i].from, d->op[i].to, d->op[i].file);
	memmove(d->op, d->op + n, (d->n_op - n) * sizeof(d->op[0]));
	d->n_op -= n;
}

static void op_add(struct sim_disk *d, const char *from, const char *to, int file)
{
	if (d->n_op == SIM_OPS)
		commit_names(d, 1); /* written at leisure */
	memset(&d->op[d->n_op], 0, sizeof(d->op[0]));
	memcpy(d->op[d->n_op].from, from, strlen(from));
	memcpy(d->op[d->n_op].to, to, strlen(to));
	d->op[d->n_op++].file = file;
	apply(&d->now, from, to, file);
}

/* Frees files that no name, durable or not, and no open descriptor can reach. */
static void collect(struct sim_disk *d)
{
	bool live[SIM_FILES] = {false};

	for (size_t i = 0; i < d->now.n; i++)
		live[d->now.at[i].file] = true;
	for (size_t i = 0; i < d->durable.n; i++)
		live[d->durable.at[i].file] = true;
	for (size_t i = 0; i < d->n_op; i++)
		live[d->op[i].file] = true;
	for (size_t i = 0; i < SIM_FDS; i++)
		if (d->fd[i])
			live[d->fd[i] - 1] = true;
	for (size_t i = 0; i < SIM_FILES; i++)
		if (d->file[i].used && !live[i])
			file_free(&d->file[i]);
}

static bool off(struct sim_disk *d)
{
	d->n_call++;
	if (d->flaky && sim_random(d) % d->flaky == 0)
		return true;
	return (d->crash_at && d->n_call >= d->crash_at) || d->n_call == d->fail_at;
}

static enum ward_err s_open(void *ctx, const char *name, enum ward_io_mode mode, int *ret_fd)
{
	struct sim_disk *d = ctx;
	struct sim_name *n = name_of(&d->now, name);
	int file, fd = 0;

	if (off(d))
		return WARD_ERR_IO;
	if (!n && mode != WARD_IO_CREATE)
		return WARD_ERR_NOT_FOUND;
	if (mode == WARD_IO_CREATE) {
		collect(d);
		for (file = 0; file < SIM_FILES && d->file[file].used; file++)
			;
		if (file == SIM_FILES)
			return WARD_ERR_FULL;
		d->file[file].used = true;
		op_add(d, "", name, file);
	} else {
		file = n->file;
	}
	while (d->fd[fd]) {
		fd++;
		WARD_ASSERT(fd < SIM_FDS);
	}
	d->fd[fd] = file + 1;
	d->n_open++;
	*ret_fd = fd;
	return WARD_OK;
}

static void s_close(void *ctx, int fd)
{
	struct sim_disk *d = ctx;

	WARD_ASSERT(d->fd[fd]);
	d->fd[fd] = 0;
	d->n_open--;
}

static struct sim_file *file_of(struct sim_disk *d, int fd)
{
	WARD_ASSERT(fd >= 0 && fd < SIM_FDS && d->fd[fd]);
	return &d->file[d->fd[fd] - 1];
}

static enum ward_err s_pwrite(void *ctx, int fd, const void *p, size_t len, uint64_t at)
{
	struct sim_disk *d = ctx;
	struct sim_file *f = file_of(d, fd);
	bool fail = off(d);
	enum ward_err err = fail ? WARD_ERR_IO : WARD_OK;

	if (d->full && at + len > f->len) {
		fail = true;
		err = WARD_ERR_FULL;
	}
	if (fail)
		len = len ? sim_random(d) % len : 0; /* a part of it is written */
	if (fail && d->full && at + len > f->len)
		len = 0;
	if (len == 0)
		return err;
	file_room(f, at + len);
	memcpy(f->cache + at, p, len);
	for (size_t i = at / SIM_SECTOR; i < sectors(at + len); i++)
		f->dirty[i] = true;
	if (at + len > f->len) {
		f->len = at + len;
		f->len_dirty = true;
	}
	return err;
}

static enum ward_err s_pread(void *ctx, int fd, void *p, size_t len, uint64_t at, size_t *ret_len)
{
	struct sim_disk *d = ctx;
	struct sim_file *f = file_of(d, fd);
	size_t n = at < f->len ? f->len - at : 0;

	if (off(d))
		return WARD_ERR_IO;
	n = n < len ? n : len;
	if (n)
		memcpy(p, f->cache + at, n);
	*ret_len = n;
	return WARD_OK;
}

/* One sector reaches the disk: whole, or (torn) only up to some byte. */
static void write_back(struct sim_disk *d, struct sim_file *f, size_t i, bool torn)
{
	size_t n = torn ? sim_random(d) % SIM_SECTOR : SIM_SECTOR;

	memcpy(f->disk + i * SIM_SECTOR, f->cache + i * SIM_SECTOR, n);
}

static enum ward_err s_fdatasync(void *ctx, int fd)
{
	struct sim_disk *d = ctx;
	struct sim_file *f = file_of(d, fd);
	bool fail = off(d);

	if (d->crash_at && d->n_call >= d->crash_at)
		return WARD_ERR_IO; /* sim_crash decides what was written */
	if (d->lie_data && !fail)
		return WARD_OK;
	for (size_t i = 0; i < sectors(f->len); i++) {
		if (f->dirty[i] && (!fail || sim_random(d) % 2))
			write_back(d, f, i, false);
		f->dirty[i] = false;
	}
	if (!fail || sim_random(d) % 2)
		f->disk_len = f->len;
	f->len_dirty = false;
	return fail ? WARD_ERR_IO : WARD_OK;
}

static enum ward_err s_ftruncate(void *ctx, int fd, uint64_t len)
{
	struct sim_disk *d = ctx;
	struct sim_file *f = file_of(d, fd);

	if (off(d))
		return WARD_ERR_IO;
	file_room(f, len);
	if (len < f->len)
		memset(f->cache + len, 0, f->len - len);
	f->len = len;
	f->len_dirty = true;
	return WARD_OK;
}

static enum ward_err s_size(void *ctx, int fd, uint64_t *ret)
{
	struct sim_disk *d = ctx;

	if (off(d))
		return WARD_ERR_IO;
	*ret = file_of(d, fd)->len;
	return WARD_OK;
}

static enum ward_err s_rename(void *ctx, const char *from, const char *to)
{
	struct sim_disk *d = ctx;
	struct sim_name *n = name_of(&d->now, from);

	if (off(d))
		return WARD_ERR_IO;
	if (!n)
		return WARD_ERR_NOT_FOUND;
	op_add(d, from, to, n->file);
	return WARD_OK;
}

static enum ward_err s_unlink(void *ctx, const char *name)
{
	struct sim_disk *d = ctx;
	struct sim_name *n = name_of(&d->now, name);

	if (off(d))
		return WARD_ERR_IO;
	if (!n)
		return WARD_ERR_NOT_FOUND;
	op_add(d, name, "", n->file);
	return WARD_OK;
}

static enum ward_err s_sync_dir(void *ctx)
{
	struct sim_disk *d = ctx;

	if (off(d))
		return WARD_ERR_IO;
	if (!d->lie_dir)
		commit_names(d, d->n_op);
	return WARD_OK;
}

static enum ward_err s_list(void *ctx, void (*each)(void *arg, const char *name), void *arg)
{
	struct sim_disk *d = ctx;

	if (off(d))
		return WARD_ERR_IO;
	for (size_t i = 0; i < d->now.n; i++)
		each(arg, d->now.at[i].name);
	return WARD_OK;
}

void sim_init(struct sim_disk *d, uint64_t seed)
{
	memset(d, 0, sizeof(*d));
	d->rng = seed;
	d->io = (struct ward_io){s_open, s_close, s_pwrite, s_pread, s_fdatasync, s_ftruncate,
		s_size, s_rename, s_unlink, s_sync_dir, s_list, d};
}

void sim_fini(struct sim_disk *d)
{
	for (size_t i = 0; i < SIM_FILES; i++)
		file_free(&d->file[i]);
}

void sim_crash(struct sim_disk *d)
{
	/* Unsynced changes of names: a file system's log keeps their order. */
	commit_names(d, d->n_op ? sim_random(d) % (d->n_op + 1) : 0);
	d->n_op = 0;
	d->now = d->durable;
	memset(d->fd, 0, sizeof(d->fd));
	d->n_open = 0;
	for (size_t k = 0; k < SIM_FILES; k++) {
		struct sim_file *f = &d->file[k];
		/* Often all or nothing of a file, else each sector by itself. */
		uint64_t mood = sim_random(d) % 4;

		for (size_t i = 0; i < sectors(f->len); i++) {
			if (!f->dirty[i])
				continue;
			uint64_t r = mood == 0 ? 0 : mood == 1 ? 1 : sim_random(d) % 3;

			if (r)
				write_back(d, f, i, r == 2);
			f->dirty[i] = false;
		}
		if (f->len_dirty && sim_random(d) % 2)
			f->disk_len = f->len;
		if (f->cap)
			memcpy(f->cache, f->disk, f->cap);
		f->len = f->disk_len;
		if (f->len < f->cap)
			memset(f->cache + f->len, 0, f->cap - f->len);
		f->len_dirty = false;
	}
	d->crash_at = d->fail_at = 0;
	d->full = false;
	d->flaky = 0;
	collect(d);
}

struct sim_file *sim_find(struct sim_disk *d, const char *name)
{
	struct sim_name *n = name_of(&d->now, name);

	return n ? &d->file[n->file] : NULL;
}

void sim_put(struct sim_disk *d, const char *name, const void *p, size_t len)
{
	int fd;

	WARD_ASSERT(s_open(d, name, WARD_IO_CREATE, &fd) == WARD_OK);
	WARD_ASSERT(s_pwrite(d, fd, p, len, 0) == WARD_OK);
	WARD_ASSERT(s_fdatasync(d, fd) == WARD_OK);
	s_close(d, fd);
	WARD_ASSERT(s_sync_dir(d) == WARD_OK);
}
