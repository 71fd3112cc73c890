#include "sense/log/syslog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ward_arena arena;

static ward_ns at(const char *s)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(s), &t), WARD_OK);
	return t;
}

static struct ward_syslog parse(const char *s)
{
	struct ward_syslog m;

	assert_int_equal(
		ward_syslog_parse(ward_str_z(s), at("2026-01-15T00:00:00Z"), 0, &arena, &m),
		WARD_OK);
	return m;
}

#define IS(str, z) assert_true(ward_str_eqz(str, z))

/* The examples of RFC 5424 6.5. */
static void test_5424(void **state)
{
	struct ward_syslog m =
		parse("<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - "
		      "ID47 - \xef\xbb\xbf'su root' failed for lonvick on /dev/pts/8");

	(void)state;
	assert_int_equal(m.form, WARD_SYSLOG_5424);
	assert_int_equal(m.pri, 34);
	assert_int_equal(m.time, at("2003-10-11T22:14:15.003Z"));
	IS(m.host, "mymachine.example.com");
	IS(m.app, "su");
	IS(m.procid, "");
	IS(m.msgid, "ID47");
	IS(m.message, "'su root' failed for lonvick on /dev/pts/8");
	assert_string_equal(ward_syslog_facility(34), "auth");
	assert_string_equal(ward_syslog_severity(34), "crit");
	m = parse(
		"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time.");
	assert_int_equal(m.time, at("2003-08-24T12:14:15.000003Z"));
	IS(m.procid, "8710");
	m = parse("<165>1 - - - - - [exampleSDID@32473 iut=\"3\" eventSource=\"a\\\\b\\\"\\]\\n\"]"
		  "[examplePriority@32473 class=\"high\"]");
	assert_false(m.has_time);
	assert_int_equal(m.n_param, 3);
	IS(m.param[1].name, "eventSource");
	IS(m.param[1].value, "a\\b\"]\\n");
	IS(m.param[2].id, "examplePriority@32473");
	IS(m.message, "");
}

/* Every prefix is taken as something, and what is odd says so. */
static void test_prefixes(void **state)
{
	static const char whole[] =
		"<165>1 2003-10-11T22:14:15.003Z host app 12 ID47 [a@1 b=\"c\\]\"] text";

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		char *p = malloc(len ? len : 1);
		struct ward_syslog m;

		memcpy(p, whole, len);
		assert_int_equal(ward_syslog_parse((struct ward_str){p, len}, 0, 0, &arena, &m),
			len == sizeof(whole) ? WARD_ERR_MALFORMED : WARD_OK);
		free(p);
	}
}

static const struct {
	const char *in;
	enum ward_syslog_odd odd;
} odd[] = {
	{"<192>1 - - - - - - x", WARD_SYSLOG_ODD_PRI},
	{"<007>x", WARD_SYSLOG_ODD_PRI},
	{"<34>1 yesterday h a p m - x", WARD_SYSLOG_ODD_TIME},
	{"<34>1 - h a p", WARD_SYSLOG_ODD_HEADER},
	{"<34>1 - h a p m x", WARD_SYSLOG_ODD_SD},
	{"<34>1 - h a p m [a b=c] x", WARD_SYSLOG_ODD_SD},
	{"<34>1 - h a p m [a b=\"c\"", WARD_SYSLOG_ODD_SD},
	{"<34>1 - h a p m [a b=\"]\"] x", WARD_SYSLOG_ODD_SD},
	{"caf\xe9", WARD_SYSLOG_ODD_UTF8},
};

static void test_odd(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(odd); i++)
		assert_int_equal(parse(odd[i].in).odd, odd[i].odd);
	IS(parse("caf\xe9").message, "caf\xef\xbf\xbd");
	struct ward_syslog m;

	assert_int_equal(ward_syslog_parse((struct ward_str){"a\0b", 3}, 0, 0, &arena, &m),
		WARD_ERR_MALFORMED);
	assert_int_equal(m.odd, WARD_SYSLOG_ODD_BINARY);
	/* More parameters than are kept: the first are. */
	char many[8192] = "<34>1 - h a p m [a";
	size_t n = strlen(many);

	for (int i = 0; i < WARD_SYSLOG_PARAMS + 1; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, " p%d=\"v\"", i);
	snprintf(many + n, sizeof(many) - n, "] x");
	m = parse(many);
	assert_int_equal(m.odd, WARD_SYSLOG_ODD_PARAMS);
	assert_int_equal(m.n_param, WARD_SYSLOG_PARAMS);
}

static void test_3164(void **state)
{
	struct ward_syslog m = parse("<34>Oct 11 22:14:15 mymachine su: 'su root' failed");

	(void)state;
	assert_int_equal(m.form, WARD_SYSLOG_3164);
	/* In January, October is last year's, and so is any day that is more than a day ahead. */
	assert_int_equal(m.time, at("2025-10-11T22:14:15Z"));
	IS(m.host, "mymachine");
	IS(m.app, "su");
	IS(m.message, "'su root' failed");
	m = parse("Feb  5 17:32:18 10.0.0.99 sshd[24200]: Use the BFG!");
	assert_int_equal(m.time, at("2025-02-05T17:32:18Z"));
	IS(m.procid, "24200");
	assert_int_equal(parse("Dec 31 23:59:59 h x: y").time, at("2025-12-31T23:59:59Z"));
	assert_int_equal(parse("Feb 29 00:00:00 h x: y").form, WARD_SYSLOG_PLAIN);
	assert_int_equal(
		parse("Mar  1 2019 08:00:00.25: %ASA-6-1: y").time, at("2019-03-01T08:00:00.25Z"));
	m = parse("2026-01-02T03:04:05.678901+01:00 host app[1]: text");
	assert_int_equal(m.time, at("2026-01-02T02:04:05.678901Z"));
	IS(m.host, "host");
	m = parse("Dec 10 06:55:46 su: no host");
	IS(m.host, "");
	IS(m.app, "su");
	m = parse("<13>only text");
	assert_int_equal(m.form, WARD_SYSLOG_3164);
	assert_false(m.has_time);
	IS(m.message, "only text");
	m = parse("plain text");
	assert_int_equal(m.form, WARD_SYSLOG_PLAIN);
	IS(m.message, "plain text");
	assert_int_equal(ward_syslog_parse(WARD_STR("Jan 15 02:00:00 h x: y"),
				 at("2026-01-15T00:00:00Z"), 7200, &arena, &m),
		WARD_OK);
	assert_int_equal(m.time, at("2026-01-15T00:00:00Z"));
}

/* When a line without a year was written that is read at that time. */
static ward_ns read_at(const char *line, const char *reference)
{
	struct ward_syslog m;

	assert_int_equal(
		ward_syslog_parse(ward_str_z(line), at(reference), 0, &arena, &m), WARD_OK);
	assert_true(m.has_time);
	return m.time;
}

static void test_year(void **state)
{
	const char *new_year = "Jan  1 00:05:00 h x: y", *leap = "Feb 29 12:00:00 h x: y";

	(void)state;
	assert_int_equal(read_at(new_year, "2026-12-31T23:55:00Z"), at("2027-01-01T00:05:00Z"));
	assert_int_equal(read_at(new_year, "2026-12-30T23:55:00Z"), at("2026-01-01T00:05:00Z"));
	assert_int_equal(read_at(new_year, "2027-01-01T00:00:00Z"), at("2027-01-01T00:05:00Z"));
	assert_int_equal(read_at("Dec 31 23:59:00 h x: y", "2027-01-01T00:00:00Z"),
		at("2026-12-31T23:59:00Z"));
	assert_int_equal(read_at("Nov 29 03:00:00 h x: y", "2026-11-28T23:00:00Z"),
		at("2026-11-29T03:00:00Z"));
	/* Where no year but one has such a day, it is that one, ahead or not. */
	assert_int_equal(read_at(leap, "2025-03-01T00:00:00Z"), at("2024-02-29T12:00:00Z"));
	assert_int_equal(read_at(leap, "2028-01-01T00:00:00Z"), at("2028-02-29T12:00:00Z"));
	assert_int_equal(read_at(leap, "2027-06-01T00:00:00Z"), at("2028-02-29T12:00:00Z"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_5424),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_3164),
		cmocka_unit_test(test_year),
	};

	ward_arena_init(&arena, ward_mem_heap(), 1 << 26);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	ward_arena_fini(&arena);
	return rc;
}
