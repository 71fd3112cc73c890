/* Children for real: what they reach in their cage, also where all belongs to root. */
#include "run/checker.h"
#include "run/child.h"
#include "run/landlock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SAID = 4096 };

static char mine[64], other[64]; /* folders with a file `x` */

static struct ward_process process(void)
{
	static char name[] = "child", *argv[] = {name, NULL};
	struct ward_process p = {.name = "child", .argc = 1, .argv = argv};

	ward_log_init(&p.log, STDERR_FILENO, WARD_LOG_INFO, p.name, ward_clock_system());
	return p;
}

static void put_x(const char *folder)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/x", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "found", 5), 5);
	assert_int_equal(close(fd), 0);
}

/* The exit code of `cat FOLDER/x` by who checks, and what it said. */
static int cat(int link, const char *folder, char said[SAID])
{
	char path[96];
	const char *const word[] = {path};
	struct ward_wr w = ward_wr_fixed(said, SAID - 1);
	int status = -1;

	(void)snprintf(path, sizeof(path), "%s/x", folder);
	assert_int_equal(ward_checker_run(link, word, 1, &w, &status), WARD_OK);
	said[w.len] = 0;
	return status;
}

static void test_reads_what_is_named(void **state)
{
	struct ward_process p = process();
	char said[SAID];
	const struct ward_checker c = {WARD_CHECKER_FILES, "/bin/cat", {"/bin/cat", mine, NULL}};
	int link;

	(void)state;
	ward_checker_start(&p, &c, &link);
	assert_int_equal(cat(link, mine, said), 0);
	assert_string_equal(said, "found");
	if (ward_landlock_abi())
		assert_int_equal(cat(link, other, said), 1);
	put_x(mine); /* one that is put there later is read, too: each run looks anew */
	assert_int_equal(cat(link, mine, said), 0);
	(void)close(link);
}

/* ---- what a child may do, asked by a letter ---- */

static bool opens(const char *folder, int flags)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/x", folder);
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static bool has_capabilities(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capget, &h, d) != 0 || d[0].permitted || d[1].permitted;
}

static bool makes(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* Is it let try? Nobody listens there. */
static bool connects(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bool denied = fd < 0 ||
		      (connect(fd, (const struct sockaddr *)(const void *)&at, sizeof(at)) != 0 &&
			      (errno == EACCES || errno == EPERM));

	if (fd >= 0)
		(void)close(fd);
	return !denied;
}

struct can {
	bool mine, other, writes, capable, unix_socket, tcp, packet, port, other_port;
};

static void tell(struct ward_process *p, int link, int opened, void *ctx)
{
	const struct ward_child_reach *to = ctx;

	(void)p;
	(void)opened;
	if (!ward_child_narrow(to))
		_exit(1);
	const struct can c = {.mine = opens(mine, O_RDONLY),
		.other = opens(other, O_RDONLY),
		.writes = opens(mine, O_WRONLY),
		.capable = has_capabilities(),
		.unix_socket = makes(AF_UNIX, SOCK_STREAM),
		.tcp = makes(AF_INET, SOCK_STREAM),
		.packet = makes(AF_PACKET, SOCK_RAW) || makes(AF_VSOCK, SOCK_STREAM),
		.port = connects(9),
		.other_port = connects(10)};

	(void)send(link, &c, sizeof(c), 0);
}

static struct can ask(unsigned cage, const struct ward_child_reach *to)
{
	struct ward_process p = process();
	struct ward_child_reach copy = *to;
	const struct ward_child c = {
		.what = "it", .cage = cage, .n_descriptor_max = 64, .live = tell, .ctx = &copy};
	struct can can = {0};
	int link;

	ward_child_start(&p, &c, &link);
	assert_int_equal(recv(link, &can, sizeof(can), 0), sizeof(can));
	(void)close(link);
	return can;
}

static void test_computes(void **state)
{
	const char *const path[] = {mine, NULL};
	struct can c = ask(WARD_CAGE_PROGRAM, &(struct ward_child_reach){.path = path});

	(void)state;
	assert_true(c.mine);
	assert_false(c.writes);
	assert_false(c.capable);
	assert_false(c.unix_socket || c.tcp || c.packet || c.port || c.other_port);
	if (ward_landlock_abi())
		assert_false(c.other);
}

static void test_connects(void **state)
{
	enum { ABI_NET = 4 };
	const char *const path[] = {mine, "/not-there", NULL};
	struct ward_child_reach to = {.path = path, .connects = true, .port = 9};
	struct can c = ask(WARD_CAGE_PROGRAM | WARD_CAGE_CONNECT, &to);

	(void)state;
	assert_true(c.mine && c.unix_socket && c.tcp && c.port);
	assert_false(c.writes || c.capable || c.packet);
	if (ward_landlock_abi())
		assert_false(c.other);
	if (ward_landlock_abi() >= ABI_NET)
		assert_false(c.other_port);
	to.port = 0;
	c = ask(WARD_CAGE_PROGRAM | WARD_CAGE_CONNECT, &to);
	assert_true(c.port && c.other_port);
}

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(mine, sizeof(mine), "/tmp/ward-child-XXXXXX");
	(void)snprintf(other, sizeof(other), "/tmp/ward-child-XXXXXX");
	if (!mkdtemp(mine) || !mkdtemp(other))
		return -1;
	put_x(mine);
	put_x(other);
	return 0;
}

static int tear_down(void **state)
{
	char path[96];

	(void)state;
	for (int i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/x", i ? mine : other);
		(void)unlink(path);
		(void)rmdir(i ? mine : other);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_reads_what_is_named),
		cmocka_unit_test(test_computes), cmocka_unit_test(test_connects)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
