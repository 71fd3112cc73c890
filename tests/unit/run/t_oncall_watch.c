/* The supervisor's look ahead over oncall.csv: what stands in its log. */
#include "../model/lab.h"
#include "run/oncall_watch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct fix {
	struct lab lab;
	struct ward_clock_fake clock;
	struct ward_log log;
	struct ward_oncall_watch w;
	char dir[64], path[96], text[8192];
	int fd;
};

static void write_file(const struct fix *x, const char *text)
{
	FILE *f = fopen(x->path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static size_t lines_with(struct fix *x, const char *what)
{
	size_t n = 0;
	ssize_t len = pread(x->fd, x->text, sizeof(x->text) - 1, 0);

	assert_true(len >= 0);
	x->text[len] = 0;
	for (const char *p = x->text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

static void look_for(struct fix *x, unsigned hours)
{
	for (unsigned i = 0; i < hours; i++) {
		ward_oncall_watch_look(&x->w);
		x->clock.at += 3600 * WARD_NS_PER_S;
	}
}

/* Told a day ahead, once, and again after a day; mended, no more. */
static void test_ahead(void **state)
{
	static struct fix x;
	ward_ns now;

	(void)state;
	assert_int_equal(lab_load(&x.lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	/* a Thursday */
	assert_int_equal(ward_time_parse(WARD_STR("2026-03-12T10:00:00Z"), &now), WARD_OK);
	ward_clock_fake_init(&x.clock, now);
	x.fd = memfd_create("log", MFD_CLOEXEC);
	ward_log_init(&x.log, x.fd, WARD_LOG_INFO, "t", &x.clock.clock);
	(void)snprintf(x.dir, sizeof(x.dir), "/tmp/ward-oncall-XXXXXX");
	assert_non_null(mkdtemp(x.dir));
	(void)snprintf(x.path, sizeof(x.path), "%s/oncall.csv", x.dir);
	ward_oncall_watch_init(&x.w, x.lab.m, &x.lab.lim, x.dir, &x.clock.clock, &x.log);
	look_for(&x, 1);
	assert_int_equal(lines_with(&x, "oncall"), 0); /* there is no file */
	write_file(&x, "role,person,days,from,until\nguard,anna,mon-fri,00:00,24:00\n"
		       "guard,ben,sun,00:00,24:00\n");
	look_for(&x, 12); /* to 23:00 of Thursday: Saturday is more than a day off */
	assert_int_equal(lines_with(&x, "oncall"), 0);
	look_for(&x, 20);
	assert_int_equal(
		lines_with(&x, "\"event\":\"oncall.nobody\",\"role\":\"guard\",\"from\":"
			       "\"2026-03-14T00:00:00Z\",\"until\":\"2026-03-15T00:00:00Z\""),
		1);
	assert_int_equal(lines_with(&x, "oncall"), 1);
	write_file(&x, "role,person,days,from,until\nguard,anna,mon-fri,8,24:00\n");
	look_for(&x, 5);
	assert_int_equal(lines_with(&x, "oncall.unreadable"), 1);
	write_file(&x, "role,person,days,from,until\nguard,anna,mon-sun,00:00,24:00\n");
	look_for(&x, 100);
	look_for(&x, 100);
	assert_int_equal(lines_with(&x, "\"event\":\"oncall"), 2);
	(void)unlink(x.path);
	(void)rmdir(x.dir);
	(void)close(x.fd);
	lab_free(&x.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_ahead)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
