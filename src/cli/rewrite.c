#include "cli/rewrite.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int ward_cli_lock(const struct ward_cmd *cmd, const char *dir, int *ret)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) == 0) {
		*ret = fd;
		return WARD_EXIT_DONE;
	}
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	return ward_cli_fail(cmd, "cannot lock '%s': %s", dir, strerror(e));
}

int ward_cli_replace(const struct ward_cmd *cmd, const char *path, int lock, struct ward_slice text)
{
	char temporary[PATH_MAX + 8];
	struct stat old;
	mode_t mode = stat(path, &old) == 0 ? old.st_mode & 0777 : 0644;

	(void)snprintf(temporary, sizeof(temporary), "%s.new", path);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	bool ok = fd >= 0 && fchmod(fd, mode) == 0 && ward_fd_write(fd, text) && fsync(fd) == 0 &&
		  rename(temporary, path) == 0 && fsync(lock) == 0;
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	if (ok)
		return WARD_EXIT_DONE;
	if (fd >= 0)
		(void)unlink(temporary);
	return ward_cli_fail(cmd, "cannot write '%s': %s", path, strerror(e));
}

struct ward_str ward_cli_stamp(struct ward_arena *a, ward_ns t)
{
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_time_write(&w, t - t % WARD_NS_PER_S);
	return ward_arena_str(a, ward_wr_text(&w));
}

struct ward_str ward_cli_account(struct ward_arena *a)
{
	const char *sudo = getenv("SUDO_UID");
	uint64_t uid;
	char text[32];

	if (geteuid() != 0 || !sudo || !ward_str_u64(ward_str_z(sudo), &uid))
		uid = getuid();
	(void)snprintf(text, sizeof(text), "uid:%llu", (unsigned long long)uid);
	return ward_arena_str(a, ward_str_z(text));
}
