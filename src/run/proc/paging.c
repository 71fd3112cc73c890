/* A paging system's line of a played scenario: a control station that asks all the time who wants
 * to call, and the calls of fire panel or nurse call when the story comes to them (ESPA 4.4.4), for
 * whoever connects as to a serial server. It stands for the outside world, as the player does. */
#include "exercise/act.h"
#include "run/play_clock.h"
#include "run/process.h"

#include "base/rd.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 4, PLAN_MAX = 1 << 20, SPEED_MAX = 100000, POLL_MS = 1000, SOON_MS = 20 };

struct line {
	struct ward_process p;
	struct ward_wr plan;  /* the calls, as ward_act_espa_plan wrote them */
	struct ward_rd calls; /* those that were not heard by anybody yet */
	int sock, clock;
	ward_ns begin;
	uint64_t speed; /* percent */
	int client[CLIENTS_MAX];
	size_t n_client;
};

static uint64_t number(struct line *l, const char *key, uint64_t usual, uint64_t max)
{
	const char *text = ward_process_setting(&l->p, key);
	uint64_t v = usual;

	if (text && (!ward_str_u64(ward_str_z(text), &v) || v > max))
		ward_process_die(&l->p, key, WARD_ERR_CONFIG);
	return v;
}

static ward_ns played(const struct line *l)
{
	ward_ns gone = ward_play_gone(l->clock, l->begin, ward_clock_mono(l->p.clock));

	return gone < 0 ? gone : gone / 100 * (ward_ns)l->speed;
}

struct call {
	ward_ns at;
	uint64_t step;
	struct ward_slice bytes;
};

static struct call take(struct ward_rd *r)
{
	ward_ns at = (ward_ns)ward_rd_varint(r);
	uint64_t step = ward_rd_varint(r);

	return (struct call){at, step, ward_rd_lv(r, WARD_ACT_ESPA_MAX)};
}

/* Those before `time` are over, up to the last that the story came to: it may just be coming to
 * those behind, later than they were due. */
static void skip_to(struct line *l, ward_ns time)
{
	struct ward_rd rest = l->calls;

	while (ward_rd_left(&rest)) {
		struct call next = take(&rest);

		if (ward_rd_bad(&rest) || next.at >= time)
			return;
		if (ward_play_called(l->clock, next.step))
			l->calls = rest;
	}
}

static void settle(struct line *l)
{
	int fd = ward_process_need_fd(&l->p, "plan");
	uint8_t buf[4096];
	off_t at = 0;
	ssize_t n;

	l->plan = ward_wr_grow(ward_mem_heap(), PLAN_MAX);
	l->sock = ward_process_need_fd(&l->p, "controller");
	l->clock = ward_process_fd(&l->p, "clock");
	l->begin = (ward_ns)number(
		l, "begin", (uint64_t)ward_clock_mono(l->p.clock), (uint64_t)INT64_MAX);
	l->speed = number(l, "speed", 100, SPEED_MAX);
	while ((n = pread(fd, buf, sizeof(buf), at)) > 0) { /* each life from its beginning */
		ward_wr_bytes(&l->plan, buf, (size_t)n);
		at += n;
	}
	if (n < 0 || ward_wr_bad(&l->plan))
		ward_process_die(&l->p, "what it says", n < 0 ? WARD_ERR_IO : WARD_ERR_LIMIT);
	l->calls = ward_rd_slice(ward_wr_slice(&l->plan));
	skip_to(l, played(l)); /* of a life before this one */
}

/* To all who listen. */
static void say(struct line *l, struct ward_slice s)
{
	for (size_t i = l->n_client; i-- > 0;) {
		ssize_t n = send(l->client[i], s.p, s.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n == (ssize_t)s.len)
			continue;
		(void)close(l->client[i]);
		l->client[i] = l->client[--l->n_client];
	}
}

/* How many calls there are up to the last that the story has come to. What it comes to is told in
 * order: of those before, it left out what was not told by then. */
static size_t come_to(struct line *l)
{
	struct ward_rd rest = l->calls;
	size_t n = 0;

	for (size_t i = 1; ward_rd_left(&rest); i++) {
		struct call next = take(&rest);

		if (ward_rd_bad(&rest))
			ward_process_die(&l->p, "what it says", WARD_ERR_MALFORMED);
		if (next.at > played(l))
			break;
		if (ward_play_called(l->clock, next.step))
			n = i;
	}
	return n;
}

/* What is due; while nobody listens it waits. */
static void call(struct line *l)
{
	size_t n = l->n_client ? come_to(l) : 0;

	while (l->n_client && n-- > 0) {
		struct ward_rd rest = l->calls;
		struct call next = take(&rest);
		bool said = ward_play_called(l->clock, next.step);

		if (said)
			say(l, next.bytes);
		if (!l->n_client)
			return;
		l->calls = rest;
		if (said)
			ward_count_name(&l->p.counters, "paging.calls", 1);
	}
}

static void welcome(struct line *l)
{
	int fd = accept4(l->sock, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 && l->n_client == CLIENTS_MAX)
		(void)close(fd);
	else if (fd >= 0)
		l->client[l->n_client++] = fd;
}

/* Until the next call, or a turn of the control station. One that is due waits for the story, which
 * is just coming to it, or has left it out. */
static int wait_ms(const struct line *l)
{
	const ward_ns turn = POLL_MS * WARD_NS_PER_MS;
	struct ward_rd rest = l->calls;

	if (!l->n_client || ward_play_held(l->clock))
		return POLL_MS;
	while (ward_rd_left(&rest)) {
		ward_ns left = take(&rest).at - played(l);

		if (ward_rd_bad(&rest) || left > turn)
			break;
		if (left > -turn)
			return left <= 0 ? SOON_MS : (int)(left / WARD_NS_PER_MS) + 1;
	}
	return POLL_MS;
}

static void turn(struct line *l)
{
	struct pollfd p = {.fd = l->sock, .events = POLLIN};
	uint8_t buf[WARD_ACT_ESPA_MAX];
	struct ward_wr idle = ward_wr_fixed(buf, sizeof(buf));

	if (poll(&p, 1, wait_ms(l)) < 0 && errno != EINTR)
		ward_process_die(&l->p, "poll", WARD_ERR_IO);
	if (p.revents)
		welcome(l);
	ward_act_espa_poll(&idle);
	say(l, ward_wr_slice(&idle));
	call(l);
}

int main(int argc, char **argv)
{
	static struct line l;

	ward_process_begin(&l.p, "paging", argc, argv);
	settle(&l);
	ward_process_cage(&l.p, WARD_CAGE_OUTSIDE, NULL);
	while (!ward_process_stopping()) {
		turn(&l);
		ward_process_count(&l.p);
	}
	while (l.n_client)
		(void)close(l.client[--l.n_client]);
	ward_wr_fini(&l.plan);
	return ward_process_end(&l.p);
}
