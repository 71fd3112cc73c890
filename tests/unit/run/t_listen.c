#include "run/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static char why[WARD_LISTEN_WHY];

/* A port that the kernel found free, and what it is bound to stays free for us: we close it. */
static unsigned free_port(int type)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(close(fd), 0);
	return ntohs(at.sin_port);
}

static int type_of(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len), 0);
	return type;
}

static void t_opens(void **state)
{
	char text[64];
	int fd;

	(void)state;
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u", free_port(SOCK_DGRAM));
	assert_int_equal(ward_listen(ward_str_z(text), false, why, &fd), WARD_OK);
	assert_int_equal(type_of(fd), SOCK_DGRAM);
	assert_int_equal(close(fd), 0);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u", free_port(SOCK_STREAM));
	assert_int_equal(ward_listen(ward_str_z(text), true, why, &fd), WARD_OK);
	assert_int_equal(type_of(fd), SOCK_STREAM);
	assert_int_equal(close(fd), 0);
}

static void t_taken(void **state)
{
	char text[64];
	int fd, other = -7;

	(void)state;
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u", free_port(SOCK_DGRAM));
	assert_int_equal(ward_listen(ward_str_z(text), false, why, &fd), WARD_OK);
	assert_int_equal(ward_listen(ward_str_z(text), false, why, &other), WARD_ERR_IO);
	assert_int_equal(other, -7);
	assert_non_null(strstr(why, "in use"));
	assert_int_equal(close(fd), 0);
}

static void t_refuses(void **state)
{
	static const char *const bad[] = {"", ":", "127.0.0.1", "127.0.0.1:", ":514",
		"localhost:514", "127.0.0.1:x", "127.0.0.1:123456789", "[::1", "[]:1",
		"300.1.1.1:5", "127.0.0.1:70000000", "127.0.0.1:99999", "127.0.0.1:-1"};
	char longest[600];
	int fd;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(ward_listen(ward_str_z(bad[i]), true, why, &fd), WARD_ERR_CONFIG);
		assert_non_null(strstr(why, "ADDRESS:PORT"));
	}
	memset(longest, '1', sizeof(longest) - 1);
	memcpy(longest + sizeof(longest) - 5, ":514", 5);
	assert_int_equal(ward_listen(ward_str_z(longest), true, why, &fd), WARD_ERR_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_opens), cmocka_unit_test(t_taken), cmocka_unit_test(t_refuses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
