/* A process that put its libraries' memory aside is as it was, but that it has less memory of its
 * own; what was fixed is fixed. */
#include "run/shelve.h"

#include "base/slice.h"
#include "run/process.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { GOOD = 0, BAD = 1, MANY = 4096 };

static int numbers[MANY] = {7, 8}; /* of which the rest is zero, and in the file */
static int unset[MANY];

static int one(void)
{
	return 1;
}
static int two(void)
{
	return 2;
}
/* Addresses that the loader writes and then fixes. */
static int (*const fixed[])(void) = {one, two};

/* KiB of memory that is this process's own. */
static long own(void)
{
	char text[8192];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *at;

	text[n > 0 ? n : 0] = 0;
	(void)close(fd);
	at = strstr(text, "RssAnon:");
	return at ? strtol(at + 8, NULL, 10) : -1;
}

static int wait_for(pid_t pid)
{
	int status = -1;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static bool is_whole(void)
{
	struct tm t;
	time_t at = 0;
	char text[64];
	char *p = malloc(100000);

	if (!p || !gmtime_r(&at, &t) || snprintf(text, sizeof(text), "%.3f %d", 1.5, 70) != 8)
		return false;
	free(p);
	return strcmp(text, "1.500 70") == 0 && t.tm_year == 70 && numbers[0] == 7 &&
	       numbers[MANY - 1] == 0 && unset[MANY - 1] == 9 && fixed[0]() == 1 &&
	       fixed[1]() == 2 && getenv("PATH") != NULL;
}

static void same_as_before(void **state)
{
	(void)state;
	pid_t pid = fork();

	if (pid == 0) {
		long before = own();

		unset[MANY - 1] = 9;
		if (ward_shelve() != WARD_OK)
			_exit(BAD);
		long after = own(); /* before anything else is written to */

		if (!is_whole())
			_exit(BAD);

		/* it writes as ever, and a fork of it for itself alone */
		numbers[1] = 9;
		pid = fork();
		if (pid == 0) {
			numbers[1] = 10;
			_exit(is_whole() && numbers[1] == 10 ? GOOD : BAD);
		}
		int status = wait_for(pid);

		_exit(status == GOOD && numbers[1] == 9 && before > 0 && after < before ? GOOD
											: BAD);
	}
	assert_int_equal(wait_for(pid), GOOD);
}

static void stays_fixed(void **state)
{
	(void)state;
	pid_t pid = fork();

	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		if (ward_shelve() != WARD_OK)
			_exit(BAD);
		*(volatile uintptr_t *)(uintptr_t)&fixed[0] = 0;
		_exit(BAD);
	}
	int status = wait_for(pid);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_before), cmocka_unit_test(stays_fixed)};

	if (WARD_PROCESS_UNBOUND)
		return 77; /* not with marks between what is copied: it is not done then */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
