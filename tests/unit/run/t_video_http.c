/* Who looks on at `ward watch --http`: browsers of this machine, four at once; who asks nothing, or
 * takes nothing, makes room for others. */
#include "run/proc/video_http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define S WARD_NS_PER_S

enum { PICTURE = 1 << 20 };

static uint8_t picture[PICTURE];

struct lab {
	int listener;
	struct sockaddr_in at;
	struct video_http *http;
};

static void begin(struct lab *l)
{
	socklen_t len = sizeof(l->at);

	l->at = (struct sockaddr_in){.sin_family = AF_INET};
	l->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	l->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(l->listener, (struct sockaddr *)&l->at, len), 0);
	assert_int_equal(listen(l->listener, 8), 0);
	assert_int_equal(getsockname(l->listener, (struct sockaddr *)&l->at, &len), 0);
	l->http = video_http_new(l->listener);
	assert_non_null(l->http);
}

static void end(struct lab *l)
{
	video_http_free(l->http);
	(void)close(l->listener);
}

static int comes(const struct lab *l, const char *ask)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)&l->at, sizeof(l->at)), 0);
	assert_int_equal(send(fd, ask, strlen(ask), MSG_NOSIGNAL), (ssize_t)strlen(ask));
	return fd;
}

static void shows(struct lab *l, ward_ns now, size_t bytes)
{
	assert_int_equal(video_http_picture(l->http, ward_slice_of(picture, bytes), now), WARD_OK);
}

/* What has come: its first bytes; "" when nothing, NULL when the connection is over. */
static const char *got(int fd)
{
	static char text[128];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return "";
	text[n > 0 ? n : 0] = 0;
	return n > 0 ? text : NULL;
}

static bool is_shown(int fd)
{
	const char *text = got(fd);

	return text && strncmp(text, "HTTP/1.1 200 OK\r\n", 17) == 0;
}

static const char asks[] = "GET / HTTP/1.1\r\nHost: localhost:8090\r\n\r\n";

/* Four that ask nothing leave no room, and are gone after five seconds. */
static void test_says_nothing(void **state)
{
	struct lab l;
	int idle[4], fifth;

	(void)state;
	begin(&l);
	for (size_t i = 0; i < 4; i++)
		idle[i] = comes(&l, i ? "" : "GET / HTTP/1.1\r\nHost: local");
	fifth = comes(&l, asks);
	shows(&l, 0, 100);
	shows(&l, 5 * S - 1, 100);
	assert_string_equal(got(fifth), "");
	assert_string_equal(got(idle[0]), "");
	shows(&l, 5 * S, 100);
	assert_true(is_shown(fifth));
	for (size_t i = 0; i < 4; i++) {
		assert_null(got(idle[i]));
		(void)close(idle[i]);
	}
	(void)close(fifth);
	end(&l);
}

/* Who asked and takes nothing stays half a minute; who does take stays. */
static void test_takes_nothing(void **state)
{
	static char all[2 * PICTURE];
	struct lab l;
	int stuck, eager;

	(void)state;
	begin(&l);
	stuck = comes(&l, asks);
	eager = comes(&l, asks);
	for (ward_ns at = 0; at < 80 * S; at += S) {
		/* soon more than the kernel keeps for who does not take it */
		shows(&l, at, PICTURE);
		while (recv(eager, all, sizeof(all), MSG_DONTWAIT) > 0)
			;
	}
	assert_int_equal(recv(eager, all, sizeof(all), MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	while (recv(stuck, all, sizeof(all), MSG_DONTWAIT) > 0)
		;
	assert_null(got(stuck));
	(void)close(stuck);
	(void)close(eager);
	end(&l);
}

/* A page of elsewhere that has its name lead here is not served. */
static void test_elsewhere(void **state)
{
	static const char *const foreign[] = {
		"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n",
		"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost.example.org\r\n\r\n",
	};
	struct lab l;

	(void)state;
	begin(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(foreign); i++) {
		int fd = comes(&l, foreign[i]);

		shows(&l, 0, 100);
		const char *text = got(fd);

		assert_true(text && strncmp(text, "HTTP/1.1 403 ", 13) == 0);
		assert_null(got(fd));
		(void)close(fd);
	}
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_says_nothing),
		cmocka_unit_test(test_takes_nothing), cmocka_unit_test(test_elsewhere)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
