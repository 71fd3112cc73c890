/* The process that asks the units behind one Modbus/TCP controller or gateway. Its connections are
 * made by a child (dial.h); what the controller sends is read in a cage that can make none.
 * libmodbus waits for each answer, at most three seconds: so one process for each controller. */
#include "run/dial.h"
#include "run/proc/poller.h"
#include "sense/building/modbus.h"

#include "base/hash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IP_TEXT = 64 };

static const ward_ns dial_first = WARD_NS_PER_S, dial_most = 60 * WARD_NS_PER_S;

struct sensor {
	struct poller s;
	struct ward_modbus *modbus;
	struct ward_modbus_client *client;
	int dialer;
	bool dialing;
	ward_ns dial_at, dial_pause;
	char ip[IP_TEXT];
};

static struct ward_poll_now now_of(void *ctx)
{
	struct sensor *m = ctx;

	return poller_now(&m->s);
}

static struct ward_modbus_end read_registers(void *ctx, uint8_t unit, enum ward_modbus_table table,
	uint16_t start, uint16_t n, uint16_t *ret)
{
	struct sensor *m = ctx;
	bool before = ward_modbus_connected(m->modbus);
	struct ward_modbus_end e = ward_modbus_read(m->modbus, unit, table, start, n, ret);

	if (before && !ward_modbus_connected(m->modbus))
		m->dial_at = ward_clock_mono(m->s.p.clock) + m->dial_pause;
	if (e.what == WARD_MODBUS_DONE)
		m->dial_pause = dial_first; /* whoever answers is dialled at once again */
	return e;
}

/* A connection, or the reason for a pause that doubles. */
static void dialed(struct sensor *m)
{
	int fd = -1;
	enum ward_err err = ward_dial_take(m->dialer, &fd);

	if (err == WARD_ERR_AGAIN)
		return;
	m->dialing = false;
	if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
		ward_process_die(&m->s.p, "the dialer is gone", err);
	m->dial_at = ward_clock_mono(m->s.p.clock) + m->dial_pause;
	m->dial_pause = m->dial_pause * 2 < dial_most ? m->dial_pause * 2 : dial_most;
	if (err) {
		ward_count_name(&m->s.p.counters, "modbus.unreached", 1);
		return;
	}
	ward_modbus_use(m->modbus, fd);
}

static void dial(struct sensor *m)
{
	if (m->dialing || ward_modbus_connected(m->modbus) ||
		ward_clock_mono(m->s.p.clock) < m->dial_at)
		return;
	if (ward_dial_ask(m->dialer) != WARD_OK)
		ward_process_die(&m->s.p, "the dialer is gone", WARD_ERR_CLOSED);
	m->dialing = true;
}

static void set_up(struct sensor *m)
{
	struct poller *s = &m->s;
	struct ward_dial to;
	uint8_t address[16];
	const char *why = NULL;
	size_t at = 0;
	struct ward_modbus_client_opts o = {.mem = ward_mem_heap(),
		.lim = &s->lim,
		.names = &s->names,
		.counters = &s->p.counters,
		.sink = {poller_put, s},
		.source = s->source,
		.plan = &s->plan,
		.every = s->every,
		.seed = ward_seed_random().k0,
		.epoch = (uint64_t)ward_clock_now(s->p.clock),
		.read = read_registers,
		.now = now_of,
		.ctx = m};

	if (!ward_dial_parse(ward_str_z(poller_must(s, "at")), &to))
		ward_process_die(&s->p, "at", WARD_ERR_CONFIG);
	/* a name stands for no address of the events */
	if (inet_pton(AF_INET, to.host, address) == 1 ||
		inet_pton(AF_INET6, to.host, address) == 1) {
		size_t len = strlen(to.host);

		memcpy(m->ip, to.host, len < IP_TEXT ? len : 0);
		o.ip = ward_str_z(m->ip);
	}
	if (ward_modbus_new(&m->modbus) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	enum ward_err err = ward_modbus_client_new(&o, &m->client, &at, &why);

	if (err == WARD_ERR_CONFIG)
		poller_bad_point(s, at, why);
	if (err)
		ward_process_die(&s->p, "the client", err);
	m->dial_pause = dial_first;
	ward_dial_start(&s->p, &to, &m->dialer);
}

static void run(struct sensor *m)
{
	while (!ward_process_stopping()) {
		ward_ns due = ward_modbus_client_due(m->client);
		struct pollfd p = {.events = POLLIN};

		dial(m);
		if (m->dialing)
			due = INT64_MAX; /* nobody is asked before there is an answer */
		else if (!ward_modbus_connected(m->modbus) && m->dial_at < due)
			due = m->dial_at;
		p.fd = m->dialing ? m->dialer : -1;
		if (poll(&p, 1, poller_wait_ms(&m->s, due)) < 0 && errno != EINTR)
			ward_process_die(&m->s.p, "poll", WARD_ERR_IO);
		if (p.revents)
			dialed(m);
		/* while a first connection is made nobody is missing */
		if (!m->dialing) {
			enum ward_err err = ward_modbus_client_tick(m->client);

			if (err)
				ward_process_die(&m->s.p, "the client", err);
		}
		ward_feeder_flush(m->s.feeder);
		ward_process_count(&m->s.p);
	}
}

int main(int argc, char **argv)
{
	struct sensor *m = calloc(1, sizeof(*m));

	if (!m)
		return WARD_PROCESS_DIED;
	poller_begin(&m->s, "modbus", argc, argv);
	set_up(m);
	ward_process_cage(&m->s.p, WARD_CAGE_SELECT, NULL);
	run(m);
	ward_modbus_client_free(m->client);
	ward_modbus_free(m->modbus);
	ward_poll_plan_fini(&m->s.plan);
	return ward_process_end(&m->s.p);
}
