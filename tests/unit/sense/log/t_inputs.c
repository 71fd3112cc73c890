/* Inputs of every form through the drivers: what comes out and what is told. */
#include "sense/log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static const struct ward_input_driver *const drivers[] = {WARD_LOG_DRIVERS, NULL};

struct got {
	char text[16384]; /* the events, one per line */
	char problems[2048];
	size_t n;
};

struct how {
	enum ward_input_kind kind;
	const char *multiline;
	enum ward_charset charset;
	uint64_t unpacked, ratio;
};

static void problem(void *ctx, const struct ward_input_problem *p)
{
	struct got *g = ctx;
	size_t n = strlen(g->problems);

	snprintf(g->problems + n, sizeof(g->problems) - n, "%llu:%llu %s%s;",
		(unsigned long long)p->line, (unsigned long long)p->off, p->counter,
		p->dropped ? "" : " kept");
}

static struct got *read_all(const void *bytes, size_t len, struct how how)
{
	static struct got g;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_arena arena;
	struct ward_input in;
	struct ward_event e;
	struct ward_input_opts opts = {.mem = ward_mem_heap(),
		.lim = &lim,
		.names = &names,
		.counters = &counters,
		.reference = 1768435200 * WARD_NS_PER_S,
		.charset = how.charset,
		.multiline = ward_str_z(how.multiline),
		.problem = problem,
		.ctx = &g};
	struct ward_wr w = ward_wr_fixed(g.text, sizeof(g.text) - 1);
	int fd = memfd_create("input", MFD_CLOEXEC);
	enum ward_err err;

	memset(&g, 0, sizeof(g));
	ward_limits_default(&lim);
	if (how.unpacked)
		lim.v[WARD_LIMIT_INPUT_UNPACKED] = how.unpacked;
	if (how.ratio)
		lim.v[WARD_LIMIT_INPUT_RATIO] = how.ratio;
	ward_counters_init(&counters);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 24);
	assert_int_equal(ward_names_init(&names, opts.mem, &lim), WARD_OK);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(
		ward_input_open_fd(&in, fd, WARD_STR("x"), how.kind, drivers, &opts), WARD_OK);
	while ((err = ward_input_next(&in, &arena, &e)) == WARD_OK) {
		ward_event_write_json(&e, &names, &w);
		ward_wr_ch(&w, '\n');
		g.n++;
	}
	assert_int_equal(err, WARD_ERR_CLOSED);
	ward_input_close(&in);
	ward_names_fini(&names);
	ward_arena_fini(&arena);
	return &g;
}

static const char gz[] = /* "one\ntwo\n" */
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\xcf\x4b\xe5\x2a\x29\xcf\xe7\x02\x00"
	"\xe6\x0b\xba\x12\x08\x00\x00\x00";

/* Text with NULs, and its length. */
#define B(text) text, sizeof(text) - 1

static const struct {
	const char *name, *in;
	size_t len; /* 0: to the NUL */
	struct how how;
	size_t n;
	const char *want[3], *problems;
} cases[] = {
	{"empty", "", 0, {0}, 0, {NULL}, ""},
	{"UTF-16",
		"\xff\xfe<\0"
		"1\0"
		"3\0>\0c\0\xe9\0\n\0=\xd8\0\xde",
		20, {0}, 2, {"\"message\":\"c\xc3\xa9\"", "\xf0\x9f\x98\x80"}, ""},
	{"half a pair", "\xfe\xff\0a\xd8\x3d\0b", 8, {0}, 1,
		{"\"a\xef\xbf\xbd"
		 "b\""},
		""},
	{"Latin-1", "caf\xe9 \x80\n", 0, {.charset = WARD_CHARSET_LATIN1}, 1,
		{"caf\xc3\xa9 \xc2\x80"}, ""},
	{"Windows-1252", "caf\xe9 \x80\n", 0, {.charset = WARD_CHARSET_WINDOWS_1252}, 1,
		{"caf\xc3\xa9 \xe2\x82\xac"}, ""},
	{"stack trace", "a\n\tat x\nCaused by: y\n  z\nb\n", 0, {.multiline = "indent"}, 2,
		{"\"a\\n\\tat x\\nCaused by: y\\n  z\"", "\"message\":\"b\""}, ""},
	{"mask", "2026-01-01 a\nb\n2026-01-02 c\n", 0, {.multiline = "9999-99-99"}, 2,
		{"\"2026-01-01 a\\nb\""}, ""},
	{"csv", "time;user;\n2026-01-01T00:00:00Z;a;\"x; \"\"y\"\"\nz\"\n1;2;3;4\n;;\n", 0,
		{.kind = WARD_INPUT_CSV}, 3,
		{"\"time\":\"2026-01-01T00:00:00Z\",\"seen\"",
			"\"user\":\"a\",\"column3\":\"x; \\\"y\\\"\\nz\"", "\"column4\":\"4\""},
		"4:47 csv.odd.values kept;"},
	{"csv in quotes", "a,b\n\"x", 0, {.kind = WARD_INPUT_CSV}, 1, {"\"a\":\"x\""},
		"2:4 csv.odd.quote kept;2:4 csv.odd.values kept;"},
	{"csv of an outsider", "ward.asset\nx\n", 0, {.kind = WARD_INPUT_CSV}, 1,
		{"\"foreign.ward.asset\":\"x\""}, ""},
	{"journal as JSON",
		"{\"__REALTIME_TIMESTAMP\":\"1706868498000000\",\"PRIORITY\":\"4\",\"MESSAGE\":[99,"
		"233],\"SYSLOG_FACILITY\":\"10\",\"_HOSTNAME\":\"h\",\"_COMM\":\"sshd\"}",
		0, {0}, 1,
		{"\"time\":\"2024-02-02T10:08:18Z\"", "\"message\":\"c\xef\xbf\xbd\"",
			"\"host\":\"h\",\"app\":\"sshd\",\"severity\":\"warning\",\"facility\":"
			"\"authpriv\""},
		""},
	{"journal's export",
		B("__CURSOR=1\n__REALTIME_TIMESTAMP="
		  "1706868498000000\nMESSAGE\n\x03\0\0\0\0\0\0\0a\nb\nA=1\nA="
		  "2\n\n\n__CURSOR=2\n__REALTIME_TIMESTAMP=1\nMESSAGE=end"),
		{0}, 2, {"\"message\":\"a\\nb\"", "\"A\":[\"1\",\"2\"]", "\"end\""}, ""},
	{"a bad entry", "__CURSOR=1\nno name=1\nA=1\n\n__CURSOR=2\n__REALTIME_TIMESTAMP=1\nB=1\n",
		0, {0}, 1, {"\"B\":\"1\""}, "2:11 journal.reject.form;"},
	{"a length that lies",
		B("__CURSOR=1\nA\n\xff\xff\xff\xff\xff\xff\xff\xff\n\n__CURSOR=2\n__REALTIME_"
		  "TIMESTAMP=1\n"),
		{0}, 1, {"\"__CURSOR\":\"2\""}, "2:11 journal.reject.size;"},
	{"audit, interleaved",
		"type=SYSCALL msg=audit(1.5:7): arch=c000003e syscall=59 a0=1\n"
		"type=SYSCALL msg=audit(1.6:8): syscall=1\n"
		"type=EXECVE msg=audit(1.5:7): argc=2 a0=6C73 a1_len=4 a1[0]=2F74 a1[1]=2F78\n"
		"type=PROCTITLE msg=audit(1.5:7): proctitle=6C73002F742F78\n",
		0, {0}, 2,
		{"\"type\":[\"SYSCALL\",\"EXECVE\",\"PROCTITLE\"],\"msg\":\"audit(1.5:7)\"",
			"\"a0\":[\"1\",\"ls\"],\"SYSCALL\":\"execve\",\"argc\":\"2\",\"a1_len\":"
			"\"4\","
			"\"a1\":\"/t/x\",\"proctitle\":\"ls /t/x\"",
			"\"type\":\"SYSCALL\",\"msg\":\"audit(1.6:8)\""},
		""},
	{"audit of user space",
		"node=n type=USER_LOGIN msg=audit(1.5:7): pid=1 msg='op=login acct=\"x y\" "
		"res=failed'\n",
		0, {0}, 1,
		{"\"class\":\"host.auditd\"", "\"host\":\"n\"",
			"\"acct\":\"x y\",\"res\":\"failed\""},
		""},
	{"audit forwarded",
		"<13>Jan 14 10:00:00 h audispd: type=CWD msg=audit(1.5:7): cwd=2F6120\n", 0, {0}, 1,
		{"\"class\":\"log.syslog\"", "\"cwd\":\"/a \""}, ""},
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(cases); i++) {
		size_t len = cases[i].len ? cases[i].len : strlen(cases[i].in);
		const struct got *g = read_all(cases[i].in, len, cases[i].how);

		for (size_t k = 0; k < 3 && cases[i].want[k]; k++)
			if (!strstr(g->text, cases[i].want[k]))
				fail_msg("%s: no %s in %s", cases[i].name, cases[i].want[k],
					g->text);
		if (g->n != cases[i].n || strcmp(g->problems, cases[i].problems) != 0)
			fail_msg("%s: %zu events, '%s'", cases[i].name, g->n, g->problems);
	}
}

static void test_packed(void **state)
{
	char two[2 * sizeof(gz)];
	const size_t len = sizeof(gz) - 1;
	const struct got *g = read_all(gz, len, (struct how){0});

	(void)state;
	assert_int_equal(g->n, 2);
	assert_string_equal(g->problems, "");
	memcpy(two, gz, len);
	memcpy(two + len, gz, len);
	assert_int_equal(read_all(two, 2 * len, (struct how){0})->n, 4);
	memcpy(two + len, "padding", 7);
	g = read_all(two, len + 7, (struct how){0});
	assert_int_equal(g->n, 2);
	assert_string_equal(g->problems, "0:28 input.odd.trail kept;");
	/* every beginning of it ends with a word */
	for (size_t n = 3; n < len; n++) {
		g = read_all(gz, n, (struct how){0});
		assert_non_null(strstr(g->problems, "input.reject.short"));
	}
	two[22] ^= 1; /* its checksum */
	g = read_all(two, len, (struct how){0});
	assert_non_null(strstr(g->problems, "input.reject.packed"));
	assert_non_null(strstr(g->text, "one"));
}

/* 32 MiB of one letter in 32 KiB. */
static void test_bomb(void **state)
{
	FILE *f = popen("head -c 33554432 /dev/zero | tr '\\0' x | gzip -9", "r");
	static uint8_t buf[65536];
	size_t n = fread(buf, 1, sizeof(buf), f);
	const struct got *g;

	(void)state;
	assert_int_equal(pclose(f), 0);
	g = read_all(buf, n, (struct how){.ratio = 100});
	assert_non_null(strstr(g->problems, "input.reject.ratio"));
	g = read_all(buf, n, (struct how){.unpacked = 1 << 20});
	assert_non_null(strstr(g->problems, "input.reject.unpacked"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
