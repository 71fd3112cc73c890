#include "cli/standby.h"

#include "base/clock.h"
#include "run/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void ward_cli_standby_set(struct ward_cli_standby_child *c, const char *key, const char *value)
{
	if (!value)
		return;
	c->too_long = c->too_long || c->n == WARD_CLI_STANDBY_SETTINGS;
	if (c->too_long)
		return;
	int len = snprintf(c->text[c->n], WARD_CLI_STANDBY_TEXT, "%s=%s", key, value);

	c->too_long = len < 0 || len >= WARD_CLI_STANDBY_TEXT;
	c->argv[c->n + 1] = c->text[c->n];
	c->n++;
}

void ward_cli_standby_number(struct ward_cli_standby_child *c, const char *key, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	ward_cli_standby_set(c, key, text);
}

void ward_cli_standby_hand(struct ward_cli_standby_child *c, const char *name, int fd)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "fd.%s", name);
	ward_cli_standby_number(c, key, (uint64_t)fd);
}

/* In the child: only what it was given stays open. */
static WARD_NORETURN void become(struct ward_cli_standby_child *c)
{
	c->argv[0] = c->path;
	c->argv[c->n + 1] = NULL;
	(void)close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	for (size_t i = 0; i < c->n; i++) {
		struct ward_str value = ward_str_z(c->text[i]), key = ward_str_cut(&value, '=');
		uint64_t fd;

		if (ward_str_starts(key, WARD_STR("fd.")) && ward_str_u64(value, &fd))
			(void)fcntl((int)fd, F_SETFD, 0);
	}
	(void)setpgid(0, 0); /* Ctrl-C goes to us, who end it in order */
	(void)execv(c->path, c->argv);
	(void)fprintf(stderr, "cannot start '%s': %s\n", c->path, strerror(errno));
	_exit(WARD_EXIT_RUN);
}

int ward_cli_standby_start(const struct ward_cmd *cmd, struct ward_cli_standby_child *c, pid_t *ret)
{
	pid_t pid;

	if (c->too_long)
		return ward_cli_fail(cmd, "an option is too long");
	pid = fork();
	if (pid < 0)
		return ward_cli_fail(cmd, "%s", strerror(errno));
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		become(c);
	}
	*ret = pid;
	return WARD_EXIT_DONE;
}

int ward_cli_standby_folder(const struct ward_cmd *cmd, const char *path, mode_t mode, uid_t uid)
{
	int fd = mkdir(path, mode) == 0 || errno == EEXIST
			 ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
			 : -1;
	bool ok = fd >= 0 && (!uid || fchown(fd, uid, uid) == 0) && fchmod(fd, mode) == 0;
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	return ok ? WARD_EXIT_DONE : ward_cli_fail(cmd, "%s: %s", path, strerror(e));
}

int ward_cli_standby_listen(const struct ward_cmd *cmd, const char *at, int *ret)
{
	char why[WARD_LISTEN_WHY] = "give ADDRESS:PORT";
	int one = 1;

	if (ward_listen(ward_str_z(at), true, why, ret) != WARD_OK)
		return ward_cli_fail(cmd, "--listen %s: %s", at, why);
	/* accepted sockets have it, too: an answer of a few bytes is waited for */
	(void)setsockopt(*ret, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (fcntl(*ret, F_SETFL, O_NONBLOCK) != 0)
		return ward_cli_fail(cmd, "--listen %s: %s", at, strerror(errno));
	return WARD_EXIT_DONE;
}

/* The lock names who holds it, which no file could: it ends with its process. */
static int open_lock(const struct ward_cmd *cmd, const char *state, int flags)
{
	char path[PATH_MAX + 32];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/standby.lock", state);
	fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		(void)ward_cli_fail(cmd, "%s: %s; does `ward standby run` use that --state?", path,
			strerror(errno));
	return fd;
}

int ward_cli_standby_lock(const struct ward_cmd *cmd, const char *state)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open_lock(cmd, state, O_RDWR | O_CREAT);

	if (fd < 0)
		return WARD_EXIT_RUN;
	if (fcntl(fd, F_SETLK, &lock) == 0) /* it stays open for as long as we live */
		return WARD_EXIT_DONE;
	(void)close(fd);
	return ward_cli_fail(
		cmd, "%s: another `ward standby run` uses it, or it can't be locked", state);
}

/* Who holds the lock; 0: nobody. */
static pid_t guardian(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

int ward_cli_standby_signal(const struct ward_cmd *cmd, const char *state, int sig)
{
	int fd = open_lock(cmd, state, O_RDONLY), process;
	pid_t pid;
	bool ok;

	if (fd < 0)
		return WARD_EXIT_RUN;
	pid = guardian(fd);
	process = pid > 1 ? pidfd_open(pid, 0) : -1;
	/* that number is still the same process when it holds the lock now */
	ok = process >= 0 && guardian(fd) == pid && pidfd_send_signal(process, sig, NULL, 0) == 0;
	if (process >= 0)
		(void)close(process);
	(void)close(fd);
	return ok ? WARD_EXIT_DONE : ward_cli_fail(cmd, "`ward standby run` does not run here");
}

/* Of "told": when it was said, by the wall clock, in ns. */
static bool is_old(const char *text)
{
	static const char key[] = "\"told\":";
	const char *at = strstr(text, key);
	ward_ns told = at ? strtoll(at + sizeof(key) - 1, NULL, 10) : 0;
	ward_ns age = ward_clock_now(ward_clock_system()) - told;

	return age > WARD_CLI_STANDBY_OLD_S * WARD_NS_PER_S ||
	       age < -WARD_CLI_STANDBY_OLD_S * WARD_NS_PER_S;
}

int ward_cli_standby_state(const struct ward_cmd *cmd, const char *state, char text[2048])
{
	char path[PATH_MAX + 32];
	ssize_t n;
	int fd = open_lock(cmd, state, O_RDONLY);
	bool runs = fd >= 0 && guardian(fd) > 0;

	if (fd < 0)
		return WARD_EXIT_RUN;
	(void)close(fd);
	if (!runs)
		return ward_cli_fail(cmd, "`ward standby run` does not run here");
	(void)snprintf(path, sizeof(path), "%s/standby/state.json", state);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, 2047);
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return ward_cli_fail(cmd, "%s: %s", path, strerror(errno));
	text[n] = 0;
	if (is_old(text))
		return ward_cli_fail(cmd,
			"%s is not of now: `ward standby run` begins, is held up, or the clock "
			"was set; try again",
			path);
	return WARD_EXIT_DONE;
}
