/* The capture ring on a real interface that goes down, comes up, and goes away. */
#include "run/netns.h"
#include "sense/net/ring.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SKIP = 77, TRIES = 600, WAIT_MS = 100 };

static bool ip(const char *command, const char *arg)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execlp("ip", "ip", "link", command, "wa0", arg, (char *)NULL);
		execl("/usr/sbin/ip", "ip", "link", command, "wa0", arg, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool say(int fd)
{
	static const uint8_t frame[60] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex("wa0-far")};

	return sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)) ==
	       (ssize_t)sizeof(frame);
}

/* Frames are sent until one is heard. */
static bool hears(struct ward_ring *r, int fd)
{
	for (int i = 0; i < TRIES; i++) {
		struct ward_frame f;
		enum ward_err err;

		(void)say(fd); /* not while it is still coming up */
		err = ward_ring_next(r, WAIT_MS, &f);
		if (err != WARD_ERR_AGAIN)
			return err == WARD_OK;
	}
	return false;
}

/* What the ring says, once it says something else than that there is nothing. */
static enum ward_err verdict(struct ward_ring *r, uint64_t n_down)
{
	for (int i = 0; i < TRIES; i++) {
		struct ward_frame f;
		enum ward_err err = ward_ring_next(r, WAIT_MS, &f);

		if ((err && err != WARD_ERR_AGAIN) || (n_down && ward_ring_downs(r) >= n_down))
			return err;
	}
	return WARD_ERR_STATE;
}

static int work(void)
{
	char why[WARD_NETNS_WHY];
	struct ward_ring *r;
	uid_t uids;
	int fd;

	if (ward_netns_enter(why, &uids) != WARD_OK)
		return SKIP;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0 || ward_netns_pair("wa0", "wa0-far", why) != WARD_OK ||
		ward_ring_open(ward_mem_heap(), "wa0", why, &r) != WARD_OK)
		return 1;
	if (!hears(r, fd))
		return 2;
	for (uint64_t n = 1; n <= 2; n++) {
		if (!ip("set", "down") || verdict(r, n) != WARD_ERR_AGAIN)
			return 3;
		if (!ip("set", "up") || !hears(r, fd))
			return 4;
	}
	if (!ip("del", NULL) || verdict(r, 0) != WARD_ERR_IO)
		return 5;
	ward_ring_close(r);
	return close(fd);
}

static void t_down_and_up(void **state)
{
	int status = 0;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(work());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_down_and_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
