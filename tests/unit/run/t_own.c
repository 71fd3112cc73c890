/* What root leaves beside the database goes to the store; what may be another's does not. */
#include "run/live_own.h"

#include "run/live_uids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], path[PATH_MAX];

static const char *at(const char *name)
{
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void make(const char *name, uid_t uid)
{
	int fd = open(at(name), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchown(fd, uid, uid), 0);
	(void)close(fd);
}

static uid_t owner(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(at(name), &st), 0);
	return st.st_uid;
}

static int up(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/ward-own-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int gone(const char *name, const struct stat *st, int type, struct FTW *of)
{
	(void)st, (void)type, (void)of;
	return remove(name);
}

static int down(void **state)
{
	(void)state;
	return nftw(dir, gone, 8, FTW_DEPTH | FTW_PHYS);
}

static void t_database(void **state)
{
	const uid_t store = LIVE_UID_STORE;
	char of[PATH_MAX], there[PATH_MAX];

	(void)state;
	if (geteuid() != 0)
		skip();
	make("ward.db", store);
	make("ward.db-wal", 0);
	make("copy.db", 0);
	make("other", 0);
	make("ward.db-journal", LIVE_UID_JOURNAL);
	(void)snprintf(there, sizeof(there), "%s", at("other"));
	assert_int_equal(link(there, at("ward.db-shm")), 0);
	assert_true(live_own_database(dir, store, of));
	assert_int_equal(owner("ward.db"), store);
	assert_int_equal(owner("ward.db-wal"), store);
	assert_int_equal(owner("copy.db"), store);
	assert_int_equal(owner("other"), 0);
	assert_int_equal(owner("ward.db-shm"), 0); /* it has a second name */
	assert_int_equal(owner("ward.db-journal"), LIVE_UID_JOURNAL);
	assert_int_equal(unlink(at("ward.db-wal")), 0);
	assert_int_equal(symlink("other", at("ward.db-wal")), 0);
	assert_true(live_own_database(dir, store, of));
	assert_int_equal(owner("other"), 0);
	assert_false(live_own_database(there, store, of)); /* no folder */
	assert_int_equal(errno, ENOTDIR);
	assert_true(live_own_database(dir, 0, of)); /* nobody but root here */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(t_database, up, down)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
