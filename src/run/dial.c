#include "run/dial.h"

#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ADDRESSES_MAX = 8, CONNECT_MS = 5000, DESCRIPTORS_MAX = 64, ASK = 'c', LOOK_AGAIN = 3 };

/* Answers, one byte; with CONNECTED comes the socket. */
enum { CONNECTED = 'c', REFUSED = 'r', UNREACHED = 'u' };

struct dialer {
	struct sockaddr_storage at[ADDRESSES_MAX];
	socklen_t len[ADDRESSES_MAX];
	size_t n;
	bool datagram;
};

/* *known: what the name led to when somebody was reached by it last; in memory that outlives who
 * looks up. It holds only while no name server answers: one that knows no such name is believed. */
static void look_up(struct dialer *d, const char *host, uint16_t port, const struct dialer *known)
{
	struct addrinfo hints = {.ai_socktype = d->datagram ? SOCK_DGRAM : SOCK_STREAM}, *found;
	char service[8];

	(void)snprintf(service, sizeof(service), "%u", (unsigned)port);
	int error = getaddrinfo(host, service, &hints, &found);

	if (error == EAI_AGAIN)
		*d = *known;
	if (error != 0)
		return;
	for (const struct addrinfo *a = found; a && d->n < ADDRESSES_MAX; a = a->ai_next) {
		if (a->ai_addrlen > sizeof(d->at[0]))
			continue;
		memcpy(&d->at[d->n], a->ai_addr, a->ai_addrlen);
		d->len[d->n++] = a->ai_addrlen;
	}
	freeaddrinfo(found);
}

/* 0 or an errno. */
static int finish_connect(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	int error = 0;
	socklen_t len = sizeof(error);

	if (poll(&p, 1, CONNECT_MS) != 1)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 ? error : errno;
}

/* Whoever only listens never learns otherwise that a peer lost its power: after half a minute. What
 * is said in small pieces goes at once. */
static bool set_options(int fd)
{
	enum { IDLE_S = 15, BETWEEN_S = 5, PROBES = 3 };
	static const int option[][3] = {{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S}, {IPPROTO_TCP, TCP_KEEPINTVL, BETWEEN_S},
		{IPPROTO_TCP, TCP_KEEPCNT, PROBES}, {IPPROTO_TCP, TCP_NODELAY, 1}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(option); i++)
		if (setsockopt(fd, option[i][0], option[i][1], &option[i][2], sizeof(int)) != 0)
			return false;
	return true;
}

static int connect_to(const struct dialer *d, size_t i, int *ret_fd)
{
	int kind = d->datagram ? SOCK_DGRAM : SOCK_STREAM, error = 0;
	int fd = socket(d->at[i].ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	if (!d->datagram && !set_options(fd))
		error = errno;
	else if (connect(fd, (const struct sockaddr *)(const void *)&d->at[i], d->len[i]) != 0)
		error = errno == EINPROGRESS ? finish_connect(fd) : errno;
	if (error)
		(void)close(fd);
	else
		*ret_fd = fd;
	return error;
}

/* One byte, and fd with it unless that is -1. */
static bool answer(int link, char what, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct iovec iov = {&what, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(link, &msg, MSG_NOSIGNAL) == 1;
}

/* False: the link is closed, or no address that is known leads anywhere: *ret_lost. */
static bool serve(int link, const struct dialer *d, struct dialer *known, bool *ret_lost)
{
	char what = UNREACHED;
	int fd = -1;

	for (size_t i = 0; i < d->n && fd < 0; i++)
		what = connect_to(d, i, &fd) == ECONNREFUSED ? REFUSED : UNREACHED;
	bool ok = answer(link, fd >= 0 ? CONNECTED : what, fd);

	*ret_lost = ok && fd < 0;
	if (fd >= 0) {
		(void)close(fd);
		*known = *d;
	}
	return ok && !*ret_lost;
}

static bool asked(int link)
{
	char what;
	ssize_t n;

	do
		n = recv(link, &what, 1, 0);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static void enter(struct ward_process *p, const struct ward_sandbox *s)
{
	const char *step;
	int abi;

	if (ward_sandbox_enter(s, &abi, &step) == WARD_OK)
		return;
	WARD_LOG(&p->log, ERROR, "process.sandbox", WARD_KV_Z("step", step),
		WARD_KV_Z("reason", strerror(errno)));
	_exit(WARD_PROCESS_DIED);
}

/* Names are looked up with files and sockets that the last cage has not: before it, and once
 * somebody asks, since what is known then is of that moment. Ends when no address is known, or none
 * of them leads anywhere any more: the name may have others by the next time. */
static WARD_NORETURN void connect_on(
	struct ward_process *p, int link, const struct ward_dial *to, struct dialer *known)
{
	static const char *const names[] = {WARD_CHILD_LIBRARIES, WARD_CHILD_NAMES, NULL};
	const struct ward_child_reach reach = {.path = names, .connects = true, .port = to->port};
	struct ward_sandbox s = {
		.cage = WARD_CAGE_CONNECT | (to->datagram ? WARD_CAGE_DATAGRAM : 0),
		.port = to->port,
		.n_descriptor_max = DESCRIPTORS_MAX,
		.trace = ward_process_setting(p, "trace") != NULL};
	struct pollfd asks = {.fd = link, .events = POLLIN};
	struct dialer d = {.datagram = to->datagram};
	bool lost = false;

	/* a fork lives on when its parent dies, unless it says so */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		_exit(WARD_PROCESS_DIED);
	while (poll(&asks, 1, -1) < 0 && errno == EINTR)
		;
	if (!ward_child_narrow(&reach))
		_exit(WARD_PROCESS_DIED);
	look_up(&d, to->host, to->port, known);
	if (!d.n)
		_exit(asked(link) && answer(link, UNREACHED, -1) ? LOOK_AGAIN : WARD_PROCESS_DONE);
	enter(p, &s);
	while (asked(link) && serve(link, &d, known, &lost))
		;
	_exit(lost ? LOOK_AGAIN : WARD_PROCESS_DONE);
}

/* Has one connect at a time, and reads nothing itself. */
static void live(struct ward_process *p, int link, int opened, void *ctx)
{
	const struct ward_dial *to = ctx;
	struct dialer *known = mmap(
		NULL, sizeof(*known), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)opened;
	if (known == MAP_FAILED)
		ward_process_die(p, "the dialer's memory", WARD_ERR_NOMEM);
	known->datagram = to->datagram;
	for (;;) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			connect_on(p, link, to, known);
		while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		status = pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : WARD_PROCESS_DIED;
		if (status != LOOK_AGAIN)
			_exit(status);
	}
}

/* What `to` points at may hold a secret, which is none of the child's business. */
static void live_without_secret(struct ward_process *p, int link, int opened, void *ctx)
{
	struct ward_dial *to = ctx, copy = *to;

	if (copy.secret)
		ward_wipe(copy.secret, copy.len_secret);
	live(p, link, opened, &copy);
}

void ward_dial_start(struct ward_process *p, const struct ward_dial *to, int *ret_link)
{
	struct ward_dial copy = *to;
	const struct ward_child c = {.what = "the dialer",
		.cage = WARD_CAGE_PROGRAM | WARD_CAGE_CONNECT,
		.n_descriptor_max = DESCRIPTORS_MAX,
		.live = live_without_secret,
		.ctx = &copy};

	ward_child_start(p, &c, ret_link);
	if (fcntl(*ret_link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(p, "the dialer's link", WARD_ERR_IO);
}

enum ward_err ward_dial_ask(int link)
{
	char what = ASK;

	if (send(link, &what, 1, MSG_NOSIGNAL) == 1)
		return WARD_OK;
	return errno == EPIPE || errno == ECONNRESET ? WARD_ERR_CLOSED : WARD_ERR_IO;
}

enum ward_err ward_dial_take(int link, int *ret_fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char what = 0;
	struct iovec iov = {&what, 1};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(link, &msg, MSG_CMSG_CLOEXEC);

	if (n <= 0)
		return n == 0                              ? WARD_ERR_CLOSED
		       : errno == EAGAIN || errno == EINTR ? WARD_ERR_AGAIN
							   : WARD_ERR_IO;
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	if (what == CONNECTED && c && c->cmsg_type == SCM_RIGHTS &&
		c->cmsg_len == CMSG_LEN(sizeof(int))) {
		memcpy(ret_fd, CMSG_DATA(c), sizeof(int));
		return WARD_OK;
	}
	return what == REFUSED ? WARD_ERR_DENIED : WARD_ERR_NOT_FOUND;
}
