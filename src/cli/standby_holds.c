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

/* False: there is none. */
static bool read_file(const char *path, struct ward_wr *w)
{
	uint8_t piece[4096];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return false;
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		ward_wr_bytes(w, piece, (size_t)n);
	(void)close(fd);
	return n == 0 && !ward_wr_bad(w);
}

/* Whose the folder is, its files are. */
static bool give_back(const char *folder)
{
	char path[PATH_MAX + 64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/" WARD_RETENTION_FILE, folder);
	return stat(folder, &st) == 0 && (geteuid() != 0 || chown(path, st.st_uid, st.st_gid) == 0);
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
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), FILE_MAX);
	char from[PATH_MAX + 64], folder[PATH_MAX + 16];
	int rc = WARD_EXIT_DONE;

	(void)snprintf(from, sizeof(from),
		"%s/" WARD_MIRROR_COPY "/state/journal/" WARD_RETENTION_FILE, state);
	(void)snprintf(folder, sizeof(folder), "%s/journal", state);
	if (read_file(from, &w)) {
		enum ward_err err = take(folder, ward_wr_text(&w));

		if (err || !give_back(folder))
			rc = ward_cli_fail(cmd, "%s: what is held can't be kept: %s", folder,
				err ? ward_err_text(err) : strerror(errno));
	}
	ward_wr_fini(&w);
	return rc;
}
