/* The real process of a webhook in its cage, with this test in the journal's place: each of its
 * answers, what of them is recorded, and who keeps a connection when many come. */
#include "event/event.h"
#include "live.h"
#include "run/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000, TEXT = 128, SHARE = 8 };

#define BEARER "Authorization: Bearer a-secret-of-some-length\r\n"

struct house {
	char folder[64], secret[2 * TEXT];
	int journal[2], pseudonym[2], listener;
	uint16_t port;
	struct live_process hook;
};

static void begin(struct house *h)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	char path[TEXT];

	*h = (struct house){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	live_folder(h->folder, sizeof(h->folder));
	(void)snprintf(path, sizeof(path), "%s/secret", h->folder);
	(void)snprintf(h->secret, sizeof(h->secret), "password_file=%s", path);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs("a-secret-of-some-length\n", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(bind(h->listener, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(h->listener, 64), 0);
	assert_int_equal(getsockname(h->listener, (void *)&at, &len), 0);
	h->port = ntohs(at.sin_port);
	live_pair(h->journal);
	live_pair(h->pseudonym);
	h->hook = (struct live_process){.name = "hook",
		.arg = {"source=access", h->secret, "limit=log.record:1048576"},
		.fd = {{"journal", h->journal[0]}, {"pseudonym", h->pseudonym[0]},
			{"listener", h->listener}}};
	live_start(&h->hook);
}

static void end(struct house *h)
{
	assert_int_equal(live_end(&h->hook, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		close(h->journal[i]);
		close(h->pseudonym[i]);
	}
	close(h->listener);
	live_remove(h->folder);
}

static int dial(const struct house *h)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(h->port),
		.sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const void *)&to, sizeof(to)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	size_t n = strlen(text);

	assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), n);
}

static uint8_t buf[WARD_MSG_MAX]; /* the last batch for the journal */

/* The next batch for the journal is answered so. */
static void journal_says(struct house *h, enum ward_err verdict)
{
	struct pollfd p = {.fd = h->journal[1], .events = POLLIN};
	uint8_t body[9];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct ward_msg m;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("nothing is recorded");
	assert_int_equal(ward_msg_recv(h->journal[1], buf, &m), WARD_OK);
	assert_int_equal(m.type, WARD_MSG_APPEND);
	ward_wr_u8(&w, (uint8_t)verdict);
	ward_wr_be64(&w, 1);
	assert_int_equal(
		ward_msg_send(h->journal[1], WARD_MSG_APPENDED, m.id, ward_wr_slice(&w)), WARD_OK);
}

/* What comes until an answer is whole, or the connection ends. */
static size_t hear(int fd, char ret[2048])
{
	size_t n = 0;

	while (n < 2047 && !strstr(ret, "\r\n\r\n")) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t k = poll(&p, 1, PATIENCE_MS) == 1 ? recv(fd, ret + n, 2047 - n, 0) : -1;

		if (k <= 0)
			break;
		n += (size_t)k;
		ret[n] = 0;
	}
	return n;
}

static void answers(int fd, const char *status, const char *words)
{
	char text[2048] = "";

	(void)hear(fd, text);
	if (!strstr(text, status) || !strstr(text, words))
		fail_msg("'%s' and not '%s %s'", text, status, words);
}

static bool has_ended(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char c;

	return poll(&p, 1, PATIENCE_MS) == 1 && recv(fd, &c, 1, MSG_DONTWAIT) <= 0;
}

#define POST(fields) "POST / HTTP/1.1\r\n" fields "\r\n"

/* Each reason of a refusal that the bytes give, with its words; none reaches the journal. */
static void t_refusals(void **state)
{
	static const struct {
		const char *request, *status, *words;
	} row[] = {
		{POST("Content-Length: 2\r\n") "{}", " 401 ", "signature or the token"},
		{POST("Authorization: Bearer a-secret-of-some\r\nContent-Length: 2\r\n") "{}",
			" 401 ", "missing or wrong"},
		{POST("Authorization: a-secret-of-some-length\r\nContent-Length: 2\r\n") "{}",
			" 401 ", "missing or wrong"},
		{POST("X-Ward-Signature: sha256=00\r\nContent-Length: 2\r\n") "{}", " 401 ",
			"missing or wrong"},
		/* a wrong signature is not mended by a token beside it */
		{POST("X-Ward-Signature: sha256=zz\r\n" BEARER "Content-Length: 2\r\n") "{}",
			" 401 ", "missing or wrong"},
		{"GET / HTTP/1.1\r\n" BEARER "\r\n", " 405 ", "post JSON here"},
		{POST(BEARER "Content-Length: 3\r\n") "[1]", " 400 ", "no JSON object"},
		{POST(BEARER "Content-Length: 4\r\n") "{\"a\"", " 400 ", "no JSON object"},
		{POST(BEARER "Content-Length: 0\r\n"), " 400 ", "no JSON object"},
		{POST(BEARER "Content-Length: 99999999\r\n"), " 413 ", "too long"},
		{POST(BEARER "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"), " 400 ",
			"a length and another coding"},
		{POST(BEARER "Content-Length: 2\r\nContent-Length: 2\r\n"), " 400 ", "two lengths"},
		{POST(BEARER "Transfer-Encoding: gzip\r\n"), " 400 ", "not known"},
		{POST(BEARER "Content-Length: two\r\n"), " 400 ", "no number"},
		{POST(BEARER "Transfer-Encoding: chunked\r\n") "x\r\n", " 400 ", "no size"},
		{POST(BEARER "Transfer-Encoding: chunked\r\n") "2\r\n{}x", " 400 ", "longer than"},
		{POST(BEARER "Transfer-Encoding: chunked\r\n") "fffffff\r\n", " 413 ", "too long"},
		{"POST /\r\n\r\n", " 400 ", "HTTP/1"},
		{POST(" folded\r\n"), " 400 ", ""},
	};
	struct house h;

	(void)state;
	begin(&h);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		int fd = dial(&h);

		say(fd, row[i].request);
		answers(fd, row[i].status, row[i].words);
		close(fd);
		live_check(&h.hook);
	}
	struct pollfd p = {.fd = h.journal[1], .events = POLLIN};

	assert_int_equal(poll(&p, 1, 0), 0);
	end(&h);
}

/* 202 once it is durable; 503 when there is no room, and nothing was taken; both in one connection,
 * with a body that waits to be asked for. */
static void t_journal(void **state)
{
	struct house h;

	(void)state;
	begin(&h);
	int fd = dial(&h);

	say(fd, POST(BEARER "Content-Length: 7\r\nExpect: 100-continue\r\n"));
	answers(fd, " 100 ", "Continue");
	say(fd, "{\"a\":1}");
	journal_says(&h, WARD_OK);
	answers(fd, " 202 ", "recorded");
	say(fd, POST(BEARER "Content-Length: 7\r\n") "{\"a\":2}");
	journal_says(&h, WARD_ERR_FULL);
	journal_says(&h, WARD_OK); /* that something was lost */
	answers(fd, " 503 ", "no room");
	say(fd, POST(BEARER "Content-Length: 7\r\n") "{\"a\":2}");
	journal_says(&h, WARD_OK);
	answers(fd, " 202 ", "recorded");
	close(fd);
	end(&h);
}

/* What is too long for a record is no matter of room: it is not taken, said to who posts it and in
 * the journal. */
static void t_too_large(void **state)
{
	enum { LONG = 200000 };
	static const char reason[] = "longer than a record may be";
	static char text[LONG + 200];
	struct house h;

	(void)state;
	begin(&h);
	int fd = dial(&h);
	int head = snprintf(
		text, sizeof(text), POST(BEARER "Content-Length: %d\r\n") "{\"a\":\"", LONG + 8);

	memset(text + head, 'x', LONG);
	(void)snprintf(text + head + LONG, sizeof(text) - LONG - (size_t)head, "\"}");
	say(fd, text);
	journal_says(&h, WARD_OK);
	assert_non_null(memmem(buf, sizeof(buf), reason, sizeof(reason) - 1));
	answers(fd, " 413 ", "128 KiB");
	say(fd, POST(BEARER "Content-Length: 7\r\n") "{\"a\":1}");
	journal_says(&h, WARD_OK);
	answers(fd, " 202 ", "recorded");
	close(fd);
	end(&h);
}

/* Whoever sends on without reading what he is answered gets no more answers. */
static void t_reads_nothing(void **state)
{
	struct house h;
	char many[8192] = "";
	size_t n = 0;

	(void)state;
	begin(&h);
	int fd = dial(&h);

	while (n + 100 < sizeof(many))
		n += (size_t)snprintf(
			many + n, sizeof(many) - n, "GET / HTTP/1.1\r\n" BEARER "\r\n");
	say(fd, many);
	shutdown(fd, SHUT_WR);
	char text[2048];

	n = 0;
	for (ssize_t k; (k = recv(fd, text, sizeof(text), 0)) > 0;)
		n += (size_t)k;
	assert_true(n > 0 && n < sizeof(many));
	live_check(&h.hook);
	close(fd);
	end(&h);
}

/* Connections that come fast end their like, and never the one that has shown the secret. */
static void t_flood(void **state)
{
	struct house h;
	int flood[3 * SHARE];

	(void)state;
	begin(&h);
	int fd = dial(&h);

	say(fd, POST(BEARER "Content-Length: 7\r\n") "{\"a\":1}");
	journal_says(&h, WARD_OK);
	answers(fd, " 202 ", "recorded");
	for (size_t i = 0; i < WARD_ARRAY_LEN(flood); i++)
		flood[i] = dial(&h);
	for (size_t i = 0; i < 2 * SHARE; i++)
		assert_true(has_ended(flood[i]));
	say(fd, POST(BEARER "Content-Length: 7\r\n") "{\"a\":2}");
	journal_says(&h, WARD_OK);
	answers(fd, " 202 ", "recorded");
	for (size_t i = 0; i < WARD_ARRAY_LEN(flood); i++)
		close(flood[i]);
	close(fd);
	end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(t_refusals),
		cmocka_unit_test(t_journal), cmocka_unit_test(t_too_large),
		cmocka_unit_test(t_reads_nothing), cmocka_unit_test(t_flood)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
