/* Messages over real socket pairs. A peer that has to answer while we wait is a child process. */
#include "run/ipc.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct pair {
	int a, b;
	uint8_t buf[WARD_MSG_MAX];
	struct ward_ask ask; /* on a */
};

static int setup(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));
	int fd[2];

	assert_non_null(p);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd), 0);
	p->a = fd[0];
	p->b = fd[1];
	p->ask = (struct ward_ask){.fd = p->a,
		.next_id = UINT32_MAX, /* ids wrap */
		.again = 3 * WARD_NS_PER_MS,
		.clock = ward_clock_system()};
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;

	(void)close(p->a);
	if (p->b >= 0)
		(void)close(p->b);
	free(p);
	return 0;
}

static struct ward_slice bytes_of(const char *s)
{
	return ward_str_bytes(ward_str_z(s));
}

static void no_wait(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
}

static void assert_body(struct ward_msg *m, const char *want)
{
	struct ward_slice s = ward_rd_bytes(&m->body, ward_rd_left(&m->body));

	assert_int_equal(s.len, strlen(want));
	assert_memory_equal(s.p, want, s.len);
}

static void round_trips(void **state)
{
	struct pair *p = *state;
	struct ward_msg m;

	for (unsigned t = WARD_MSG_NONE + 1; t < WARD_MSG_N; t++) {
		assert_int_equal(
			ward_msg_send(p->a, (enum ward_msg_type)t, t * 1000, bytes_of("body")),
			WARD_OK);
		assert_int_equal(ward_msg_recv(p->b, p->buf, &m), WARD_OK);
		assert_int_equal(m.type, t);
		assert_int_equal(m.id, t * 1000);
		assert_body(&m, "body");
		assert_string_not_equal(ward_msg_name((enum ward_msg_type)t), "unknown");
	}
	assert_string_equal(ward_msg_name(WARD_MSG_N), "unknown");
	assert_string_equal(ward_msg_name(WARD_MSG_APPEND), "APPEND");
	assert_int_equal(ward_msg_send(p->b, WARD_MSG_ACK, UINT32_MAX, bytes_of("")), WARD_OK);
	assert_int_equal(ward_msg_recv(p->a, p->buf, &m), WARD_OK);
	assert_int_equal(m.id, UINT32_MAX);
	assert_body(&m, "");
}

static void largest(void **state)
{
	static uint8_t big[WARD_MSG_MAX + 1];
	struct pair *p = *state;
	struct ward_msg m;

	memset(big, 0x5a, sizeof(big));
	assert_int_equal(
		ward_msg_send(p->a, WARD_MSG_RECORDS, 1, ward_slice_of(big, WARD_MSG_BODY_MAX + 1)),
		WARD_ERR_LIMIT);
	assert_int_equal(
		ward_msg_send(p->a, WARD_MSG_RECORDS, 1, ward_slice_of(big, WARD_MSG_BODY_MAX)),
		WARD_OK);
	assert_int_equal(ward_msg_recv(p->b, p->buf, &m), WARD_OK);
	assert_int_equal(ward_rd_left(&m.body), WARD_MSG_BODY_MAX);
	assert_int_equal(ward_rd_u8(&m.body), 0x5a);
	/* a datagram that has no room is dropped whole; the next one is read */
	assert_int_equal(send(p->a, big, sizeof(big), 0), sizeof(big));
	assert_int_equal(ward_msg_send(p->a, WARD_MSG_ACK, 2, bytes_of("x")), WARD_OK);
	assert_int_equal(ward_msg_recv(p->b, p->buf, &m), WARD_ERR_MALFORMED);
	assert_int_equal(ward_msg_recv(p->b, p->buf, &m), WARD_OK);
	assert_int_equal(m.id, 2);
}

static enum ward_err raw(struct pair *p, const uint8_t *bytes, size_t len)
{
	struct ward_msg m;

	assert_int_equal(send(p->a, bytes, len, 0), len);
	return ward_msg_recv(p->b, p->buf, &m);
}

static void wrong_messages(void **state)
{
	static const uint8_t good[] = {0, 1, 0, WARD_MSG_APPEND, 0, 0, 0, 2, 0, 0, 0, 7, 'h', 'i'};
	static const struct {
		size_t at;
		uint8_t to;
	} change[] = {{0, 1}, {1, 2}, {1, 0}, {2, 1}, {3, WARD_MSG_NONE}, {3, WARD_MSG_N},
		{3, 0xff}, {4, 0xff}, {7, 1}, {7, 3}, {7, 0}};
	struct pair *p = *state;
	uint8_t bytes[sizeof(good) + 1] = {0};

	memcpy(bytes, good, sizeof(good));
	assert_int_equal(raw(p, bytes, sizeof(good)), WARD_OK);
	for (size_t len = 1; len < sizeof(good); len++)
		assert_int_equal(raw(p, bytes, len), WARD_ERR_MALFORMED);
	assert_int_equal(raw(p, bytes, sizeof(good) + 1), WARD_ERR_MALFORMED);
	for (size_t i = 0; i < WARD_ARRAY_LEN(change); i++) {
		memcpy(bytes, good, sizeof(good));
		bytes[change[i].at] = change[i].to;
		assert_int_equal(raw(p, bytes, sizeof(good)), WARD_ERR_MALFORMED);
	}
}

static void queues(void **state)
{
	struct pair *p = *state;
	enum ward_err err = WARD_OK;
	struct ward_msg m;
	size_t n_in = 0, n_out = 0;

	no_wait(p->a);
	no_wait(p->b);
	assert_int_equal(ward_msg_recv(p->b, p->buf, &m), WARD_ERR_AGAIN);
	for (; !err; n_in += !err) {
		assert_true(n_in < 1000000);
		err = ward_msg_send(p->a, WARD_MSG_ROWS, (uint32_t)n_in, bytes_of("row"));
	}
	assert_int_equal(err, WARD_ERR_AGAIN);
	/* nothing was sent in part, nothing is lost */
	while (ward_msg_recv(p->b, p->buf, &m) == WARD_OK) {
		assert_int_equal(m.id, n_out++);
		assert_body(&m, "row");
	}
	assert_int_equal(n_out, n_in);
	(void)close(p->b);
	p->b = -1;
	assert_int_equal(ward_msg_recv(p->a, p->buf, &m), WARD_ERR_CLOSED);
	assert_int_equal(ward_msg_send(p->a, WARD_MSG_ROWS, 1, bytes_of("x")), WARD_ERR_CLOSED);
	assert_int_equal(ward_msg_send(-1, WARD_MSG_ROWS, 1, bytes_of("x")), WARD_ERR_IO);
	assert_int_equal(ward_msg_recv(-1, p->buf, &m), WARD_ERR_IO);
}

static void ask_drops_stale_answers(void **state)
{
	struct pair *p = *state;
	struct ward_msg m;

	/* answers of a former life wait in the queue, then ours */
	assert_int_equal(ward_msg_send(p->b, WARD_MSG_APPENDED, 7, bytes_of("old")), WARD_OK);
	assert_int_equal(ward_msg_send(p->b, WARD_MSG_RESUMED, 8, bytes_of("old")), WARD_OK);
	assert_int_equal(
		ward_msg_send(p->b, WARD_MSG_APPENDED, UINT32_MAX, bytes_of("new")), WARD_OK);
	assert_int_equal(
		ward_ask(&p->ask, WARD_MSG_APPEND, bytes_of("q"), WARD_MSG_APPENDED, &m), WARD_OK);
	assert_int_equal(m.id, UINT32_MAX);
	assert_body(&m, "new");
	assert_int_equal(p->ask.next_id, 0);
	assert_int_equal(ward_msg_recv(p->b, p->buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_APPEND);
	assert_body(&m, "q");
}

static void ask_refuses_other_answers(void **state)
{
	struct pair *p = *state;
	struct ward_msg m;

	assert_int_equal(ward_msg_send(p->b, WARD_MSG_RESUMED, UINT32_MAX, bytes_of("x")), WARD_OK);
	assert_int_equal(ward_ask(&p->ask, WARD_MSG_APPEND, bytes_of("q"), WARD_MSG_APPENDED, &m),
		WARD_ERR_MALFORMED);
	assert_int_equal(send(p->b, "junk", 4, 0), 4);
	assert_int_equal(ward_ask(&p->ask, WARD_MSG_APPEND, bytes_of("q"), WARD_MSG_APPENDED, &m),
		WARD_ERR_MALFORMED);
	(void)close(p->b);
	p->b = -1;
	assert_int_equal(ward_ask(&p->ask, WARD_MSG_APPEND, bytes_of("q"), WARD_MSG_APPENDED, &m),
		WARD_ERR_CLOSED);
}

/* A clock that goes on by a millisecond whenever it is looked at, however long that took. */
static ward_ns step(void *ctx)
{
	ward_ns *at = ctx;

	return *at += WARD_NS_PER_MS;
}

/* Nobody answers: it asks more than once, with one id, and gives up. */
static void ask_gives_up(void **state)
{
	struct pair *p = *state;
	struct ward_msg m;
	size_t n = 0;
	ward_ns at = 0;
	const struct ward_clock clock = {.now = step, .mono = step, .ctx = &at};

	p->ask.clock = &clock;
	p->ask.give_up = 20 * WARD_NS_PER_MS;
	assert_int_equal(ward_ask(&p->ask, WARD_MSG_READ, bytes_of("q"), WARD_MSG_RECORDS, &m),
		WARD_ERR_AGAIN);
	no_wait(p->b);
	while (ward_msg_recv(p->b, p->buf, &m) == WARD_OK) {
		assert_int_equal(m.id, UINT32_MAX);
		assert_int_equal(m.type, WARD_MSG_READ);
		assert_body(&m, "q");
		n++;
	}
	assert_true(n >= 2);
	/* the next question has another id */
	assert_int_equal(ward_ask(&p->ask, WARD_MSG_READ, bytes_of("q"), WARD_MSG_RECORDS, &m),
		WARD_ERR_AGAIN);
	assert_int_equal(ward_msg_recv(p->b, p->buf, &m), WARD_OK);
	assert_int_equal(m.id, 0);
}

/* The peer misses the first request, as one that was restarted does, and answers the second. */
static int answer_second(int fd, uint8_t *buf)
{
	struct ward_msg m;

	for (unsigned i = 0; i < 2; i++)
		if (ward_msg_recv(fd, buf, &m) != WARD_OK || m.type != WARD_MSG_RESUME)
			return 1;
	if (ward_msg_send(fd, WARD_MSG_RESUMED, m.id - 1, bytes_of("stale")) != WARD_OK)
		return 2;
	return ward_msg_send(fd, WARD_MSG_RESUMED, m.id, bytes_of("here")) != WARD_OK;
}

static void ask_asks_again(void **state)
{
	struct pair *p = *state;
	struct ward_msg m;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(answer_second(p->b, p->buf));
	assert_int_equal(
		ward_ask(&p->ask, WARD_MSG_RESUME, bytes_of(""), WARD_MSG_RESUMED, &m), WARD_OK);
	assert_body(&m, "here");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Word of somebody else ends the wait, though nobody answered. */
static void ask_heeds_others(void **state)
{
	struct pair *p = *state;
	struct ward_msg m;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd), 0);
	const int also[] = {-1, fd[0]};

	p->ask.again = 3600 * WARD_NS_PER_S;
	p->ask.also = also;
	p->ask.n_also = 2;
	assert_int_equal(ward_msg_send(fd[1], WARD_MSG_SENT, 1, bytes_of("x")), WARD_OK);
	assert_int_equal(ward_ask(&p->ask, WARD_MSG_ROWS, bytes_of("q"), WARD_MSG_ROW_LIST, &m),
		WARD_ERR_AGAIN);
	/* an answer that is there goes before it */
	assert_int_equal(ward_msg_send(p->b, WARD_MSG_ROW_LIST, 0, bytes_of("rows")), WARD_OK);
	assert_int_equal(
		ward_ask(&p->ask, WARD_MSG_ROWS, bytes_of("q"), WARD_MSG_ROW_LIST, &m), WARD_OK);
	(void)close(fd[0]);
	(void)close(fd[1]);
}

/* Whoever is not let in is told so by the id 0 and the connection is closed: before the question,
 * and with it unread. Who asked for no such thing sees that it is closed. */
static void ask_is_turned_away(void **state)
{
	struct pair *p = *state;
	struct ward_msg m;

	p->ask.next_id = 7;
	for (unsigned round = 0; round < 4; round++) {
		p->ask.turned_away = round < 2;
		if (round % 2)
			assert_int_equal(
				ward_msg_send(p->a, WARD_MSG_DECIDE, 6, bytes_of("left")), WARD_OK);
		assert_int_equal(
			ward_msg_send(p->b, WARD_MSG_DECIDED, 0, bytes_of("nobody")), WARD_OK);
		(void)close(p->b);
		assert_int_equal(
			ward_ask(&p->ask, WARD_MSG_DECIDE, bytes_of("q"), WARD_MSG_DECIDED, &m),
			round < 2 ? WARD_OK : WARD_ERR_CLOSED);
		if (round < 2)
			assert_body(&m, "nobody");
		/* and once is all */
		assert_int_equal(
			ward_ask(&p->ask, WARD_MSG_DECIDE, bytes_of("q"), WARD_MSG_DECIDED, &m),
			WARD_ERR_CLOSED);
		int fd[2];

		(void)close(p->a);
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd), 0);
		p->ask.fd = p->a = fd[0];
		p->b = fd[1];
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {T(round_trips), T(largest), T(wrong_messages),
		T(queues), T(ask_drops_stale_answers), T(ask_refuses_other_answers),
		T(ask_gives_up), T(ask_asks_again), T(ask_heeds_others), T(ask_is_turned_away)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
