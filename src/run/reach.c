#include "run/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. */
static size_t first_barred(const char *path)
{
	char above[PATH_MAX];
	size_t len = strlen(path);

	if (len >= sizeof(above))
		return 0;
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != 0)
			continue;
		(void)snprintf(above, sizeof(above), "%.*s", (int)i, path);
		if (access(above, X_OK) != 0)
			return errno == EACCES ? i : 0;
	}
	return 0;
}

static void try_as(const char *path, uid_t uid, int to)
{
	size_t barred = 0;

	(void)setgroups(0, NULL); /* not permitted where they can't be kept either */
	if (setresgid(uid, uid, uid) == 0 && setresuid(uid, uid, uid) == 0)
		barred = first_barred(path);
	_exit(write(to, &barred, sizeof(barred)) == sizeof(barred) ? 0 : 1);
}

size_t ward_reach_barred(const char *path, uid_t uid)
{
	size_t barred = 0;
	int way[2], status;

	if (pipe2(way, O_CLOEXEC) != 0)
		return 0;
	pid_t child = fork();

	if (child == 0)
		try_as(path, uid, way[1]);
	(void)close(way[1]);
	if (child > 0 && read(way[0], &barred, sizeof(barred)) != sizeof(barred))
		barred = 0;
	(void)close(way[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return barred;
}
