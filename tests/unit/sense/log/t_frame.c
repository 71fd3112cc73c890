#include "sense/log/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX = 64, CAP = 2 * MAX + WARD_FRAME_SLACK };

/* The records of a text as "text|text!|…" ('!' for a fault), however it is cut into pieces. */
static void frames(enum ward_frame_mode mode, const char *in, size_t step, char *out, size_t cap)
{
	struct ward_framer f = ward_framer_on(mode, MAX);
	size_t len = strlen(in), at = 0, to = 0, n = 0;
	uint8_t buf[CAP];
	bool end = false;

	out[0] = 0;
	for (;;) {
		struct ward_frame fr;
		enum ward_err err = ward_framer_next(&f, ward_slice_of(buf, to), end, &fr);

		if (err == WARD_OK) {
			/* As a decoder would find: a value that does not close is unfinished. */
			bool unfinished = fr.text.len && fr.text.p[0] == '{' &&
					  memchr(fr.text.p, ']', fr.text.len) == NULL &&
					  memchr(fr.text.p, '[', fr.text.len) != NULL;

			if (unfinished && ward_framer_bad(&f, ward_slice_of(buf, to), true, &fr))
				continue;
			n += (size_t)snprintf(out + n, cap - n, "%.*s%s|", WARD_STR_ARG(fr.text),
				fr.fault ? "!" : "");
		}
		memmove(buf, buf + fr.used, to - fr.used);
		to -= fr.used;
		if (err == WARD_OK || (fr.used && to))
			continue;
		if (end)
			break;
		size_t take = len - at < step ? len - at : step;

		take = take < CAP - to ? take : CAP - to;
		memcpy(buf + to, in + at, take);
		at += take;
		to += take;
		end = take == 0;
	}
	assert_int_equal(to, 0);
}

static const char long_line[] =
	"0123456789012345678901234567890123456789012345678901234567890123456789";

static void check(enum ward_frame_mode mode, const char *in, const char *want)
{
	char out[1024];

	for (size_t step = 1; step < 140; step++) {
		frames(mode, in, step, out, sizeof(out));
		if (strcmp(out, want) != 0)
			fail_msg("by %zu: '%s' gave '%s', not '%s'", step, in, out, want);
	}
}

static void test_lines(void **state)
{
	char in[256];

	(void)state;
	check(WARD_FRAME_LINES, "", "");
	check(WARD_FRAME_LINES, "a\r\n\nb", "a||b|");
	snprintf(in, sizeof(in), "a\n%s%s\nb\n", long_line, long_line);
	char out[1024];

	frames(WARD_FRAME_LINES, in, 7, out, sizeof(out));
	assert_non_null(strstr(out, "!|b|"));
}

static void test_counted(void **state)
{
	(void)state;
	check(WARD_FRAME_SYSLOG, "7 <1>a\nbc5 <1>xy6 <1>pq\nlast\n",
		"<1>a\nbc|<1>xy|<1>pq\n|last|");
	check(WARD_FRAME_SYSLOG, "12 monkeys\n2016-01-01 x\n7", "12 monkeys|2016-01-01 x|7|");
	check(WARD_FRAME_SYSLOG, "20 <1>short", "<1>short!|");
}

static void test_json(void **state)
{
	(void)state;
	check(WARD_FRAME_JSON, "{\"a\":1}\n {\"b\":\"}{\\\"\"}\r\n",
		"{\"a\":1}|{\"b\":\"}{\\\"\"}|");
	check(WARD_FRAME_JSON, "{\n \"a\":[1,\n{}]\n}\n{}", "{\n \"a\":[1,\n{}]\n}|{}|");
	check(WARD_FRAME_JSON, "[ {\"a\":1},{\"b\":2} ]\n[\n{\"c\":3}\n]",
		"{\"a\":1}|{\"b\":2}|{\"c\":3}|");
	check(WARD_FRAME_JSON, "nonsense\n{\"a\":1}", "nonsense|{\"a\":1}|");
	check(WARD_FRAME_JSON, "{\"a\":[{}\n]}\n{}", "{\"a\":[{}\n]}|{}|");
	check(WARD_FRAME_JSON, "{\"a\":\"cut\n{\"b\":1}\n", "{\"a\":\"cut|{\"b\":1}|");
	check(WARD_FRAME_JSON, "{\"a\":[1,\n{\"b\":1}\n", "{\"a\":[1,\n{\"b\":1}\n|{\"b\":1}|");
}

/* A value that is too long is given up once, and the next one is found. */
static void test_json_long(void **state)
{
	char in[512], out[1024];

	(void)state;
	snprintf(
		in, sizeof(in), "{\"a\":\"%s\",\n\"b\":\"%s\"}\n{\"c\":1}\n", long_line, long_line);
	for (size_t step = 1; step < 40; step++) {
		frames(WARD_FRAME_JSON, in, step, out, sizeof(out));
		assert_non_null(strstr(out, "!|"));
		assert_string_equal(strstr(out, "!|"), "!|{\"c\":1}|");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
