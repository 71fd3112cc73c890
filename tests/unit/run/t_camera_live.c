/* The process that speaks with a camera, before a camera that sends without end and a decoder that
 * is played here: one that begins anew gets the description of the stream before any new packet,
 * however full its link was. */
#include "live.h"

#include "run/ipc.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { PAYLOAD = 1000, MESSAGES_MAX = 20000, WAIT_MS = 60000 };

static const char sdp[] =
	"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:t\r\n";

static void put(int fd, const void *p, size_t n)
{
	if (send(fd, p, n, MSG_NOSIGNAL) != (ssize_t)n)
		_exit(0); /* the test is over */
}

/* Answers one request; true when it was PLAY. */
static bool answer(int fd)
{
	char asked[4096] = "", said[512];
	size_t n = 0;

	while (!strstr(asked, "\r\n\r\n")) {
		if (n + 1 >= sizeof(asked) || recv(fd, &asked[n], 1, 0) != 1)
			_exit(0);
		asked[++n] = 0;
	}
	const char *cseq = strstr(asked, "CSeq:"), *body = strncmp(asked, "DESCRIBE", 8) ? "" : sdp;
	int len = snprintf(said, sizeof(said),
		"RTSP/1.0 200 OK\r\nCSeq: %d\r\nSession: 1\r\nContent-Length: %zu\r\n\r\n%s",
		cseq ? (int)strtol(cseq + 5, NULL, 10) : 0, strlen(body), body);

	put(fd, said, (size_t)len);
	return strncmp(asked, "PLAY", 4) == 0;
}

/* A camera that sends as fast as it can. */
static WARD_NORETURN void camera(int listener)
{
	uint8_t packet[4 + 12 + PAYLOAD] = {
		'$', 0, (12 + PAYLOAD) >> 8, (12 + PAYLOAD) & 0xff, 0x80, 96 | 0x80};
	int fd = accept(listener, NULL, NULL);

	while (fd >= 0 && !answer(fd))
		;
	for (unsigned n = 0;; n++) {
		packet[6] = (uint8_t)(n >> 8);
		packet[7] = (uint8_t)n;
		put(fd, packet, sizeof(packet));
	}
}

static pid_t start_camera(uint16_t *ret_port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	*ret_port = ntohs(at.sin_port);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		camera(listener);
	(void)close(listener);
	return pid;
}

static enum ward_msg_type receive(int link, struct ward_msg *ret)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct pollfd p = {.fd = link, .events = POLLIN};

	assert_int_equal(poll(&p, 1, WAIT_MS), 1);
	assert_int_equal(ward_msg_recv(link, buf, ret), WARD_OK);
	return (enum ward_msg_type)ret->type;
}

/* Reads until there is a description; how many packets were before it. */
static size_t until_stream(int link, struct ward_msg *ret)
{
	for (size_t n = 0; n < MESSAGES_MAX; n++)
		if (receive(link, ret) == WARD_MSG_STREAM)
			return n;
	fail_msg("there is no description");
	return 0;
}

static void t_begins_anew(void **state)
{
	struct live_process p = {.name = "camera"};
	const struct timespec moment = {0, 20000000};
	char url[64];
	struct ward_msg m;
	uint16_t port;
	int link[2], full = 0;
	pid_t server = start_camera(&port);

	(void)state;
	live_pair(link);
	p.fd[1].name = "url";
	p.fd[1].fd = memfd_create("url", MFD_CLOEXEC);
	int len = snprintf(url, sizeof(url), "rtsp://127.0.0.1:%u/cam", port);

	assert_int_equal(write(p.fd[1].fd, url, (size_t)len), len);
	p.fd[0].name = "video";
	p.fd[0].fd = link[1];
	live_start(&p);
	assert_int_equal(until_stream(link[0], &m), 0);
	uint32_t stream = m.id;

	for (unsigned round = 0; round < 3; round++) {
		/* until there is no room any more: it is then that a decoder begins anew */
		for (struct pollfd out = {.fd = link[1], .events = POLLOUT}; full < 10;) {
			live_check(&p);
			full = poll(&out, 1, 0) == 0 ? full + 1 : 0;
			(void)nanosleep(&moment, NULL);
		}
		full = 0;
		assert_int_equal(
			ward_msg_send(link[0], WARD_MSG_AGAIN, 0, ward_slice_of("", 0)), WARD_OK);
		for (unsigned i = 0; i < 10; i++)
			(void)nanosleep(&moment, NULL); /* it finds no room for its answer */
		assert_true(until_stream(link[0], &m) > 0);
		assert_int_equal(m.id, stream); /* the same: nothing was learned anew */
	}
	assert_int_equal(live_end(&p, SIGTERM), 0);
	assert_int_equal(kill(server, SIGKILL), 0);
	assert_int_equal(waitpid(server, NULL, 0), server);
	(void)close(link[0]);
	(void)close(link[1]);
	(void)close(p.fd[1].fd);
}

static long status_of(pid_t pid, const char *key)
{
	char path[64], line[256];
	long value = -1;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			value = strtol(line + strlen(key), NULL, 10);
	if (f)
		(void)fclose(f);
	return value;
}

/* Its only child; 0: there is none yet. */
static pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	FILE *f = fopen(path, "re");

	if (f && fscanf(f, "%d", &child) != 1)
		child = 0;
	if (f)
		(void)fclose(f);
	return child;
}

static unsigned n_descriptors(pid_t pid)
{
	char path[64];
	unsigned n = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *d = opendir(path);

	for (const struct dirent *e = NULL; d && (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.' && strtol(e->d_name, NULL, 10) > STDERR_FILENO;
	if (d)
		(void)closedir(d);
	return n;
}

/* A name that nobody knows is looked up again and again, by a child that has no rights left. */
static void t_looks_up_without_rights(void **state)
{
	static const char url[] = "rtsp://ward:s3cret@nowhere.invalid/cam";
	struct live_process p = {.name = "camera", .arg = {"uid=61999"}};
	const struct timespec moment = {0, 20000000};
	int link[2];
	pid_t child = 0;

	(void)state;
	if (geteuid() != 0)
		p.arg[0] = NULL; /* it keeps the one that it has */
	live_pair(link);
	p.fd[0].name = "video";
	p.fd[0].fd = link[1];
	p.fd[1].name = "url";
	p.fd[1].fd = memfd_create("url", MFD_CLOEXEC);
	assert_int_equal(write(p.fd[1].fd, url, strlen(url)), strlen(url));
	live_start(&p);
	while (child <= 0 || status_of(child, "NoNewPrivs:") != 1) {
		live_check(&p);
		child = child_of(p.pid);
		(void)nanosleep(&moment, NULL);
	}
	assert_int_equal(status_of(child, "Seccomp:"), 2); /* it looks up in a cage of its own */
	if (geteuid() == 0) {
		assert_int_equal(status_of(child, "Uid:"), 61999);
		assert_in_range(n_descriptors(child), 1, 2); /* the link; the resolver's */
	}
	assert_int_equal(live_end(&p, SIGTERM), 0);
	(void)close(link[0]);
	(void)close(link[1]);
	(void)close(p.fd[1].fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_begins_anew),
		cmocka_unit_test(t_looks_up_without_rights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
