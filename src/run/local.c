#include "run/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 8 };

/* Both sides go by the folder's descriptor, since a socket's address holds 107 bytes only. */
static enum ward_err address(
	const char *state, const char *name, struct sockaddr_un *ret, int *ret_folder)
{
	int folder = open(state, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return errno == ENOENT   ? WARD_ERR_NOT_FOUND
		       : errno == EACCES ? WARD_ERR_DENIED
					 : WARD_ERR_IO;
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", folder, name);
	*ret_folder = folder;
	return WARD_OK;
}

/* The folder's group: who made the folder says by it who may come. A user that has not that group
 * to give keeps its own. */
static bool open_to_group(int folder, const char *name)
{
	struct stat st;

	if (fstat(folder, &st) != 0)
		return false;
	if (fchownat(folder, name, (uid_t)-1, st.st_gid, AT_SYMLINK_NOFOLLOW) != 0 &&
		errno != EPERM && errno != EINVAL)
		return false;
	return fchmodat(folder, name, 0660, 0) == 0;
}

enum ward_err ward_local_listen(
	const char *state, const char *name, enum ward_local_who who, int *ret_fd)
{
	struct sockaddr_un at;
	int folder, fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	enum ward_err err = fd < 0 ? WARD_ERR_IO : address(state, name, &at, &folder);

	if (!err) {
		mode_t before = umask(077);

		if ((unlinkat(folder, name, 0) != 0 && errno != ENOENT) ||
			bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
			(who == WARD_LOCAL_GROUP && !open_to_group(folder, name)) ||
			listen(fd, BACKLOG) != 0)
			err = WARD_ERR_IO;
		(void)umask(before);
		(void)close(folder);
	}
	if (err && fd >= 0)
		(void)close(fd);
	if (!err)
		*ret_fd = fd;
	return err;
}

enum ward_err ward_local_connect(const char *state, const char *name, int *ret_fd)
{
	struct sockaddr_un at;
	int folder, fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	enum ward_err err = fd < 0 ? WARD_ERR_IO : address(state, name, &at, &folder);

	if (!err) {
		if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
			err = errno == ENOENT || errno == ECONNREFUSED ? WARD_ERR_NOT_FOUND
			      : errno == EACCES || errno == EPERM      ? WARD_ERR_DENIED
								       : WARD_ERR_IO;
		(void)close(folder);
	}
	if (err && fd >= 0)
		(void)close(fd);
	if (!err)
		*ret_fd = fd;
	return err;
}
