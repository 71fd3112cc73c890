/* A folder that gets its name when it is whole, whatever that name is. */
#include "backup/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static bool is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* As somebody names it: short, with slashes behind it, from here or from the root. */
static void t_names(void **state)
{
	static const char *const names[] = {"r", "r/", "r//", "./r", "rr", ".r", "a/r", NULL};
	char here[256];
	struct ward_place p;

	(void)state;
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(mkdir("a", 0700), 0);
	for (size_t i = 0; names[i]; i++) {
		assert_int_equal(ward_place_make(&p, names[i]), WARD_OK);
		assert_true(is_folder(p.aside));
		assert_false(is_folder(names[i]));
		assert_int_equal(ward_place_done(&p, 0700), WARD_OK);
		assert_true(is_folder(names[i]));
		assert_false(is_folder(p.aside));
		ward_place_remove(p.target);
	}
	(void)snprintf(here + strlen(here), sizeof(here) - strlen(here), "/r");
	assert_int_equal(ward_place_make(&p, here), WARD_OK);
	ward_place_undo(&p);
	assert_false(is_folder(p.aside));
	assert_int_equal(rmdir("a"), 0);
}

/* What can't be put in place is refused before anything is made. */
static void t_none(void **state)
{
	static const char *const names[] = {"", "/", "//", ".", "./", NULL};
	struct ward_place p;

	(void)state;
	for (size_t i = 0; names[i]; i++) {
		assert_int_equal(ward_place_make(&p, names[i]), WARD_ERR_LIMIT);
		assert_int_equal(p.fd, -1);
	}
	assert_false(is_folder("..restoring"));
}

static int setup(void **state)
{
	static char dir[] = "/tmp/ward-place-XXXXXX";

	*state = dir;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_names), cmocka_unit_test(t_none)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
