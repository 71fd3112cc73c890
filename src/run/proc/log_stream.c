/* Connections: syslog by TCP (RFC 6587) and by TLS (RFC 5425). */
#include "run/proc/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const ward_ns idle_after = WARD_NS_PER_S;

void log_hang_up(struct log_connection *c)
{
	log_tls_free(c->tls);
	close(c->fd);
	ward_lines_free(c->lines);
	*c = (struct log_connection){.fd = WARD_FD_NONE};
}

static void take_records(struct log_process *s, struct log_connection *c, bool end)
{
	struct ward_joined j;

	while (ward_lines_next(c->lines, end, &j)) {
		if (j.cut)
			ward_count_name(&s->p.counters, "log.odd.record", 1);
		log_message(s, c->source, j.text);
	}
	uint64_t n_fault = ward_lines_faults(c->lines);

	if (n_fault)
		ward_count_name(&s->p.counters, "log.frame_faults", n_fault);
}

static ssize_t read_some(struct log_process *s, struct log_connection *c)
{
	const char *why;
	size_t cap;
	uint8_t *p = ward_lines_room(c->lines, &cap);
	ssize_t n;

	if (!c->tls)
		return cap ? read(c->fd, p, cap) : 0;
	n = cap ? log_tls_read(c->tls, p, cap, &why) : 0;
	if (n < 0 && errno == EPROTO) {
		ward_count_name(&s->p.counters, "log.tls_failed", 1);
		WARD_LOG(&s->p.log, WARN, "log.tls", WARD_KV_Z("source", c->source->name),
			WARD_KV_Z("why", why));
		errno = EPROTO;
	}
	return n;
}

void log_stream(struct log_process *s, struct log_connection *c)
{
	ssize_t n;

	do {
		n = read_some(s, c);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0) {
			ward_lines_add(c->lines, (size_t)n);
			c->heard = ward_clock_mono(s->p.clock);
		}
		take_records(s, c, n <= 0);
		/* poll(2) does not know of bytes that are in OpenSSL already */
	} while (n > 0 && c->tls && log_tls_pending(c->tls));
	if (n <= 0)
		log_hang_up(c);
}

short log_stream_events(const struct log_connection *c)
{
	return c->tls ? log_tls_events(c->tls) : POLLIN;
}

void log_streams_idle(struct log_process *s)
{
	ward_ns now = ward_clock_mono(s->p.clock);
	struct ward_joined j;

	for (size_t i = 0; i < LOG_CONNECTIONS_MAX; i++) {
		struct log_connection *c = &s->conn[i];

		if (c->fd == WARD_FD_NONE || now - c->heard < idle_after)
			continue;
		while (ward_lines_rest(c->lines, &j))
			log_message(s, c->source, j.text);
	}
}

/* A free place, or that of the connection that has been silent for longest: neither peers that
 * vanished without a word nor idle ones keep out a new one. What it had sent is taken first. */
static struct log_connection *place(struct log_process *s)
{
	struct log_connection *c = &s->conn[0];

	for (size_t i = 0; i < LOG_CONNECTIONS_MAX; i++) {
		if (s->conn[i].fd == WARD_FD_NONE)
			return &s->conn[i];
		if (s->conn[i].heard < c->heard)
			c = &s->conn[i];
	}
	ward_count_name(&s->p.counters, "log.connections_ended", 1);
	WARD_LOG(&s->p.log, WARN, "log.connection_ended", WARD_KV_Z("source", c->source->name),
		WARD_KV_U("silent_s",
			(uint64_t)((ward_clock_mono(s->p.clock) - c->heard) / WARD_NS_PER_S)));
	take_records(s, c, true);
	log_hang_up(c);
	return c;
}

void log_accept(struct log_process *s, struct log_source *src)
{
	int fd = accept4(src->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct log_connection *c;

	if (fd < 0)
		return;
	c = place(s);
	*c = (struct log_connection){.fd = fd, .source = src, .heard = ward_clock_mono(s->p.clock)};
	if (ward_lines_new(ward_mem_heap(), &s->lim, WARD_FRAME_SYSLOG, LOG_LINE_MAX,
		    src->multiline, 0, &c->lines) != WARD_OK ||
		(src->tls && log_tls_new(src->tls, fd, &c->tls) != WARD_OK))
		log_hang_up(c);
}
