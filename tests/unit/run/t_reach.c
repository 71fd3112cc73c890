/* A folder that another user does not get to, for real: in a child that becomes them. */
#include "run/reach.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { UID = 61002 };

static void t_barred(void **state)
{
	char dir[] = "/tmp/ward-reach-XXXXXX", path[64];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(dir)); /* 0700 */
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(mkdir(path, 0711), 0);
	(void)snprintf(path, sizeof(path), "%s/a/state", dir);
	assert_int_equal(mkdir(path, 0711), 0);
	assert_int_equal(ward_reach_barred("/", UID), 0);
	size_t barred = ward_reach_barred(path, UID);

	if (!barred && chown(path, UID, UID) != 0)
		skip(); /* a namespace of one id: nobody else is there */
	assert_int_equal(barred, strlen(dir));
	assert_int_equal(chmod(dir, 0711), 0);
	assert_int_equal(ward_reach_barred(path, UID), 0);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(ward_reach_barred(path, UID), strlen(path));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(ward_reach_barred(path, UID), 0); /* not there: not barred */
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_barred)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
