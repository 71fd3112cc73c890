#include "sense/building/modbus.h"

#include <errno.h>
#include <modbus/modbus.h>
#include <stdlib.h>
#include <unistd.h>

struct ward_modbus {
	modbus_t *ctx;
	bool connected;
};

_Static_assert(WARD_MODBUS_REGISTERS <= MODBUS_MAX_READ_REGISTERS &&
		       WARD_MODBUS_BITS <= MODBUS_MAX_READ_BITS,
	"what one question asks for is what the standard allows");

enum ward_err ward_modbus_new(struct ward_modbus **ret)
{
	struct ward_modbus *m = calloc(1, sizeof(*m));

	if (!m)
		return WARD_ERR_NOMEM;
	/* the address is not used: the socket is given */
	m->ctx = modbus_new_tcp("127.0.0.1", MODBUS_TCP_DEFAULT_PORT);
	if (!m->ctx) {
		free(m);
		return WARD_ERR_NOMEM;
	}
	/* no byte timeout: the whole answer has the time of the answer */
	(void)modbus_set_response_timeout(m->ctx, WARD_MODBUS_TIMEOUT_S, 0);
	(void)modbus_set_byte_timeout(m->ctx, 0, 0);
	(void)modbus_set_error_recovery(m->ctx, MODBUS_ERROR_RECOVERY_NONE);
	(void)modbus_set_socket(m->ctx, -1);
	*ret = m;
	return WARD_OK;
}

static void disconnect(struct ward_modbus *m)
{
	if (m->connected)
		(void)close(modbus_get_socket(m->ctx));
	m->connected = false;
	(void)modbus_set_socket(m->ctx, -1);
}

void ward_modbus_use(struct ward_modbus *m, int fd)
{
	disconnect(m);
	(void)modbus_set_socket(m->ctx, fd);
	m->connected = true;
}

bool ward_modbus_connected(const struct ward_modbus *m)
{
	return m->connected;
}

static int read_bits(
	modbus_t *ctx, enum ward_modbus_table table, uint16_t start, uint16_t n, uint16_t *ret)
{
	uint8_t bit[WARD_MODBUS_BITS];
	int got = table == WARD_MODBUS_COIL ? modbus_read_bits(ctx, start, n, bit)
					    : modbus_read_input_bits(ctx, start, n, bit);

	for (int i = 0; i < got; i++)
		ret[i] = bit[i];
	return got;
}

/* libmodbus gives exceptions as numbers of its own, one for each code. */
static struct ward_modbus_end failed(struct ward_modbus *m)
{
	int e = errno;
	bool exception = e > MODBUS_ENOBASE && e < MODBUS_ENOBASE + MODBUS_EXCEPTION_MAX;
	bool wrong = e == EMBBADCRC || e == EMBBADDATA || e == EMBBADEXC || e == EMBUNKEXC ||
		     e == EMBMDATA || e == EMBBADSLAVE;

	if (exception)
		return (struct ward_modbus_end){
			WARD_MODBUS_EXCEPTION, (uint8_t)(e - MODBUS_ENOBASE)};
	disconnect(m);
	return (struct ward_modbus_end){wrong ? WARD_MODBUS_WRONG : WARD_MODBUS_MISSED, 0};
}

struct ward_modbus_end ward_modbus_read(void *ctx, uint8_t unit, enum ward_modbus_table table,
	uint16_t start, uint16_t n, uint16_t *ret)
{
	struct ward_modbus *m = ctx;
	int got;

	WARD_ASSERT(n && n <= (ward_modbus_bits(table) ? WARD_MODBUS_BITS : WARD_MODBUS_REGISTERS));
	if (!m->connected)
		return (struct ward_modbus_end){WARD_MODBUS_MISSED, 0};
	(void)modbus_set_slave(m->ctx, unit); /* 0 to 247: parsed so */
	if (ward_modbus_bits(table))
		got = read_bits(m->ctx, table, start, n, ret);
	else if (table == WARD_MODBUS_HOLDING)
		got = modbus_read_registers(m->ctx, start, n, ret);
	else
		got = modbus_read_input_registers(m->ctx, start, n, ret);
	return got == n ? (struct ward_modbus_end){WARD_MODBUS_DONE, 0} : failed(m);
}

void ward_modbus_free(struct ward_modbus *m)
{
	if (!m)
		return;
	disconnect(m);
	modbus_free(m->ctx);
	free(m);
}
