#include "sense/file/clam.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
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

/* A peer that reads what it is sent, chunk by chunk, and answers. */
struct peer {
	int fd;
	size_t n, n_body;
	uint8_t all[8192], body[8192];
};

static size_t more(struct peer *p, size_t n)
{
	size_t at = p->n;

	assert_true(at + n <= sizeof(p->all));
	for (; p->n < at + n; p->n++)
		assert_int_equal(read(p->fd, p->all + p->n, 1), 1);
	return at;
}

static void *serve(void *ctx)
{
	struct peer *p = ctx;

	(void)more(p, 10);
	for (;;) {
		const uint8_t *head = p->all + more(p, 4);
		size_t n = (size_t)head[2] << 8 | head[3];

		if (!n)
			break;
		memcpy(p->body + p->n_body, p->all + more(p, n), n);
		p->n_body += n;
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
	const struct ward_slice file = ward_slice_of("abcd", 4);

	assert_int_equal(ward_clam_ask(pair[0], &file, 1, name), WARD_CLAM_FOUND);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_string_equal(name, "X");
	assert_memory_equal(p.all, "zINSTREAM\0\0\0\0\4", 14);
	assert_int_equal(p.n, 22); /* command, length, bytes, the end */
	(void)close(pair[1]);
	assert_int_equal(ward_clam_ask(-1, &file, 1, name), WARD_CLAM_FAILED);
	(void)close(pair[0]);
}

/* Several go as one archive (pax, ustar): heads with their sums, bytes in whole blocks, two empty.
 */
static void several(void **state)
{
	static struct peer p;
	static uint8_t large[1300];
	const struct ward_slice file[] = {ward_slice_of("abcd", 4),
		ward_slice_of(large, sizeof(large)), ward_slice_of("", 0)};
	static const size_t head[] = {0, 1024, 3072};
	char name[WARD_INSPECT_TEXT];
	pthread_t t;
	int pair[2];

	(void)state;
	large[1299] = 7;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	p.fd = pair[1];
	assert_int_equal(pthread_create(&t, NULL, serve, &p), 0);
	assert_true(ward_clam_begin(pair[0]));
	assert_int_equal(ward_clam_ask(pair[0], file, 3, name), WARD_CLAM_FOUND);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_int_equal(p.n_body, 3584 + 1024);
	for (size_t i = 0; i < 3; i++) {
		const char *h = (const char *)p.body + head[i];
		unsigned long sum = 0;

		for (size_t k = 0; k < 512; k++)
			sum += k >= 148 && k < 156 ? ' ' : (uint8_t)h[k];
		assert_int_equal(strtoul(h + 148, NULL, 8), sum);
		assert_int_equal(h[0], '0' + (int)i);
		assert_int_equal(strtoul(h + 124, NULL, 8), file[i].len);
		assert_memory_equal(h + 257, "ustar", 6);
		assert_memory_equal(h + 512, file[i].p, file[i].len);
	}
	(void)close(pair[0]);
	(void)close(pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(answers), T(stream), T(several)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
