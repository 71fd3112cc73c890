/* The real process `call` in its cage, with this test in the place of `act` and of the system: what
 * arrives is what was handed over, and what is said of it follows from the answer. */
#include "live.h"
#include "run/ipc.h"
#include "run/letter.h"

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000, TEXT = 512 };

#define API ",\"type\":\"application/json\",\"header\":\"X-Key: {secret}\"}"
#define C2 ",\"type\":\"application/openc2+json;version=1.0\",\"header\":\"X-Key: {secret}\"}"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: "

struct house {
	char folder[64], url[TEXT], key[TEXT];
	int act[2], system;
	struct live_process p;
	uint8_t n;
};

static void put_file(const struct house *h, const char *name, const char *text)
{
	char path[2 * TEXT];

	(void)snprintf(path, sizeof(path), "%s/%s", h->folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void wait_for(int fd, const char *what)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("%s", what);
}

static struct ward_msg next(struct house *h, uint8_t *buf)
{
	struct ward_msg m;

	wait_for(h->act[1], "it says nothing");
	assert_int_equal(ward_msg_recv(h->act[1], buf, &m), WARD_OK);
	return m;
}

static int setup(void **state)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct house *h = calloc(1, sizeof(*h));
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	char text[TEXT];

	assert_non_null(h);
	live_folder(h->folder, sizeof(h->folder));
	h->system = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(h->system, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(h->system, 4), 0);
	assert_int_equal(getsockname(h->system, (void *)&at, &len), 0);
	(void)snprintf(text, sizeof(text), "http://127.0.0.1:%u\n", (unsigned)ntohs(at.sin_port));
	put_file(h, "url", text);
	put_file(h, "secret", "a-secret-of-its-own");
	(void)snprintf(h->url, sizeof(h->url), "url=%s/url", h->folder);
	(void)snprintf(h->key, sizeof(h->key), "secret_file=%s/secret", h->folder);
	live_pair(h->act);
	h->p = (struct live_process){
		.name = "call", .arg = {h->url, h->key}, .fd = {{"act", h->act[0]}}};
	live_start(&h->p);
	/* what a former life had in hand may have been done */
	assert_int_equal(next(h, buf).type, WARD_MSG_AGAIN);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	struct house *h = *state;

	(void)live_end(&h->p, SIGTERM);
	close(h->act[0]);
	close(h->act[1]);
	close(h->system);
	live_remove(h->folder);
	free(h);
	return 0;
}

static void send_letter_until(struct house *h, const char *body, ward_ns until)
{
	uint8_t bytes[1024];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_letter l = {.until = until, .body = ward_str_z(body)};

	l.id.b[0] = ++h->n;
	ward_letter_put(&w, &l);
	assert_int_equal(ward_msg_send(h->act[1], WARD_MSG_SEND, 0, ward_wr_slice(&w)), WARD_OK);
}

static void send_letter(struct house *h, const char *body)
{
	send_letter_until(h, body, WARD_NS_NEVER);
}

static struct ward_outcome outcome(struct house *h)
{
	static uint8_t buf[WARD_MSG_MAX];
	struct ward_msg m = next(h, buf);
	struct ward_outcome o;
	struct ward_id id;

	assert_int_equal(m.type, WARD_MSG_SENT);
	assert_int_equal(ward_outcome_get(&m.body, &id, &o), WARD_OK);
	assert_int_equal(id.b[0], h->n);
	return o;
}

/* Takes one request that ends so, and answers. */
static void serve(struct house *h, const char *begin, const char *end, const char *answer)
{
	char got[2048];
	size_t n = 0;

	wait_for(h->system, "the system is not asked");
	int fd = accept(h->system, NULL, NULL);

	assert_true(fd >= 0);
	do {
		wait_for(fd, "the request ends too early");
		ssize_t k = recv(fd, got + n, sizeof(got) - n, 0);

		assert_true(k > 0);
		n += (size_t)k;
	} while (!ward_str_ends((struct ward_str){got, n}, ward_str_z(end)));
	assert_true(ward_str_starts((struct ward_str){got, n}, ward_str_z(begin)));
	assert_int_not_equal(ward_str_find((struct ward_str){got, n},
				     WARD_STR("\r\nX-Key: a-secret-of-its-own\r\n")),
		SIZE_MAX);
	assert_int_equal(send(fd, answer, strlen(answer), MSG_NOSIGNAL), strlen(answer));
	close(fd);
}

static void t_asked(void **state)
{
	static const struct {
		const char *body, *begin, *end, *answer;
		enum ward_sent what;
		const char *why;
	} all[] = {
		{"{\"run\":\"POST /a\",\"content\":\"{\\\"b\\\": 1}\"" API, "POST /a HTTP/1.1\r\n",
			"\r\n\r\n{\"b\": 1}", OK "0\r\n\r\n", WARD_SENT_DELIVERED, ""},
		{"{\"run\":\"DELETE /a\"" API, "DELETE /a HTTP/1.1\r\n", "\r\n\r\n",
			"HTTP/1.1 409 No\r\nContent-Length: 0\r\n\r\n", WARD_SENT_REFUSED,
			"it answered 409"},
		{"{\"run\":\"POST /c\",\"content\":\"{}\"" C2, "POST /c HTTP/1.1\r\n", "\r\n\r\n{}",
			OK "14\r\n\r\n{\"status\":200}", WARD_SENT_DELIVERED, ""},
		{"{\"run\":\"POST /c\",\"content\":\"{}\"" C2, "POST /c HTTP/1.1\r\n", "\r\n\r\n{}",
			OK "14\r\n\r\n{\"status\":102}", WARD_SENT_FAILED, "OpenC2 status 102"},
		{"{\"run\":\"POST /c\",\"content\":\"{}\"" C2, "POST /c HTTP/1.1\r\n", "\r\n\r\n{}",
			OK "14\r\n\r\n{\"status\":404}", WARD_SENT_REFUSED, "OpenC2 status 404"},
		{"{\"run\":\"POST /c\",\"content\":\"{}\"" C2, "POST /c HTTP/1.1\r\n", "\r\n\r\n{}",
			OK "0\r\n\r\n", WARD_SENT_FAILED, "its answer holds no status of OpenC2"},
		/* what is done is done, however much it says of it */
		{"{\"run\":\"POST /a\",\"content\":\"{}\"" API, "POST /a HTTP/1.1\r\n",
			"\r\n\r\n{}", OK "99999999\r\n\r\nall of it", WARD_SENT_DELIVERED, ""}};
	struct house *h = *state;

	/* it waited in its link until nobody would have it sent any more */
	send_letter_until(h, all[0].body, 1);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		send_letter(h, all[i].body);
		serve(h, all[i].begin, all[i].end, all[i].answer);
		struct ward_outcome o = outcome(h);

		assert_int_equal(o.what, all[i].what);
		assert_string_equal(o.why, all[i].why);
	}
	/* what is no call is refused, and nothing leaves but the connection */
	send_letter(h, "{\"run\":\"POST https://elsewhere/\"" API);
	wait_for(h->system, "the system is not asked");
	int fd = accept(h->system, NULL, NULL);
	char byte;

	assert_int_equal(outcome(h).what, WARD_SENT_REFUSED);
	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
	live_check(&h->p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_asked, setup, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
