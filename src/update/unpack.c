#include "update/unpack.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Room that the machine keeps. */
static const uint64_t spare_bytes = 64ull << 20;

static enum ward_err from_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT ? WARD_ERR_FULL : WARD_ERR_IO;
}

static enum ward_err on_proof(void *ctx, struct ward_slice manifest, struct ward_slice sig)
{
	struct ward_update_unpack *x = ctx;

	x->manifest = manifest;
	x->sig = sig;
	return WARD_OK;
}

/* Before the first byte: the disk is the journal's, too. */
static enum ward_err has_room(const struct ward_update_unpack *x, const struct ward_update *u)
{
	uint64_t need = spare_bytes, room;
	struct statvfs v;

	for (size_t i = 0; i < u->n_member; i++)
		need += u->member[i].size + WARD_TAR_BLOCK;
	if (statvfs(x->to, &v) != 0)
		return WARD_ERR_IO;
	room = (uint64_t)v.f_bavail * v.f_frsize;
	return need <= room ? WARD_OK
			    : ward_update_bad(x->in,
				      WARD_TEXT("unpacked it needs %llu bytes, and the disk has "
						"%llu\nremove versions that neither link leads "
						"to, or give it another disk"),
				      (unsigned long long)need, (unsigned long long)room);
}

static enum ward_err on_start(void *ctx, const struct ward_update *u)
{
	struct ward_update_unpack *x = ctx;
	char target[PATH_MAX];
	enum ward_err err = has_room(x, u);

	if (err)
		return err;

	if (snprintf(target, sizeof(target), "%s/%.*s", x->to, WARD_STR_ARG(u->version)) >=
		(int)sizeof(target))
		return WARD_ERR_LIMIT;
	err = ward_place_make(&x->place, target);
	return err != WARD_ERR_DENIED ? err
				      : ward_update_bad(x->in,
						WARD_TEXT("version %.*s is unpacked already, or "
							  "being unpacked\nactivate "
							  "it; what was left of an attempt "
							  "(.restoring) may be removed"),
						WARD_STR_ARG(u->version));
}

/* Every process of Ward reads content: the folders on the way, for all to look into. */
static enum ward_err folders(const struct ward_update_unpack *x, char *path)
{
	for (char *s = path; (s = strchr(s, '/')) != NULL; s++) {
		*s = 0;
		bool ok = mkdirat(x->place.fd, path, 0755) == 0
				  ? fchmodat(x->place.fd, path, 0755, 0) == 0
				  : errno == EEXIST;

		*s = '/';
		if (!ok)
			return from_errno();
	}
	return WARD_OK;
}

static enum ward_err on_begin(void *ctx, const struct ward_update_member *m)
{
	struct ward_update_unpack *x = ctx;
	char path[WARD_TAR_PATH];

	(void)snprintf(path, sizeof(path), "%.*s", WARD_STR_ARG(m->path));
	enum ward_err err = folders(x, path);

	return err ? err : ward_place_file(&x->place, path, 0644, 0, &x->fd);
}

static enum ward_err on_bytes(void *ctx, struct ward_slice s)
{
	const struct ward_update_unpack *x = ctx;

	return ward_fd_write(x->fd, s) ? WARD_OK : from_errno();
}

static enum ward_err on_end(void *ctx)
{
	struct ward_update_unpack *x = ctx;
	int fd = x->fd;

	x->fd = -1;
	return close(fd) == 0 ? WARD_OK : from_errno();
}

struct ward_update_take ward_update_unpack(
	struct ward_update_unpack *x, const struct ward_update_in *in, const char *to)
{
	*x = (struct ward_update_unpack){.in = in, .to = to, .place = {.fd = -1}, .fd = -1};
	return (struct ward_update_take){on_proof, on_start, on_begin, on_bytes, on_end, x};
}

static enum ward_err put(struct ward_update_unpack *x, const char *name, struct ward_slice bytes)
{
	int fd = -1;
	enum ward_err err = ward_place_file(&x->place, name, 0644, 0, &fd);

	if (!err && !ward_fd_write(fd, bytes))
		err = from_errno();
	if (fd >= 0 && close(fd) != 0 && !err)
		err = from_errno();
	return err;
}

enum ward_err ward_update_unpacked(struct ward_update_unpack *x)
{
	enum ward_err err = put(x, WARD_UPDATE_MANIFEST, x->manifest);

	if (!err)
		err = put(x, WARD_UPDATE_SIGNATURE, x->sig);
	if (!err)
		err = ward_place_sync(&x->place);
	return err ? err : ward_place_done(&x->place, 0755);
}

void ward_update_unpack_undo(struct ward_update_unpack *x)
{
	if (x->fd >= 0)
		(void)close(x->fd);
	x->fd = -1;
	ward_place_undo(&x->place);
}

enum ward_err ward_update_link(const struct ward_update_in *in, const char *to, const char *name,
	char ret[WARD_UPDATE_VERSION])
{
	char link[PATH_MAX];

	if (snprintf(link, sizeof(link), "%s/%s", to, name) >= (int)sizeof(link))
		return WARD_ERR_LIMIT;
	ssize_t n = readlink(link, ret, WARD_UPDATE_VERSION);

	if (n < 0 && errno == ENOENT) {
		ret[0] = 0;
		return WARD_OK;
	}
	if (n <= 0 || n >= WARD_UPDATE_VERSION ||
		!ward_update_version_ok(ward_slice_text(ward_slice_of(ret, (size_t)n))))
		return ward_update_bad(in,
			WARD_TEXT("'%s' leads to no version\nmake it a link to a folder beside it"),
			link);
	ret[n] = 0;
	return WARD_OK;
}

static bool set_link(int dir, const char *name, const char *version)
{
	char aside[64];

	(void)snprintf(aside, sizeof(aside), ".%s.new", name);
	(void)unlinkat(dir, aside, 0);
	return symlinkat(version, dir, aside) == 0 && renameat(dir, aside, dir, name) == 0;
}

enum ward_err ward_update_activate(
	const struct ward_update_in *in, const char *to, const char *version)
{
	char was[WARD_UPDATE_VERSION];
	enum ward_err err = ward_update_link(in, to, WARD_UPDATE_CURRENT, was);
	int dir = err ? -1 : open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (err)
		return err;
	/* Killed between, it is the old one that runs. */
	bool ok =
		dir >= 0 &&
		(!was[0] || strcmp(was, version) == 0 || set_link(dir, WARD_UPDATE_FORMER, was)) &&
		set_link(dir, WARD_UPDATE_CURRENT, version) && fsync(dir) == 0;
	int e = errno;

	if (dir >= 0)
		(void)close(dir);
	errno = e;
	return ok ? WARD_OK : WARD_ERR_IO;
}
