/* Asks Modbus/TCP controllers from the command line. */
#include "cli/field_poll.h"

#include "base/hash.h"
#include "run/listen.h"
#include "sense/building/modbus.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>

struct asked {
	struct field_poll f;
	struct ward_modbus *modbus;
};

static struct ward_modbus_end read_registers(void *ctx, uint8_t unit, enum ward_modbus_table table,
	uint16_t start, uint16_t n, uint16_t *ret)
{
	struct asked *a = ctx;
	int fd = -1;

	/* a pace of its own lies between two tries */
	if (!ward_modbus_connected(a->modbus) && field_poll_connect(&a->f, &fd) == WARD_OK)
		ward_modbus_use(a->modbus, fd);
	return ward_modbus_read(a->modbus, unit, table, start, n, ret);
}

static struct ward_poll_now now_of(void *ctx)
{
	(void)ctx;
	return field_poll_now();
}

static enum ward_err ask(struct asked *a, struct ward_modbus_client *c)
{
	enum ward_err err = WARD_OK;

	while (!err && field_poll_goes_on(&a->f)) {
		int wait = field_poll_wait(&a->f, ward_modbus_client_due(c));

		if (wait && poll(NULL, 0, wait) < 0 && errno != EINTR)
			return WARD_ERR_IO;
		err = ward_modbus_client_tick(c);
	}
	return err;
}

int ward_cli_field_modbus(const struct ward_cmd *cmd, int argc, char **argv)
{
	static struct asked a;
	struct ward_modbus_client *c;
	const char *why = NULL;
	size_t at = 0;
	int fd = -1, rc = field_poll_begin(&a.f, cmd, argc, argv);

	if (rc != WARD_EXIT_DONE)
		return rc;
	if (a.f.n_target != 1 || !a.f.plan.n)
		return ward_cli_usage(
			cmd, "modbus asks one HOST:PORT for points (--point, or --hospital)");
	struct ward_modbus_client_opts o = {.mem = ward_mem_heap(),
		.lim = &a.f.lim,
		.names = &a.f.names,
		.counters = &a.f.counters,
		.sink = {field_poll_put, &a.f},
		.source = WARD_STR("modbus"),
		.plan = &a.f.plan,
		.every = (ward_ns)a.f.every_s * WARD_NS_PER_S,
		.seed = ward_seed_random().k0,
		.epoch = (uint64_t)ward_clock_now(ward_clock_system()),
		.read = read_registers,
		.now = now_of,
		.ctx = &a};
	enum ward_err err = field_poll_connect(&a.f, &fd); /* a wrong address is said at once */

	if (err)
		return field_poll_end(&a.f, err, "connect to the controller");
	if (ward_modbus_new(&a.modbus) != WARD_OK)
		return field_poll_end(&a.f, WARD_ERR_NOMEM, "begin");
	ward_modbus_use(a.modbus, fd);
	err = ward_modbus_client_new(&o, &c, &at, &why);
	if (err) {
		rc = why ? field_poll_bad_point(&a.f, at, why) : WARD_EXIT_RUN;
		ward_modbus_free(a.modbus);
		(void)field_poll_end(&a.f, WARD_OK, NULL);
		return rc;
	}
	err = ask(&a, c);
	ward_modbus_client_free(c);
	ward_modbus_free(a.modbus);
	return field_poll_end(&a.f, err, "ask the controller");
}
