/* The log sensor's process: syslog by UDP and TCP from descriptors that the supervisor holds.
 *
 * UDP: one datagram, one message (RFC 5426). TCP: octet-counted or by lines (RFC 6587); while the
 * journal is full nothing is read, so that the sender waits. */
#include "run/feeder.h"
#include "sense/log/frame.h"
#include "sense/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SOURCES_MAX = 16,
	CONNECTIONS_MAX = 64,
	DATAGRAM_MAX = 65536,
	LINE_MAX_BYTES = 65536,
	BURST = 256, /* messages of one descriptor before the others get their turn */
};

struct source {
	const char *name;
	int fd;
	bool stream; /* a listener */
	struct ward_input_opts opts;
	struct ward_log_sensor *log;
	uint64_t n; /* messages so far: their place in the source */
};

struct connection {
	int fd; /* WARD_FD_NONE: free */
	struct source *source;
	struct ward_framer framer;
	uint8_t *buf;
	size_t len;
	ward_ns heard; /* monotonic: when bytes came last */
};

struct sensor {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct source source[SOURCES_MAX];
	size_t n_source;
	struct connection conn[CONNECTIONS_MAX];
	uint8_t datagram[DATAGRAM_MAX];
};

static void on_text(struct sensor *s, struct source *src, struct ward_str text)
{
	struct ward_input_problem problem = {.counter = NULL};
	struct ward_event e;
	enum ward_err err;

	if (!text.len)
		return;
	ward_arena_reset(&s->arena);
	src->opts.seen = src->opts.reference = ward_clock_now(s->p.clock);
	err = ward_log_sensor_record(src->log, text, src->n++, &s->arena, &e, &problem);
	if (problem.counter)
		ward_count_name(&s->p.counters, problem.counter, 1);
	if (err == WARD_ERR_NOMEM)
		ward_process_die(&s->p, "out of memory", err);
	if (!err)
		ward_feeder_event(s->feeder, &e);
}

static void on_datagrams(struct sensor *s, struct source *src)
{
	for (int i = 0; i < BURST; i++) {
		ssize_t n = recv(src->fd, s->datagram, sizeof(s->datagram), MSG_DONTWAIT);

		if (n < 0)
			return;
		struct ward_str text = {(const char *)s->datagram, (size_t)n};

		while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == 0))
			text.len--;
		on_text(s, src, text);
	}
}

static void hang_up(struct connection *c)
{
	close(c->fd);
	free(c->buf);
	*c = (struct connection){.fd = WARD_FD_NONE};
}

static void take_records(struct sensor *s, struct connection *c, bool end)
{
	struct ward_frame f;

	for (;;) {
		struct ward_slice bytes = {c->buf, c->len};
		enum ward_err err = ward_framer_next(&c->framer, bytes, end, &f);

		if (!err) {
			if (f.fault != WARD_FRAME_GOOD)
				ward_count_name(&s->p.counters, "log.frame_faults", 1);
			on_text(s, c->source, f.text);
		}
		if (f.used) {
			memmove(c->buf, c->buf + f.used, c->len - f.used);
			c->len -= f.used;
		}
		if (err)
			return;
	}
}

static void on_stream(struct sensor *s, struct connection *c)
{
	size_t room = LINE_MAX_BYTES + WARD_FRAME_SLACK - c->len;
	ssize_t n = room ? read(c->fd, c->buf + c->len, room) : 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		c->len += (size_t)n;
		c->heard = ward_clock_mono(s->p.clock);
	}
	take_records(s, c, n <= 0);
	if (n <= 0)
		hang_up(c);
}

/* A free place, or that of the connection that has been silent for longest: neither peers that
 * vanished without a word nor idle ones keep out a new one. What it had sent is taken first. */
static struct connection *place(struct sensor *s)
{
	struct connection *c = &s->conn[0];

	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
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
	hang_up(c);
	return c;
}

static void on_listener(struct sensor *s, struct source *src)
{
	int fd = accept4(src->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct connection *c;

	if (fd < 0)
		return;
	c = place(s);
	*c = (struct connection){.fd = fd,
		.source = src,
		.buf = malloc(LINE_MAX_BYTES + WARD_FRAME_SLACK),
		.framer = ward_framer_on(WARD_FRAME_SYSLOG, LINE_MAX_BYTES),
		.heard = ward_clock_mono(s->p.clock)};
	if (!c->buf)
		hang_up(c);
}

/* "json=ID" says that a source sends JSON objects; the others send syslog. */
static enum ward_log_format format_of(const struct ward_process *p, const char *source)
{
	const char *name;

	for (size_t i = 0; (name = ward_process_nth(p, "json", i)) != NULL; i++)
		if (strcmp(name, source) == 0)
			return WARD_LOG_JSON;
	return WARD_LOG_SYSLOG;
}

static void open_source(struct sensor *s, const char *name, const char *kind, bool stream)
{
	struct source *src = &s->source[s->n_source];
	char fd_name[128];

	if (s->n_source == SOURCES_MAX)
		ward_process_die(&s->p, "too many sources", WARD_ERR_LIMIT);
	(void)snprintf(fd_name, sizeof(fd_name), "%s.%s", kind, name);
	src->name = name;
	src->stream = stream;
	src->fd = ward_process_need_fd(&s->p, fd_name);
	if (fcntl(src->fd, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&s->p, fd_name, WARD_ERR_IO);
	src->opts = (struct ward_input_opts){.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.source = ward_str_z(name),
		/* each life of the sensor numbers anew */
		.epoch = (uint64_t)ward_clock_now(s->p.clock)};
	if (ward_log_sensor_new(&src->opts, format_of(&s->p, name), &src->log) != WARD_OK)
		ward_process_die(&s->p, name, WARD_ERR_NOMEM);
	s->n_source++;
}

static void open_sources(struct sensor *s)
{
	static const char *const kinds[] = {"udp", "tcp"};

	for (size_t k = 0; k < WARD_ARRAY_LEN(kinds); k++) {
		const char *name;

		for (size_t i = 0; (name = ward_process_nth(&s->p, kinds[k], i)) != NULL; i++)
			open_source(s, name, kinds[k], k == 1);
	}
}

static void run(struct sensor *s)
{
	struct pollfd p[SOURCES_MAX + CONNECTIONS_MAX];

	while (!ward_process_stopping()) {
		for (size_t i = 0; i < s->n_source; i++)
			p[i] = (struct pollfd){.fd = s->source[i].fd, .events = POLLIN};
		for (size_t i = 0; i < CONNECTIONS_MAX; i++)
			p[s->n_source + i] = (struct pollfd){.fd = s->conn[i].fd, .events = POLLIN};
		if (poll(p, (nfds_t)(s->n_source + CONNECTIONS_MAX), 1000) < 0 && errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < CONNECTIONS_MAX; i++)
			if (s->conn[i].fd != WARD_FD_NONE && p[s->n_source + i].revents)
				on_stream(s, &s->conn[i]);
		for (size_t i = 0; i < s->n_source; i++) {
			if (!p[i].revents)
				continue;
			if (s->source[i].stream)
				on_listener(s, &s->source[i]);
			else
				on_datagrams(s, &s->source[i]);
		}
		ward_feeder_flush(s->feeder); /* nothing waits for a next message */
		ward_process_count(&s->p);
	}
}

int main(int argc, char **argv)
{
	struct sensor *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "log", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)64 << 20);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		s->conn[i].fd = WARD_FD_NONE;
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	open_sources(s);
	ward_process_cage(&s->p, WARD_CAGE_LISTEN, NULL);
	run(s);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (s->conn[i].fd != WARD_FD_NONE)
			hang_up(&s->conn[i]);
	return ward_process_end(&s->p);
}
