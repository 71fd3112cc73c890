#include "lab.h"

static struct bl_lab l;

static void assert_said(size_t i, const char *rule, const char *part)
{
	assert_true(i < l.n_said);
	assert_string_equal(l.said[i].rule, rule);
	if (!strstr(l.said[i].title, part))
		fail_msg("'%s' lacks '%s'", l.said[i].title, part);
}

/* Forty writes of 10 to 20 to two objects, in the mornings of two weeks. */
static void learn(void)
{
	for (int day = 0; day < 14; day++)
		for (int i = 0; i < 3; i++) {
			char rest[128];

			(void)snprintf(rest, sizeof(rest),
				",\"kind\":\"ao\",\"no\":%d,\"value\":%d,\"size\":50", 1 + i % 2,
				10 + day % 11);
			bl_write(&l, day * 24 + 8 + i * 0.1, rest);
		}
}

static void t_set(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	learn();
	bl_write(&l, 9, ",\"kind\":\"never\",\"no\":9,\"bad\":1");
	bl_class(&l, "t.read", 9, "{\"src\":\"a\",\"dst\":\"b\",\"ok\":true}");
	bl_class(&l, "t.write", 9, "{\"src\":\"a\",\"dst\":\"b\",\"ok\":false}");
	assert_int_equal(ward_baseline_stats(l.b).n_event, 42);
	bl_judge(&l);
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1");
	assert_int_equal(l.n_said, 0);
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":3");
	bl_write(&l, 344.5, ",\"kind\":\"ao\",\"no\":3"); /* a repeat is counted only */
	assert_int_equal(l.n_said, 1);
	assert_int_equal(ward_baseline_stats(l.b).n_repeated, 1);
	assert_string_equal(
		l.said[0].title, "a b writes ao 3: never seen in 13 days, 42 seen with 2 others");
	assert_string_equal(l.said[0].rule, "w/object");
	assert_int_equal(l.said[0].level, WARD_LEVEL_MEDIUM);
	bl_close(&l);
}

/* A set that keeps growing tells nothing by another new value. */
static void t_open_set(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	for (int i = 0; i < 100; i++) {
		char rest[64];

		(void)snprintf(rest, sizeof(rest), ",\"kind\":\"x\",\"no\":%d", i);
		bl_write(&l, 8 + i * 0.01, rest);
	}
	bl_judge(&l);
	bl_write(&l, 8, ",\"kind\":\"x\",\"no\":1000");
	assert_int_equal(l.n_said, 0);
	bl_close(&l);
}

static void t_range(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	learn();
	bl_judge(&l);
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":25");
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":5");
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":\"off\"");
	assert_int_equal(l.n_said, 0);
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":25.001");
	assert_said(0, "w/value", "25.001, above its usual 10 to 20");
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":25.5");
	assert_int_equal(l.n_said, 1); /* as far beyond */
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":500");
	assert_said(1, "w/value", "25 × the highest");
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":-4");
	assert_said(2, "w/value", "-4, below its usual");
	/* The position among the items is part of the object: 2 + 1 was never written. */
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":2,\"value\":[15,999]");
	assert_int_equal(l.n_said, 3);
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"value\":[15,999]");
	assert_said(3, "w/value", "ao 2");
	/* By a factor: up only, and not below the floor. */
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"size\":1");
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"size\":200");
	assert_int_equal(l.n_said, 4);
	bl_write(&l, 344, ",\"kind\":\"ao\",\"no\":1,\"size\":201");
	assert_said(4, "w/size", "201, above");
	bl_close(&l);
}

static void t_hours(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	learn();
	bl_judge(&l);
	bl_write(&l, 336 + 7.5, ",\"kind\":\"ao\",\"no\":1");
	bl_write(&l, 336 + 9.5, ",\"kind\":\"ao\",\"no\":1");
	assert_int_equal(l.n_said, 0);
	bl_write(&l, 336 + 3, ",\"kind\":\"ao\",\"no\":1");
	assert_said(0, "w/hours", "writes at workday 03");
	bl_write(&l, 336 + 5 * 24 + 3, ",\"kind\":\"ao\",\"no\":1");
	assert_said(1, "w/hours", "weekend 03");
	bl_close(&l);
}

static void t_rate(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LEARN);
	for (int hour = 0; hour < 336; hour++)
		for (int i = 0; i < 10; i++)
			bl_write(&l, hour + i * 0.05, ",\"kind\":\"ao\",\"no\":1");
	bl_judge(&l);
	for (int i = 0; i < 170; i++)
		bl_write(&l, 336 + 24 + 3 + i * 0.005, ",\"kind\":\"ao\",\"no\":1");
	assert_int_equal(l.n_said, 1);
	/* Said when the limit is passed: 3 × 10. The median is right to a quarter. */
	assert_said(0, "w/rate", "within the hour, 3 × its usual for Tue 03:00 UTC");
	/* The next hours of the same flood are one deviation. */
	for (int i = 0; i < 170; i++)
		bl_write(&l, 336 + 24 + 4 + i * 0.005, ",\"kind\":\"ao\",\"no\":1");
	assert_int_equal(l.n_said, 1);
	bl_close(&l);
}

static void t_new(void **state)
{
	const char *json = "{\"src\":\"c\",\"dst\":\"b\",\"ok\":\"yes\",\"kind\":\"ao\",\"no\":1}";

	(void)state;
	bl_open(&l, WARD_BL_LIVE);
	learn();
	assert_int_equal(l.n_said, 0); /* quiet while it learns */
	bl_class(&l, "t.x.also", 350, json);
	bl_class(&l, "t.x.also", 351, json);
	assert_int_equal(l.n_said, 1);
	assert_said(
		0, "w/new", "c b is new in \"Writes\": never seen in 13 days, 42 seen of 1 other");
	bl_class(&l, "t.write", 351, "{\"dst\":\"b\",\"ok\":\"yes\"}");
	assert_int_equal(ward_baseline_stats(l.b).n_unkeyed, 1);
	bl_close(&l);
}

/* Live: quiet for two weeks, then judged, and a deviation that stays becomes usual. */
static void t_live_and_drift(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LIVE);
	learn();
	bl_write(&l, 14 * 24 + 8, ",\"kind\":\"ao\",\"no\":7");
	assert_int_equal(l.n_said, 1);
	for (int day = 15; day < 29; day++)
		bl_write(&l, day * 24 + 8, ",\"kind\":\"ao\",\"no\":7");
	assert_int_equal(l.n_said, 1);
	assert_int_equal(ward_baseline_stats(l.b).n_drifted, 1);
	bl_close(&l);
}

/* Not while something else is odd about the key. */
static void t_no_drift_in_trouble(void **state)
{
	(void)state;
	bl_open(&l, WARD_BL_LIVE);
	learn();
	for (int day = 14; day < 40; day++) {
		char rest[64];

		bl_write(&l, day * 24 + 8, ",\"kind\":\"ao\",\"no\":7");
		(void)snprintf(rest, sizeof(rest), ",\"kind\":\"ao\",\"no\":%d", 100 + day);
		bl_write(&l, day * 24 + 8, rest);
	}
	assert_int_equal(ward_baseline_stats(l.b).n_drifted, 0);
	assert_int_equal(l.n_said, 27);
	bl_close(&l);
}

static void t_memory(void **state)
{
	(void)state;
	for (uint64_t at = 1; at < 200; at++) {
		struct ward_mem_failing f;
		struct ward_bl_config c = {.mode = WARD_BL_LEARN};
		struct ward_baseline *b = NULL;
		struct ward_event e;
		enum ward_err err;

		bl_open(&l, WARD_BL_LEARN);
		bl_read(&l,
			"{\"src\":\"a\",\"dst\":\"b\",\"ok\":true,\"kind\":\"ao\",\"no\":1,"
			"\"value\":[1,2,3]}",
			&e);
		e.class = ward_name(&l.names, S("t.write"));
		ward_mem_failing_init(&f, at);
		err = ward_baseline_new(l.ps, &c, &f.mem, &b);
		if (!err)
			err = ward_baseline_event(b, &e, bl_monday, bl_sink, &l);
		ward_baseline_free(b);
		bl_close(&l);
		if (!err)
			return;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
	fail();
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(t_set), T(t_open_set), T(t_range), T(t_hours),
		T(t_rate), T(t_new), T(t_live_and_drift), T(t_no_drift_in_trouble), T(t_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
