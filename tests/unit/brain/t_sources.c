/* Who falls silent is told once, and once more when heard again; not while Ward itself was off. */
#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

enum { BYTES = 64 << 20 };

static const ward_ns begin = 1772506800 * WARD_NS_PER_S, minute = 60 * WARD_NS_PER_S;

struct bench {
	struct lab *l;
	struct rows out;
	struct ward_brain *b;
	ward_ns now;
	unsigned n;
};

static struct ward_source *source(struct lab *l, const char *id)
{
	size_t n;
	const struct ward_source *s = ward_model_sources(l->model, &n);

	size_t i = 0;

	while (i < n && !ward_str_eqz(s[i].id, id))
		i++;
	WARD_ASSERT(i < n);
	return (struct ward_source *)(uintptr_t)&s[i]; /* the bench's own */
}

static const struct ward_brain_source *known(const struct bench *x, const char *id)
{
	size_t i = 0;

	while (!ward_str_eqz(ward_brain_source_at(x->b, i)->of->id, id))
		i++;
	return ward_brain_source_at(x->b, i);
}

static void say(struct bench *x, const char *id, const char *class, const char *fields)
{
	char line[512], time[40];
	struct ward_wr w = ward_wr_fixed(time, sizeof(time) - 1);

	ward_time_write(&w, x->now);
	(void)snprintf(line, sizeof(line),
		"{\"kind\":\"event\",\"id\":\"00000000-0000-8000-8000-%012x\",\"time\":\"%.*s\","
		"\"seen\":\"%.*s\",\"source\":\"%s\",\"class\":\"%s\",\"fields\":{%s}}",
		++x->n, WARD_STR_ARG(ward_wr_text(&w)), WARD_STR_ARG(ward_wr_text(&w)), id, class,
		fields);
	struct record r = lab_line(x->l, line);

	lab_feed(x->l, x->b, &r);
}

/* Time goes by, as the journal's ticks tell it. */
static void wait(struct bench *x, ward_ns length)
{
	const ward_ns step = 30 * WARD_NS_PER_S;

	for (ward_ns end = x->now + length; x->now < end;) {
		x->now += step;
		assert_int_equal(ward_brain_tick(x->b, x->now), WARD_OK);
	}
}

static size_t told(const struct bench *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->out.n; i++)
		n += x->out.row[i].kind == WARD_OUTPUT_DETECTION &&
		     ward_str_find(x->out.row[i].json, WARD_STR("A source fell silent")) !=
			     SIZE_MAX;
	return n;
}

static void start(struct bench *x)
{
	*x = (struct bench){.l = lab_new(), .now = begin};
	rows_init(&x->out);
	x->b = lab_brain(x->l, &x->out);
}

static void end(struct bench *x)
{
	ward_brain_free(x->b);
	rows_fini(&x->out);
	lab_free(x->l);
}

/* All of its memory, into another. */
static void again(struct bench *x)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), BYTES);
	struct ward_rd r;

	ward_brain_save(x->b, &w);
	assert_false(ward_wr_bad(&w));
	ward_brain_free(x->b);
	x->b = lab_brain(x->l, &x->out);
	r = ward_rd_slice(ward_wr_slice(&w));
	assert_int_equal(ward_brain_load(x->b, &r), WARD_OK);
	ward_wr_fini(&w);
}

static void silence_is_told(void **state)
{
	struct bench x;

	(void)state;
	start(&x);
	source(x.l, "doors")->expect_every = 10 * minute;
	wait(&x, 60 * minute); /* never heard: no news */
	assert_int_equal(told(&x), 0);
	say(&x, "doors", "log.syslog", "\"message\":\"hello\"");
	wait(&x, 9 * minute);
	assert_int_equal(told(&x), 0);
	again(&x);
	wait(&x, 2 * minute);
	assert_int_equal(told(&x), 1);
	assert_true(known(&x, "doors")->silent != WARD_NS_NEVER);
	again(&x);
	wait(&x, 60 * minute);
	assert_int_equal(told(&x), 1); /* once */
	say(&x, "doors", "log.syslog", "\"message\":\"back\"");
	assert_true(known(&x, "doors")->silent == WARD_NS_NEVER);
	assert_int_equal(known(&x, "doors")->n, 2);
	x.now += 600 * minute; /* Ward was off: nobody could be heard */
	wait(&x, 5 * minute);
	assert_int_equal(told(&x), 1);
	end(&x);
}

/* Without a word in the directory: twice the longest pause of a week. */
static void silence_is_learned(void **state)
{
	struct bench x;

	(void)state;
	start(&x);
	for (int i = 0; i < 8 * 24; i++) {
		say(&x, "doors", "log.syslog", "\"message\":\"hourly\"");
		wait(&x, 60 * minute);
	}
	assert_true(ward_brain_source_patience(known(&x, "doors")) == 120 * minute);
	assert_int_equal(told(&x), 0);
	wait(&x, 61 * minute);
	assert_int_equal(told(&x), 1);
	end(&x);
}

static size_t over(const struct bench *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->out.n; i++)
		n += x->out.row[i].kind == WARD_OUTPUT_INCIDENT &&
		     ward_str_find(x->out.row[i].json, WARD_STR("\"state\":\"recovered\"")) !=
			     SIZE_MAX;
	return n;
}

/* The log is written again: nobody has anything to decide of what was told of it, but of that Ward
 * goes on elsewhere. */
static void what_is_over(void **state)
{
	static const struct {
		const char *class, *what, *more;
		size_t over;
	} rows[] = {
		{"ward.quorum", "lost", "\"quorum.host\":\"10.0.0.1\"", 1},
		{"ward.quorum", "refused",
			"\"quorum.host\":\"10.0.0.1\",\"quorum.fault\":\"fsync\"", 1},
		{"ward.quorum", "fetched", "\"quorum.host\":\"10.0.0.1\"", 0},
		{"ward.standby", "alone", "\"standby.peer\":\"b\"", 1},
		{"ward.standby", "aside", "\"standby.peer\":\"b\"", 0},
		{"ward.standby", "forced", "\"standby.peer\":\"b\"", 0},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		const char *name = strcmp(rows[i].class, "ward.quorum") == 0 ? "quorum" : "standby";
		char fields[256];
		struct bench x;

		start(&x);
		(void)snprintf(fields, sizeof(fields), "\"%s.what\":\"%s\",%s", name, rows[i].what,
			rows[i].more);
		say(&x, "supervisor", rows[i].class, fields);
		wait(&x, minute);
		assert_true(x.out.n > 0);
		(void)snprintf(
			fields, sizeof(fields), "\"%s.what\":\"whole\",%s", name, rows[i].more);
		say(&x, "supervisor", rows[i].class, fields);
		wait(&x, minute);
		if (over(&x) != rows[i].over)
			fail_msg("%s %s: %zu are over", name, rows[i].what, over(&x));
		end(&x);
	}
}

/* A camera that gives no stream is not heard by that. */
static void trouble_is_no_word(void **state)
{
	struct bench x;

	(void)state;
	start(&x);
	say(&x, "camera-staff-door", "video.offline",
		"\"camera\":\"camera-au-corridor-staff\",\"state\":\"on\",\"reason\":\"refused\"");
	assert_int_equal(known(&x, "camera-staff-door")->trouble, WARD_SOURCE_OFFLINE);
	assert_string_equal(known(&x, "camera-staff-door")->why, "refused");
	assert_true(known(&x, "camera-staff-door")->last == WARD_NS_NEVER);
	again(&x);
	assert_string_equal(known(&x, "camera-staff-door")->why, "refused");
	say(&x, "camera-staff-door", "video.offline",
		"\"camera\":\"camera-au-corridor-staff\",\"state\":\"off\"");
	assert_int_equal(known(&x, "camera-staff-door")->trouble, WARD_SOURCE_FINE);
	end(&x);
}

/* Which stream of its device a camera is watched by is known of it, and is no word of it. */
static void stream_is_known(void **state)
{
	struct bench x;
	const struct ward_brain_source *s;

	(void)state;
	start(&x);
	assert_string_equal(known(&x, "camera-staff-door")->stream.profile, "");
	say(&x, "camera-staff-door", "video.stream",
		"\"camera\":\"camera-au-corridor-staff\",\"profile\":\"sub\",\"width\":640,"
		"\"height\":360,\"millifps\":12500,\"offered\":3,\"reason\":\"suffices\"");
	for (int i = 0; i < 2; i++) {
		s = known(&x, "camera-staff-door");
		assert_string_equal(s->stream.profile, "sub");
		assert_int_equal(s->stream.width, 640);
		assert_int_equal(s->stream.height, 360);
		assert_int_equal(s->stream.millifps, 12500);
		assert_int_equal(s->stream.offered, 3);
		assert_true(s->stream.suffices);
		assert_true(s->last == WARD_NS_NEVER);
		again(&x);
	}
	say(&x, "camera-staff-door", "video.stream",
		"\"camera\":\"camera-au-corridor-staff\",\"profile\":\"main\",\"width\":-1,"
		"\"height\":\"many\",\"reason\":\"largest\"");
	s = known(&x, "camera-staff-door");
	assert_string_equal(s->stream.profile, "main");
	assert_int_equal(s->stream.width + s->stream.height + s->stream.offered, 0);
	assert_false(s->stream.suffices);
	end(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(silence_is_told),
		cmocka_unit_test(silence_is_learned), cmocka_unit_test(what_is_over),
		cmocka_unit_test(trouble_is_no_word), cmocka_unit_test(stream_is_known)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
