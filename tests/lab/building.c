/* Controllers of a building for end-to-end tests: answers until it is told to end, and ends badly
 * if it was ever asked for more than a reading.
 *
 *   building bacnet ADDR PORT INSTANCE POINTS
 *   building modbus ADDR PORT: holding register i of each unit is i
 *
 * Says "ready" when it listens, and at its end what it was asked. */
#include "lab/bacnet_device.h"

#include <arpa/inet.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DATAGRAM = 65536, TICK_MS = 200 };

static volatile sig_atomic_t ending;

static void on_end(int sig)
{
	(void)sig;
	ending = 1;
}

struct peer {
	int fd;
	struct sockaddr_in at;
};

static void answer(void *ctx, struct ward_slice bytes)
{
	const struct peer *p = ctx;

	(void)sendto(p->fd, bytes.p, bytes.len, 0, (const struct sockaddr *)(const void *)&p->at,
		sizeof(p->at));
}

static int bacnet(char **argv)
{
	static struct lab_device d;
	static uint8_t buf[DATAGRAM];
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10))};
	struct peer p = {.fd = socket(AF_INET, SOCK_DGRAM, 0)};

	if (p.fd < 0 || inet_pton(AF_INET, argv[0], &at.sin_addr) != 1 ||
		bind(p.fd, (const struct sockaddr *)(const void *)&at, sizeof(at)) != 0) {
		perror("building: bind");
		return 2;
	}
	lab_device_init(&d, (uint32_t)strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
	d.send = answer;
	d.ctx = &p;
	puts("ready");
	(void)fflush(stdout);
	while (!ending) {
		struct pollfd w = {.fd = p.fd, .events = POLLIN};
		socklen_t len = sizeof(p.at);

		if (poll(&w, 1, TICK_MS) <= 0)
			continue;
		ssize_t n =
			recvfrom(p.fd, buf, sizeof(buf), 0, (struct sockaddr *)(void *)&p.at, &len);

		if (n >= 0)
			lab_device_hear(&d, ward_slice_of(buf, (size_t)n));
		for (size_t i = 0; i < d.n_object; i++)
			d.object[i].value += 0.25f;
	}
	printf("{\"heard\":%u,\"who_is\":%u,\"read_multiple\":%u,\"events\":%u,\"violations\":%u}"
	       "\n",
		d.n_heard, d.n_who_is, d.n_read_multiple, d.n_events, d.n_violation);
	if (d.n_violation)
		fprintf(stderr, "building: was asked: %s\n", d.violation);
	return d.n_violation ? 1 : 0;
}

/* One client after the other, as small controllers do. */
static int modbus(char **argv)
{
	enum { FUNCTION_AT = 7, REGISTERS = 200 };
	modbus_t *ctx = modbus_new_tcp(argv[0], (int)strtol(argv[1], NULL, 10));
	modbus_mapping_t *map = modbus_mapping_new(REGISTERS, REGISTERS, REGISTERS, REGISTERS);
	uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
	unsigned n_heard = 0, n_violation = 0;
	int listener = ctx && map ? modbus_tcp_listen(ctx, 1) : -1;

	if (listener < 0) {
		perror("building: listen");
		return 2;
	}
	for (int i = 0; i < REGISTERS; i++)
		map->tab_registers[i] = (uint16_t)i;
	puts("ready");
	(void)fflush(stdout);
	while (!ending && modbus_tcp_accept(ctx, &listener) >= 0) {
		int n;

		while (!ending && (n = modbus_receive(ctx, query)) >= 0) {
			n_heard++;
			n_violation += query[FUNCTION_AT] < 1 || query[FUNCTION_AT] > 4;
			(void)modbus_reply(ctx, query, n, map);
		}
		modbus_close(ctx);
	}
	printf("{\"heard\":%u,\"violations\":%u}\n", n_heard, n_violation);
	modbus_mapping_free(map);
	modbus_free(ctx);
	return n_violation ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct sigaction a = {.sa_handler = on_end};

	(void)sigaction(SIGTERM, &a, NULL);
	(void)sigaction(SIGINT, &a, NULL);
	if (argc == 6 && strcmp(argv[1], "bacnet") == 0)
		return bacnet(argv + 2);
	if (argc == 4 && strcmp(argv[1], "modbus") == 0)
		return modbus(argv + 2);
	fprintf(stderr, "usage: building bacnet ADDR PORT INSTANCE POINTS | modbus ADDR PORT\n");
	return 2;
}
