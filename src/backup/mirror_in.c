#include "backup/mirror_put.h"
#include "backup/place.h"
#include "backup/restore.h"
#include "base/fd.h"
#include "store/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PATH = PATH_MAX + 64 };

/* Room that the machine keeps: the journal goes before a copy. */
static const uint64_t spare_bytes = 64ull << 20;

struct ward_mirror_in {
	const struct ward_mem *mem;
	struct ward_archive_in *in;
	struct ward_place place;
	char copy[PATH];
	int fd; /* the file that is written; -1 */
	bool listing;
	struct ward_mirror came; /* by path: sums of what the archive had */
	struct ward_mirror_item item;
	crypto_hash_sha256_state sum;
	struct ward_wr list;
};

static unsigned owner_of(const char *path, uint32_t uid)
{
	bool ours = uid >= WARD_BACKUP_UID_FIRST && uid <= WARD_BACKUP_UID_LAST;

	return geteuid() == 0 && ours && strncmp(path, "state/", 6) == 0 ? uid : 0;
}

static enum ward_err has_room(const struct ward_mirror_in *in, uint64_t bytes)
{
	struct statvfs v;

	if (fstatvfs(in->place.fd, &v) != 0)
		return WARD_ERR_IO;
	uint64_t room = (uint64_t)v.f_bavail * v.f_frsize;

	return room > spare_bytes && bytes < room - spare_bytes ? WARD_OK : WARD_ERR_FULL;
}

bool ward_mirror_stays(const char *name)
{
	static const char *const own[] = {
		"journal", "lock", "door", "desk", "login-desk", "ward.log", "lost+found"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(own); i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return strncmp(name, "standby", 7) == 0;
}

/* A file of the hospital's directory, or of the state what a copy may stand for. */
static bool may_be(const char *path)
{
	char name[WARD_TAR_PATH];

	if (strncmp(path, "hospital/", 9) == 0 || strcmp(path, "state/journal/retention") == 0)
		return true;
	if (strncmp(path, "state/", 6) != 0)
		return false;
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(path + 6, "/"), path + 6);
	return !ward_mirror_stays(name);
}

static enum ward_err on_begin(void *ctx, const struct ward_tar_file *f)
{
	struct ward_mirror_in *in = ctx;
	bool state = strncmp(f->path, "state/", 6) == 0;
	enum ward_err err;

	if (strcmp(f->path, WARD_MIRROR_LIST) == 0) {
		in->listing = true;
		return WARD_OK;
	}
	if (in->listing || !may_be(f->path))
		return WARD_ERR_MALFORMED;
	in->item = (struct ward_mirror_item){.size = f->size};
	(void)snprintf(in->item.path, sizeof(in->item.path), "%s", f->path);
	(void)crypto_hash_sha256_init(&in->sum);
	err = has_room(in, f->size);
	return err ? err
		   : ward_place_file(&in->place, f->path, state ? 0600 : (f->mode & 0755) | 0600,
			     owner_of(f->path, f->uid), &in->fd);
}

static enum ward_err on_bytes(void *ctx, struct ward_slice s)
{
	struct ward_mirror_in *in = ctx;

	if (in->listing) {
		ward_wr_bytes(&in->list, s.p, s.len);
		return ward_wr_bad(&in->list) ? WARD_ERR_NOMEM : WARD_OK;
	}
	(void)crypto_hash_sha256_update(&in->sum, s.p, s.len);
	if (ward_fd_write(in->fd, s))
		return WARD_OK;
	return errno == ENOSPC || errno == EDQUOT ? WARD_ERR_FULL : WARD_ERR_IO;
}

static enum ward_err on_end(void *ctx)
{
	struct ward_mirror_in *in = ctx;
	bool ok = in->fd < 0 || close(in->fd) == 0;

	in->fd = -1;
	if (!ok || in->listing)
		return ok ? WARD_OK : WARD_ERR_IO;
	(void)crypto_hash_sha256_final(&in->sum, in->item.sum);
	return ward_mirror_add(&in->came, &in->item);
}

static enum ward_err sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok ? WARD_OK : WARD_ERR_IO;
}

/* What is whole and has its name takes the place of the one before. */
enum ward_err ward_mirror_settle(const char *state)
{
	char next[PATH], copy[PATH];

	(void)snprintf(next, sizeof(next), "%s/" WARD_MIRROR_NEXT, state);
	(void)snprintf(copy, sizeof(copy), "%s/" WARD_MIRROR_COPY, state);
	if (access(next, F_OK) != 0)
		return WARD_OK;
	ward_place_remove(copy);
	return rename(next, copy) == 0 ? sync_folder(state) : WARD_ERR_IO;
}

static bool path_fits(const char *state)
{
	return strlen(state) < PATH_MAX - 64;
}

enum ward_err ward_mirror_in_new(
	const char *state, const struct ward_mem *mem, struct ward_mirror_in **ret)
{
	struct ward_mirror_in *in;
	char target[PATH], aside[PATH + 16];
	enum ward_err err;

	if (!path_fits(state))
		return WARD_ERR_LIMIT;
	in = ward_mem_alloc(mem, sizeof(*in));
	if (!in)
		return WARD_ERR_NOMEM;
	const struct ward_archive_take take = {on_begin, on_bytes, on_end, in};

	in->mem = mem;
	ward_mirror_init(&in->came, mem);
	in->fd = in->place.fd = -1;
	in->list = ward_wr_grow(mem, (size_t)WARD_ARCHIVE_LINES * 2);
	(void)snprintf(in->copy, sizeof(in->copy), "%s/" WARD_MIRROR_COPY, state);
	(void)snprintf(target, sizeof(target), "%s/" WARD_MIRROR_NEXT, state);
	(void)snprintf(aside, sizeof(aside), "%s.restoring", target);
	ward_place_remove(aside);
	err = ward_mirror_settle(state);
	if (!err)
		err = ward_archive_in_new(&take, mem, &in->in);
	if (!err)
		err = ward_place_make(&in->place, target);
	if (err) {
		ward_mirror_in_free(in);
		return err;
	}
	*ret = in;
	return WARD_OK;
}

void ward_mirror_in_free(struct ward_mirror_in *in)
{
	if (!in)
		return;
	if (in->fd >= 0)
		(void)close(in->fd);
	ward_place_undo(&in->place);
	ward_archive_in_free(in->in);
	ward_mirror_fini(&in->came);
	ward_wr_fini(&in->list);
	ward_mem_free(in->mem, in, sizeof(*in));
}

enum ward_err ward_mirror_in_feed(struct ward_mirror_in *in, struct ward_slice s)
{
	return ward_archive_feed(in->in, s);
}

static bool alike(const struct ward_mirror_item *a, const struct ward_mirror_item *b)
{
	return a && b && a->size == b->size && memcmp(a->sum, b->sum, sizeof(a->sum)) == 0;
}

/* All that came is as the list says. */
static enum ward_err agrees(struct ward_mirror_in *in, const struct ward_mirror *m)
{
	struct ward_wr w = ward_wr_grow(in->mem, (size_t)WARD_ARCHIVE_LINES * 2);
	enum ward_err err = ward_mirror_end(&in->came, &w); /* sorted, to be found */

	for (size_t i = 0; !err && i < in->came.n; i++)
		if (!alike(&in->came.item[i], ward_mirror_find(m, in->came.item[i].path)))
			err = WARD_ERR_CORRUPT;
	for (size_t i = 0; !err && i < m->n; i++)
		if (!may_be(m->item[i].path) && !ward_mirror_left_out(&m->item[i]))
			err = WARD_ERR_MALFORMED;
	ward_wr_fini(&w);
	return err;
}

/* What the archive did not have comes from the copy that is there, if that has the same. */
static enum ward_err complete(struct ward_mirror_in *in, const struct ward_mirror *m)
{
	int from = open(in->copy, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct ward_mirror had;
	enum ward_err err = agrees(in, m);

	ward_mirror_init(&had, in->mem);
	if (!err && from >= 0 && ward_mirror_load(in->copy, in->mem, &had) != WARD_OK)
		ward_mirror_fini(&had);
	for (size_t i = 0; !err && i < m->n; i++) {
		const struct ward_mirror_item *it = &m->item[i];

		if (ward_mirror_is_folder(it) || ward_mirror_left_out(it) ||
			ward_mirror_find(&in->came, it->path))
			continue;
		err = from < 0 || !alike(it, ward_mirror_find(&had, it->path))
			      ? WARD_ERR_NOT_FOUND
			      : ward_place_link(
					&in->place, it->path, owner_of(it->path, it->uid), from);
	}
	if (from >= 0)
		(void)close(from);
	ward_mirror_fini(&had);
	return err;
}

/* A copy with which this machine could not go on is none. What is no database is the store's. */
static enum ward_err can_be_read(const struct ward_mirror_in *in)
{
	char path[2 * PATH];
	uint64_t form = 0;

	(void)snprintf(path, sizeof(path), "%s/state/store/ward.db", in->place.aside);
	enum ward_err err = ward_store_form_of(path, &form);

	if (err == WARD_ERR_NOT_FOUND || err == WARD_ERR_FOREIGN)
		return WARD_OK;
	return !err && form > ward_store_form() ? WARD_ERR_VERSION : err;
}

static enum ward_err put_list(struct ward_mirror_in *in)
{
	int fd;
	enum ward_err err = ward_place_file(&in->place, WARD_MIRROR_LIST, 0600, 0, &fd);

	if (err)
		return err;
	if (!ward_fd_write(fd, ward_wr_slice(&in->list)))
		err = errno == ENOSPC ? WARD_ERR_FULL : WARD_ERR_IO;
	(void)close(fd);
	return err;
}

enum ward_err ward_mirror_in_done(struct ward_mirror_in *in, uint8_t ret_id[WARD_MIRROR_SUM])
{
	struct ward_archive_sums sums;
	struct ward_mirror m;
	char state[PATH];
	enum ward_err err = ward_archive_done(in->in, &sums);

	ward_mirror_init(&m, in->mem);
	if (!err)
		err = in->listing ? ward_mirror_read(ward_wr_text(&in->list), &m)
				  : WARD_ERR_MALFORMED;
	if (!err)
		err = complete(in, &m);
	if (!err)
		err = can_be_read(in);
	if (!err)
		err = put_list(in);
	if (!err)
		err = ward_place_sync(&in->place);
	if (!err)
		err = ward_place_done(&in->place, S_IRWXU);
	(void)snprintf(state, sizeof(state), "%.*s",
		(int)(strlen(in->copy) - strlen("/" WARD_MIRROR_COPY)), in->copy);
	if (!err)
		err = ward_mirror_settle(state);
	if (!err)
		memcpy(ret_id, m.id, sizeof(m.id));
	ward_mirror_fini(&m);
	return err;
}

enum ward_err ward_mirror_load(
	const char *folder, const struct ward_mem *mem, struct ward_mirror *ret)
{
	char path[PATH];
	struct ward_wr w = ward_wr_grow(mem, (size_t)WARD_ARCHIVE_LINES * 2);
	uint8_t piece[4096];
	ssize_t n = -1;
	int fd;
	enum ward_err err = WARD_ERR_NOT_FOUND;

	ward_mirror_init(ret, mem);
	(void)snprintf(path, sizeof(path), "%s/" WARD_MIRROR_LIST, folder);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		ward_wr_bytes(&w, piece, (size_t)n);
	if (n == 0)
		err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : ward_mirror_read(ward_wr_text(&w), ret);
	if (fd >= 0)
		(void)close(fd);
	ward_wr_fini(&w);
	return err;
}

void ward_mirror_id(const char *state, const struct ward_mem *mem, uint8_t ret_id[WARD_MIRROR_SUM])
{
	char path[PATH];
	struct ward_mirror m;

	memset(ret_id, 0, WARD_MIRROR_SUM);
	ward_mirror_init(&m, mem);
	(void)snprintf(path, sizeof(path), "%.*s/" WARD_MIRROR_COPY, PATH_MAX, state);
	if (path_fits(state) && ward_mirror_settle(state) == WARD_OK &&
		ward_mirror_load(path, mem, &m) == WARD_OK)
		memcpy(ret_id, m.id, sizeof(m.id));
	ward_mirror_fini(&m);
}
