/* A sensor's way to the journal, with this test in the journal's place: what has no room. */
#include "event/event.h"
#include "live.h"
#include "run/feeder.h"
#include "run/wire.h"

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

enum { PATIENCE_MS = 60000, TEXT = 32 };

static uint8_t buf[WARD_MSG_MAX];
static struct ward_record rec[WARD_WIRE_BATCH_MAX];

/* is_long: of more bytes than a record has. */
static void feed(struct ward_feeder *f, struct ward_names *names, const char *class, bool is_long)
{
	static char text[WARD_MSG_MAX];
	struct ward_arena a;
	struct ward_event e;

	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	ward_event_init(&e, &a);
	e.source = ward_name(names, WARD_STR("here"));
	e.class = ward_name(names, ward_str_z(class));
	memset(text, 'x', sizeof(text));
	if (is_long && ward_event_set(&e, ward_name(names, WARD_STR("log.text")),
			       ward_value_str((struct ward_str){text, sizeof(text)})) != WARD_OK)
		_exit(2);
	ward_feeder_event(f, &e);
	ward_feeder_flush(f);
	ward_arena_fini(&a);
}

/* In a child: telemetry twice, then evidence, then what is too large. */
static void sense(int journal, int pseudonym)
{
	static char text[3][TEXT];
	char *argv[] = {(char *)(uintptr_t) "net", text[0], text[1], text[2], NULL};
	struct ward_process p;
	struct ward_names names;
	struct ward_limits lim;
	struct ward_feeder *f;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* also when the test fails */
	(void)snprintf(text[0], TEXT, "supervisor=%d", (int)getppid());
	(void)snprintf(text[1], TEXT, "fd.journal=%d", journal);
	(void)snprintf(text[2], TEXT, "fd.pseudonym=%d", pseudonym);
	ward_process_begin(&p, "net", 4, argv);
	ward_limits_default(&lim);
	if (ward_names_init(&names, ward_mem_heap(), &lim) != WARD_OK ||
		ward_feeder_new(&p, &names, &f) != WARD_OK)
		_exit(1);
	feed(f, &names, "net.flow", false);
	feed(f, &names, "net.flow", false);
	feed(f, &names, "door.forced", false);
	feed(f, &names, "net.flow", true);
	_exit(ward_feeder_empty(f) && ward_feeder_shed(f) == 2 && ward_feeder_too_large(f) == 1
			? 0
			: 1);
}

/* The next APPEND: how many records, and how many of them evidence; answered with a verdict. */
static size_t take(int fd, enum ward_err verdict, size_t *ret_evidence)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint8_t body[9];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;
	size_t n = 0;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("nothing is appended");
	assert_int_equal(ward_msg_recv(fd, buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_APPEND);
	assert_int_equal(ward_wire_append(&m.body, (1u << WARD_LANE_N) - 1, 2, rec, &n), WARD_OK);
	*ret_evidence = 0;
	for (size_t i = 0; i < n; i++)
		*ret_evidence += rec[i].lane == WARD_LANE_EVIDENCE;
	ward_wr_u8(&w, (uint8_t)verdict);
	ward_wr_be64(&w, 1);
	assert_int_equal(ward_msg_send(fd, WARD_MSG_APPENDED, m.id, ward_wr_slice(&w)), WARD_OK);
	return n;
}

/* The journal has room for evidence and none for telemetry: that is shed, the loss is told apart
 * from it and not each time, and evidence does not wait. */
static void t_telemetry_full(void **state)
{
	int journal[2], pseudonym[2], status = -1;
	size_t n_evidence;
	pid_t pid;

	(void)state;
	live_pair(journal);
	live_pair(pseudonym);
	pid = fork();
	if (pid == 0)
		sense(journal[0], pseudonym[0]);
	assert_true(pid > 0);
	assert_int_equal(take(journal[1], WARD_ERR_FULL, &n_evidence), 1);
	assert_int_equal(n_evidence, 0);
	assert_int_equal(take(journal[1], WARD_OK, &n_evidence), 1);
	assert_int_equal(n_evidence, 1); /* the loss */
	assert_int_equal(take(journal[1], WARD_ERR_FULL, &n_evidence), 1);
	assert_int_equal(n_evidence, 0);
	assert_int_equal(take(journal[1], WARD_OK, &n_evidence), 1);
	assert_int_equal(n_evidence, 1); /* the door */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	for (int i = 0; i < 2; i++) {
		close(journal[i]);
		close(pseudonym[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_telemetry_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
