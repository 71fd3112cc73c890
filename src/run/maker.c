#include "run/maker.h"

#include "base/fd.h"
#include "base/rd.h"
#include "base/wr.h"
#include "run/process.h"
#include "run/sandbox.h"
#include "run/shelve.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	FD_FILE = 3, /* in the cell */
	FD_OUT = 4,
	FD_CLAM = 5,
	FD_LINK = 16, /* in the maker; above what it may open */
	HANDED = 3,   /* descriptors of an order, at most */
	ORDER_BYTES = 16 + 3 * (WARD_INSPECT_TEXT + 2),
	HOLE_MOST = 64 << 10, /* bytes; larger blocks are not of the heap */
	HOLE_LEAST = 16,
	LOOK = 'L', /* orders */
	END = 'E',
};

struct ward_maker {
	int link;
	pid_t pid;
	bool gone;
};

/* In the maker: what it is before the first order, and the order. */
struct making {
	const struct ward_inspect_cell *c;
	struct ward_sandbox_filter *give_up;
	size_t space; /* bytes of the address space that it has itself */
	uint8_t buf[ORDER_BYTES];
	struct ward_rd order; /* in buf */
	int fd[HANDED];
	size_t n_fd;
	uint64_t size;
	struct ward_inspect_said said; /* in buf */
};

static bool put(void *ctx, struct ward_slice records)
{
	(void)ctx;
	return ward_fd_write(FD_OUT, records);
}

static bool hear_nothing(void *ctx, struct ward_slice records)
{
	(void)ctx;
	(void)records;
	return true;
}

/* What the first file would make the libraries look up and set up is done by one of our own: tables
 * of characters and times, for which libarchive asks, too. All cells have it then. */
static enum ward_err warm_up(const struct ward_inspect_cell *c)
{
	const struct ward_inspect_job job = {.with = c->with,
		.lim = c->lim,
		.said = {.name = WARD_STR("a.py"), .type = WARD_STR("")},
		.bytes = ward_str_bytes(WARD_STR("warm\n")),
		.clam = -1,
		.put = hear_nothing};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	(void)setenv("TZ", "UTC0", 1);
	tzset();
	return ward_inspect_bytes(&job);
}

/* What loading freed lies in holes between what it left. They are filled, so that what cells take
 * is in one place, and of what they share few pages have to be copied for each. */
static void fill_holes(void)
{
	(void)mallopt(M_MXFAST, 0); /* nothing that is freed is gone through later */
	(void)malloc_trim(0);
	size_t left = mallinfo2().fordblks; /* bytes in holes, and behind all */
	void *end = malloc(HOLE_MOST);

	for (size_t n = HOLE_MOST; end && n >= HOLE_LEAST; n /= 2) {
		void *p = malloc(n);

		for (; p && (uintptr_t)p < (uintptr_t)end && left >= n; p = malloc(n))
			left -= n;
		free(p);
	}
	free(end);
}

static size_t address_space(void)
{
	char text[64];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct ward_str s = {text, n > 0 ? (size_t)n : 0};
	uint64_t pages = 0;

	if (fd >= 0)
		(void)close(fd);
	(void)ward_str_u64(ward_str_cut(&s, ' '), &pages);
	return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static bool limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
	const struct rlimit r = {soft, hard};

	return setrlimit(what, &r) == 0;
}

/* ---- in the cell ---- */

/* The three descriptors get their numbers; the maker's link goes. */
static bool lay_descriptors(const struct making *m)
{
	for (size_t i = 0; i < m->n_fd; i++)
		if (m->fd[i] >= FD_FILE || dup2(m->fd[i], FD_FILE + (int)i) < 0)
			return false;
	return close_range(0, FD_FILE - 1, 0) == 0 && close(FD_LINK) == 0;
}

/* The rest of its cage: the maker's is around it already. */
static bool enter(const struct making *m)
{
	rlim_t seconds = ward_limit(m->c->lim, WARD_LIMIT_FILE_SECONDS),
	       space = m->space + (size_t)m->size + ward_limit(m->c->lim, WARD_LIMIT_FILE_MEMORY);

	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
	       limit(RLIMIT_CPU, seconds, seconds + 1) &&
	       (WARD_PROCESS_UNBOUND || limit(RLIMIT_AS, space, space)) &&
	       ward_sandbox_give_up(m->give_up);
}

static WARD_NORETURN void live(const struct making *m)
{
	struct ward_inspect_job job = {.with = m->c->with,
		.lim = m->c->lim,
		.said = m->said,
		.clam = m->n_fd < HANDED ? -1 : FD_CLAM,
		.put = put};
	void *map = NULL;

	if (!lay_descriptors(m) || !enter(m))
		_exit(WARD_CELL_CAGE);
	if (m->size) {
		map = mmap(NULL, (size_t)m->size, PROT_READ, MAP_PRIVATE, FD_FILE, 0);
		if (map == MAP_FAILED)
			_exit(WARD_CELL_NOMEM);
	}
	job.bytes = ward_slice_of(map, (size_t)m->size);
	_exit(ward_inspect_bytes(&job) == WARD_OK ? 0 : WARD_CELL_NOMEM);
}

/* ---- in the maker ---- */

static void take_descriptors(struct making *m, struct msghdr *h)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(h);

	m->n_fd = 0;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	m->n_fd = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(m->fd, CMSG_DATA(c), m->n_fd * sizeof(int));
}

/* False: who orders has gone. */
static bool hear(struct making *m)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(m->fd))];
	struct iovec v = {m->buf, sizeof(m->buf)};
	struct msghdr h = {.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	ssize_t n;

	do
		n = recvmsg(FD_LINK, &h, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	take_descriptors(m, &h);
	m->order = ward_rd_slice(ward_slice_of(m->buf, (size_t)n));
	return true;
}

static bool say(int link, int32_t what)
{
	return send(link, &what, sizeof(what), MSG_NOSIGNAL) == (ssize_t)sizeof(what);
}

static struct ward_str take_text(struct making *m)
{
	return ward_slice_text(ward_rd_lv(&m->order, WARD_INSPECT_TEXT));
}

static bool make(struct making *m)
{
	m->size = ward_rd_be64(&m->order);
	m->said = (struct ward_inspect_said){.part = ward_rd_u8(&m->order) != 0};
	m->said.differ = ward_rd_u8(&m->order) != 0;
	m->said.cut = ward_rd_u8(&m->order) != 0;
	m->said.name = take_text(m);
	m->said.type = take_text(m);
	m->said.encoding = take_text(m);
	if (ward_rd_bad(&m->order) || m->n_fd < HANDED - 1)
		return false;
	pid_t pid = ward_sandbox_fork();

	if (pid == 0)
		live(m);
	return say(FD_LINK, (int32_t)pid);
}

static bool end(struct making *m)
{
	pid_t pid = (pid_t)ward_rd_be32(&m->order);

	return !ward_rd_bad(&m->order) && pid > 0 && (kill(pid, SIGKILL) == 0 || errno == ESRCH);
}

/* Nothing of an order is left for the next cell. False: it is none. */
static bool obey(struct making *m)
{
	uint8_t what = ward_rd_u8(&m->order);
	bool ok = what == LOOK ? make(m) : what == END && end(m);

	for (size_t i = 0; i < m->n_fd; i++)
		(void)close(m->fd[i]);
	ward_wipe(m->buf, sizeof(m->buf));
	return ok;
}

static enum ward_err cage(struct making *m)
{
	const struct ward_sandbox s = {.cage = WARD_CAGE_BLIND | WARD_CAGE_MAKER,
		.uid = m->c->uid,
		.gid = m->c->uid,
		.n_descriptor_max = FD_LINK};
	const char *step;
	int abi;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN); /* it ends with its parent */
	return limit(RLIMIT_FSIZE, 0, 0) ? ward_sandbox_enter(&s, &abi, &step) : WARD_ERR_SANDBOX;
}

static WARD_NORETURN void serve(const struct ward_inspect_cell *c, int link)
{
	struct making m = {.c = c};

	if (dup2(link, FD_LINK) < 0 || close_range(0, FD_LINK - 1, 0) != 0 ||
		close_range(FD_LINK + 1, ~0u, 0) != 0)
		_exit(WARD_CELL_CAGE);
	enum ward_err err = ward_sandbox_give_up_new(&m.give_up);

	fill_holes();
	if (!err)
		err = warm_up(c);
	m.space = address_space();
	if (!err && !m.space) /* then no cell would have an end */
		err = WARD_ERR_SANDBOX;
	if (!err && !WARD_PROCESS_UNBOUND) /* whose own marks lie between what would be copied */
		err = ward_shelve();
	if (!err)
		err = cage(&m);
	if (!say(FD_LINK, (int32_t)err) || err)
		_exit(WARD_CELL_CAGE);
	while (hear(&m) && obey(&m))
		;
	_exit(0);
}

/* ---- who orders ---- */

static enum ward_err answer(struct ward_maker *m, int32_t *ret)
{
	ssize_t n;

	do
		n = recv(m->link, ret, sizeof(*ret), 0);
	while (n < 0 && errno == EINTR);
	m->gone |= n != (ssize_t)sizeof(*ret);
	return m->gone ? WARD_ERR_SANDBOX : WARD_OK;
}

enum ward_err ward_maker_start(const struct ward_inspect_cell *c, struct ward_maker **ret)
{
	struct ward_maker *m = calloc(1, sizeof(*m));
	int32_t said = WARD_OK;
	int pair[2];

	if (!m)
		return WARD_ERR_NOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		free(m);
		return WARD_ERR_IO;
	}
	m->pid = fork();
	if (m->pid == 0)
		serve(c, pair[1]);
	(void)close(pair[1]);
	m->link = pair[0];
	enum ward_err err = m->pid < 0 ? WARD_ERR_IO : answer(m, &said);

	if (!err && said)
		err = said == WARD_ERR_NOMEM ? WARD_ERR_NOMEM : WARD_ERR_SANDBOX;
	if (err)
		ward_maker_stop(m);
	else
		*ret = m;
	return err;
}

bool ward_maker_gone(const struct ward_maker *m)
{
	return m->gone;
}

void ward_maker_stop(struct ward_maker *m)
{
	if (!m)
		return;
	(void)close(m->link); /* it ends by that; who orders may be caged, and kills nobody */
	while (m->pid > 0 && waitpid(m->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(m);
}

static bool send_order(struct ward_maker *m, struct ward_slice s, const int *fd, size_t n)
{
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(HANDED * sizeof(int))] = {0};
	struct iovec v = {(void *)(uintptr_t)s.p, s.len};
	struct msghdr h = {.msg_iov = &v,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(n * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	ssize_t sent;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n * sizeof(int));
	if (n)
		memcpy(CMSG_DATA(c), fd, n * sizeof(int));
	do
		sent = sendmsg(m->link, &h, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	m->gone |= sent != (ssize_t)s.len;
	return !m->gone;
}

static void put_text(struct ward_wr *w, struct ward_str s)
{
	ward_wr_lv(w, ward_str_bytes(ward_str_sub(s, 0, WARD_INSPECT_TEXT)));
}

enum ward_err ward_maker_order(struct ward_maker *m, const struct ward_maker_order *o, pid_t *ret)
{
	const int fd[HANDED] = {o->file, o->out, o->clam};
	uint8_t buf[ORDER_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	int32_t pid;

	ward_wr_u8(&w, LOOK);
	ward_wr_be64(&w, o->size);
	ward_wr_u8(&w, o->said->part);
	ward_wr_u8(&w, o->said->differ);
	ward_wr_u8(&w, o->said->cut);
	put_text(&w, o->said->name);
	put_text(&w, o->said->type);
	put_text(&w, o->said->encoding);
	WARD_ASSERT(!ward_wr_bad(&w));
	if (!send_order(m, ward_wr_slice(&w), fd, o->clam < 0 ? HANDED - 1 : HANDED))
		return WARD_ERR_SANDBOX;
	enum ward_err err = answer(m, &pid);

	if (err)
		return err;
	*ret = pid;
	return pid > 0 ? WARD_OK : WARD_ERR_IO;
}

enum ward_err ward_maker_end(struct ward_maker *m, pid_t cell)
{
	uint8_t buf[8];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_u8(&w, END);
	ward_wr_be32(&w, (uint32_t)cell);
	return send_order(m, ward_wr_slice(&w), NULL, 0) ? WARD_OK : WARD_ERR_SANDBOX;
}
