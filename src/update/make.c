#include "update/update.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

struct making {
	const struct ward_update_in *in;
	struct ward_update *u;
	int top, out;
	struct ward_wr whole;
	uint8_t piece[PIECE];
};

static enum ward_err from_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT ? WARD_ERR_FULL : WARD_ERR_IO;
}

static enum ward_err put_file(struct making *m, struct ward_str path, uint64_t size)
{
	struct ward_tar_file f = {.size = size, .mode = 0644};
	uint8_t block[WARD_TAR_BLOCK];

	if (path.len >= sizeof(f.path))
		return WARD_ERR_LIMIT;
	memcpy(f.path, path.p, path.len);
	if (ward_tar_write(&f, block) != WARD_OK)
		return ward_update_bad(m->in,
			WARD_TEXT("the path '%.*s' is too long\nshorten its last part"),
			WARD_STR_ARG(path));
	return ward_fd_write(m->out, ward_slice_of(block, sizeof(block))) ? WARD_OK : from_errno();
}

static enum ward_err put_zeros(const struct making *m, size_t n)
{
	static const uint8_t zero[2 * WARD_TAR_BLOCK];

	return ward_fd_write(m->out, ward_slice_of(zero, n)) ? WARD_OK : from_errno();
}

/* ---- what is in the folder ---- */

static enum ward_err add(struct making *m, const char *path, const struct stat *st)
{
	struct ward_update *u = m->u;
	struct ward_update_member *is = &u->member[u->n_member];

	*is = (struct ward_update_member){.path = ward_arena_str(m->in->arena, ward_str_z(path)),
		.kind = ward_update_kind_of(ward_str_z(path)),
		.size = (uint64_t)st->st_size};
	if (!is->path.p)
		return WARD_ERR_NOMEM;
	if (!ward_tar_path_ok(is->path) || is->kind == WARD_UPDATE_KIND_N)
		return ward_update_bad(m->in,
			WARD_TEXT("'%.*s' is no path of a member\nit begins with content/, "
				  "packages/, "
				  "vulnerabilities/, sbom/, vex/ or documents/, and stays beneath "
				  "it"),
			WARD_STR_ARG(is->path));
	u->n_member++;
	return WARD_OK;
}

static enum ward_err scan(struct making *m, int fd, const char *path, unsigned depth);

static enum ward_err entry(
	struct making *m, int dir, const char *above, const char *name, unsigned depth)
{
	char path[WARD_TAR_PATH];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s%s%s", above, *above ? "/" : "", name) >=
			(int)sizeof(path) ||
		!depth)
		return ward_update_bad(m->in,
			WARD_TEXT("the path of '%s' is too long or too deep\nput it further up"),
			name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return WARD_ERR_IO;
	if (S_ISDIR(st.st_mode)) {
		int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		return fd < 0 ? WARD_ERR_IO : scan(m, fd, path, depth - 1);
	}
	if (!S_ISREG(st.st_mode))
		return ward_update_bad(m->in,
			WARD_TEXT("'%s' is a link or no file\nput a plain file there, or take it "
				  "away"),
			path);
	if (m->u->n_member == WARD_UPDATE_MEMBERS)
		return ward_update_bad(m->in, WARD_TEXT("there are more than %s files\n%s"),
			"20000", WARD_TEXT("make two bundles of them"));
	return add(m, path, &st);
}

/* Closes fd. */
static enum ward_err scan(struct making *m, int fd, const char *path, unsigned depth)
{
	DIR *d = fdopendir(fd);
	enum ward_err err = WARD_OK;
	struct dirent *e;

	if (!d) {
		(void)close(fd);
		return WARD_ERR_IO;
	}
	while (!err && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			err = entry(m, dirfd(d), path, e->d_name, depth);
	(void)closedir(d);
	return err;
}

static int by_path(const void *a, const void *b)
{
	return ward_str_cmp(((const struct ward_update_member *)a)->path,
		((const struct ward_update_member *)b)->path);
}

/* ---- the bytes of a member ---- */

/* Its sum, and (`out`) its bytes into the bundle; what is to be checked of it into m->whole. */
static enum ward_err pass(
	struct making *m, const struct ward_update_member *is, bool out, uint8_t ret_sum[32])
{
	char path[WARD_TAR_PATH];
	size_t max = ward_update_is_read(is->kind) ? WARD_UPDATE_READ : 8;
	crypto_hash_sha256_state sum;
	enum ward_err err = WARD_OK;
	uint64_t size = 0;
	ssize_t n = 0;

	(void)snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(is->path));
	int fd = openat(m->top, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return WARD_ERR_IO;
	(void)crypto_hash_sha256_init(&sum);
	ward_wr_reset(&m->whole);
	while (!err && size <= is->size && (n = read(fd, m->piece, PIECE)) > 0) {
		struct ward_slice s = ward_slice_of(m->piece, (size_t)n);

		size += s.len;
		(void)crypto_hash_sha256_update(&sum, s.p, s.len);
		if (m->whole.len < max)
			ward_wr_bytes(&m->whole, s.p,
				s.len < max - m->whole.len ? s.len : max - m->whole.len);
		if (out && size <= is->size && !ward_fd_write(m->out, s))
			err = from_errno();
	}
	(void)close(fd);
	(void)crypto_hash_sha256_final(&sum, ret_sum);
	if (!err && n < 0)
		err = WARD_ERR_IO;
	if (!err && (size != is->size || (out && memcmp(ret_sum, is->sha256, 32) != 0)))
		return ward_update_bad(m->in,
			WARD_TEXT("'%.*s' changed meanwhile\nmake the bundle once more"),
			WARD_STR_ARG(is->path));
	return !err && ward_wr_bad(&m->whole) ? WARD_ERR_NOMEM : err;
}

static enum ward_err members(struct making *m, const char *folder)
{
	struct ward_update *u = m->u;
	enum ward_err err;

	m->top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = m->top < 0 ? -1 : fcntl(m->top, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return WARD_ERR_IO;
	u->member = ward_arena_array(m->in->arena, WARD_UPDATE_MEMBERS, sizeof(*u->member));
	if (!u->member) {
		(void)close(fd);
		return WARD_ERR_NOMEM;
	}
	err = scan(m, fd, "", WARD_TAR_DEPTH);
	if (!err && !u->n_member)
		err = ward_update_bad(m->in,
			WARD_TEXT("there is nothing in it\nput files into content/, packages/, "
				  "vulnerabilities/, sbom/, vex/ or documents/"));
	if (u->n_member)
		qsort(u->member, u->n_member, sizeof(*u->member), by_path);
	for (size_t i = 0; !err && i < u->n_member; i++) {
		err = pass(m, &u->member[i], false, u->member[i].sha256);
		if (!err)
			err = ward_update_check_kind(
				m->in, &u->member[i], ward_wr_slice(&m->whole));
	}
	return err;
}

static enum ward_err put_text(struct making *m, const char *path, const struct ward_wr *text)
{
	enum ward_err err =
		ward_wr_bad(text) ? WARD_ERR_NOMEM : put_file(m, ward_str_z(path), text->len);

	if (!err && !ward_fd_write(m->out, ward_wr_slice(text)))
		err = from_errno();
	return err ? err : put_zeros(m, ward_tar_padding(text->len));
}

static enum ward_err put(struct making *m, const uint8_t seed[WARD_UPDATE_KEY])
{
	struct ward_wr text = ward_wr_grow(ward_mem_heap(), WARD_UPDATE_MANIFEST_MAX);
	struct ward_wr sig = ward_wr_grow(ward_mem_heap(), WARD_UPDATE_SIG_MAX);
	uint8_t sum[32];

	ward_update_write(m->u, &text);
	ward_update_sign(seed, ward_wr_slice(&text), &sig);
	enum ward_err err = put_text(m, WARD_UPDATE_MANIFEST, &text);

	if (!err)
		err = put_text(m, WARD_UPDATE_SIGNATURE, &sig);
	ward_wr_fini(&text);
	ward_wr_fini(&sig);
	for (size_t i = 0; !err && i < m->u->n_member; i++) {
		const struct ward_update_member *is = &m->u->member[i];

		err = put_file(m, is->path, is->size);
		if (!err)
			err = pass(m, is, true, sum);
		if (!err)
			err = put_zeros(m, ward_tar_padding(is->size));
	}
	return err ? err : put_zeros(m, 2 * WARD_TAR_BLOCK);
}

enum ward_err ward_update_make(const struct ward_update_in *in, const char *folder,
	const uint8_t seed[WARD_UPDATE_KEY], int fd, struct ward_update *u)
{
	struct making *m = ward_mem_alloc(ward_mem_heap(), sizeof(*m));
	enum ward_err err;

	if (!m)
		return WARD_ERR_NOMEM;
	*m = (struct making){.in = in, .u = u, .top = -1, .out = fd};
	m->whole = ward_wr_grow(ward_mem_heap(), WARD_UPDATE_READ);
	err = members(m, folder);
	if (!err)
		err = put(m, seed);
	int e = errno;

	ward_wr_fini(&m->whole);
	if (m->top >= 0)
		(void)close(m->top);
	ward_mem_free(ward_mem_heap(), m, sizeof(*m));
	errno = e;
	return err;
}
