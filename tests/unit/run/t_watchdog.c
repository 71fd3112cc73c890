/* A process that works without progress is ended and says so, caged as it is; one that gets on, or
 * waits, is not. Its time is that on the processor: how busy the machine is changes nothing. */
#include "run/sandbox.h"
#include "run/watchdog.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const ward_ns allowed = 80 * WARD_NS_PER_MS;

static void work(ward_ns time, bool progress)
{
	ward_ns end = 0;
	struct timespec t;

	do {
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		ward_ns now = t.tv_sec * WARD_NS_PER_S + t.tv_nsec;

		end = end ? end : now + time;
		if (now >= end)
			return;
		if (progress)
			ward_watchdog_progress();
	} while (true);
}

static void hangs(void)
{
	work(100 * allowed, false);
}

static void gets_on(void)
{
	work(4 * allowed, true);
}

static void waits(void)
{
	(void)poll(NULL, 0, (int)(3 * allowed / WARD_NS_PER_MS));
}

/* Its status, and what it logged. */
static int run(void (*what)(void), char said[512])
{
	int status, pair[2];
	ssize_t n;

	assert_int_equal(pipe(pair), 0);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct ward_sandbox cage = {.cage = WARD_CAGE_PLAIN, .n_descriptor_max = 256};
		struct ward_log log;
		const char *step;
		int abi;

		ward_log_init(&log, pair[1], WARD_LOG_INFO, "lab", ward_clock_system());
		(void)signal(SIGABRT, SIG_DFL);
		if (ward_watchdog_start(&log, allowed) != WARD_OK ||
			ward_sandbox_enter(&cage, &abi, &step) != WARD_OK)
			_exit(99);
		what();
		_exit(0);
	}
	(void)close(pair[1]);
	n = read(pair[0], said, 511);
	assert_true(n >= 0);
	said[n] = 0;
	(void)close(pair[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void t_hangs(void **state)
{
	char said[512];
	int status = run(hangs, said);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_non_null(strstr(said, "\"event\":\"process.hung\",\"worked_ms\":80"));
}

static void t_gets_on(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(run(gets_on, said), 0);
	assert_string_equal(said, "");
}

static void t_waits(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(run(waits, said), 0);
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_hangs),
		cmocka_unit_test(t_gets_on),
		cmocka_unit_test(t_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
