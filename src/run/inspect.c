#include "run/inspect.h"

#include "run/maker.h"
#include "sense/file/clam.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	READ_BYTES = 65536,
	TIMES = 4, /* of its seconds of processor that a cell may take by the clock */
	MS = 1000,
};

/* One file being looked at, from outside. */
struct ward_inspection {
	const struct ward_inspect_cell *c;
	struct ward_inspect_said said;
	struct ward_inspect_report *report;
	uint64_t size;
	pid_t pid;
	int from, clam;      /* -1: none */
	int64_t until;       /* ms, monotonic */
	struct ward_wr held; /* what came and is no whole record yet */
	bool late, odd;
	enum ward_err err; /* NOMEM */
};

enum ward_err ward_inspect_ready(struct ward_inspect_cell *c)
{
	return ward_maker_start(c, &c->maker);
}

bool ward_inspect_gone(const struct ward_inspect_cell *c)
{
	return ward_maker_gone(c->maker);
}

void ward_inspect_done(struct ward_inspect_cell *c)
{
	ward_maker_stop(c->maker);
	c->maker = NULL;
}

/* What it is asked is said here, once: a cell that was taken over can ask for nothing else. A
 * daemon that takes no more connections is not waited for (-1, errno EAGAIN); the cell, which can
 * be ended, waits for its answer. */
static int connect_clam(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = path ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;

	if (fd < 0)
		return -1;
	if (snprintf(to.sun_path, sizeof(to.sun_path), "%s", path) < (int)sizeof(to.sun_path) &&
		connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 && ward_clam_begin(fd) &&
		fcntl(fd, F_SETFL, O_RDWR) == 0)
		return fd;
	int failed = errno;

	(void)close(fd);
	errno = failed;
	return -1;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * MS + t.tv_nsec / 1000000;
}

/* Takes what the cell says now. False: it ended, is too late, or says what no cell does. */
static bool hear(struct ward_inspection *x, bool ready)
{
	size_t used = 0;

	x->late = !ready && now_ms() >= x->until;
	if (!ready)
		return !x->late;
	uint8_t *to = ward_wr_room(&x->held, READ_BYTES);

	if (!to) {
		x->late = true;
		return false;
	}
	ssize_t n = read(x->from, to, READ_BYTES);

	x->held.len -= (size_t)(READ_BYTES - (n > 0 ? n : 0));
	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	x->err = ward_report_read(x->report, x->c->lim, ward_wr_slice(&x->held), &used);
	x->odd = x->err && x->err != WARD_ERR_NOMEM;
	if (x->err)
		return false;
	memmove(x->held.p, x->held.p + used, x->held.len - used);
	x->held.len -= used;
	return true;
}

/* How the cell ended, as a finding; SANDBOX when it did not begin. */
static enum ward_err conclude(const struct ward_inspection *x, int status)
{
	struct ward_inspect_report *r = x->report;
	char seconds[24];
	enum ward_err err = ward_report_root(r, x->c->lim, x->said.name, x->size);

	(void)snprintf(
		seconds, sizeof(seconds), "%zu", ward_limit(x->c->lim, WARD_LIMIT_FILE_SECONDS));
	if (err || x->err == WARD_ERR_NOMEM)
		return WARD_ERR_NOMEM;
	if (x->odd)
		return ward_report_add(r, WARD_SUSPECT_CELL_DIED, WARD_STR("odd records"));
	if (x->late || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
		return ward_report_add(r, WARD_SUSPECT_CELL_TIME, ward_str_z(seconds));
	if (WIFSIGNALED(status)) {
		const char *name = sigabbrev_np(WTERMSIG(status));

		return ward_report_add(r, WARD_SUSPECT_CELL_DIED, ward_str_z(name ? name : "?"));
	}
	if (WEXITSTATUS(status) == WARD_CELL_CAGE)
		return WARD_ERR_SANDBOX;
	return r->whole ? WARD_OK : ward_report_add(r, WARD_SUSPECT_CELL_MEMORY, WARD_STR(""));
}

static enum ward_err start(struct ward_inspection *x, int file)
{
	struct ward_maker_order o = {
		.file = file, .clam = x->clam, .size = x->size, .said = &x->said};
	int out[2];

	if (pipe2(out, O_CLOEXEC) != 0)
		return WARD_ERR_IO;
	o.out = out[1];
	x->from = out[0];
	x->until = now_ms() + (int64_t)ward_limit(x->c->lim, WARD_LIMIT_FILE_SECONDS) * TIMES * MS;
	enum ward_err err = ward_maker_order(x->c->maker, &o, &x->pid);

	(void)close(out[1]);
	return err;
}

static void forget(struct ward_inspection *x)
{
	if (x->clam >= 0)
		(void)close(x->clam);
	if (x->from >= 0)
		(void)close(x->from);
	ward_wr_fini(&x->held);
	free(x);
}

static enum ward_err measure(struct ward_inspection *x, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return WARD_ERR_IO;
	x->size = (uint64_t)st.st_size;
	return S_ISREG(st.st_mode) ? WARD_OK : WARD_ERR_FOREIGN;
}

enum ward_err ward_inspection_begin(const struct ward_inspect_cell *c, int fd,
	const struct ward_inspect_said *said, struct ward_inspect_report *report,
	struct ward_inspection **ret)
{
	struct ward_inspection *x = calloc(1, sizeof(*x));

	WARD_ASSERT(c->maker);
	if (!x)
		return WARD_ERR_NOMEM;
	*x = (struct ward_inspection){.c = c,
		.said = *said,
		.report = report,
		.from = -1,
		.clam = -1,
		.held = ward_wr_grow(ward_mem_heap(), 4 * READ_BYTES)};
	enum ward_err err = measure(x, fd);

	if (!err) {
		x->clam = connect_clam(c->clamd);
		if (c->clamd && x->clam < 0 && errno == EAGAIN)
			report->clam = WARD_CLAM_FAILED;
		err = start(x, fd);
	}
	if (err)
		forget(x);
	else
		*ret = x;
	return err;
}

int ward_inspection_fd(const struct ward_inspection *x)
{
	return x->from;
}

int ward_inspection_left_ms(const struct ward_inspection *x)
{
	int64_t left = x->until - now_ms();

	return left > 0 ? (int)left : 0;
}

bool ward_inspection_hear(struct ward_inspection *x)
{
	struct pollfd p = {.fd = x->from, .events = POLLIN};

	return hear(x, poll(&p, 1, 0) > 0);
}

/* Nothing that it does after its last word is waited for. False: the maker, who could end it, has
 * gone. */
static bool end_process(const struct ward_inspection *x, int *ret)
{
	pid_t pid = waitpid(x->pid, ret, WNOHANG);

	if (pid == 0 && ward_maker_end(x->c->maker, x->pid) != WARD_OK)
		return false;
	while (pid <= 0) {
		pid = waitpid(x->pid, ret, 0);
		if (pid < 0 && errno != EINTR)
			return false;
	}
	return true;
}

void ward_inspection_drop(struct ward_inspection *x)
{
	int status;

	(void)end_process(x, &status);
	forget(x);
}

enum ward_err ward_inspection_end(struct ward_inspection *x)
{
	int status = 0;
	enum ward_err err = end_process(x, &status) ? conclude(x, status) : WARD_ERR_SANDBOX;

	if (!err)
		ward_report_judge(x->report, ward_inspector_weights(x->c->with));
	forget(x);
	return err;
}

enum ward_err ward_inspect_file(const struct ward_inspect_cell *c, int fd,
	const struct ward_inspect_said *said, struct ward_inspect_report *ret)
{
	struct ward_inspection *x;
	enum ward_err err = ward_inspection_begin(c, fd, said, ret, &x);

	if (err)
		return err;
	do {
		struct pollfd p = {.fd = ward_inspection_fd(x), .events = POLLIN};

		(void)poll(&p, 1, ward_inspection_left_ms(x));
	} while (ward_inspection_hear(x));
	return ward_inspection_end(x);
}
