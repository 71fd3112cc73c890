/* A played controller answers on loopback, where Ward asks it; who stands in its network finds it
 * at its own address, and what is said goes to and fro. In a cage of its own: it holds the one
 * listener, may connect to the one controller, opens nothing, and waits for nobody. */
#include "run/proc/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 8, BACNET_PORT = 47808, MODBUS_PORT = 502, SNMP_PORT = 161, BYTES = 2048 };
enum { FIRST = STDERR_FILENO + 1, DESCRIPTORS = 32, TELL_MS = 60000 };

struct ways {
	struct sockaddr_in there; /* the controller */
	int listens;              /* at the host's address */
	bool stream;
	struct ward_log *log;
	const struct ward_clock *clock;
	struct ward_str host;
	uint64_t lost,
		untold; /* datagrams, and connections of who takes nothing; of them not told */
	ward_ns told;
	struct way {
		int in, out; /* in: of a stream; -1 */
		struct sockaddr_in who;
	} way[CLIENTS];
	size_t n, next; /* next: of datagrams, the way that is given up for another */
};

static bool address(struct ward_str at, struct sockaddr_in *ret)
{
	struct ward_str host = ward_str_cut(&at, ':');
	char text[64];
	uint64_t port;

	*ret = (struct sockaddr_in){.sin_family = AF_INET};
	return ward_str_u64(at, &port) && port <= UINT16_MAX && host.len < sizeof(text) &&
	       (memcpy(text, host.p, host.len), text[host.len] = 0,
		       ret->sin_port = htons((uint16_t)port),
		       inet_pton(AF_INET, text, &ret->sin_addr) == 1);
}

/* At once, and then once a minute. */
static void tell_lost(struct ways *w)
{
	ward_ns now = ward_clock_mono(w->clock);

	if (!w->untold || (w->told && now - w->told < TELL_MS * WARD_NS_PER_MS))
		return;
	w->told = now;
	w->untold = 0;
	WARD_LOG(w->log, WARN, "stage.relay_lost", WARD_KV_S("host", w->host),
		WARD_KV_U("lost", w->lost));
}

static void lose(struct ways *w)
{
	w->lost++;
	w->untold++;
	tell_lost(w);
}

/* In the host's namespace. */
static int listen_there(const struct stage_host *host, uint16_t port, bool stream)
{
	int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), one = 1, fd = -1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	if (ours < 0 || setns(host->ns, CLONE_NEWNET) != 0)
		return -1;
	fd = socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
			       bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)) != 0 ||
			       (stream && listen(fd, CLIENTS) != 0))) {
		(void)close(fd);
		fd = -1;
	}
	if (setns(ours, CLONE_NEWNET) != 0)
		_exit(1);
	(void)close(ours);
	return fd;
}

static int reach(const struct ways *w)
{
	int fd = socket(
		AF_INET, (w->stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 &&
		connect(fd, (const struct sockaddr *)(const void *)&w->there, sizeof(w->there)) !=
			0 &&
		errno != EINPROGRESS) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static void drop(struct ways *w, size_t i)
{
	if (w->way[i].in >= 0)
		(void)close(w->way[i].in);
	(void)close(w->way[i].out);
	w->way[i] = w->way[--w->n];
}

static void welcome(struct ways *w)
{
	int in = accept4(w->listens, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int out = in >= 0 && w->n < CLIENTS ? reach(w) : -1;

	if (out >= 0)
		w->way[w->n++] = (struct way){.in = in, .out = out};
	else if (in >= 0) {
		(void)close(in);
		lose(w);
	}
}

static struct way *way_of(struct ways *w, const struct sockaddr_in *who)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->way[i].who.sin_addr.s_addr == who->sin_addr.s_addr &&
			w->way[i].who.sin_port == who->sin_port)
			return &w->way[i];
	if (w->n == CLIENTS)
		drop(w, w->next++ % CLIENTS);
	int out = reach(w);

	if (out < 0)
		return NULL;
	w->way[w->n] = (struct way){.in = -1, .out = out, .who = *who};
	return &w->way[w->n++];
}

static void hear(struct ways *w)
{
	struct sockaddr_in who;
	socklen_t len = sizeof(who);
	uint8_t buf[BYTES];
	ssize_t n = recvfrom(
		w->listens, buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)(void *)&who, &len);
	struct way *way = n > 0 ? way_of(w, &who) : NULL;

	if (n > 0 && (!way || send(way->out, buf, (size_t)n, MSG_DONTWAIT) != n))
		lose(w);
}

/* Who does not take what is said has the connection ended: it would lack a part. */
static bool pass(struct ways *w, int from, int to)
{
	uint8_t buf[BYTES];
	ssize_t n = recv(from, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0 || send(to, buf, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) == n)
		return n > 0;
	if (errno != EPIPE && errno != ECONNRESET) /* else it has hung up */
		lose(w);
	return false;
}

static void answer(struct ways *w, const struct way *way)
{
	uint8_t buf[BYTES];
	ssize_t n = recv(way->out, buf, sizeof(buf), MSG_DONTWAIT);

	if (n > 0 &&
		sendto(w->listens, buf, (size_t)n, MSG_DONTWAIT,
			(const struct sockaddr *)(const void *)&way->who, sizeof(way->who)) != n)
		lose(w);
}

static void turn(struct ways *w)
{
	struct pollfd p[1 + 2 * CLIENTS] = {{.fd = w->listens, .events = POLLIN}};
	size_t n = w->n;

	for (size_t i = 0; i < n; i++) {
		p[1 + 2 * i] = (struct pollfd){.fd = w->way[i].out, .events = POLLIN};
		p[2 + 2 * i] = (struct pollfd){.fd = w->way[i].in, .events = POLLIN};
	}
	if (poll(p, 1 + 2 * n, w->untold ? TELL_MS : -1) < 0 && errno != EINTR)
		_exit(1);
	tell_lost(w);
	for (size_t i = n; i-- > 0;) {
		bool stands = true;

		if (!w->stream && p[1 + 2 * i].revents)
			answer(w, &w->way[i]);
		if (w->stream && p[1 + 2 * i].revents)
			stands = pass(w, w->way[i].out, w->way[i].in);
		if (w->stream && p[2 + 2 * i].revents)
			stands = stands && pass(w, w->way[i].in, w->way[i].out);
		if (!stands)
			drop(w, i);
	}
	if (p[0].revents && w->stream)
		welcome(w);
	else if (p[0].revents)
		hear(w);
}

/* Nothing else of the stage's is open here: no host's namespace, no file. */
static bool alone(struct ways *w)
{
	if (w->listens != FIRST && dup3(w->listens, FIRST, O_CLOEXEC) != FIRST)
		return false;
	w->listens = FIRST;
	return close_range(FIRST + 1, ~0u, 0) == 0;
}

static bool cage(const struct stage *s, const struct ways *w)
{
	const struct ward_sandbox box = {.cage = WARD_CAGE_CONNECT | WARD_CAGE_LISTEN |
						 WARD_CAGE_BLIND |
						 (w->stream ? 0 : WARD_CAGE_DATAGRAM),
		.uid = s->tools,
		.gid = s->tools,
		.port = w->stream ? ntohs(w->there.sin_port) : 0,
		.n_descriptor_max = DESCRIPTORS};
	const char *step;
	int abi;

	if (ward_sandbox_enter(&box, &abi, &step) == WARD_OK)
		return true;
	WARD_LOG(w->log, ERROR, "process.sandbox", WARD_KV_Z("step", step),
		WARD_KV_Z("child", "relay"), WARD_KV_Z("reason", strerror(errno)));
	return false;
}

void stage_relay(struct stage *s, const struct stage_host *host, const struct ward_controller *k)
{
	bool modbus = ward_str_eqz(k->source->kind, "modbus");
	uint16_t port = modbus                                  ? MODBUS_PORT
			: ward_str_eqz(k->source->kind, "snmp") ? SNMP_PORT
								: BACNET_PORT;
	static struct ways w;

	w.stream = modbus;
	w.log = &s->p.log;
	w.clock = s->p.clock;
	w.host = s->scenario->host[host->host].id;
	if (!address(k->at, &w.there))
		_exit(1);
	w.listens = listen_there(host, port, modbus);
	if (w.listens < 0 || !alone(&w) || !cage(s, &w))
		_exit(1);
	for (;;)
		turn(&w);
}
