/* The flow sensor's process: exports of switches, routers and firewalls by UDP, from sockets that
 * the supervisor holds.
 *
 * A process of its own: whoever reaches its port can send it anything under any name, and it needs
 * no more for its work than the descriptors that it was given. Nothing can be acknowledged to an
 * exporter; what a full socket drops is told as net.loss by the exporter's own numbers. */
#include "run/feeder.h"
#include "sense/flow/export.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	SOURCES_MAX = 16,
	DATAGRAM_MAX = 65536,
	BURST = 256, /* datagrams of one source before the others get their turn */
	WAIT_MS = 1000,
};

/* The log has them once a minute. */
static const ward_ns count_every = 5 * WARD_NS_PER_S;

struct source {
	const char *name;
	int fd;
	struct ward_export *x;
	uint64_t n; /* datagrams so far: their place in the source */
	int error;  /* errno that was said last */
};

struct sensor {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_feeder *feeder;
	struct ward_arena arena;
	struct source source[SOURCES_MAX];
	size_t n_source;
	ward_ns counted; /* monotonic */
	uint8_t datagram[DATAGRAM_MAX];
};

/* The sensor's event, as a copy that the feeder may change. */
static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct sensor *s = ctx;
	struct ward_event copy;
	enum ward_err err;

	ward_arena_reset(&s->arena);
	err = ward_event_copy(e, &s->arena, &copy);
	if (!err)
		ward_feeder_event(s->feeder, &copy);
	return err;
}

static bool set_sender(struct ward_export_datagram *d, const struct sockaddr_storage *from)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (from->ss_family == AF_INET6) {
		memcpy(&in6, from, sizeof(in6));
		d->ip_version = 6;
		memcpy(d->ip, &in6.sin6_addr, 16);
		d->port = ntohs(in6.sin6_port);
		return true;
	}
	if (from->ss_family != AF_INET)
		return false;
	memcpy(&in, from, sizeof(in));
	d->ip_version = 4;
	memcpy(d->ip, &in.sin_addr, 4);
	d->port = ntohs(in.sin_port);
	return true;
}

/* A datagram's error (an ICMP answer that came back) is no reason to stop listening: said when it
 * is another one than before, and counted. */
static void on_error(struct sensor *s, struct source *src, int error)
{
	ward_count_name(&s->p.counters, "listen.errors", 1);
	if (error != src->error)
		WARD_LOG(&s->p.log, WARN, "flow.listen", WARD_KV_Z("source", src->name),
			WARD_KV_Z("error", strerror(error)));
	src->error = error;
}

static void on_datagrams(struct sensor *s, struct source *src)
{
	struct ward_export_sink sink = {put, s};

	for (int i = 0; i < BURST; i++) {
		struct sockaddr_storage from = {0};
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(src->fd, s->datagram, sizeof(s->datagram), MSG_DONTWAIT,
			(struct sockaddr *)(void *)&from, &len);

		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR)
				on_error(s, src, errno);
			return;
		}
		struct ward_export_datagram d = {.seen = ward_clock_now(s->p.clock),
			.seq = src->n++,
			.bytes = ward_slice_of(s->datagram, (size_t)n)};

		if (!set_sender(&d, &from))
			continue;
		enum ward_err err = ward_export_datagram(src->x, &d, &sink);

		if (err)
			ward_process_die(&s->p, src->name, err);
	}
}

static void open_sources(struct sensor *s)
{
	const char *name;

	for (size_t i = 0; (name = ward_process_nth(&s->p, "flow", i)) != NULL; i++) {
		struct source *src = &s->source[s->n_source];
		/* each life of the sensor numbers anew */
		struct ward_export_opts o = {
			.source = ward_str_z(name), .epoch = (uint64_t)ward_clock_now(s->p.clock)};
		char fd_name[128];

		if (s->n_source == SOURCES_MAX)
			ward_process_die(&s->p, "too many sources", WARD_ERR_LIMIT);
		(void)snprintf(fd_name, sizeof(fd_name), "flow.%s", name);
		src->name = name;
		src->fd = ward_process_need_fd(&s->p, fd_name);
		if (ward_export_new(ward_mem_heap(), &s->lim, &s->names, &o, &src->x) != WARD_OK)
			ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
		s->n_source++;
	}
}

/* The collectors keep sums of their own: ours become what those are now. */
static void count(struct sensor *s)
{
	struct ward_counters *c = &s->p.counters;

	for (size_t i = 0; i < c->n; i++)
		if (ward_str_starts(ward_str_z(c->name[i]), WARD_STR("flow.")))
			c->value[i] = 0;
	for (size_t i = 0; i < s->n_source; i++)
		ward_export_counters(s->source[i].x, c);
	s->counted = ward_clock_mono(s->p.clock);
}

static void run(struct sensor *s)
{
	struct pollfd p[SOURCES_MAX];

	while (!ward_process_stopping()) {
		for (size_t i = 0; i < s->n_source; i++)
			p[i] = (struct pollfd){.fd = s->source[i].fd, .events = POLLIN};
		if (poll(p, (nfds_t)s->n_source, WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&s->p, "poll", WARD_ERR_IO);
		for (size_t i = 0; i < s->n_source; i++)
			if (p[i].revents)
				on_datagrams(s, &s->source[i]);
		ward_feeder_flush(s->feeder); /* nothing waits for a next datagram */
		if (ward_clock_mono(s->p.clock) - s->counted > count_every)
			count(s);
		ward_process_count(&s->p);
	}
}

/* What was missed since it was last told. */
static void end(struct sensor *s)
{
	struct ward_export_sink sink = {put, s};

	for (size_t i = 0; i < s->n_source; i++) {
		enum ward_err err = ward_export_flush(s->source[i].x, &sink);

		if (err)
			ward_process_die(&s->p, s->source[i].name, err);
	}
	ward_feeder_flush(s->feeder);
	count(s);
	for (size_t i = 0; i < s->n_source; i++)
		ward_export_free(s->source[i].x);
}

int main(int argc, char **argv)
{
	struct sensor *s = calloc(1, sizeof(*s));

	if (!s)
		return WARD_PROCESS_DIED;
	ward_process_begin(&s->p, "flow", argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)1 << 20);
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	open_sources(s);
	ward_process_cage(&s->p, WARD_CAGE_PLAIN, NULL);
	run(s);
	end(s);
	return ward_process_end(&s->p);
}
