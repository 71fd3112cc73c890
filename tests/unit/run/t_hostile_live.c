/* The real journal and pseudonym processes with one peer that was taken over: the others must be
 * served all the same. And a journal that is not the one that its reader knew. */
#include "live.h"
#include "run/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000, FLOODERS = 2, TEXT = 128 };

struct live {
	char folder[64], dir[TEXT];
	struct live_process process;
	int hostile, honest; /* our ends */
	pid_t flooder[FLOODERS];
};

static uint8_t buf[WARD_MSG_MAX];
static struct ward_batch batch;

static void begin(struct live *l, const char *name, const char *honest)
{
	int a[2], b[2];

	*l = (struct live){.hostile = -1};
	live_folder(l->folder, sizeof(l->folder));
	(void)snprintf(l->dir, sizeof(l->dir), "dir=%s", l->folder);
	live_pair(a);
	live_pair(b);
	l->process = (struct live_process){
		.name = name, .arg = {l->dir}, .fd = {{"net", a[0]}, {honest, b[0]}}};
	l->hostile = a[1];
	l->honest = b[1];
	live_start(&l->process);
}

static void end(struct live *l)
{
	(void)live_end(&l->process, SIGTERM);
	for (size_t i = 0; l->process.fd[i].name; i++)
		close(l->process.fd[i].fd);
	close(l->hostile);
	close(l->honest);
	live_remove(l->folder);
}

/* The next message of the honest peer's link. */
static struct ward_msg answer(struct live *l)
{
	struct pollfd p = {.fd = l->honest, .events = POLLIN};
	struct ward_msg m;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("no answer");
	assert_int_equal(ward_msg_recv(l->honest, buf, &m), WARD_OK);
	return m;
}

static void ask_token(int fd, uint32_t id, enum ward_err want)
{
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_lv(&w, ward_str_bytes(WARD_STR("somebody")));
	assert_int_equal(ward_msg_send(fd, WARD_MSG_TOKENS, id, ward_wr_slice(&w)), want);
}

static bool takes_more(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 500) == 1;
}

/* Asks without listening until both queues are full. */
static void t_deaf(void **state)
{
	struct live l;

	(void)state;
	begin(&l, "pseudonym", "log");
	ask_token(l.honest, 1, WARD_OK);
	assert_int_equal(answer(&l).id, 1);
	assert_int_equal(fcntl(l.hostile, F_SETFL, O_NONBLOCK), 0);
	/* more than an endless queue of answers would be: it answers, or drops the answers */
	for (uint32_t i = 0; i < 40000 && takes_more(l.hostile); i++)
		ask_token(l.hostile, i, WARD_OK);
	ask_token(l.honest, 2, WARD_OK);
	assert_int_equal(answer(&l).id, 2);
	end(&l);
}

static void append(struct live *l, uint32_t id)
{
	ward_batch_begin(&batch);
	assert_true(ward_batch_add(
		&batch, WARD_LANE_EVIDENCE, WARD_RECORD_EVENT, ward_str_bytes(WARD_STR("a door"))));
	assert_int_equal(
		ward_msg_send(l->honest, WARD_MSG_APPEND, id, ward_batch_body(&batch)), WARD_OK);
}

static pid_t flood(int fd)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* not permitted to a sensor, so that nothing is owed for it */
	while (ward_msg_send(fd, WARD_MSG_ACK, 1, (struct ward_slice){NULL, 0}) == WARD_OK)
		;
	_exit(0);
}

static void t_flood(void **state)
{
	struct live l;

	(void)state;
	begin(&l, "journal", "log");
	for (size_t i = 0; i < FLOODERS; i++)
		l.flooder[i] = flood(l.hostile);
	for (uint32_t id = 1; id <= 20; id++) {
		append(&l, id);
		assert_int_equal(answer(&l).id, id);
	}
	for (size_t i = 0; i < FLOODERS; i++) {
		assert_int_equal(kill(l.flooder[i], SIGKILL), 0);
		assert_int_equal(waitpid(l.flooder[i], NULL, 0), l.flooder[i]);
	}
	end(&l);
}

static struct ward_msg read_from(struct live *l, uint32_t id, uint64_t from)
{
	uint8_t body[12];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;

	ward_wr_be64(&w, from);
	ward_wr_be32(&w, 10);
	assert_int_equal(ward_msg_send(l->honest, WARD_MSG_READ, id, ward_wr_slice(&w)), WARD_OK);
	m = answer(l);
	assert_int_equal(m.type, WARD_MSG_RECORDS);
	assert_int_equal(m.id, id);
	return m;
}

/* Its folder was removed, and the store's was not. */
static void t_other_journal(void **state)
{
	struct live l;
	struct ward_msg m;
	struct ward_record rec;

	(void)state;
	begin(&l, "journal", "brain");
	m = read_from(&l, 1, 1000);
	assert_int_equal(ward_rd_left(&m.body), 0);
	/* what is there can be read from its beginning: a tick comes when nothing else does */
	m = read_from(&l, 2, 1);
	assert_int_equal(ward_wire_get_record(&m.body, &rec), WARD_OK);
	assert_int_equal(rec.seq, 1);
	assert_int_equal(rec.type, WARD_RECORD_TICK);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_deaf),
		cmocka_unit_test(t_flood),
		cmocka_unit_test(t_other_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
