#include "run/child.h"

#include "run/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static WARD_NORETURN void begin(
	struct ward_process *p, const struct ward_child *c, int link, uid_t uid)
{
	const struct ward_sandbox s = {
		.cage = c->cage, .uid = uid, .gid = uid, .n_descriptor_max = c->n_descriptor_max};
	unsigned first = STDERR_FILENO + 1;
	const char *step;
	int abi;

	(void)signal(SIGINT, SIG_IGN); /* it ends with its parent */
	(void)signal(SIGPIPE, SIG_IGN);
	if (((unsigned)link > first && close_range(first, (unsigned)link - 1, 0) != 0) ||
		close_range((unsigned)link + 1, ~0u, 0) != 0)
		_exit(WARD_PROCESS_DIED);
	int opened = c->opens ? open(c->opens, O_RDWR | O_CLOEXEC) : WARD_FD_NONE;

	if (c->opens && opened < 0)
		_exit(WARD_PROCESS_DIED);
	if (ward_sandbox_enter(&s, &abi, &step) != WARD_OK) {
		WARD_LOG(&p->log, ERROR, "process.sandbox", WARD_KV_Z("step", step),
			WARD_KV_Z("child", c->what), WARD_KV_Z("reason", strerror(errno)));
		_exit(WARD_PROCESS_DIED);
	}
	c->live(p, link, opened, c->ctx);
	_exit(WARD_PROCESS_DONE);
}

void ward_child_start(struct ward_process *p, const struct ward_child *c, int *ret_link)
{
	uid_t uid = ward_process_uid(p);
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		ward_process_die(p, c->what, WARD_ERR_IO);
	pid = fork();
	if (pid < 0)
		ward_process_die(p, c->what, WARD_ERR_IO);
	if (pid == 0)
		begin(p, c, pair[1], uid);
	(void)close(pair[1]);
	*ret_link = pair[0];
}

bool ward_child_narrow(const struct ward_child_reach *to)
{
	const char *path[WARD_CHILD_PATHS];
	size_t n = 0;

	for (size_t i = 0; to->path[i]; i++) {
		WARD_ASSERT(n < WARD_CHILD_PATHS);
		path[n++] = to->path[i];
	}
	for (size_t i = 0; to->more && to->more[i]; i++) {
		WARD_ASSERT(n < WARD_CHILD_PATHS);
		path[n++] = to->more[i];
	}
	return ward_landlock_program(path, n, to->connects, to->port);
}
