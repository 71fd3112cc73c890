#include "cli/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = WARD_WORKERS_MAX * 8 };

static volatile sig_atomic_t asked_to_stop;
static pid_t workers[PROCESSES_MAX];

static void on_signal(int sig)
{
	asked_to_stop = 1;
	for (size_t i = 0; i < WARD_ARRAY_LEN(workers); i++)
		if (workers[i] > 0)
			(void)kill(workers[i], sig);
}

void ward_workers_catch(void)
{
	(void)signal(SIGINT, on_signal);
	(void)signal(SIGTERM, on_signal);
}

bool ward_workers_stopping(void)
{
	return asked_to_stop;
}

bool ward_workers_put(const struct ward_workers_out *out, struct ward_wr *w)
{
	struct flock held = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, free = held;

	free.l_type = F_UNLCK;
	if (out->lock >= 0)
		while (fcntl(out->lock, F_SETLKW, &held) != 0 && errno == EINTR)
			;
	bool wrote = ward_cli_put(w, stdout);

	if (out->lock >= 0)
		(void)fcntl(out->lock, F_SETLK, &free);
	return wrote;
}

struct team {
	ward_work_fn fn;
	void *ctx;
	struct ward_workers_out out;
	struct ward_work *done; /* shared by all, one each */
};

static void start(const struct team *t, unsigned slot)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0) {
		workers[slot] = pid;
		return;
	}
	memset(workers, 0, sizeof(workers)); /* the others are the parent's to tell */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(WARD_EXIT_RUN);
	_exit(t->fn(t->ctx, slot, &t->out, &t->done[slot]));
}

static void add(struct ward_work *sum, const struct ward_work *w)
{
	sum->live |= w->live;
	sum->counted |= w->counted;
	sum->sent_packets += w->sent_packets;
	for (size_t k = 0; k < w->counters.n; k++)
		ward_count_name(&sum->counters, w->counters.name[k], w->counters.value[k]);
}

int ward_workers_run(
	const struct ward_cmd *cmd, unsigned n, ward_work_fn fn, void *ctx, struct ward_work *ret)
{
	struct team t = {.fn = fn, .ctx = ctx, .out.lock = memfd_create("output", MFD_CLOEXEC)};
	size_t bytes = n * sizeof(*t.done);
	int code = WARD_EXIT_DONE;

	WARD_ASSERT(n <= PROCESSES_MAX);
	t.done = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t.done == MAP_FAILED || t.out.lock < 0)
		return ward_cli_fail(cmd, "no workers: %s", strerror(errno));
	for (unsigned i = 0; i < n; i++)
		start(&t, i);
	for (unsigned i = 0; i < n; i++) {
		int status = 0;

		if (workers[i] < 0 || waitpid(workers[i], &status, 0) < 0 || !WIFEXITED(status))
			code = ward_cli_fail(cmd, "a worker has died");
		else if (WEXITSTATUS(status) > code)
			code = WEXITSTATUS(status);
		workers[i] = 0;
		add(ret, &t.done[i]);
	}
	(void)munmap(t.done, bytes);
	(void)close(t.out.lock);
	return code;
}
