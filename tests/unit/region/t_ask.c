/* The client of a hospital's answer, on a clock of its own. */
#include "region/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ANSWER "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nContent-Length: 2\r\n\r\n{}"

struct talk {
	struct ward_region_ask *a;
	struct ward_counters c;
	unsigned n_got, n_again;
	bool wrong;
};

static enum ward_err got(void *ctx, struct ward_slice body, bool again, const char **why)
{
	struct talk *t = ctx;

	t->n_got++;
	t->n_again += again;
	assert_true(again || (body.len == 2 && body.p[0] == '{'));
	*why = "not so";
	return t->wrong ? WARD_ERR_CONFIG : WARD_OK;
}

static void begin(struct talk *t)
{
	*t = (struct talk){.n_got = 0};
	ward_counters_init(&t->c);
	const struct ward_region_ask_opts o = {.mem = ward_mem_heap(),
		.counters = &t->c,
		.host = WARD_STR("::1"),
		.port = 8443,
		.every = 60 * WARD_NS_PER_S,
		.got = got,
		.ctx = t};

	assert_int_equal(ward_region_ask_new(&o, &t->a), WARD_OK);
}

static struct ward_str request(struct talk *t, ward_ns mono)
{
	struct ward_slice s;

	assert_int_equal(ward_httppoll_due(ward_region_ask_poll(t->a), mono, &s), WARD_OK);
	if (s.len)
		ward_httppoll_sent(ward_region_ask_poll(t->a), s.len);
	return ward_slice_text(s);
}

static enum ward_err hear(struct talk *t, const char *text, ward_ns mono)
{
	return ward_httppoll_bytes(
		ward_region_ask_poll(t->a), ward_str_bytes(ward_str_z(text)), mono);
}

static void asks_again_by_the_version(void **state)
{
	struct talk t;

	(void)state;
	begin(&t);
	struct ward_str first = request(&t, 0);

	assert_true(ward_str_starts(
		first, WARD_STR("GET /api/v1/region HTTP/1.1\r\nHost: [::1]:8443\r\n")));
	assert_true(ward_str_find(first, WARD_STR("If-None-Match")) == SIZE_MAX);
	for (const char *p = ANSWER; p[1]; p++) {
		char one[2] = {*p, 0};

		assert_int_equal(hear(&t, one, 1), WARD_OK);
	}
	assert_int_equal(hear(&t, "}", 2), WARD_ERR_CLOSED);
	assert_true(t.n_got == 1 && ward_httppoll_good_count(ward_region_ask_poll(t.a)) == 1);
	assert_int_equal(request(&t, 53 * WARD_NS_PER_S).len, 0);
	struct ward_str second = request(&t, 67 * WARD_NS_PER_S);

	assert_true(ward_str_find(second, WARD_STR("If-None-Match: \"7\"\r\n")) != SIZE_MAX);
	assert_int_equal(
		hear(&t, "HTTP/1.1 304 Not Modified\r\n\r\n", 67 * WARD_NS_PER_S), WARD_ERR_CLOSED);
	assert_true(t.n_again == 1);
	ward_region_ask_free(t.a);
}

static void waits_longer_each_time(void **state)
{
	static const char *const bad[] = {"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 302 Away\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n",
		"\x16\x03", ANSWER "more", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\n\r\n"};
	struct talk t;
	ward_ns now = 0, last = 0;

	(void)state;
	begin(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_true(request(&t, now).len > 0);
		enum ward_err err = hear(&t, bad[i], now);

		if (err == WARD_OK) /* it may go on: the end decides */
			err = ward_httppoll_ended(ward_region_ask_poll(t.a), now, NULL);
		assert_int_equal(err, WARD_ERR_FOREIGN);
		assert_true(ward_httppoll_why(ward_region_ask_poll(t.a))[0] != 0);
		ward_ns wait = ward_httppoll_next(ward_region_ask_poll(t.a)) - now;

		assert_true(i < 2 || wait > last);
		last = wait;
		now = ward_httppoll_next(ward_region_ask_poll(t.a));
	}
	t.wrong = true;
	assert_true(request(&t, now).len > 0);
	assert_int_equal(hear(&t, ANSWER, now), WARD_ERR_FOREIGN);
	assert_string_equal(ward_httppoll_why(ward_region_ask_poll(t.a)), "not so");
	assert_true(request(&t, ward_httppoll_next(ward_region_ask_poll(t.a))).len > 0);
	assert_true(ward_httppoll_overdue(ward_region_ask_poll(t.a),
		ward_httppoll_next(ward_region_ask_poll(t.a)) + 61 * WARD_NS_PER_S));
	assert_int_equal(ward_httppoll_good_count(ward_region_ask_poll(t.a)), 0);
	ward_region_ask_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_again_by_the_version),
		cmocka_unit_test(waits_longer_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
