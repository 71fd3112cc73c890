/* The wrapped libmodbus against a real server of its own on the other end of a socket, which looks
 * at every request, and against answers that no server would give. */
#include "sense/building/modbus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <modbus/modbus.h>

#include <cmocka.h>

enum { FUNCTION_AT = 7, REGISTERS = 200 };

/* Serves until the other end goes; its exit code says whether all it was asked was to be read. */
static WARD_NORETURN void serve(int fd)
{
	modbus_t *ctx = modbus_new_tcp("127.0.0.1", 1502);
	modbus_mapping_t *map = modbus_mapping_new(REGISTERS, REGISTERS, REGISTERS, REGISTERS);
	uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
	bool good = ctx && map;

	for (int i = 0; good && i < REGISTERS; i++) {
		map->tab_registers[i] = (uint16_t)(1000 + i);
		map->tab_input_registers[i] = (uint16_t)(2000 + i);
		map->tab_bits[i] = (uint8_t)(i % 2);
		map->tab_input_bits[i] = i % 3 == 0;
	}
	(void)modbus_set_socket(ctx, fd);
	for (;;) {
		int n = modbus_receive(ctx, query);

		if (n < 0)
			_exit(good ? 0 : 1);
		good &= query[FUNCTION_AT] >= 1 && query[FUNCTION_AT] <= 4;
		(void)modbus_reply(ctx, query, n, map);
	}
}

static struct ward_modbus *begin(int ret[2])
{
	struct ward_modbus *m;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ret), 0);
	assert_int_equal(ward_modbus_new(&m), WARD_OK);
	assert_false(ward_modbus_connected(m));
	ward_modbus_use(m, ret[0]);
	return m;
}

static void reads_all_tables(void **state)
{
	int pair[2], status = 0;
	uint16_t reg[WARD_MODBUS_BITS];
	struct ward_modbus *m = begin(pair);
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(pair[0]);
		serve(pair[1]);
	}
	(void)close(pair[1]);
	assert_int_equal(
		ward_modbus_read(m, 1, WARD_MODBUS_HOLDING, 5, 120, reg).what, WARD_MODBUS_DONE);
	assert_true(reg[0] == 1005 && reg[119] == 1124);
	assert_int_equal(
		ward_modbus_read(m, 1, WARD_MODBUS_INPUT, 0, 2, reg).what, WARD_MODBUS_DONE);
	assert_true(reg[0] == 2000 && reg[1] == 2001);
	assert_int_equal(
		ward_modbus_read(m, 9, WARD_MODBUS_COIL, 0, 9, reg).what, WARD_MODBUS_DONE);
	assert_true(reg[0] == 0 && reg[1] == 1 && reg[8] == 0);
	assert_int_equal(
		ward_modbus_read(m, 1, WARD_MODBUS_DISCRETE, 3, 4, reg).what, WARD_MODBUS_DONE);
	assert_true(reg[0] == 1 && reg[1] == 0 && reg[3] == 1);
	struct ward_modbus_end e = ward_modbus_read(m, 1, WARD_MODBUS_HOLDING, 199, 2, reg);

	assert_int_equal(e.what, WARD_MODBUS_EXCEPTION);
	assert_int_equal(e.code, 2);
	assert_true(ward_modbus_connected(m));
	ward_modbus_free(m);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* The first request of a connection has transaction 1. */
static void bears_the_hostile(void **state)
{
	static const struct {
		uint8_t answer[16];
		size_t len;
		enum ward_modbus_ended what;
	} row[] = {{{0, 99, 0, 0, 0, 5, 1, 3, 2, 0, 7}, 11, WARD_MODBUS_WRONG}, /* another's */
		{{0, 1, 9, 9, 0, 5, 1, 3, 2, 0, 7}, 11, WARD_MODBUS_WRONG},     /* no Modbus */
		{{0, 1, 0, 0, 0, 5, 1, 4, 2, 0, 7}, 11, WARD_MODBUS_WRONG}, /* another function */
		{{0, 1, 0, 0, 0, 3, 1, 0x83, 77}, 9, WARD_MODBUS_WRONG},    /* no exception */
		{{0, 1, 0, 0, 0, 5, 1, 3, 200, 0, 7}, 11, WARD_MODBUS_MISSED}, /* ends too soon */
		{{0, 1, 0, 0, 0, 5, 1}, 7, WARD_MODBUS_MISSED}, {{0}, 0, WARD_MODBUS_MISSED},
		{{0, 1, 0, 0, 0, 3, 1, 0x83, 6}, 9, WARD_MODBUS_EXCEPTION}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		int pair[2];
		uint16_t reg[8];
		struct ward_modbus *m = begin(pair);

		assert_true(write(pair[1], row[i].answer, row[i].len) == (ssize_t)row[i].len);
		/* what comes after it is the end */
		assert_int_equal(shutdown(pair[1], SHUT_WR), 0);
		struct ward_modbus_end e = ward_modbus_read(m, 1, WARD_MODBUS_HOLDING, 0, 1, reg);

		if (e.what != row[i].what)
			fail_msg("answer %zu ends as %d", i, (int)e.what);
		/* an answer that is late must not meet the next question */
		assert_int_equal(ward_modbus_connected(m), e.what == WARD_MODBUS_EXCEPTION);
		if (e.what != WARD_MODBUS_EXCEPTION)
			assert_int_equal(
				ward_modbus_read(m, 1, WARD_MODBUS_HOLDING, 0, 1, reg).what,
				WARD_MODBUS_MISSED);
		ward_modbus_free(m);
		(void)close(pair[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_tables), cmocka_unit_test(bears_the_hostile)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
