#include "live.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { QUEUE_BYTES = 1 << 20, TEXT = 4200 };

void live_pair(int ret[2])
{
	int bytes = QUEUE_BYTES;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret), 0);
	for (int i = 0; i < 2; i++)
		(void)setsockopt(ret[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

/* In the child: nothing but what exec needs. */
static void become(const struct live_process *p, pid_t parent)
{
	static char text[LIVE_FDS + 1][128], path[TEXT];
	char *argv[LIVE_ARGS + LIVE_FDS + 3] = {path};
	size_t n = 1;

	snprintf(path, sizeof(path), "%s/%s", getenv("WARD_LIBEXEC"), p->name);
	for (size_t i = 0; i < LIVE_ARGS && p->arg[i]; i++) {
		static char arg[LIVE_ARGS][TEXT];

		snprintf(arg[i], sizeof(arg[i]), "%s", p->arg[i]);
		argv[n++] = arg[i];
	}
	for (size_t i = 0; i < LIVE_FDS && p->fd[i].name; i++) {
		int fd = dup(p->fd[i].fd); /* without close-on-exec */

		snprintf(text[i], sizeof(text[i]), "fd.%s=%d", p->fd[i].name, fd);
		argv[n++] = text[i];
	}
	snprintf(text[LIVE_FDS], sizeof(text[LIVE_FDS]), "supervisor=%d", (int)parent);
	argv[n] = text[LIVE_FDS];
	/* LeakSanitizer can't stop the threads of a process in a cage */
	setenv("ASAN_OPTIONS", "detect_leaks=0:abort_on_error=1", 1);
	execv(path, argv);
	_exit(127);
}

void live_start(struct live_process *p)
{
	pid_t parent = getpid();

	assert_int_equal(p->pid, 0);
	assert_non_null(getenv("WARD_LIBEXEC"));
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0)
		become(p, parent);
}

int live_end(struct live_process *p, int sig)
{
	int status = 0;

	assert_true(p->pid > 0);
	assert_int_equal(kill(p->pid, sig), 0);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	p->pid = 0;
	return status;
}

void live_check(struct live_process *p)
{
	int status = 0;

	if (waitpid(p->pid, &status, WNOHANG) == p->pid) {
		p->pid = 0;
		fail_msg("%s ended by itself: %s %d", p->name,
			WIFSIGNALED(status) ? "signal" : "exit",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
}

void live_folder(char *ret, size_t cap)
{
	snprintf(ret, cap, "/tmp/ward-live-XXXXXX");
	assert_non_null(mkdtemp(ret));
}

void live_remove(const char *folder)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		execlp("rm", "rm", "-rf", "--", folder, (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}
