/* Rows that were kept of scores, and what moved between them. */
#include "debrief/past.h"
#include "debrief/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define ROW(TIME, OF, SCENARIO, WITHOUT, MARKS)                                                 \
	"{\"kind\":\"score\",\"schema\":\"ward.score/1\",\"time\":\"2026-11-29T10:" TIME        \
	":00Z\",\"of\":\"" OF "\",\"ward\":\"0.1.0\",\"model\":\"8fb4\",\"without\":\"" WITHOUT \
	"\",\"hospital\":\"turin\",\"scenario\":\"" SCENARIO                                    \
	"\",\"variant\":\"\",\"held\":true,\"marks\":{" MARKS "}}\n"

static struct ward_limits lim;
static struct ward_diag diag;
static struct ward_debrief_past *past;

static int setup(void **state)
{
	(void)state;
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	return ward_debrief_past_new(ward_mem_heap(), &lim, &past) ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	ward_debrief_past_free(past);
	ward_diag_fini(&diag);
	return 0;
}

static enum ward_err read_rows(const char *text)
{
	return ward_debrief_past_read(
		past, WARD_STR("scores.jsonl"), ward_str_bytes(ward_str_z(text)), &diag);
}

/* What one mark did, better and worse; what is known in one run alone did nothing. */
static void test_moved(void **state)
{
	const struct ward_debrief_track *t;

	(void)state;
	assert_int_equal(read_rows(ROW("10", "aaa", "plant", "nothing",
				 "\"signs\":{\"value\":0.666666,\"held\":false},"
				 "\"to_incident\":{\"value\":2.5,\"held\":true},"
				 "\"false_alarms\":{\"value\":0,\"held\":true}") "\n" ROW("11",
				 "aaa", "badge", "nothing", "\"signs\":{\"value\":1,\"held\":true}")
					 ROW("20", "bbb", "plant", "nothing",
						 "\"signs\":{\"value\":1,\"held\":true},"
						 "\"to_incident\":{\"value\":12,\"held\":false},"
						 "\"false_alarms\":{\"value\":1,\"held\":false},"
						 "\"care\":{\"value\":0.5,\"held\":false}")),
		WARD_OK);
	assert_int_equal(ward_debrief_past_tracks(past, &t), 2);
	assert_true(ward_str_eqz(t[0].scenario, "badge"));
	assert_false(ward_debrief_is_worse(&t[0]));
	assert_int_equal(t[1].n_run, 2);
	assert_int_equal(ward_debrief_moved(&t[1], WARD_DEBRIEF_SIGNS), 1000000 - 666666);
	assert_int_equal(ward_debrief_moved(&t[1], WARD_DEBRIEF_TO_INCIDENT),
		-(int64_t)(9500 * WARD_NS_PER_MS));
	assert_int_equal(ward_debrief_moved(&t[1], WARD_DEBRIEF_FALSE_ALARMS), -1);
	assert_int_equal(ward_debrief_moved(&t[1], WARD_DEBRIEF_CARE), 0);
	assert_true(ward_debrief_is_worse(&t[1]));
	assert_true(ward_str_eqz(t[1].run[1].stamp.of, "bbb"));
}

/* Without a part of Ward it is another scenario, and only the run just before counts. */
static void test_apart(void **state)
{
	const struct ward_debrief_track *t;
	char text[4096];

	(void)state;
	(void)snprintf(text, sizeof(text), "%s%s%s",
		ROW("10", "a", "plant", "nothing", "\"signs\":{\"value\":1,\"held\":true}"),
		ROW("11", "a", "plant", "cyber", "\"signs\":{\"value\":0.5,\"held\":false}"),
		ROW("12", "b", "plant", "nothing", "\"signs\":{\"value\":1,\"held\":true}"));
	assert_int_equal(read_rows(text), WARD_OK);
	assert_int_equal(ward_debrief_past_tracks(past, &t), 2);
	assert_false(ward_debrief_is_worse(&t[0]) || ward_debrief_is_worse(&t[1]));
	/* a second file goes on where the first ended */
	assert_int_equal(read_rows(ROW("13", "c", "plant", "nothing",
				 "\"signs\":{\"value\":0.5,\"held\":false}")),
		WARD_OK);
	assert_int_equal(ward_debrief_past_tracks(past, &t), 2);
	assert_true(ward_debrief_is_worse(&t[1]) && t[1].n_run == 3);
	assert_int_equal(read_rows(ROW("14", "d", "plant", "nothing",
				 "\"signs\":{\"value\":0.5,\"held\":false}")),
		WARD_OK);
	(void)ward_debrief_past_tracks(past, &t);
	assert_false(ward_debrief_is_worse(&t[1]));
}

/* For programs, and for people. */
static void test_told(void **state)
{
	const struct ward_debrief_track *t;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_doc doc;

	(void)state;
	assert_int_equal(read_rows(ROW("10", "aaa", "plant", "nothing",
				 "\"signs\":{\"value\":1,\"held\":true},"
				 "\"roles\":{\"value\":0.5,\"held\":false}")
					 ROW("20", "bbb", "plant", "nothing",
						 "\"signs\":{\"value\":0.5,\"held\":false},"
						 "\"roles\":{\"value\":1,\"held\":true}")),
		WARD_OK);
	assert_int_equal(ward_debrief_past_tracks(past, &t), 1);
	ward_debrief_past_json(t, &w);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("\"worse\":[\"signs\"],\"better\":[\"roles\"]")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_doc_init(&doc, WARD_STR("en"));
	ward_debrief_past_tell(past, NULL, NULL, &doc);
	ward_doc_markdown(&doc, &w);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("aaa, 2026")) != SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("- turin/plant: Signs in time, of those that a sensor can "
				     "give: 100 %, then 50 %")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_doc_fini(&doc);
	ward_doc_init(&doc, WARD_STR("en"));
	ward_debrief_past_tell(past, "plant", NULL, &doc);
	ward_doc_markdown(&doc, &w);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("Roles that were told in time")) !=
		    SIZE_MAX);
	ward_doc_fini(&doc);
	ward_wr_fini(&w);
}

#define VERSION(OF, SCORES)                                                                    \
	"{\"kind\":\"scores\",\"schema\":\"ward.scores/1\",\"time\":\"2026-11-29T10:00:00Z\"," \
	"\"of\":\"" OF "\",\"totals\":{\"scenarios\":2},\"scores\":[" SCORES "]}\n"
#define OF_IT(SCENARIO, VALUE)                             \
	"{\"hospital\":\"turin\",\"scenario\":\"" SCENARIO \
	"\",\"held\":true,\"marks\":{\"signs\":{\"value\":" VALUE ",\"held\":true}}}"

/* A line of all that one version scored is as many rows of one run. */
static void test_versions(void **state)
{
	const struct ward_debrief_track *t;

	(void)state;
	assert_int_equal(
		read_rows(VERSION("aaa", OF_IT("badge", "1") "," OF_IT("plant", "1"))
				VERSION("bbb", OF_IT("plant", "0.5") "," OF_IT("water", "1"))),
		WARD_OK);
	assert_int_equal(ward_debrief_past_tracks(past, &t), 3);
	assert_int_equal(t[0].n_run, 1);
	assert_int_equal(t[1].n_run, 2);
	assert_true(ward_str_eqz(t[1].run[1].stamp.of, "bbb"));
	assert_int_equal(t[1].run[1].stamp.time % (60 * WARD_NS_PER_S), 0);
	assert_true(ward_debrief_is_worse(&t[1]));
	assert_true(ward_str_eqz(t[2].scenario, "water"));
	/* nothing of a line is taken that has one bad score */
	assert_int_equal(
		read_rows(VERSION("ccc", OF_IT("badge", "0.5") "," OF_IT("plant", "\"x\""))),
		WARD_ERR_CONFIG);
	(void)ward_debrief_past_tracks(past, &t);
	assert_int_equal(t[0].n_run, 1);
}

/* What can't be read is said with its line, and nothing after it counts. */
static void test_refused(void **state)
{
	static const char *const bad[][2] = {{"{}\n", "no score"}, {"x\n", "neither"},
		{"{\"schema\":\"ward.score/2\"}\n", "no score"},
		{"{\"schema\":\"ward.scores/1\"}\n", "no score"},
		{"{\"schema\":\"ward.scores/1\",\"scores\":[]}\n", "no score"},
		{"{\"schema\":\"ward.scores/1\",\"scores\":{\"a\":1}}\n", "no score"},
		{VERSION("a", "1"), "of which hospital"},
		{VERSION("a", OF_IT("s", "2,\"x\":1e3") "," OF_IT("", "1")), "of which hospital"},
		{ROW("10", "a", "", "nothing", ""), "of which hospital"},
		{"{\"schema\":\"ward.score/1\",\"hospital\":\"h\",\"scenario\":\"s\"}\n",
			"when it was made"},
		{ROW("10", "a", "s", "nothing", "\"signs\":{\"value\":\"x\"}"), "no number"},
		{ROW("10", "a", "s", "nothing", "\"signs\":{\"value\":-1}"), "no number"},
		{ROW("10", "a", "s", "nothing", "\"signs\":{\"value\":1e3}"), "no number"},
		{ROW("10", "a", "s", "nothing", "\"signs\":{\"value\":1234567890123}"),
			"no number"},
		{ROW("10", "a", "s", "nothing", "\"signs\":{}"), "no number"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		char text[2048];

		assert_int_equal(setup(state), 0);
		(void)snprintf(text, sizeof(text), "\n%s%s%s",
			ROW("10", "a", "plant", "nothing", ""), bad[i][0], bad[i][0]);
		assert_int_equal(read_rows(text), WARD_ERR_CONFIG);
		assert_int_equal(diag.n_error, 1);
		assert_int_equal(diag.item[0].line, 3);
		assert_true(diag.item[0].mend.len);
		if (ward_str_find(diag.item[0].what, ward_str_z(bad[i][1])) == SIZE_MAX)
			fail_msg("%s: %.*s", bad[i][1], WARD_STR_ARG(diag.item[0].what));
		(void)teardown(state);
	}
	assert_int_equal(setup(state), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_moved), T(test_apart), T(test_told),
		T(test_versions), cmocka_unit_test_teardown(test_refused, teardown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
