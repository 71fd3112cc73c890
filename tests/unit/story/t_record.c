#include "lab.h"

#define ID "00000001-0000-8000-8000-000000000000"
#define T0 "\"2026-03-12T02:00:00Z\""

static const char detection[] =
	"{\"kind\":\"detection\",\"id\":\"" ID "\",\"revision\":1,\"rule\":{\"title\":\"Door\","
	"\"level\":\"critical\"},\"place_name\":\"Hall\",\"first\":" T0 ",\"last\":" T0 "}";
static const char incident[] =
	"{\"kind\":\"incident\",\"id\":\"" ID "\",\"revision\":1,\"state\":\"suspected\","
	"\"domain\":\"cyber\",\"level\":\"low\",\"first\":" T0 ",\"last\":" T0 ",\"members\":["
	"{\"detection\":\"" ID "\",\"title\":\"Door\",\"level\":\"low\",\"time\":" T0
	",\"last\":" T0 ",\"count\":1,\"on\":\"Hall\",\"where\":\"\",\"joined_by\":\"first\","
	"\"with\":\"\",\"hops\":0},"
	"{\"detection\":\"" ID "\",\"title\":\"Net\",\"level\":\"high\",\"time\":" T0
	",\"last\":" T0 ",\"count\":7,\"on\":\"Switch\",\"where\":\"A\","
	"\"joined_by\":\"place\",\"with\":\"Door\",\"hops\":2}],\"members_total\":2,"
	"\"headline\":{\"threat\":\"Net\",\"on\":\"Switch\"},\"supersedes\":[\"" ID "\"]}";
static const char impact[] =
	"{\"kind\":\"impact\",\"id\":\"" ID "\",\"revision\":1,\"incident\":\"" ID "\","
	"\"asset\":\"t\",\"asset_name\":\"Theatres\",\"threat\":\"outage\","
	"\"threat_name\":\"Does not work\",\"service\":true,\"likelihood\":[0.185193,1],"
	"\"priority\":2.5,\"earliest\":" T0 ",\"expected\":" T0 ",\"chain\":["
	"{\"asset_name\":\"Fan\",\"threat_name\":\"Does not work\"}]}";

struct reader {
	struct ward_limits lim;
	struct ward_record_reader *r;
	struct ward_arena arena;
};

static void reader_init(struct reader *t)
{
	ward_limits_default(&t->lim);
	ward_arena_init(&t->arena, ward_mem_heap(), 1 << 24);
	assert_int_equal(ward_record_reader_new(ward_mem_heap(), &t->lim, &t->r), WARD_OK);
}

static void reader_fini(struct reader *t)
{
	ward_record_reader_free(t->r);
	ward_arena_fini(&t->arena);
}

/* The record borrows the text: a copy that lives as long as the arena. */
static enum ward_err read_text(struct reader *t, struct ward_str s, struct ward_record *ret)
{
	struct ward_str copy = ward_arena_str(&t->arena, s);

	assert_non_null(copy.p);
	return ward_record_read(t->r, copy, &t->arena, ret);
}

static void test_good(void **state)
{
	struct reader t;
	struct ward_record r;

	(void)state;
	reader_init(&t);
	assert_int_equal(read_text(&t, ward_str_z(detection), &r), WARD_OK);
	assert_int_equal(r.kind, WARD_RECORD_DETECTION);
	assert_int_equal(r.level, 4);
	assert_true(ward_str_eqz(r.on, "Hall"));
	assert_int_equal(read_text(&t, ward_str_z(incident), &r), WARD_OK);
	assert_int_equal(r.kind, WARD_RECORD_INCIDENT);
	assert_int_equal(r.n_member, 2);
	assert_int_equal(r.n_superseded, 1);
	assert_true(ward_str_eqz(r.member[1].title, "Net"));
	assert_true(ward_str_eqz(r.member[1].on_kind, ""));
	assert_int_equal(r.member[1].hops, 2);
	assert_int_equal(r.member[1].count, 7);
	assert_true(r.member[1].last == r.member[1].time);
	assert_false(r.only_some);
	assert_true(ward_str_eqz(r.step_on, "Switch"));
	assert_true(r.member[1].with_time == WARD_NS_NEVER);
	assert_int_equal(read_text(&t, ward_str_z(impact), &r), WARD_OK);
	assert_int_equal(r.kind, WARD_RECORD_IMPACT);
	assert_true(r.service);
	assert_int_equal(r.lo_micro, 185193);
	assert_int_equal(r.hi_micro, 1000000);
	assert_int_equal(r.priority_micro, 2500000);
	assert_int_equal(r.n_link, 1);
	assert_int_equal(read_text(&t, WARD_STR("{\"kind\":\"barrier\",\"id\":7}"), &r), WARD_OK);
	assert_int_equal(r.kind, WARD_RECORD_OTHER);
	reader_fini(&t);
}

/* Every prefix fails. */
static void test_prefixes(void **state)
{
	static const char *const whole[] = {detection, incident, impact};
	struct reader t;
	struct ward_record r;

	(void)state;
	reader_init(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(whole); i++)
		for (size_t len = 0; len < strlen(whole[i]); len++)
			assert_int_not_equal(
				read_text(&t, (struct ward_str){whole[i], len}, &r), WARD_OK);
	reader_fini(&t);
}

static const struct {
	const char *record, *name;
} needed[] = {{detection, "kind"}, {detection, "id"}, {detection, "revision"}, {detection, "title"},
	{detection, "level"}, {detection, "first"}, {detection, "last"}, {incident, "state"},
	{incident, "domain"}, {incident, "level"}, {incident, "title"}, {incident, "time"},
	{incident, "on"}, {incident, "where"}, {incident, "joined_by"}, {incident, "with"},
	{incident, "hops"}, {impact, "incident"}, {impact, "asset"}, {impact, "asset_name"},
	{impact, "threat"}, {impact, "threat_name"}, {impact, "likelihood"}, {impact, "priority"},
	{impact, "earliest"}, {impact, "expected"}};

/* So does every record that lacks what it must have (under its first letter's wrong name). */
static void test_needed(void **state)
{
	struct reader t;
	struct ward_record r;

	(void)state;
	reader_init(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(needed); i++) {
		char text[1024], name[32];
		char *at;

		(void)snprintf(text, sizeof(text), "%s", needed[i].record);
		(void)snprintf(name, sizeof(name), "\"%s\":", needed[i].name);
		at = strstr(text, name);
		assert_non_null(at);
		at[1] = '#';
		if (read_text(&t, ward_str_z(text), &r) != WARD_ERR_MALFORMED)
			fail_msg("taken: %s", text);
	}
	reader_fini(&t);
}

static const struct {
	const char *record, *from, *to;
} wrong[] = {
	{impact, "0.185193,1]", "0.185193,1.000001]"},
	{impact, "0.185193,1]", "-0.1,1]"},
	{impact, "0.185193,1]", "1e-1,1]"},
	{impact, "0.185193,1]", "1]"},
	{impact, "0.185193,1]", "0.1,1,1]"},
	{impact, "0.185193,1]", "\"0.1\",1]"},
	{impact, "2.5,", "8589934593,"},
	{impact, "2.5,", "9223372036854775808,"},
	{impact, "2.5,", "null,"},
	{impact, "\"service\":true", "\"service\":1"},
	{impact, "\"revision\":1", "\"revision\":4294967296"},
	{impact, "\"revision\":1", "\"revision\":-1"},
	{impact, "\"revision\":1", "\"revision\":\"1\""},
	{impact, "\"asset\":\"t\"", "\"asset\":[\"t\"]"},
	{impact, "\"kind\":\"impact\"", "\"kind\":3"},
	{impact, "\"expected\":\"2026", "\"expected\":\"x026"},
	{impact, "\"chain\":[", "\"chain\":[{\"asset_name\":\"x\"},"},
	{incident, "\"count\":7", "\"count\":0"},
	{incident, "\"count\":7", "\"count\":-1"},
	{incident, "\"count\":7,", ""}, /* of one member only */
	{incident, "\"last\":" T0 ",\"count\":7", "\"last\":\"2026-03-12T01:59:59Z\",\"count\":7"},
	{incident, "\"members_total\":2", "\"members_total\":-2"},
};

static void test_wrong(void **state)
{
	struct reader t;
	struct ward_record r;

	(void)state;
	reader_init(&t);
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		const char *at = strstr(wrong[i].record, wrong[i].from);
		char text[2048];

		assert_non_null(at);
		(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - wrong[i].record),
			wrong[i].record, wrong[i].to, at + strlen(wrong[i].from));
		if (read_text(&t, ward_str_z(text), &r) != WARD_ERR_MALFORMED)
			fail_msg("taken: %s", text);
	}
	reader_fini(&t);
}

/* What is no record leaves the story as it was, is counted, and prints nothing. */
static void test_refused(void **state)
{
	static const struct {
		const char *json;
		enum ward_err err;
	} bad[] = {
		{"", WARD_ERR_MORE},
		{"{\"kind\":\"incident\"", WARD_ERR_MORE},
		{"[]", WARD_ERR_FOREIGN},
		{"{}", WARD_ERR_MALFORMED},
		{"{\"kind\":\"impact\",\"kind\":\"impact\"}", WARD_ERR_DUPLICATE},
		{"{\"kind\":\"\xff\"}", WARD_ERR_UTF8},
		{"{\"kind\":\"incident\",\"id\":\"x\"}", WARD_ERR_MALFORMED},
		{"{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}", WARD_ERR_LIMIT},
	};
	struct lab l;

	(void)state;
	lab_init(&l);
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		assert_int_equal(lab_read(&l, bad[i].json, strlen(bad[i].json)), bad[i].err);
		assert_int_equal(ward_counter_get(&l.counters, "story.rejected"), i + 1);
	}
	assert_int_equal(l.out.len, 0);
	assert_int_equal(ward_story_end(l.s, 0, 0, &l.out), WARD_OK);
	assert_says(&l, "Nothing to report: no incident\n");
	lab_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_good), T(test_prefixes), T(test_needed), T(test_wrong), T(test_refused)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
