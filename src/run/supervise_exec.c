#include "run/supervise_priv.h"

#include <fcntl.h>
#include <unistd.h>

/* In the child, between fork and exec: what the trial may read, at the numbers that its arguments
 * say. */
static void put_shown(const struct child *c)
{
	int high[HANDED_MAX];

	for (size_t i = 0; i < c->n_handed; i++) {
		high[i] = c->handed[i].shown < 0
				  ? -1
				  : fcntl(c->handed[i].shown, F_DUPFD_CLOEXEC, FD_ASIDE);
		if (c->handed[i].shown >= 0 && high[i] < 0)
			_exit(71);
	}
	for (size_t i = 0; i < c->n_handed; i++)
		if (high[i] >= 0 && dup2(high[i], FD_FIRST + (int)i) < 0)
			_exit(71);
}

/* In the child, between fork and exec, as below. */
void ward_supervisor_exec_trial(
	const struct ward_supervisor *s, const struct child *c, const char *path)
{
	const char *argv[WARD_PROCESS_ARGS + 3] = {c->name};

	for (size_t i = 0; i < c->n_arg; i++)
		argv[i + 1] = c->arg[i];
	argv[c->n_arg + 1] = "trial=1";
	if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) != 0 ||
		dup2(s->nothing, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
		dup2(s->log->fd, STDERR_FILENO) < 0)
		_exit(71);
	put_shown(c);
	(void)sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
	(void)setpgid(0, 0);
	execv(path, (char *const *)(uintptr_t)argv);
	_exit(72);
}

/* In the child, between fork and exec: only calls that are safe there. Descriptors are first moved
 * out of the way of their final numbers, then put there without close-on-exec. */
void ward_supervisor_exec(const struct ward_supervisor *s, const struct child *c, const char *path)
{
	const char *argv[WARD_PROCESS_ARGS + 2] = {c->name};
	int high[HANDED_MAX];

	for (size_t i = 0; i < c->n_arg; i++)
		argv[i + 1] = c->arg[i];
	/* whatever the supervisor was itself started with is no process's business */
	if (close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) != 0)
		_exit(71);
	if (dup2(s->nothing, STDIN_FILENO) < 0 || dup2(s->log->fd, STDERR_FILENO) < 0 ||
		(!c->terminal && dup2(s->nothing, STDOUT_FILENO) < 0))
		_exit(71);
	for (size_t i = 0; i < c->n_handed; i++) {
		high[i] = fcntl(c->handed[i].fd, F_DUPFD_CLOEXEC, FD_ASIDE);
		if (high[i] < 0)
			_exit(71);
	}
	for (size_t i = 0; i < c->n_handed; i++)
		if (dup2(high[i], FD_FIRST + (int)i) < 0)
			_exit(71);
	(void)sigprocmask(SIG_SETMASK, &s->mask_before, NULL);
	(void)setpgid(0, 0); /* Ctrl-C goes to the supervisor, which stops us in order */
	execv(path, (char *const *)(uintptr_t)argv);
	_exit(72);
}
