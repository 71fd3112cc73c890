#include "cli/made.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_empty(const char *dir)
{
	DIR *d = opendir(dir);
	bool empty = d != NULL;

	for (const struct dirent *e; empty && (e = readdir(d));)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (d)
		(void)closedir(d);
	return empty;
}

bool ward_cli_made_is(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	bool is = false;

	while (d && !is && (e = readdir(d)) != NULL)
		is = ward_str_ends(ward_str_z(e->d_name), WARD_STR(".yml")) ||
		     ward_str_ends(ward_str_z(e->d_name), WARD_STR(".yaml"));
	if (d)
		(void)closedir(d);
	return is;
}

bool ward_cli_made_fits(const char *dir)
{
	struct stat st;

	return (stat(dir, &st) != 0 && errno == ENOENT) || is_empty(dir);
}

static bool put(int dir, const char *name, struct ward_slice bytes)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return false;
	bool fine = ward_fd_write(fd, bytes) && fsync(fd) == 0;

	return close(fd) == 0 && fine;
}

int ward_cli_made(const struct ward_cmd *cmd, const char *dir, const struct ward_make_files *f)
{
	int code = WARD_EXIT_DONE;

	if (mkdir(dir, 0755) != 0 && (errno != EEXIST || !is_empty(dir)))
		return errno == EEXIST || errno == ENOTDIR
			       ? ward_cli_fail(
					 cmd, "%s is there already and is no empty directory", dir)
			       : ward_cli_fail(cmd, "%s: %s", dir, strerror(errno));
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return ward_cli_fail(cmd, "%s: %s", dir, strerror(errno));
	for (size_t i = 0; i < f->n && !code; i++)
		if (!put(fd, f->file[i].name.p, ward_wr_slice(&f->file[i].text)))
			code = ward_cli_fail(
				cmd, "%s/%s: %s", dir, f->file[i].name.p, strerror(errno));
	(void)close(fd);
	return code;
}
