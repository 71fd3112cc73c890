#include "run/proc/web.h"

#include "run/proc/log_tls.h"
#include "run/seats.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 32,
	SHARE = 8, /* of one peer */
	CHUNK = 16 << 10,
	READS_MAX = 8,
	HEAD_MAX = 1024,
	WAITING_MAX = 512, /* bytes of answers; with more nothing further is answered */
};

struct connection {
	int fd; /* WARD_FD_NONE: free */
	struct log_tls *tls;
	struct ward_httpmsg *http;
	ward_ns since; /* the request that is coming, or the last one; or the connection */
	bool begun;    /* bytes of a request came */
	bool known;    /* it was shown that the secret is known there */
	bool ends;     /* once what is due went out */
	uint8_t peer[WARD_SEATS_PEER];
	struct ward_wr out;
	size_t sent;
};

struct web {
	struct web_opts o;
	struct connection conn[CONNECTIONS_MAX];
	struct connection *turn; /* whose request is being answered */
};

static ward_ns mono(const struct web *w)
{
	return ward_clock_mono(w->o.p->clock);
}

static void hang_up(struct connection *c)
{
	log_tls_free(c->tls);
	ward_httpmsg_free(c->http);
	ward_wr_fini(&c->out);
	(void)close(c->fd);
	*c = (struct connection){.fd = WARD_FD_NONE};
}

void web_say(struct web *w, const struct web_answer *a)
{
	struct connection *c = w->turn;

	ward_wr_printf(&c->out,
		"HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s"
		"Connection: %s\r\n\r\n",
		a->status, a->word, a->type ? a->type : "text/plain", a->body.len,
		a->fields ? a->fields : "", a->keep ? "keep-alive" : "close");
	ward_wr_str(&c->out, a->body);
	if (ward_wr_bad(&c->out))
		ward_process_die(w->o.p, "out of memory", WARD_ERR_NOMEM);
	c->ends = !a->keep;
	c->known |= a->known;
	if (a->counter)
		ward_count_name(&w->o.p->counters, a->counter, 1);
}

static size_t waiting(const struct connection *c)
{
	return c->out.len - c->sent;
}

/* ---- requests ---- */

static bool take(struct web *w, struct connection *c, struct ward_slice bytes)
{
	while (bytes.len && !c->ends) {
		struct ward_httpmsg_whole m;
		size_t used;
		enum ward_err err = ward_httpmsg_take(c->http, bytes, &used, &m);

		bytes = (struct ward_slice){bytes.p + used, bytes.len - used};
		if (!c->begun) /* a connection may have been without one for long */
			c->since = mono(w);
		c->begun = true;
		w->turn = c;
		if (err == WARD_ERR_NOMEM)
			ward_process_die(w->o.p, "out of memory", err);
		if (err == WARD_ERR_MORE)
			break;
		if (err) {
			w->o.broken(w->o.ctx, err, ward_httpmsg_why(c->http));
			c->ends = true;
			return true;
		}
		/* whoever sends on without reading answers gets no more of them */
		if (waiting(c) > WAITING_MAX) {
			c->ends = true;
			return true;
		}
		if (!w->o.request(w->o.ctx, c->http, &m))
			return false;
		ward_httpmsg_begin(c->http);
		c->begun = false;
		c->since = mono(w);
	}
	if (!c->ends && ward_httpmsg_expects(c->http) && waiting(c) < WAITING_MAX)
		ward_wr_z(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	return true;
}

static void write_on(struct connection *c)
{
	while (waiting(c)) {
		const char *why;
		size_t n = waiting(c) < CHUNK ? waiting(c) : CHUNK;
		ssize_t k = c->tls ? log_tls_write(c->tls, c->out.p + c->sent, n, &why)
				   : send(c->fd, c->out.p + c->sent, n, MSG_NOSIGNAL);

		if (k < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (k <= 0) {
			c->ends = true;
			break;
		}
		c->sent += (size_t)k;
	}
	c->sent = 0;
	ward_wr_reset(&c->out);
	if (c->ends)
		hang_up(c);
}

/* False: the process is to end. */
static bool serve(struct web *w, struct connection *c)
{
	uint8_t buf[CHUNK];
	bool going = true;

	for (int i = 0; going && i < READS_MAX && !c->ends; i++) {
		const char *why;
		ssize_t n = c->tls ? log_tls_read(c->tls, buf, sizeof(buf), &why)
				   : recv(c->fd, buf, sizeof(buf), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0) {
			c->ends = true;
			break;
		}
		going = take(w, c, ward_slice_of(buf, (size_t)n));
	}
	write_on(c);
	return going;
}

/* ---- connections ---- */

static struct ward_seat seat_of(const struct connection *c)
{
	struct ward_seat s = {.taken = c->fd != WARD_FD_NONE,
		.known = c->known,
		.busy = c->begun || c->out.len,
		.since = c->since};

	memcpy(s.peer, c->peer, sizeof(s.peer));
	return s;
}

/* Where the new connection of this peer sits; NULL: nowhere. */
static struct connection *place(struct web *w, const uint8_t peer[WARD_SEATS_PEER])
{
	struct ward_seat seat[CONNECTIONS_MAX];

	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		seat[i] = seat_of(&w->conn[i]);
	size_t i = ward_seats_pick(seat, CONNECTIONS_MAX, SHARE, peer);

	if (i == CONNECTIONS_MAX) {
		ward_count_name(&w->o.p->counters, w->o.refused, 1);
		return NULL;
	}
	if (seat[i].taken) {
		ward_count_name(&w->o.p->counters, w->o.ended, 1);
		hang_up(&w->conn[i]);
	}
	return &w->conn[i];
}

static void accept_one(struct web *w)
{
	struct ward_httpmsg_opts o = {
		.mem = ward_mem_heap(), .request = true, .body_max = w->o.body_max};
	struct sockaddr_storage from = {0};
	socklen_t len = sizeof(from);
	uint8_t peer[WARD_SEATS_PEER];
	int fd = accept4(w->o.listener, (struct sockaddr *)(void *)&from, &len,
		SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	ward_seat_peer(&from, peer);
	struct connection *c = place(w, peer);

	if (!c) {
		(void)close(fd);
		return;
	}
	*c = (struct connection){.fd = fd,
		.since = mono(w),
		.out = ward_wr_grow(ward_mem_heap(), w->o.answer_max + HEAD_MAX + WAITING_MAX)};
	memcpy(c->peer, peer, sizeof(peer));
	if (ward_httpmsg_new(&o, &c->http) != WARD_OK ||
		(w->o.tls && log_tls_new(w->o.tls, fd, &c->tls) != WARD_OK))
		ward_process_die(w->o.p, "out of memory", WARD_ERR_NOMEM);
}

static void end_late(struct web *w)
{
	ward_ns now = mono(w);

	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct ward_seat s = seat_of(&w->conn[i]);

		if (!ward_seat_late(&s, now))
			continue;
		ward_count_name(&w->o.p->counters, w->o.late, 1);
		hang_up(&w->conn[i]);
	}
}

bool web_turn(struct web *w, int also, int wait_ms)
{
	struct pollfd p[2 + CONNECTIONS_MAX];
	bool going = true;

	p[0] = (struct pollfd){w->o.listener, POLLIN, 0};
	p[1] = (struct pollfd){also, POLLIN, 0};
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		const struct connection *c = &w->conn[i];
		short events = (short)(c->tls ? log_tls_events(c->tls) : POLLIN);

		p[2 + i] = (struct pollfd){c->fd, (short)(events | (waiting(c) ? POLLOUT : 0)), 0};
	}
	if (poll(p, WARD_ARRAY_LEN(p), wait_ms) < 0 && errno != EINTR)
		ward_process_die(w->o.p, "poll", WARD_ERR_IO);
	for (size_t i = 0; going && i < CONNECTIONS_MAX; i++)
		if (w->conn[i].fd != WARD_FD_NONE && p[2 + i].revents)
			going = serve(w, &w->conn[i]);
	if (p[0].revents)
		accept_one(w);
	end_late(w);
	return going;
}

struct web *web_new(const struct web_opts *o)
{
	struct web *w = calloc(1, sizeof(*w));

	if (!w)
		ward_process_die(o->p, "out of memory", WARD_ERR_NOMEM);
	w->o = *o;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		w->conn[i].fd = WARD_FD_NONE;
	if (fcntl(o->listener, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(o->p, "the listener", WARD_ERR_IO);
	return w;
}

void web_free(struct web *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (w->conn[i].fd != WARD_FD_NONE)
			hang_up(&w->conn[i]);
	free(w);
}
