#include "revision/priv.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_BYTES = WARD_REVISION_VERSIONS * 1024 };

static void object_path(const uint8_t hash[WARD_REVISION_HASH], char ret[96])
{
	struct ward_wr w = ward_wr_fixed(ret, 95);

	ward_wr_z(&w, "objects/");
	ward_wr_hex(&w, ward_slice_of(hash, 1));
	ward_wr_ch(&w, '/');
	ward_wr_hex(&w, ward_slice_of(hash + 1, WARD_REVISION_HASH - 1));
	ret[w.len] = 0;
}

/* ---- the list ---- */

enum ward_err revision_load(struct ward_revision *r)
{
	struct ward_slice text = {0};
	size_t line = 0;

	ward_arena_reset(&r->arena);
	r->version = NULL;
	r->n = 0;
	r->list_bytes = 0;
	memset(r->last, 0, sizeof(r->last));
	enum ward_err err =
		revision_read_at(r->folder_fd, "versions", LIST_BYTES, &r->arena, &text);

	if (err == WARD_ERR_NOT_FOUND)
		return WARD_OK;
	if (err)
		return revision_because(r, err, "the list of versions");
	err = ward_revision_get_list(ward_slice_text(text), &r->arena, &r->version, &r->n, &line);
	if (err == WARD_ERR_CORRUPT)
		(void)snprintf(r->why, sizeof(r->why),
			"%s/versions:%zu: this line is not as it was written, or does not follow "
			"the one before; bring the folder back from a backup (ward restore), or "
			"move it away to begin anew",
			r->folder, line);
	else if (err)
		return revision_because(r, err, "the list of versions");
	for (size_t i = 0, n = 0; i < text.len && n < r->n; i++) {
		if (text.p[i] != '\n')
			continue;
		ward_revision_hash(
			ward_slice_of(text.p + r->list_bytes, i - r->list_bytes), r->last);
		r->list_bytes = i + 1;
		n++;
	}
	return err;
}

/* What a life before wrote in part is cut off first. */
enum ward_err revision_append(struct ward_revision *r, struct ward_slice line)
{
	int fd =
		openat(r->folder_fd, "versions", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && ftruncate(fd, (off_t)r->list_bytes) == 0 &&
		  lseek(fd, 0, SEEK_END) >= 0 && ward_fd_write(fd, line) && fsync(fd) == 0;
	int e = errno;

	if (!ok && fd >= 0 && ftruncate(fd, (off_t)r->list_bytes) != 0)
		e = EIO; /* cut off before the next one */
	if (fd >= 0)
		(void)close(fd);
	errno = e;
	if (!ok)
		return revision_because(
			r, errno == ENOSPC ? WARD_ERR_FULL : WARD_ERR_IO, "the list of versions");
	enum ward_err err = revision_sync_all(r->folder_fd);

	return err ? revision_because(r, err, r->folder) : revision_load(r);
}

const struct ward_revision_version *ward_revision_list(const struct ward_revision *r, size_t *ret_n)
{
	*ret_n = r->n;
	return r->version;
}

uint64_t ward_revision_current(const struct ward_revision *r)
{
	return r->n;
}

uint64_t ward_revision_finished(const struct ward_revision *r)
{
	return r->finished;
}

uint64_t ward_revision_undone(const struct ward_revision *r)
{
	return r->undone;
}

enum ward_err ward_revision_refresh(struct ward_revision *r)
{
	struct stat st;

	if (fstatat(r->folder_fd, "versions", &st, AT_SYMLINK_NOFOLLOW) != 0)
		return WARD_OK;
	return (uint64_t)st.st_size == r->list_bytes ? WARD_OK : revision_load(r);
}

const char *ward_revision_why(const struct ward_revision *r)
{
	return r->why;
}

/* ---- objects ---- */

/* As a whole: one that was being written when the machine lost its power may hold anything. */
static bool is_kept(struct ward_revision *r, const char *path, struct ward_slice text)
{
	struct ward_slice there = {0};
	struct ward_arena a;

	ward_arena_init(&a, r->mem, text.len + 4096);
	bool is = revision_read_at(r->folder_fd, path, text.len, &a, &there) == WARD_OK &&
		  there.len == text.len && (!text.len || memcmp(there.p, text.p, text.len) == 0);

	ward_arena_fini(&a);
	return is;
}

enum ward_err ward_revision_keep(
	struct ward_revision *r, struct ward_slice text, uint8_t ret[WARD_REVISION_HASH])
{
	char path[96];

	if (text.len > WARD_REVISION_FILE)
		return WARD_ERR_LIMIT;
	ward_revision_hash(text, ret);
	object_path(ret, path);
	if (is_kept(r, path, text))
		return WARD_OK;
	enum ward_err err = revision_write_at(r->folder_fd, path, text, 0600, false);

	return err ? revision_because(r, err, path) : WARD_OK;
}

enum ward_err ward_revision_text(struct ward_revision *r, const uint8_t hash[WARD_REVISION_HASH],
	struct ward_arena *a, struct ward_slice *ret)
{
	uint8_t is[WARD_REVISION_HASH];
	char path[96];
	struct ward_slice s = {0};

	object_path(hash, path);
	enum ward_err err = revision_read_at(r->folder_fd, path, WARD_REVISION_FILE, a, &s);

	if (!err) {
		ward_revision_hash(s, is);
		err = memcmp(is, hash, sizeof(is)) == 0 ? WARD_OK : WARD_ERR_CORRUPT;
	}
	if (err)
		return revision_because(r, err, path);
	*ret = s;
	return WARD_OK;
}

enum ward_err ward_revision_text_of(struct ward_revision *r, const struct ward_revision_file *f,
	struct ward_arena *a, struct ward_slice *ret)
{
	if (!f->text)
		return ward_revision_text(r, f->hash, a, ret);
	*ret = ward_slice_of(f->text, f->size);
	return WARD_OK;
}

enum ward_err ward_revision_tree(struct ward_revision *r, uint64_t number, struct ward_arena *a,
	struct ward_revision_tree *ret)
{
	struct ward_slice text = {0};

	if (number == 0 || number > r->n) {
		(void)snprintf(r->why, sizeof(r->why), "there is no version %llu",
			(unsigned long long)number);
		return WARD_ERR_NOT_FOUND;
	}
	enum ward_err err = ward_revision_text(r, r->version[number - 1].manifest, a, &text);
	struct ward_rd rd = ward_rd_slice(text);

	if (!err && ward_revision_get_tree(&rd, a, ret) != WARD_OK)
		err = revision_because(r, WARD_ERR_CORRUPT, "a manifest");
	return err;
}

enum ward_err ward_revision_mark(struct ward_revision *r, const char *name, uint64_t number)
{
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&w, number);
	ward_wr_ch(&w, '\n');
	enum ward_err err = revision_write_at(r->folder_fd, name, ward_wr_slice(&w), 0600, false);

	return err ? revision_because(r, err, name) : WARD_OK;
}

uint64_t ward_revision_marked(const struct ward_revision *r, const char *name)
{
	struct ward_slice text = {0};
	struct ward_arena a;
	uint64_t n = 0;

	ward_arena_init(&a, r->mem, 1 << 12);
	if (revision_read_at(r->folder_fd, name, 24, &a, &text) != WARD_OK ||
		!ward_str_u64(ward_str_trim(ward_slice_text(text)), &n))
		n = 0;
	ward_arena_fini(&a);
	return n;
}

/* ---- its life ---- */

static enum ward_err open_folders(struct ward_revision *r)
{
	const int how = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

	if (r->write && mkdir(r->folder, 0700) != 0 && errno != EEXIST)
		return revision_because(r, WARD_ERR_IO, r->folder);
	r->folder_fd = open(r->folder, how | O_NOFOLLOW);
	if (r->folder_fd < 0)
		return revision_because(
			r, errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO, r->folder);
	r->directory_fd = open(r->directory, how);
	if (r->directory_fd < 0)
		return revision_because(r, WARD_ERR_IO, r->directory);
	if (!r->write)
		return WARD_OK;
	r->lock = openat(r->folder_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->lock < 0)
		return revision_because(r, WARD_ERR_IO, r->folder);
	return WARD_OK;
}

enum ward_err ward_revision_open(
	const struct ward_revision_in *in, struct ward_revision **ret, char *ret_why)
{
	struct ward_revision *r = ward_mem_alloc(in->mem, sizeof(*r));

	ret_why[0] = 0;
	if (!r)
		return WARD_ERR_NOMEM;
	*r = (struct ward_revision){.folder = in->folder,
		.directory = in->directory,
		.mem = in->mem,
		.write = in->write,
		.folder_fd = -1,
		.directory_fd = -1,
		.lock = -1};
	ward_arena_init(&r->arena, in->mem, 4 * (size_t)LIST_BYTES);
	enum ward_err err = open_folders(r);

	if (!err)
		err = revision_load(r);
	if (!err && r->write)
		err = revision_recover(r);
	if (err) {
		(void)snprintf(ret_why, WARD_REVISION_SAY, "%s", r->why);
		ward_revision_free(r);
		return err;
	}
	*ret = r;
	return WARD_OK;
}

void ward_revision_free(struct ward_revision *r)
{
	if (!r)
		return;
	if (r->folder_fd >= 0)
		(void)close(r->folder_fd);
	if (r->directory_fd >= 0)
		(void)close(r->directory_fd);
	if (r->lock >= 0)
		(void)close(r->lock);
	ward_arena_fini(&r->arena);
	ward_mem_free(r->mem, r, sizeof(*r));
}
