/* Asks BACnet/IP controllers from the command line. */
#include "cli/field_poll.h"

#include "base/hash.h"
#include "run/listen.h"
#include "sense/building/bacnet_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 65536, BURST = 64 };

static void send_datagram(void *ctx, const uint8_t ip[4], uint16_t port, struct ward_slice bytes)
{
	const int *fd = ctx;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};

	memcpy(&to.sin_addr, ip, 4);
	/* what can't leave is as good as lost on its way, and told as unanswered */
	(void)sendto(*fd, bytes.p, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL,
		(const struct sockaddr *)(const void *)&to, sizeof(to));
}

static enum ward_err receive(struct ward_bacnet_client *c, int fd)
{
	static uint8_t datagram[DATAGRAM_MAX];
	enum ward_err err = WARD_OK;

	for (int i = 0; !err && i < BURST; i++) {
		struct sockaddr_in from = {0};
		socklen_t len = sizeof(from);
		uint8_t ip[4];
		ssize_t n = recvfrom(fd, datagram, sizeof(datagram), MSG_DONTWAIT,
			(struct sockaddr *)(void *)&from, &len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0 || from.sin_family != AF_INET)
			continue; /* an ICMP answer that came back */
		memcpy(ip, &from.sin_addr, 4);
		err = ward_bacnet_client_hear(c, ip, ntohs(from.sin_port),
			ward_slice_of(datagram, (size_t)n), field_poll_now());
	}
	return err;
}

static enum ward_err ask(struct field_poll *f, struct ward_bacnet_client *c, int fd)
{
	enum ward_err err = WARD_OK;

	while (!err && field_poll_goes_on(f)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		err = ward_bacnet_client_tick(c, field_poll_now());
		if (err)
			break;
		if (poll(&p, 1, field_poll_wait(f, ward_bacnet_client_due(c))) < 0 &&
			errno != EINTR)
			return WARD_ERR_IO;
		if (p.revents)
			err = receive(c, fd);
		ward_bacnet_client_receipts(c, !err && fflush(stdout) == 0);
	}
	return err;
}

static int run(struct field_poll *f, struct ward_bacnet_client_opts *o, int *fd)
{
	struct ward_bacnet_client *c;
	const char *why = NULL;
	size_t at = 0;
	enum ward_err err = ward_bacnet_client_new(o, field_poll_now(), &c, &at, &why);

	if (err == WARD_ERR_CONFIG) {
		int rc = field_poll_bad_point(f, at, why);

		(void)field_poll_end(f, WARD_OK, NULL);
		return rc;
	}
	if (err)
		return field_poll_end(f, err, "begin");
	err = ask(f, c, *fd);
	ward_bacnet_client_free(c);
	return field_poll_end(f, err, "ask the controllers");
}

int ward_cli_field_bacnet(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct field_poll f;
	struct ward_bacnet_scope scope[FIELD_POLL_TARGETS];
	char why[WARD_LISTEN_WHY];
	int fd, yes = 1, rc = field_poll_begin(&f, cmd, argc, argv);

	if (rc != WARD_EXIT_DONE)
		return rc;
	for (size_t i = 0; i < f.n_target; i++)
		if (ward_bacnet_scope_parse(ward_str_z(f.target[i]), &scope[i]) != WARD_OK)
			return ward_cli_usage(cmd,
				"'%s' is no controller: write 10.20.0.21, 10.20.0.21:47809 or a "
				"network, 10.20.0.0/24",
				f.target[i]);
	if (ward_listen(ward_str_z(f.at ? f.at : "0.0.0.0:47808"), false, why, &fd) != WARD_OK)
		return ward_cli_fail(cmd, "%s", why);
	(void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes)); /* or none is sent */
	struct ward_bacnet_client_opts o = {.mem = ward_mem_heap(),
		.lim = &f.lim,
		.names = &f.names,
		.counters = &f.counters,
		.sink = {field_poll_put, &f},
		.source = WARD_STR("bacnet"),
		.plan = &f.plan,
		.scope = scope,
		.n_scope = f.n_target,
		.may = (f.cov ? WARD_BACNET_MAY_SUBSCRIBE : WARD_BACNET_MAY_READ) |
		       (f.acknowledge ? WARD_BACNET_MAY_ACKNOWLEDGE : WARD_BACNET_MAY_READ),
		.every = (ward_ns)f.every_s * WARD_NS_PER_S,
		.seed = ward_seed_random().k0,
		.epoch = (uint64_t)ward_clock_now(ward_clock_system()),
		.send = send_datagram,
		.ctx = &fd};

	rc = run(&f, &o, &fd);
	(void)close(fd);
	return rc;
}
