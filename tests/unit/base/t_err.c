#include "unit.h"

#include "base/err.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each code has a text, a name and a class of its own; names and texts are distinct. */
static void all_codes(void **state)
{
	(void)state;
	for (int i = 0; i < WARD_ERR_N; i++) {
		assert_true(strlen(ward_err_text((enum ward_err)i)) > 0);
		assert_string_not_equal(ward_err_name((enum ward_err)i), "UNKNOWN");
		assert_int_equal(
			ward_err_class((enum ward_err)i) == WARD_ERR_CLASS_NONE, i == WARD_OK);
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(
				ward_err_text((enum ward_err)i), ward_err_text((enum ward_err)k));
			assert_string_not_equal(
				ward_err_name((enum ward_err)i), ward_err_name((enum ward_err)k));
		}
	}
	assert_int_equal(WARD_OK, 0);
}

static void unknown_codes(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		enum ward_err err = (enum ward_err)(i ? -1 : WARD_ERR_N);

		assert_string_equal(ward_err_text(err), "unknown error");
		assert_string_equal(ward_err_name(err), "UNKNOWN");
		assert_int_equal(ward_err_class(err), WARD_ERR_CLASS_FATAL);
	}
}

static void classes(void **state)
{
	(void)state;
	assert_int_equal(ward_err_class(WARD_ERR_MALFORMED), WARD_ERR_CLASS_INPUT);
	assert_int_equal(ward_err_class(WARD_ERR_FULL), WARD_ERR_CLASS_RETRY);
	assert_int_equal(ward_err_class(WARD_ERR_NOMEM), WARD_ERR_CLASS_DEGRADE);
	assert_int_equal(ward_err_class(WARD_ERR_SANDBOX), WARD_ERR_CLASS_FATAL);
	assert_string_equal(ward_err_name(WARD_ERR_UTF8), "UTF8");
}

/* A failed assertion says where, and aborts. */
static void assertion(void **state)
{
	char said[256] = "";
	int fd[2], status;

	(void)state;
	assert_return_code(pipe(fd), 0);
	pid_t pid = fork();

	assert_return_code(pid, 0);
	if (pid == 0) {
		(void)signal(SIGABRT, SIG_DFL);
		(void)dup2(fd[1], STDERR_FILENO);
		ward_assert_fail("1 == 2", "here.c", 7);
	}
	assert_true(read(fd[0], said, sizeof(said) - 1) > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_string_equal(said, "ward: assertion failed: 1 == 2 at here.c:7\n");
	close(fd[0]);
	close(fd[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_codes), T(unknown_codes), T(classes), T(assertion)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
