#include "backup/mirror.h"
#include "cli/standby_carry.h"
#include "run/retention.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20 };

/* NOT_FOUND: there is none. IO, LIMIT, NOMEM. */
static enum ward_err read_file(const char *path, struct ward_wr *w)
{
	uint8_t piece[4096];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? WARD_ERR_NOT_FOUND : WARD_ERR_IO;
	while ((n = read(fd, piece, sizeof(piece))) > 0 && w->len <= FILE_MAX)
		ward_wr_bytes(w, piece, (size_t)n);
	(void)close(fd);
	if (n < 0)
		return WARD_ERR_IO;
	return w->len > FILE_MAX ? WARD_ERR_LIMIT : ward_wr_bad(w) ? WARD_ERR_NOMEM : WARD_OK;
}

/* Whose the folder is, its file is; never what a link of that name leads to. */
static bool give_back(const char *folder)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
	    fd = dir < 0 ? -1 : openat(dir, WARD_RETENTION_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool ok = fd >= 0 && fstat(dir, &st) == 0 &&
		  (geteuid() != 0 || fchown(fd, st.st_uid, st.st_gid) == 0);
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	if (dir >= 0)
		(void)close(dir);
	errno = e;
	return ok;
}

static enum ward_err take(const char *folder, struct ward_str file)
{
	struct ward_retention r;
	struct ward_io_dir dir;
	enum ward_err err = ward_io_dir_open(&dir, folder, true, false);

	if (err)
		return err;
	ward_retention_init(&r, ward_mem_heap(), ward_clock_system());
	r.io = &dir.io;
	err = ward_retention_recall(&r);
	if (!err) {
		uint64_t version;

		r.holds.n = 0;
		version = ward_retention_read(file, &r.holds);
		r.version = version > r.version ? version : r.version;
		err = ward_retention_remember(&r);
	}
	ward_retention_fini(&r);
	ward_io_dir_close(&dir);
	return err;
}

int ward_cli_standby_holds(const struct ward_cmd *cmd, const char *state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), (size_t)FILE_MAX + 8192);
	char from[PATH_MAX + 64], folder[PATH_MAX + 16];
	int rc = WARD_EXIT_DONE;

	(void)snprintf(from, sizeof(from),
		"%s/" WARD_MIRROR_COPY "/state/journal/" WARD_RETENTION_FILE, state);
	(void)snprintf(folder, sizeof(folder), "%s/journal", state);
	enum ward_err err = read_file(from, &w);

	if (!err && !ward_retention_whole(ward_wr_text(&w)))
		err = WARD_ERR_CORRUPT;
	if (err && err != WARD_ERR_NOT_FOUND)
		rc = ward_cli_fail(cmd,
			"%s: which legal holds there are can't be read: %s. Nothing is taken over, "
			"lest what is held go. Bring the file over from the other machine's "
			"journal folder, or remove standby-copy to lead with what is here",
			from, ward_err_text(err));
	if (!err) {
		err = take(folder, ward_wr_text(&w));
		if (err || !give_back(folder))
			rc = ward_cli_fail(cmd, "%s: what is held can't be kept: %s", folder,
				err ? ward_err_text(err) : strerror(errno));
	}
	ward_wr_fini(&w);
	return rc;
}
