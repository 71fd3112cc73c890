#include "sense/file/clam.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

static void answers(void **state)
{
	char name[WARD_INSPECT_TEXT] = "";

	(void)state;
	assert_int_equal(ward_clam_answer(WARD_STR("stream: OK"), name), WARD_CLAM_CLEAN);
	assert_int_equal(
		ward_clam_answer(WARD_STR("stream: Eicar-Test FOUND"), name), WARD_CLAM_FOUND);
	assert_string_equal(name, "Eicar-Test");
	assert_int_equal(ward_clam_answer(WARD_STR("INSTREAM size limit exceeded. ERROR"), name),
		WARD_CLAM_FAILED);
	assert_int_equal(ward_clam_answer(WARD_STR("stream: "), name), WARD_CLAM_FAILED);
	assert_int_equal(ward_clam_answer(WARD_STR(""), name), WARD_CLAM_FAILED);
}

/* A peer that reads what it is sent, and answers. */
struct peer {
	int fd;
	size_t n;
	uint8_t head[14], last[4];
};

static void *serve(void *ctx)
{
	struct peer *p = ctx;
	uint8_t b;

	while (read(p->fd, &b, 1) == 1) {
		if (p->n < sizeof(p->head))
			p->head[p->n] = b;
		memmove(p->last, p->last + 1, 3);
		p->last[3] = b;
		p->n++;
		if (p->n >= 22 && memcmp(p->last, "\0\0\0\0", 4) == 0)
			break;
	}
	assert_int_equal(write(p->fd, "stream: X FOUND", 16), 16);
	return NULL;
}

static void stream(void **state)
{
	struct peer p = {.n = 0};
	char name[WARD_INSPECT_TEXT];
	pthread_t t;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	p.fd = pair[1];
	assert_int_equal(pthread_create(&t, NULL, serve, &p), 0);
	assert_true(ward_clam_begin(pair[0]));
	assert_int_equal(ward_clam_ask(pair[0], ward_slice_of("abcd", 4), name), WARD_CLAM_FOUND);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_string_equal(name, "X");
	assert_memory_equal(p.head, "zINSTREAM\0\0\0\0\4", 14);
	assert_int_equal(p.n, 22); /* command, length, bytes, the end */
	(void)close(pair[1]);
	assert_int_equal(ward_clam_ask(-1, ward_slice_of("abcd", 4), name), WARD_CLAM_FAILED);
	(void)close(pair[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(answers), T(stream)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
