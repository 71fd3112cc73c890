/* The relay between a played controller and its own address: in a namespace, caged, with peers who
 * take nothing. */
#include "run/netns.h"
#include "run/proc/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { SKIP = 77, UID = 61000, THERE = 1502, WAIT_MS = 10000, TRIES = 500, FLOOD = 1000 };

static struct stage s;
static int says[2]; /* the relay's log */

/* In the child: whatever is not so ends it with its line. */
#define NEED(is)                         \
	do {                             \
		if (!(is))               \
			_exit(__LINE__); \
	} while (0)

static struct sockaddr_in at(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int bound(int type, uint16_t port)
{
	struct sockaddr_in a = at(port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	NEED(fd >= 0 && bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)) == 0);
	NEED(type == SOCK_DGRAM || listen(fd, 4) == 0);
	return fd;
}

/* Until the relay listens. */
static int reach(int type, uint16_t port)
{
	struct sockaddr_in a = at(port);

	for (int i = 0; i < TRIES; i++) {
		int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

		NEED(fd >= 0);
		if (connect(fd, (struct sockaddr *)(void *)&a, sizeof(a)) == 0)
			return fd;
		(void)close(fd);
		(void)poll(NULL, 0, 20);
	}
	_exit(__LINE__);
}

static bool ready(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, WAIT_MS) == 1;
}

static pid_t begin(const char *kind, uid_t uid)
{
	const struct ward_source source = {.kind = ward_str_z(kind)};
	struct ward_host host = {.id = WARD_STR("pump")};
	struct ward_scenario scenario = {.host = &host};
	const struct ward_controller k = {.source = &source, .at = WARD_STR("127.0.0.1:1502")};
	const struct stage_host its = {
		.host = 0, .ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	NEED(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(says[1], STDERR_FILENO) >= 0);
	s.scenario = &scenario;
	s.tools = uid;
	s.p.clock = ward_clock_system();
	ward_log_init(&s.p.log, STDERR_FILENO, WARD_LOG_INFO, "stage", s.p.clock);
	stage_relay(&s, &its, &k);
	_exit(__LINE__);
}

static bool caged(pid_t pid)
{
	char path[64], text[4096];

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = 0;
	return strstr(text, "Seccomp:\t2") && strstr(text, "CapEff:\t0000000000000000") &&
	       strstr(text, "NoNewPrivs:\t1");
}

static void enter(uid_t *uid)
{
	char why[WARD_NETNS_WHY];
	uid_t n;

	if (ward_netns_enter(why, &n) != WARD_OK)
		_exit(SKIP);
	*uid = n > UID ? UID : 0;
	NEED(pipe2(says, O_CLOEXEC | O_NONBLOCK) == 0);
}

static void exchange(int asks, int answers)
{
	char buf[16];

	NEED(send(asks, "how much", 8, 0) == 8);
	NEED(ready(answers) && recv(answers, buf, sizeof(buf), 0) == 8 &&
		memcmp(buf, "how much", 8) == 0);
	NEED(send(answers, "7", 1, 0) == 1);
	NEED(ready(asks) && recv(asks, buf, sizeof(buf), 0) == 1 && buf[0] == '7');
}

static bool said(const char *what)
{
	char text[4096];
	ssize_t n = read(says[0], text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	return strstr(text, what) != NULL;
}

/* Who takes nothing is let go, and hinders nobody else. */
static int streams(void)
{
	static char much[1 << 16];
	uid_t uid;

	enter(&uid);
	int controller = bound(SOCK_STREAM, THERE);
	pid_t pid = begin("modbus", uid);
	int asks = reach(SOCK_STREAM, 502), answers = accept(controller, NULL, NULL);

	NEED(answers >= 0);
	exchange(asks, answers);
	NEED(caged(pid));
	NEED(!said("stage.relay_lost"));
	bool ended = false;

	for (int i = 0; i < FLOOD && !ended; i++)
		ended = send(asks, much, sizeof(much), MSG_NOSIGNAL) < 0;
	NEED(ended);
	NEED(said("\"stage.relay_lost\",\"host\":\"pump\",\"lost\":1"));
	int other = reach(SOCK_STREAM, 502);

	answers = accept(controller, NULL, NULL);
	NEED(answers >= 0);
	exchange(other, answers);
	NEED(kill(pid, SIGKILL) == 0);
	return 0;
}

static int datagrams(void)
{
	uid_t uid;
	char any[16];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);

	enter(&uid);
	int controller = bound(SOCK_DGRAM, THERE);
	pid_t pid = begin("bacnet", uid);
	int asks = reach(SOCK_DGRAM, 47808);
	bool came = false;

	for (int i = 0; i < TRIES && !came; i++) { /* until the relay listens */
		(void)!send(asks, "hello", 5, MSG_NOSIGNAL);
		struct pollfd p = {.fd = controller, .events = POLLIN};

		came = poll(&p, 1, 20) == 1;
	}
	NEED(came);
	NEED(recvfrom(controller, any, sizeof(any), 0, (struct sockaddr *)(void *)&from, &len) ==
		5);
	NEED(connect(controller, (struct sockaddr *)(void *)&from, len) == 0);
	exchange(asks, controller);
	NEED(caged(pid));
	NEED(kill(pid, SIGKILL) == 0);
	return 0;
}

static void in_child(int (*work)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(work());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_streams(void **state)
{
	(void)state;
	in_child(streams);
}

static void test_datagrams(void **state)
{
	(void)state;
	in_child(datagrams);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams), cmocka_unit_test(test_datagrams)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
