/* The real line to pagers of a play in its cage: a call is heard once the story has come to it, one
 * that the story leaves out is not. */
#include "base/clock.h"
#include "base/wr.h"
#include "live.h"
#include "run/play_clock.h"

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000, HEARD = 1 << 16, TURNS = 2 };

struct line {
	struct live_process paging;
	char begin[64], heard[HEARD];
	size_t n;
	int clock, sock;
};

/* All are due from the beginning on. */
static int plan(void)
{
	static const char *const call[] = {"first", "second", "third"};
	uint8_t buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	int fd = memfd_create("plan", MFD_CLOEXEC);

	for (size_t i = 0; i < WARD_ARRAY_LEN(call); i++) {
		ward_wr_varint(&w, WARD_NS_PER_S);
		ward_wr_varint(&w, i);
		ward_wr_lv(&w, ward_str_bytes(ward_str_z(call[i])));
	}
	assert_true(fd >= 0 && !ward_wr_bad(&w));
	assert_int_equal(pwrite(fd, buf, w.len, 0), w.len);
	return fd;
}

/* So long it has gone; the first call was made by a former life of the line, or not. */
static void begin(struct line *l, ward_ns gone, bool first)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ward_ns now = ward_clock_mono(ward_clock_system());

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*l = (struct line){.clock = memfd_create("clock", MFD_CLOEXEC)};
	assert_true(l->clock >= 0);
	assert_true(ward_play_clock_set(l->clock, now, now, gone, false));
	assert_true(!first || ward_play_call(l->clock, 0));
	(void)snprintf(l->begin, sizeof(l->begin), "begin=%lld", (long long)now);
	l->paging = (struct live_process){.name = "paging",
		.arg = {l->begin},
		.fd = {{"plan", plan()}, {"controller", fd}, {"clock", l->clock}}};
	live_start(&l->paging);
	l->sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(l->sock, (struct sockaddr *)&a, sizeof(a)), 0);
}

static void hear(struct line *l)
{
	struct pollfd p = {.fd = l->sock, .events = POLLIN};

	live_check(&l->paging);
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	ssize_t got = recv(l->sock, l->heard + l->n, HEARD - 1 - l->n, 0);

	assert_true(got > 0);
	l->n += (size_t)got;
}

/* The station goes on asking who wants to call. */
static void some_turns(struct line *l)
{
	for (size_t i = 0; i < TURNS; i++)
		hear(l);
}

static void left_out(void **state)
{
	static struct line l;

	(void)state;
	begin(&l, 0, false);
	while (ward_clock_mono(ward_clock_system()) <
		(ward_ns)strtoll(l.begin + strlen("begin="), NULL, 10) + WARD_NS_PER_S)
		hear(&l);
	some_turns(&l);
	assert_null(strstr(l.heard, "first")); /* the story has not come to it */
	assert_true(ward_play_call(l.clock, 0));
	while (!strstr(l.heard, "first"))
		hear(&l);
	assert_true(ward_play_call(l.clock, 2));
	while (!strstr(l.heard, "third"))
		hear(&l);
	some_turns(&l);
	assert_null(strstr(l.heard, "second"));
	assert_null(strstr(strstr(l.heard, "first") + 1, "first")); /* once */
	assert_null(strstr(strstr(l.heard, "third") + 1, "third"));
	(void)live_end(&l.paging, SIGTERM);
	(void)close(l.sock);
}

/* The line is started anew while the story is late: what was not called by then still comes. */
static void started_late(void **state)
{
	static struct line l;

	(void)state;
	begin(&l, 2 * WARD_NS_PER_S, true);
	some_turns(&l);
	assert_true(ward_play_call(l.clock, 2));
	while (!strstr(l.heard, "third"))
		hear(&l);
	some_turns(&l);
	assert_null(strstr(l.heard, "first"));
	assert_null(strstr(l.heard, "second"));
	(void)live_end(&l.paging, SIGTERM);
	(void)close(l.sock);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(left_out), cmocka_unit_test(started_late)};

	return cmocka_run_group_tests(all, NULL, NULL);
}
