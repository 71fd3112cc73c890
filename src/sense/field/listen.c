#include "sense/field/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NO_FD = -1, BACKLOG = 64 };

/* Between two rounds a connection may be half read or half written; never more than a packet. */
struct client {
	int fd; /* NO_FD: a free place */
	struct ward_mqtt_conn *conn;
	uint8_t *in; /* packet_max */
	size_t len;
};

struct ward_listen {
	struct ward_mqtt_endpoint_opts opts;
	struct ward_mqtt_endpoint *endpoint;
	int fd;
	size_t packet_max;
	struct client *client;
	size_t n_client;
	bool unsettled;
};

/* ADDR:PORT into a socket address: numbers only, so that no name server is asked. */
static bool parse(struct ward_str where, struct sockaddr_storage *a, socklen_t *ret_len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)a;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)a;
	char host[INET6_ADDRSTRLEN];
	size_t colon = where.len;
	uint64_t port;

	*a = (struct sockaddr_storage){.ss_family = AF_INET};
	while (colon && where.p[colon - 1] != ':')
		colon--;
	if (!colon || !ward_str_u64(ward_str_sub(where, colon, where.len), &port) || port > 65535)
		return false;
	struct ward_str text = ward_str_sub(where, 0, colon - 1);
	bool six = text.len > 2 && text.p[0] == '[' && text.p[text.len - 1] == ']';

	if (six)
		text = ward_str_sub(text, 1, text.len - 2);
	if (text.len >= sizeof(host))
		return false;
	memcpy(host, text.p, text.len);
	host[text.len] = 0;
	if (six) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		*ret_len = sizeof(*v6);
		return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1;
	}
	v4->sin_port = htons((uint16_t)port);
	*ret_len = sizeof(*v4);
	return inet_pton(AF_INET, host, &v4->sin_addr) == 1;
}

enum ward_err ward_listen_socket(struct ward_str where, int *ret_fd)
{
	struct sockaddr_storage a;
	socklen_t len;
	int on = 1, fd, why;

	if (!parse(where, &a, &len))
		return WARD_ERR_MALFORMED;
	fd = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return WARD_ERR_IO;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
		bind(fd, (const struct sockaddr *)&a, len) != 0 || listen(fd, BACKLOG) != 0) {
		why = errno;
		close(fd);
		errno = why;
		return WARD_ERR_IO;
	}
	*ret_fd = fd;
	return WARD_OK;
}

enum ward_err ward_listen_new(
	const struct ward_mqtt_endpoint_opts *opts, int fd, struct ward_listen **ret)
{
	const struct ward_mem *mem = opts->mem;
	struct ward_listen *l;
	enum ward_err err;
	int on = 1;

	/* What connections inherit: a peer that vanished is noticed even without keep alive, and an
	 * acknowledgement does not wait for company. The sandbox lets nobody set it later. */
	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) != 0 ||
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0)
		return WARD_ERR_IO;
	l = ward_mem_alloc(mem, sizeof(*l));
	if (!l)
		return WARD_ERR_NOMEM;
	l->opts = *opts;
	l->fd = fd;
	l->packet_max = ward_limit(opts->lim, WARD_LIMIT_MQTT_PACKET);
	l->n_client = opts->n_conn_max ? opts->n_conn_max
				       : ward_limit(opts->lim, WARD_LIMIT_MQTT_CONNECTIONS);
	l->client = ward_mem_alloc(mem, l->n_client * sizeof(*l->client));
	err = l->client ? ward_mqtt_endpoint_new(opts, &l->endpoint) : WARD_ERR_NOMEM;
	if (err) {
		ward_mem_free(mem, l->client, l->n_client * sizeof(*l->client));
		ward_mem_free(mem, l, sizeof(*l));
		return err;
	}
	for (size_t i = 0; i < l->n_client; i++)
		l->client[i].fd = NO_FD;
	*ret = l;
	return WARD_OK;
}

static void forget(struct ward_listen *l, struct client *c)
{
	close(c->fd);
	ward_mem_free(l->opts.mem, c->in, l->packet_max);
	*c = (struct client){.fd = NO_FD};
}

void ward_listen_free(struct ward_listen *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n_client; i++)
		if (l->client[i].fd != NO_FD)
			forget(l, &l->client[i]);
	ward_mqtt_endpoint_free(l->endpoint);
	ward_mem_free(l->opts.mem, l->client, l->n_client * sizeof(*l->client));
	ward_mem_free(l->opts.mem, l, sizeof(*l));
}

size_t ward_listen_places(const struct ward_listen *l)
{
	return 1 + l->n_client;
}

void ward_listen_poll(const struct ward_listen *l, struct pollfd *p)
{
	bool room = false;

	for (size_t i = 0; i < l->n_client; i++) {
		const struct client *c = &l->client[i];

		p[1 + i] = (struct pollfd){.fd = c->fd};
		if (c->fd == NO_FD) {
			room = true;
			continue;
		}
		/* one that must wait has its buffer full, or is to be written to first */
		if (c->len < l->packet_max)
			p[1 + i].events = POLLIN;
		if (ward_mqtt_conn_output(c->conn).len)
			p[1 + i].events |= POLLOUT;
	}
	/* without a place the kernel keeps the next ones waiting, and refuses beyond its backlog */
	p[0] = (struct pollfd){.fd = room ? l->fd : NO_FD, .events = POLLIN};
}

static enum ward_err hang_up(struct ward_listen *l, struct client *c, ward_ns now)
{
	struct ward_mqtt_conn *conn = c->conn;

	forget(l, c);
	return ward_mqtt_conn_end(conn, now);
}

/* Writes what can be written; hangs up when there is nobody, or nothing more to say. */
static enum ward_err write_out(struct ward_listen *l, struct client *c, ward_ns now)
{
	struct ward_slice out = ward_mqtt_conn_output(c->conn);
	ssize_t n = out.len ? send(c->fd, out.p, out.len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

	if (n > 0)
		ward_mqtt_conn_sent(c->conn, (size_t)n);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return hang_up(l, c, now);
	if (ward_mqtt_conn_closed(c->conn, NULL) && !ward_mqtt_conn_output(c->conn).len)
		return hang_up(l, c, now);
	return WARD_OK;
}

static enum ward_err feed(struct ward_listen *l, struct client *c, ward_ns now)
{
	size_t used;
	enum ward_err err =
		ward_mqtt_conn_feed(c->conn, (struct ward_slice){c->in, c->len}, now, &used);

	if (err)
		return err;
	l->unsettled |= used > 0;
	memmove(c->in, c->in + used, c->len - used);
	c->len -= used;
	return WARD_OK;
}

static enum ward_err read_in(struct ward_listen *l, struct client *c, ward_ns now)
{
	size_t room = l->packet_max - c->len;
	ssize_t n = room ? read(c->fd, c->in + c->len, room) : -1;

	if (room && n < 0 && (errno == EAGAIN || errno == EINTR))
		return WARD_OK;
	if (n <= 0) /* without room it is polled for errors only */
		return hang_up(l, c, now);
	c->len += (size_t)n;
	return feed(l, c, now);
}

static enum ward_err take(struct ward_listen *l, ward_ns now)
{
	int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *c = l->client;
	enum ward_err err;

	if (fd < 0) { /* gone again, or no descriptors: then it stays in the queue */
		if (errno != EAGAIN && errno != EINTR)
			ward_count_name(l->opts.counters, "mqtt.accept_failed", 1);
		return WARD_OK;
	}
	while (c->fd != NO_FD) /* there is one: else the listener was not polled */
		c++;
	WARD_ASSERT((size_t)(c - l->client) < l->n_client);
	c->in = ward_mem_alloc(l->opts.mem, l->packet_max);
	err = c->in ? ward_mqtt_conn_begin(l->endpoint, now, &c->conn) : WARD_ERR_NOMEM;
	c->fd = fd;
	if (!err)
		return WARD_OK;
	forget(l, c);
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

enum ward_err ward_listen_round(struct ward_listen *l, const struct pollfd *p, ward_ns now)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < l->n_client && !err; i++) {
		struct client *c = &l->client[i];
		short got = p[1 + i].revents;

		if (c->fd == NO_FD || !got)
			continue;
		if (got & POLLOUT)
			err = write_out(l, c, now);
		if (!err && c->fd != NO_FD && got & ~POLLOUT)
			err = read_in(l, c, now);
	}
	return !err && p[0].revents ? take(l, now) : err;
}

enum ward_err ward_listen_acknowledge(struct ward_listen *l, ward_ns now)
{
	enum ward_err err = WARD_OK;

	l->unsettled = false;
	for (size_t i = 0; i < l->n_client && !err; i++) {
		struct client *c = &l->client[i];

		if (c->fd == NO_FD)
			continue;
		ward_mqtt_conn_acknowledge(c->conn);
		err = write_out(l, c, now);
		/* what waited for this: its messages are durable after the next round */
		if (!err && c->fd != NO_FD && c->len)
			err = feed(l, c, now);
	}
	return err;
}

bool ward_listen_unsettled(const struct ward_listen *l)
{
	return l->unsettled;
}

enum ward_err ward_listen_tick(struct ward_listen *l, ward_ns now)
{
	return ward_mqtt_endpoint_tick(l->endpoint, now);
}

void ward_listen_leave(struct ward_listen *l, enum ward_mqtt_reject why, ward_ns now)
{
	ward_mqtt_endpoint_leave(l->endpoint, why, now);
	for (size_t i = 0; i < l->n_client; i++)
		if (l->client[i].fd != NO_FD)
			/* closed without a will: the callback is not called, nothing can fail */
			WARD_ASSERT(write_out(l, &l->client[i], now) == WARD_OK);
	for (size_t i = 0; i < l->n_client; i++)
		if (l->client[i].fd != NO_FD)
			WARD_ASSERT(hang_up(l, &l->client[i], now) == WARD_OK);
}
