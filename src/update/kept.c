/* Versions that are unpacked: read, proven anew, and which of them is the highest. */
#include "update/unpack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16 };

enum ward_err ward_update_kept(const struct ward_update_in *in, const char *to, const char *version,
	struct ward_update *ret)
{
	char path[PATH_MAX];
	struct ward_slice text;

	if (snprintf(path, sizeof(path), "%s/%s/" WARD_UPDATE_MANIFEST, to, version) >=
		(int)sizeof(path))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_conf_read(in->arena, in->lim, path, in->diag, &text);

	if (err)
		return in->diag->n_error ? WARD_ERR_CONFIG : err;
	return ward_update_parse(in, text, ret);
}

/* A file of a version, as it is there. */
static enum ward_err read_it(const struct ward_update_in *in, const char *folder, const char *name,
	struct ward_slice *ret)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_conf_read(in->arena, in->lim, path, in->diag, ret);

	return err && in->diag->n_error ? WARD_ERR_CONFIG : err;
}

#define ANEW WARD_TEXT("remove this version, and unpack its bundle once more")

static enum ward_err prove_one(
	const struct ward_update_in *in, int dir, const struct ward_update_member *m)
{
	static uint8_t piece[PIECE];
	crypto_hash_sha256_state sum;
	char path[WARD_TAR_PATH];
	uint8_t is[32];
	uint64_t size = 0;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(m->path));
	fd = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return ward_update_bad(
			in, WARD_TEXT("'%.*s' is missing\n%s"), WARD_STR_ARG(m->path), ANEW);
	(void)crypto_hash_sha256_init(&sum);
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		(void)crypto_hash_sha256_update(&sum, piece, (size_t)n);
		size += (uint64_t)n;
	}
	(void)close(fd);
	if (n < 0)
		return WARD_ERR_IO;
	(void)crypto_hash_sha256_final(&sum, is);
	return size == m->size && memcmp(is, m->sha256, sizeof(is)) == 0
		       ? WARD_OK
		       : ward_update_bad(in, WARD_TEXT("'%.*s' is not what the manifest says\n%s"),
				 WARD_STR_ARG(m->path), ANEW);
}

static bool is_of_it(const struct ward_update *u, const char *path)
{
	return strcmp(path, WARD_UPDATE_MANIFEST) == 0 ||
	       strcmp(path, WARD_UPDATE_SIGNATURE) == 0 ||
	       ward_update_find(u, ward_str_z(path)) != NULL;
}

/* Whatever is there must be in the manifest; folders no deeper than a bundle has them. */
static enum ward_err no_other(const struct ward_update_in *in, const struct ward_update *u, int dir,
	const char *at, unsigned depth)
{
	char path[WARD_TAR_PATH + NAME_MAX];
	struct dirent **list = NULL;
	enum ward_err err = WARD_OK;
	int n = depth ? scandirat(dir, at[0] ? at : ".", &list, NULL, alphasort) : -1;

	if (n < 0)
		return depth ? WARD_ERR_IO
			     : ward_update_bad(
				       in, WARD_TEXT("'%s' is not in the manifest\n%s"), at, ANEW);
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		struct stat st;

		if (!err && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			int len =
				snprintf(path, sizeof(path), "%s%s%s", at, at[0] ? "/" : "", name);

			if (len < 0 || (size_t)len >= sizeof(path))
				err = WARD_ERR_LIMIT;
			else if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
				err = WARD_ERR_IO;
			else if (S_ISDIR(st.st_mode))
				err = no_other(in, u, dir, path, depth - 1);
			else if (!S_ISREG(st.st_mode) || !is_of_it(u, path))
				err = ward_update_bad(in,
					WARD_TEXT("'%s' is not in the manifest\n%s"), path, ANEW);
		}
		free(list[i]);
	}
	free(list);
	return err;
}

enum ward_err ward_update_prove(const struct ward_update_in *in,
	const struct ward_update_keys *keys, const char *folder, struct ward_update *ret,
	uint8_t ret_digest[32])
{
	struct ward_slice manifest = {0}, sig = {0};
	enum ward_err err = read_it(in, folder, WARD_UPDATE_MANIFEST, &manifest);
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (!err && keys)
		err = read_it(in, folder, WARD_UPDATE_SIGNATURE, &sig);
	if (!err && keys)
		err = ward_update_signed(in, keys, manifest, sig);
	if (!err)
		err = ward_update_parse(in, manifest, ret);
	if (!err && dir < 0)
		err = WARD_ERR_IO;
	for (size_t i = 0; !err && i < ret->n_member; i++)
		err = prove_one(in, dir, &ret->member[i]);
	if (!err)
		err = no_other(in, ret, dir, "", WARD_TAR_DEPTH);
	if (dir >= 0)
		(void)close(dir);
	if (!err)
		(void)crypto_hash_sha256(ret_digest, manifest.p, manifest.len);
	return err;
}

enum ward_err ward_update_highest(const char *to, char ret[WARD_UPDATE_VERSION])
{
	DIR *d = opendir(to);
	const struct dirent *e;

	ret[0] = 0;
	if (!d)
		return WARD_ERR_IO;
	while ((e = readdir(d)) != NULL)
		if (ward_update_version_ok(ward_str_z(e->d_name)) &&
			(!ret[0] || ward_update_version_cmp(
					    ward_str_z(e->d_name), ward_str_z(ret)) > 0))
			(void)snprintf(ret, WARD_UPDATE_VERSION, "%s", e->d_name);
	(void)closedir(d);
	return WARD_OK;
}
