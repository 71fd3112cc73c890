/* A dialer for real: a name whose address changes, in a mount namespace with an /etc/hosts of its
 * own, and name servers that do not answer. */
#include "run/dial.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SKIP = 77, WAIT_MS = 60000 };

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* From now on this process's /etc/hosts is that file, and its name server nobody. */
static bool own_names(const char *path, const char *resolver)
{
	char map[64];
	uid_t uid = getuid();
	gid_t gid = getgid();

	(void)snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_file("/proc/self/uid_map", map) ||
		!write_file("/proc/self/setgroups", "deny"))
		return false;
	(void)snprintf(map, sizeof(map), "0 %u 1", (unsigned)gid);
	return write_file("/proc/self/gid_map", map) &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(path, "/etc/hosts", NULL, MS_BIND, NULL) == 0 &&
	       mount(resolver, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
}

static int listen_at(const char *address, uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(*port)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (inet_pton(AF_INET, address, &at.sin_addr) != 1 ||
		bind(fd, (const struct sockaddr *)(const void *)&at, len) != 0 ||
		listen(fd, 4) != 0 || getsockname(fd, (struct sockaddr *)(void *)&at, &len) != 0)
		return -1;
	*port = ntohs(at.sin_port);
	return fd;
}

static enum ward_err dial(int link)
{
	struct pollfd p = {.fd = link, .events = POLLIN};
	int fd = -1;
	enum ward_err err = ward_dial_ask(link);

	if (err || poll(&p, 1, WAIT_MS) != 1)
		return err ? err : WARD_ERR_AGAIN;
	err = ward_dial_take(link, &fd);
	if (fd >= 0)
		(void)close(fd);
	return err;
}

/* The step that went wrong, or 0. */
static int moves(const char *hosts, const char *resolver)
{
	char *argv[] = {(char[]){"dial"}, NULL};
	struct ward_process p = {.name = "dial", .argc = 1, .argv = argv};
	struct ward_dial to;
	char at[64];
	uint16_t port = 0;
	int link, sock;

	if (!own_names(hosts, resolver))
		return SKIP;
	sock = listen_at("127.0.0.3", &port);
	(void)snprintf(at, sizeof(at), "moves.ward.test:%u", (unsigned)port);
	ward_log_init(&p.log, STDERR_FILENO, WARD_LOG_INFO, p.name, ward_clock_system());
	if (sock < 0 || !ward_dial_parse(ward_str_z(at), &to) ||
		!write_file(hosts, "127.0.0.2 moves.ward.test\n"))
		return 1;
	ward_dial_start(&p, &to, &link);
	if (dial(link) != WARD_ERR_DENIED || dial(link) != WARD_ERR_DENIED)
		return 2;
	if (!write_file(hosts, "127.0.0.3 moves.ward.test\n"))
		return 3;
	for (int i = 0; i < 3; i++)
		if (dial(link) != WARD_OK)
			return 4;
	(void)close(sock); /* and when that is gone for a while */
	if (dial(link) != WARD_ERR_DENIED)
		return 5;
	sock = listen_at("127.0.0.3", &port);
	if (sock < 0)
		return 6;
	if (dial(link) != WARD_OK)
		return 7;
	(void)close(sock); /* while nobody knows names, what was known holds */
	if (dial(link) != WARD_ERR_DENIED || !write_file(hosts, ""))
		return 8;
	sock = listen_at("127.0.0.3", &port);
	if (sock < 0 || dial(link) != WARD_OK)
		return 9;
	ward_dial_start(&p, &to, &link); /* who never knew it does not */
	return dial(link) == WARD_ERR_NOT_FOUND ? 0 : 10;
}

static void test_moves(void **state)
{
	char hosts[] = "/tmp/ward-hosts-XXXXXX", resolver[] = "/tmp/ward-resolv-XXXXXX";
	int fd = mkstemp(hosts), nobody = mkstemp(resolver), status = 0;
	pid_t pid;

	(void)state;
	assert_true(fd >= 0 && nobody >= 0);
	assert_true(write_file(resolver, "nameserver 127.0.0.99\noptions timeout:1 attempts:1\n"));
	(void)close(fd);
	(void)close(nobody);
	pid = fork();
	if (pid == 0)
		_exit(moves(hosts, resolver));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	(void)unlink(hosts);
	(void)unlink(resolver);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIP) {
		fprintf(stderr, "skipped: no user and mount namespaces here\n");
		exit(SKIP);
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_moves)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
