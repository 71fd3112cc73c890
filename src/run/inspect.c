#include "run/inspect.h"

#include "base/fd.h"
#include "run/process.h"
#include "run/sandbox.h"
#include "sense/file/clam.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	FD_FILE = 3, /* in the cell */
	FD_OUT = 4,
	FD_CLAM = 5,
	FD_SAFE = 16, /* from where on descriptors are put aside before they get their numbers */
	EXIT_NOMEM = 3,
	EXIT_CAGE = 4,
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
	size_t memory_max;
	pid_t pid;
	int from, clam;      /* -1: none */
	int64_t until;       /* ms, monotonic */
	struct ward_wr held; /* what came and is no whole record yet */
	bool late, odd;
	enum ward_err err; /* NOMEM */
};

/* What the process has of the address space; the cell begins with it. 0: not known. Once caged a
 * process can't open the file again, so who will be has it open. */
static size_t address_space(const struct ward_inspect_cell *c)
{
	char text[64];
	int fd = c->statm > 0 ? c->statm : open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, text, sizeof(text), 0);
	struct ward_str s = {text, n > 0 ? (size_t)n : 0};
	uint64_t pages = 0;

	if (fd >= 0 && fd != c->statm)
		(void)close(fd);
	(void)ward_str_u64(ward_str_cut(&s, ' '), &pages);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The three descriptors get their numbers, all others are closed, also standard error. */
static bool lay_descriptors(int file, int out, int clam)
{
	int from[] = {fcntl(file, F_DUPFD, FD_SAFE), fcntl(out, F_DUPFD, FD_SAFE),
		clam < 0 ? -1 : fcntl(clam, F_DUPFD, FD_SAFE)};

	(void)close_range(0, FD_FILE - 1, 0);
	if (dup2(from[0], FD_FILE) < 0 || dup2(from[1], FD_OUT) < 0)
		return false;
	if (clam >= 0 ? dup2(from[2], FD_CLAM) < 0 : false)
		return false;
	return close_range(clam < 0 ? FD_CLAM : FD_CLAM + 1, ~0u, 0) == 0;
}

static bool put(void *ctx, struct ward_slice records)
{
	(void)ctx;
	return ward_fd_write(FD_OUT, records);
}

/* Tables of characters and times are loaded before the cage: libarchive asks for both. Once they
 * are, this costs nothing. */
static void load_tables(void)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TZ", "UTC0", 1);
	tzset();
}

static bool hear_nothing(void *ctx, struct ward_slice records)
{
	(void)ctx;
	(void)records;
	return true;
}

/* What the first file would make the libraries look up and set up is done by one of our own, in
 * this process: all cells have it then. */
static enum ward_err warm_up(const struct ward_inspect_cell *c)
{
	const struct ward_inspect_job job = {.with = c->with,
		.lim = c->lim,
		.said = {.name = WARD_STR("a.txt"), .type = WARD_STR("")},
		.bytes = ward_str_bytes(WARD_STR("warm\n")),
		.clam = -1,
		.put = hear_nothing};

	return ward_inspect_bytes(&job);
}

enum ward_err ward_inspect_ready(struct ward_inspect_cell *c)
{
	enum ward_err err;

	load_tables();
	err = warm_up(c);
	if (err)
		return err;
	c->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	(void)malloc_trim(0); /* what loading left behind would be copied with each fork */
	return ward_sandbox_filter_new(WARD_CAGE_BLIND, &c->filter);
}

void ward_inspect_done(struct ward_inspect_cell *c)
{
	ward_sandbox_filter_free(c->filter);
	c->filter = NULL;
	if (c->statm > 0)
		(void)close(c->statm);
	c->statm = 0;
}

static bool enter(const struct ward_inspection *x)
{
	const struct ward_sandbox s = {.cage = WARD_CAGE_BLIND,
		.filter = x->c->filter,
		.n_descriptor_max = FD_SAFE,
		.memory_max_bytes = WARD_PROCESS_UNBOUND ? 0 : x->memory_max};
	rlim_t seconds = ward_limit(x->c->lim, WARD_LIMIT_FILE_SECONDS);
	const struct rlimit cpu = {seconds, seconds + 1}, none = {0, 0};
	const char *step;
	int abi;

	load_tables();
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	return setrlimit(RLIMIT_CPU, &cpu) == 0 && setrlimit(RLIMIT_FSIZE, &none) == 0 &&
	       ward_sandbox_enter(&s, &abi, &step) == WARD_OK;
}

static WARD_NORETURN void live(const struct ward_inspection *x, int file, int out, int clam)
{
	struct ward_inspect_job job = {.with = x->c->with,
		.lim = x->c->lim,
		.said = x->said,
		.clam = clam < 0 ? -1 : FD_CLAM,
		.put = put};
	void *map = NULL;

	if (!lay_descriptors(file, out, clam) || !enter(x))
		_exit(EXIT_CAGE);
	if (x->size) {
		map = mmap(NULL, (size_t)x->size, PROT_READ, MAP_PRIVATE, FD_FILE, 0);
		if (map == MAP_FAILED)
			_exit(EXIT_NOMEM);
	}
	job.bytes = ward_slice_of(map, (size_t)x->size);
	_exit(ward_inspect_bytes(&job) == WARD_OK ? 0 : EXIT_NOMEM);
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
	if (WEXITSTATUS(status) == EXIT_CAGE)
		return WARD_ERR_SANDBOX;
	return r->whole ? WARD_OK : ward_report_add(r, WARD_SUSPECT_CELL_MEMORY, WARD_STR(""));
}

static enum ward_err start(struct ward_inspection *x, int file)
{
	int out[2];

	if (pipe2(out, O_CLOEXEC) != 0)
		return WARD_ERR_IO;
	x->until = now_ms() + (int64_t)ward_limit(x->c->lim, WARD_LIMIT_FILE_SECONDS) * TIMES * MS;
	x->pid = fork();
	if (x->pid == 0)
		live(x, file, out[1], x->clam);
	(void)close(out[1]);
	x->from = out[0];
	return x->pid > 0 ? WARD_OK : WARD_ERR_IO;
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
	size_t space = address_space(x->c);
	struct stat st;

	if (fstat(fd, &st) != 0)
		return WARD_ERR_IO;
	if (!S_ISREG(st.st_mode))
		return WARD_ERR_FOREIGN;
	x->size = (uint64_t)st.st_size;
	if (space)
		x->memory_max =
			space + (size_t)x->size + ward_limit(x->c->lim, WARD_LIMIT_FILE_MEMORY);
	return WARD_OK;
}

enum ward_err ward_inspection_begin(const struct ward_inspect_cell *c, int fd,
	const struct ward_inspect_said *said, struct ward_inspect_report *report,
	struct ward_inspection **ret)
{
	struct ward_inspection *x = calloc(1, sizeof(*x));

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

/* Nothing that it does after its last word is waited for. */
static int end_process(struct ward_inspection *x)
{
	int status = 0;

	(void)kill(x->pid, SIGKILL);
	while (waitpid(x->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

void ward_inspection_drop(struct ward_inspection *x)
{
	(void)end_process(x);
	forget(x);
}

enum ward_err ward_inspection_end(struct ward_inspection *x)
{
	int status = end_process(x);
	enum ward_err err = conclude(x, status);

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
