/* The process that asks one network's BACnet/IP controllers, through the one UDP socket that the
 * supervisor holds. Whoever is on that network can send it anything, so it has nothing else. */
#include "run/proc/poller.h"
#include "sense/building/bacnet_client.h"

#include "base/hash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { SCOPES_MAX = 64, DATAGRAM_MAX = 65536, BURST = WARD_BACNET_RECEIPTS };

struct sensor {
	struct poller s;
	int fd;
	struct ward_bacnet_scope scope[SCOPES_MAX];
	size_t n_scope;
	struct ward_bacnet_client *client;
	uint8_t datagram[DATAGRAM_MAX];
};

/* What can't leave is as good as lost on its way, and asked again. */
static void send_datagram(void *ctx, const uint8_t ip[4], uint16_t port, struct ward_slice bytes)
{
	struct sensor *b = ctx;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};

	memcpy(&to.sin_addr, ip, 4);
	if (sendto(b->fd, bytes.p, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL,
		    (const struct sockaddr *)(const void *)&to, sizeof(to)) < 0)
		ward_count_name(&b->s.p.counters, "poll.unsent", 1);
}

static void check(struct sensor *b, enum ward_err err)
{
	if (err)
		ward_process_die(&b->s.p, "the client", err);
}

static void receive(struct sensor *b)
{
	for (int i = 0; i < BURST; i++) {
		struct sockaddr_in from = {0};
		socklen_t len = sizeof(from);
		uint8_t ip[4];
		ssize_t n = recvfrom(b->fd, b->datagram, sizeof(b->datagram), MSG_DONTWAIT,
			(struct sockaddr *)(void *)&from, &len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0 || from.sin_family != AF_INET) {
			/* an ICMP answer that came back: the question is late by itself */
			ward_count_name(&b->s.p.counters, "listen.errors", 1);
			continue;
		}
		memcpy(ip, &from.sin_addr, 4);
		check(b, ward_bacnet_client_hear(b->client, ip, ntohs(from.sin_port),
				 ward_slice_of(b->datagram, (size_t)n), poller_now(&b->s)));
	}
}

/* What came; who is owed a receipt gets it when all of it is durable. */
static void hear(struct sensor *b)
{
	uint64_t n_shed = ward_feeder_shed(b->s.feeder);

	receive(b);
	ward_feeder_flush(b->s.feeder);
	ward_bacnet_client_receipts(b->client,
		ward_feeder_empty(b->s.feeder) && ward_feeder_shed(b->s.feeder) == n_shed);
}

static void set_up(struct sensor *b)
{
	struct poller *s = &b->s;
	const char *text, *why = NULL;
	size_t at = 0;
	struct ward_bacnet_client_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.sink = {poller_put, s},
		.source = s->source,
		.plan = &s->plan,
		.scope = b->scope,
		.every = s->every,
		.seed = ward_seed_random().k0,
		.epoch = (uint64_t)ward_clock_now(s->p.clock),
		.send = send_datagram,
		.ctx = b};

	b->fd = ward_process_need_fd(&s->p, "bacnet");
	for (; (text = ward_process_nth(&s->p, "controller", o.n_scope)) != NULL; o.n_scope++)
		if (o.n_scope == SCOPES_MAX ||
			ward_bacnet_scope_parse(ward_str_z(text), &b->scope[o.n_scope]) != WARD_OK)
			ward_process_die(&s->p, text, WARD_ERR_CONFIG);
	if (ward_process_setting(&s->p, "cov"))
		o.may |= WARD_BACNET_MAY_SUBSCRIBE;
	if (ward_process_setting(&s->p, "acknowledge"))
		o.may |= WARD_BACNET_MAY_ACKNOWLEDGE;
	enum ward_err err = ward_bacnet_client_new(&o, poller_now(s), &b->client, &at, &why);

	if (err == WARD_ERR_CONFIG)
		poller_bad_point(s, at, why);
	check(b, err);
}

static void run(struct sensor *b)
{
	while (!ward_process_stopping()) {
		struct pollfd p = {.fd = b->fd, .events = POLLIN};

		check(b, ward_bacnet_client_tick(b->client, poller_now(&b->s)));
		ward_feeder_flush(b->s.feeder);
		if (poll(&p, 1, poller_wait_ms(&b->s, ward_bacnet_client_due(b->client))) < 0 &&
			errno != EINTR)
			ward_process_die(&b->s.p, "poll", WARD_ERR_IO);
		if (p.revents)
			hear(b);
		ward_process_count(&b->s.p);
	}
	ward_feeder_flush(b->s.feeder);
}

int main(int argc, char **argv)
{
	struct sensor *b = calloc(1, sizeof(*b));

	if (!b)
		return WARD_PROCESS_DIED;
	poller_begin(&b->s, "bacnet", argc, argv);
	set_up(b);
	ward_process_cage(&b->s.p, WARD_CAGE_PLAIN, NULL);
	run(b);
	ward_bacnet_client_free(b->client);
	ward_poll_plan_fini(&b->s.plan);
	return ward_process_end(&b->s.p);
}
