/* The process that asks one SNMP agent. Its UDP socket is made, and the agent's name looked up,
 * before the cage; what the agent sends is read in it. net-snmp waits for each answer, at most
 * three seconds: so one process for each agent. A source of traps asks nobody: its socket is the
 * supervisor's, and what comes there is told. */
#include "run/proc/poller.h"
#include "run/seats.h"
#include "sense/building/flood.h"
#include "sense/building/snmp.h"
#include "sense/building/snmp_trap.h"

#include "base/hash.h"
#include "run/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SECRET_MAX = 512, TIMEOUT_MS = 3000, WAIT_MS = 1000, BURST = 64, DATAGRAM_MAX = 65536 };

struct sensor {
	struct poller s;
	struct ward_snmp *snmp;
	struct ward_snmp_client *client;
	struct ward_snmp_traps *traps; /* then there is no client */
	struct ward_flood flood;
	int fd; /* of traps */
	uint8_t datagram[DATAGRAM_MAX];
	char ip[INET6_ADDRSTRLEN];
	char secret[SECRET_MAX];
};

static struct ward_poll_now now_of(void *ctx)
{
	struct sensor *m = ctx;

	return poller_now(&m->s);
}

static enum ward_snmp_end read_objects(void *ctx, const struct ward_snmp_oid *const *oid, size_t n,
	bool bulk, struct ward_snmp_value *ret, const char **ret_why)
{
	struct sensor *m = ctx;

	return ward_snmp_read(m->snmp, oid, n, bulk, ret, ret_why);
}

static void address_of(const struct addrinfo *a, char ip[INET6_ADDRSTRLEN])
{
	if (getnameinfo(a->ai_addr, a->ai_addrlen, ip, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST) !=
		0)
		ip[0] = 0; /* a scoped one that is longer stands in no event */
}

/* UDP: connected means that others are not heard. */
static int connect_to(struct sensor *m, const struct ward_dial *to)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found;
	char port[8];
	int fd = -1;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)to->port);
	if (getaddrinfo(to->host, port, &hints, &found) != 0)
		ward_process_die(&m->s.p, "the agent's name is not found", WARD_ERR_NOT_FOUND);
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			(void)close(fd);
			fd = -1;
		}
		if (fd >= 0)
			address_of(a, m->ip);
	}
	freeaddrinfo(found);
	if (fd < 0)
		ward_process_die(&m->s.p, "a socket to the agent", WARD_ERR_IO);
	return fd;
}

/* How messages are protected. "AUTHENTICATION TAB PRIVACY", or one pass phrase for both, or a
 * community, is in m->secret, to be wiped. */
static struct ward_snmp_opts protection(struct sensor *m)
{
	struct poller *s = &m->s;
	const char *security = ward_process_setting(&s->p, "security");
	const char *community = ward_process_setting(&s->p, "community");
	struct ward_snmp_opts o = {.timeout_ms = TIMEOUT_MS, .secret = m->secret};

	if (community) { /* of an exercise */
		(void)snprintf(m->secret, sizeof(m->secret), "%s", community);
		o.security = WARD_SNMP_V2C;
		return o;
	}
	o.security = ward_snmp_security_find(ward_str_z(security ? security : "v2c"));
	if (o.security == WARD_SNMP_SECURITY_N)
		ward_process_die(&s->p, "security", WARD_ERR_CONFIG);
	o.user = o.security == WARD_SNMP_V2C ? NULL : poller_must(s, "user");
	ward_process_secret(&s->p, "password_file", m->secret, sizeof(m->secret));
	char *tab = o.security == WARD_SNMP_V2C ? NULL : strchr(m->secret, '\t');

	o.privacy = tab ? tab + 1 : m->secret;
	if (tab)
		*tab = 0;
	return o;
}

static void set_up_done(struct sensor *m, enum ward_err err)
{
	ward_wipe(m->secret, sizeof(m->secret));
	if (err)
		ward_process_die(
			&m->s.p, "security, or a pass phrase that is shorter than 8 bytes", err);
}

static void set_up_snmp(struct sensor *m)
{
	struct ward_snmp_opts o;
	struct ward_dial to;

	if (!ward_dial_parse(ward_str_z(poller_must(&m->s, "at")), &to))
		ward_process_die(&m->s.p, "at", WARD_ERR_CONFIG);
	o = protection(m);
	o.fd = connect_to(m, &to);
	set_up_done(m, ward_snmp_new(&o, &m->snmp));
}

static void set_up(struct sensor *m)
{
	struct poller *s = &m->s;
	const char *why = NULL;
	size_t at = 0;

	set_up_snmp(m);
	struct ward_snmp_client_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.sink = {poller_put, s},
		.source = s->source,
		.ip = ward_str_z(m->ip),
		.plan = &s->plan,
		.every = s->every,
		.seed = ward_seed_random().k0,
		.epoch = (uint64_t)ward_clock_now(s->p.clock),
		.read = read_objects,
		.now = now_of,
		.ctx = m};
	enum ward_err err = ward_snmp_client_new(&o, &m->client, &at, &why);

	if (err == WARD_ERR_CONFIG)
		poller_bad_point(s, at, why);
	if (err)
		ward_process_die(&s->p, "the client", err);
}

/* Whose traps the hospital expects: their addresses, one behind the other. */
static void name_agents(struct sensor *m)
{
	int fd = ward_process_need_fd(&m->s.p, "agents");
	uint8_t host[WARD_FLOOD_PEER];

	/* each life reads it from its beginning */
	for (off_t at = 0; pread(fd, host, WARD_FLOOD_PEER, at) == WARD_FLOOD_PEER;
		at += WARD_FLOOD_PEER)
		ward_flood_name(&m->flood, host);
}

static void set_up_traps(struct sensor *m)
{
	struct poller *s = &m->s;
	struct ward_snmp_opts as = protection(m);
	struct ward_snmp_traps_opts o = {.mem = ward_mem_heap(),
		.names = &s->names,
		.counters = &s->p.counters,
		.sink = {poller_put, s},
		.source = s->source,
		.epoch = (uint64_t)ward_clock_now(s->p.clock),
		.wall = ward_clock_now(s->p.clock),
		.as = &as};

	name_agents(m);
	set_up_done(m, ward_snmp_traps_new(&o, &m->traps));
}

/* One that sends too much is not read, which is counted and told; nobody else notices. */
static enum ward_err flooded(struct sensor *m, struct ward_flood_sender *from)
{
	return ward_snmp_traps_refuse(m->traps, ward_str_z(from ? m->ip : ""), "snmp.reject.flood",
		from ? &from->over : &m->flood.over, ward_clock_now(m->s.p.clock));
}

static uint64_t n_lost(const struct sensor *m)
{
	return ward_feeder_shed(m->s.feeder) + ward_feeder_too_large(m->s.feeder);
}

/* What is due to who sent it leaves only when all that was told is durable; so_far: what was lost
 * before it was heard. */
static void answer(
	struct sensor *m, const struct sockaddr_storage *to, socklen_t len, uint64_t so_far)
{
	struct ward_slice a = ward_snmp_traps_answer(m->traps);

	if (!a.len)
		return;
	ward_feeder_flush(m->s.feeder);
	if (!ward_feeder_empty(m->s.feeder) || n_lost(m) != so_far)
		return;
	if (sendto(m->fd, a.p, a.len, MSG_DONTWAIT | MSG_NOSIGNAL, (const void *)to, len) < 0)
		ward_count_name(&m->s.p.counters, "poll.unsent", 1); /* it sends it again */
}

static enum ward_err hear_one(
	struct sensor *m, const struct sockaddr_storage *from, socklen_t len, size_t n)
{
	struct addrinfo a = {.ai_addr = (struct sockaddr *)(uintptr_t)from, .ai_addrlen = len};
	struct ward_flood_sender *sender;
	uint8_t host[WARD_SEATS_PEER], net[WARD_SEATS_PEER];
	ward_ns mono = ward_clock_mono(m->s.p.clock);
	bool good = false;

	ward_seat_host(from, host);
	ward_seat_peer(from, net);
	bool may = ward_flood_may(&m->flood, host, net, mono, &sender);

	address_of(&a, m->ip);
	if (!may)
		return flooded(m, sender);
	uint64_t so_far = n_lost(m);
	enum ward_err err = ward_snmp_traps_hear(m->traps, ward_str_z(m->ip),
		ward_slice_of(m->datagram, n), ward_clock_now(m->s.p.clock), &good);

	ward_flood_read(&m->flood, host, sender, good, mono);
	if (!err)
		answer(m, from, len, so_far);
	return err;
}

static void hear(struct sensor *m)
{
	for (int i = 0; i < BURST; i++) {
		struct sockaddr_storage from = {0};
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(m->fd, m->datagram, sizeof(m->datagram), MSG_DONTWAIT,
			(struct sockaddr *)(void *)&from, &len);

		if (n < 0)
			return;
		enum ward_err err = hear_one(m, &from, len, (size_t)n);

		if (err)
			ward_process_die(&m->s.p, "the traps", err);
	}
}

static void run_traps(struct sensor *m)
{
	while (!ward_process_stopping()) {
		struct pollfd p = {.fd = m->fd, .events = POLLIN};

		if (poll(&p, 1, WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&m->s.p, "poll", WARD_ERR_IO);
		if (p.revents)
			hear(m);
		ward_feeder_flush(m->s.feeder);
		ward_process_count(&m->s.p);
	}
}

static void run(struct sensor *m)
{
	while (!ward_process_stopping()) {
		ward_ns due = ward_snmp_client_due(m->client);

		if (poll(NULL, 0, poller_wait_ms(&m->s, due)) < 0 && errno != EINTR)
			ward_process_die(&m->s.p, "poll", WARD_ERR_IO);
		enum ward_err err = ward_snmp_client_tick(m->client);

		if (err)
			ward_process_die(&m->s.p, "the client", err);
		ward_feeder_flush(m->s.feeder);
		ward_process_count(&m->s.p);
	}
}

int main(int argc, char **argv)
{
	struct sensor *m = calloc(1, sizeof(*m));

	if (!m)
		return WARD_PROCESS_DIED;
	poller_begin(&m->s, "snmp", argc, argv);
	m->fd = ward_process_fd(&m->s.p, "traps");
	if (m->fd == WARD_FD_NONE)
		set_up(m);
	else
		set_up_traps(m);
	ward_process_cage(&m->s.p, WARD_CAGE_SELECT, NULL);
	if (m->traps)
		run_traps(m);
	else
		run(m);
	ward_snmp_traps_free(m->traps);
	ward_snmp_client_free(m->client);
	ward_snmp_free(m->snmp);
	ward_poll_plan_fini(&m->s.plan);
	return ward_process_end(&m->s.p);
}
