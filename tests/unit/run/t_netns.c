/* Namespaces for real, each in a child: this process stays where it is. */
#include "run/netns.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SKIP = 77, UID = 61000 };

static int in_child(int (*work)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(work());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Enters, or says on standard error why not. */
static enum ward_err enter(uid_t *uids)
{
	char why[WARD_NETNS_WHY];
	enum ward_err err = ward_netns_enter(why, uids);

	if (err)
		fprintf(stderr, "%s\n", why);
	return err;
}

static bool is_up(const char *name, bool *ret_ipv6)
{
	struct ifaddrs *all = NULL;
	bool up = false;

	*ret_ipv6 = false;
	if (getifaddrs(&all) != 0)
		return false;
	for (struct ifaddrs *a = all; a; a = a->ifa_next) {
		if (strcmp(a->ifa_name, name) != 0)
			continue;
		up |= a->ifa_flags & IFF_UP;
		*ret_ipv6 |= a->ifa_addr && a->ifa_addr->sa_family == AF_INET6;
	}
	freeifaddrs(all);
	return up;
}

static int pair_in_child(void)
{
	char why[WARD_NETNS_WHY];
	bool ipv6;
	uid_t uids;
	enum ward_err err = enter(&uids);

	if (err)
		return err == WARD_ERR_DENIED ? SKIP : 1;
	if (getuid() != 0 || !is_up("lo", &ipv6))
		return 2;
	if (if_nametoindex("bms0") || ward_netns_pair("bms0", "bms0-far", why) != WARD_OK)
		return 3;
	if (!is_up("bms0", &ipv6) || ipv6 || !is_up("bms0-far", &ipv6) || ipv6)
		return 4;
	if (ward_netns_pair("bms0", "bms0-far", why) != WARD_ERR_IO)
		return 5; /* they are there already */
	if (ward_netns_pair("a-name-too-long-x", "b", why) != WARD_ERR_CONFIG ||
		ward_netns_pair("b", "a-name-too-long-x", why) != WARD_ERR_CONFIG)
		return 6;
	return 0;
}

static int uids_in_child(void)
{
	char path[] = "/tmp/ward-netns-XXXXXX";
	struct stat st;
	uid_t uids;
	bool root = geteuid() == 0;
	enum ward_err err = enter(&uids);

	if (err)
		return err == WARD_ERR_DENIED ? SKIP : 1;
	if (!root)
		return uids == 1 ? 0 : 2;
	if (uids <= UID)
		return SKIP; /* we are in a namespace with few ids ourselves */
	if (!mkdtemp(path) || chown(path, UID, UID) != 0 || stat(path, &st) != 0 ||
		st.st_uid != UID || rmdir(path) != 0)
		return 3;
	return setresuid(UID, UID, UID) == 0 && getuid() == UID ? 0 : 4;
}

static int user_in_child(void)
{
	/* as a program that a user started: its /proc is its own */
	if (geteuid() == 0 &&
		(setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0 ||
			prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0))
		return 1;
	int code = uids_in_child();

	return code ? code : if_nametoindex("lo") == 0;
}

/* In a namespace that allows no other, as many containers are. */
static int none_in_child(void)
{
	static const char limit[] = "/proc/sys/user/max_user_namespaces";
	char why[WARD_NETNS_WHY] = "";
	uid_t uids;

	if (enter(&uids) || ward_netns_may(why) == WARD_ERR_DENIED)
		return SKIP;
	if (why[0] || if_nametoindex("bms0"))
		return 1;
	FILE *f = fopen(limit, "we");
	bool set = f && fputs("0", f) >= 0;

	if (!f || fclose(f) != 0 || !set)
		return SKIP;
	if (ward_netns_may(why) != WARD_ERR_DENIED || !strstr(why, "user.max_user_namespaces") ||
		strstr(why, "space left"))
		return 2;
	return ward_netns_enter(why, &uids) == WARD_ERR_DENIED ? 0 : 3;
}

static void check(int code)
{
	if (code == SKIP)
		skip();
	assert_int_equal(code, 0);
}

static void t_pair(void **state)
{
	(void)state;
	check(in_child(pair_in_child));
}

static void t_uids(void **state)
{
	(void)state;
	check(in_child(uids_in_child));
}

static void t_without_privilege(void **state)
{
	(void)state;
	check(in_child(user_in_child));
}

static void t_none_more(void **state)
{
	(void)state;
	check(in_child(none_in_child));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_pair), cmocka_unit_test(t_uids),
		cmocka_unit_test(t_without_privilege), cmocka_unit_test(t_none_more)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
