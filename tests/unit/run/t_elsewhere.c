/* The supervisor's watch over the database that has the journal: what it appends, by what the
 * process shows of itself, to a journal that is a socket here; and what a machine that was lost
 * told. */
#include "run/board.h"
#include "run/elsewhere.h"
#include "run/fetched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct fix {
	struct ward_clock_fake clock;
	struct ward_log log;
	struct ward_reporter reporter;
	struct ward_board board;
	struct ward_elsewhere e;
	struct ward_quorum_state is;
	int journal; /* the other end */
	struct ward_names names;
	struct ward_arena arena;
	struct ward_limits lim;
	uint8_t buf[WARD_MSG_MAX];
	struct ward_record rec[WARD_WIRE_BATCH_MAX];
};

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));
	int sv[2];

	assert_non_null(x);
	ward_clock_fake_init(&x->clock, 1700000000 * WARD_NS_PER_S);
	ward_log_init(&x->log, open("/dev/null", O_WRONLY | O_CLOEXEC), WARD_LOG_ERROR, "t",
		&x->clock.clock);
	ward_reporter_init(&x->reporter, &x->clock.clock, &x->log);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv), 0);
	assert_int_equal(fcntl(sv[1], F_SETFL, O_NONBLOCK), 0);
	x->reporter.journal = sv[0];
	x->journal = sv[1];
	ward_limits_default(&x->lim);
	assert_int_equal(ward_names_init(&x->names, ward_mem_heap(), &x->lim), WARD_OK);
	ward_arena_init(&x->arena, ward_mem_heap(), 1 << 20);
	ward_board_init(&x->board, memfd_create("board", MFD_CLOEXEC));
	ward_elsewhere_init(&x->e, x->board.fd, &x->reporter);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_elsewhere_fini(&x->e);
	(void)close(x->board.fd);
	ward_board_fini(&x->board);
	ward_arena_fini(&x->arena);
	ward_names_fini(&x->names);
	ward_reporter_fini(&x->reporter);
	(void)close(x->journal);
	(void)close(x->log.fd);
	free(x);
	return 0;
}

static void show(struct fix *x, enum ward_quorum_stand stand, enum ward_quorum_fault fault)
{
	struct ward_json *j;

	if (stand != x->is.stand)
		x->is.since = x->clock.at;
	x->is.stand = stand;
	x->is.fault = fault;
	x->is.epoch = 3;
	x->is.next = 72;
	(void)snprintf(x->is.host, sizeof(x->is.host), "db-a");
	x->clock.at += 2 * WARD_NS_PER_S;
	j = ward_board_begin(&x->board, x->clock.at);
	assert_non_null(j);
	ward_quorum_state_put(&x->is, j);
	ward_board_end(&x->board);
}

/* What it told with this look; NULL: nothing. Lives until the next one. */
static const char *told(struct fix *x)
{
	static char what[64];
	struct ward_msg m;
	struct ward_event e;
	size_t n = 0;

	ward_elsewhere_look(&x->e);
	if (ward_msg_recv(x->journal, x->buf, &m) != WARD_OK)
		return NULL;
	assert_int_equal(m.type, WARD_MSG_APPEND);
	assert_int_equal(
		ward_wire_append(&m.body, 1u << WARD_LANE_CONTROL, 1, x->rec, &n), WARD_OK);
	assert_int_equal(n, 1);
	ward_arena_reset(&x->arena);
	assert_int_equal(
		ward_event_decode(x->rec[0].data, &x->names, &x->arena, &x->lim, &e), WARD_OK);
	assert_true(ward_str_eqz(ward_name_text(&x->names, e.class), "ward.quorum"));
	(void)snprintf(what, sizeof(what), "%.*s %.*s",
		WARD_STR_ARG(ward_event_str(&e, ward_name(&x->names, WARD_STR("quorum.what")))),
		WARD_STR_ARG(ward_event_str(&e, ward_name(&x->names, WARD_STR("quorum.fault")))));
	return what;
}

static void what_is_told(void **state)
{
	struct fix *x = *state;

	assert_null(told(x)); /* nothing was said yet */
	show(x, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND);
	assert_string_equal(told(x), "whole sound");
	assert_null(told(x));
	show(x, WARD_QUORUM_REFUSED, WARD_QUORUM_FSYNC);
	assert_null(told(x));
	x->clock.at += WARD_QUORUM_TELL_S * WARD_NS_PER_S;
	assert_string_equal(told(x), "refused fsync"); /* also when no more is said meanwhile */
	show(x, WARD_QUORUM_REFUSED, WARD_QUORUM_FSYNC);
	assert_null(told(x));
	show(x, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND);
	assert_string_equal(told(x), "whole sound");
	show(x, WARD_QUORUM_FOREIGN, WARD_QUORUM_SOUND);
	assert_string_equal(told(x), "foreign sound");
}

/* A journal that takes nothing is told with the next look. */
static void told_later(void **state)
{
	struct fix *x = *state;
	int journal = x->reporter.journal;

	show(x, WARD_QUORUM_FOREIGN, WARD_QUORUM_SOUND);
	x->reporter.journal = -1;
	ward_elsewhere_look(&x->e);
	x->reporter.journal = journal;
	assert_string_equal(told(x), "foreign sound");
}

/* Of a process that was taken over. */
static void a_board_of_anything(void **state)
{
	struct fix *x = *state;
	struct ward_json *j = ward_board_begin(&x->board, x->clock.at += 2 * WARD_NS_PER_S);

	ward_json_put_z(j, "stand", "\x1b[2Jfine");
	ward_board_end(&x->board);
	assert_null(told(x));
	assert_int_equal(ftruncate(x->board.fd, 3), 0);
	assert_null(told(x));
	show(x, WARD_QUORUM_WRITES, WARD_QUORUM_SOUND);
	assert_string_equal(told(x), "whole sound");
}

static void what_a_lost_machine_told(void **state)
{
	char dir[] = "/tmp/ward-fetched-XXXXXX", path[64];
	static const char *const bad[] = {"", "told until", "told until x\n", "told until 7",
		"told until -7\n", "told until 99999999999999999999\n"};
	ward_ns t = 5;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(ward_fetched_read(dir, &t), WARD_OK);
	assert_int_equal(t, 0);
	assert_int_equal(ward_fetched_write(fd, 1700000000 * WARD_NS_PER_S), WARD_OK);
	assert_int_equal(ward_fetched_write(fd, 1), WARD_ERR_DENIED);
	assert_int_equal(ward_fetched_read(dir, &t), WARD_OK);
	assert_int_equal(t, 1700000000 * WARD_NS_PER_S);
	(void)close(fd);
	(void)snprintf(path, sizeof(path), "%s/" WARD_FETCHED_FILE, dir);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
		assert_int_equal(write(fd, bad[i], strlen(bad[i])), (ssize_t)strlen(bad[i]));
		(void)close(fd);
		assert_int_equal(ward_fetched_read(dir, &t), WARD_ERR_MALFORMED);
		assert_int_equal(t, 0);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(told_later, setup, teardown),
		cmocka_unit_test_setup_teardown(a_board_of_anything, setup, teardown),
		cmocka_unit_test(what_a_lost_machine_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
