/* Who answers for a clock of the law is reminded of it, then a deputy, then management: once each,
 * whoever is killed when, and nobody in an exercise. */
#include "lab_incident.h"

#include "law/draft/draft.h"
#include "respond/priv.h"

#define T(name) cmocka_unit_test(name)
#define DRAFT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OF "10000000-0000-8000-8000-000000000001"

enum { OFFICER, DEPUTY, HEAD, N };

static struct ward_law law;
static struct ward_arena arena;

static ward_ns at(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

static int load_law(void **state)
{
	struct ward_limits lim;
	struct ward_diag d;
	char dir[4096];

	(void)state;
	ward_limits_default(&lim);
	ward_arena_init(&arena, ward_mem_heap(), 64 << 20);
	ward_diag_init(&d, ward_mem_heap());
	(void)snprintf(dir, sizeof(dir), "%s/content/law", getenv("WARD_SOURCE_ROOT"));
	enum ward_err err =
		ward_law_load(dir, "/nonexistent", WARD_STR("BE"), &arena, &lim, &d, &law);

	ward_diag_fini(&d);
	return (int)err;
}

static int free_law(void **state)
{
	(void)state;
	ward_arena_fini(&arena);
	return 0;
}

static struct lab *fresh(size_t kill_at)
{
	static const struct ward_str role[N] = {
		{"data-protection-officer", 23}, {"crisis-manager", 14}, {"medical-director", 16}};
	struct lab *l = lab_new(N);

	for (size_t k = 0; k < N; k++) {
		l->listener[k].id = role[k];
		l->listener[k].role = &role[k];
		l->listener[k].n_role = 1;
	}
	l->law = &law;
	l->kill_at = kill_at;
	lab_life(l);
	return l;
}

static void say(struct lab *l, const char *time, const char *args)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		"{\"kind\":\"decision\",\"id\":\"c0000000-0000-8000-8000-%012zu\",\"time\":\"%s\","
		"\"what\":\"law\",\"subject\":\"" OF "\",\"person\":\"e-r\",\"role\":\"dpo\","
		"\"text\":\"why\",\"args\":%s,\"taken\":true}",
		l->n_row, time, args);
	lab_add(l, NULL, ward_str_z(json));
}

static size_t told(const struct lab *l, size_t k, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_got; i++)
		n += l->got[i].listener == k && strstr(l->got[i].body, what) != NULL;
	return n;
}

/* 24 hours from 03:00. */
static void begin(struct lab *l)
{
	l->now = at("2026-03-12T03:00:00Z");
	say(l, "2026-03-12T03:00:00Z", "{\"say\":\"aware\"}");
	say(l, "2026-03-12T03:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"yes\"}");
	lab_settle(l);
}

static void until(struct lab *l, const char *time)
{
	l->now = at(time);
	lab_settle(l);
}

static const char ends[] = "A clock of the law ends", over[] = "A clock of the law is over",
		  early[] = "early warning", sent[] = "Said to be sent", other[] = "is other since";

static void course(size_t kill_at, bool remembers)
{
	struct lab *l = fresh(kill_at);

	l->remembers = remembers;
	begin(l);
	until(l, "2026-03-12T14:59:00Z");
	assert_int_equal(told(l, OFFICER, ends), 0);
	until(l, "2026-03-12T15:00:00Z"); /* half of 24 hours */
	assert_int_equal(told(l, OFFICER, ends), 1);
	assert_int_equal(told(l, OFFICER, early), 1);
	assert_int_equal(told(l, DEPUTY, ends), 0);
	until(l, "2026-03-12T20:00:00Z");
	assert_int_equal(told(l, OFFICER, ends), 1);
	until(l, "2026-03-12T21:00:00Z"); /* three quarters */
	lab_life(l);
	until(l, "2026-03-12T22:00:00Z");
	assert_int_equal(told(l, OFFICER, ends), 1);
	assert_int_equal(told(l, DEPUTY, ends), 1);
	assert_int_equal(told(l, HEAD, ends), 0);
	until(l, "2026-03-13T00:40:00Z"); /* nine tenths */
	assert_int_equal(told(l, HEAD, ends), 1);
	until(l, "2026-03-13T03:00:01Z");
	assert_int_equal(told(l, HEAD, over), 1);
	/* those who were told are told that it was sent */
	say(l, "2026-03-13T03:10:00Z",
		"{\"say\":\"sent\",\"of\":\"N24\",\"form\":\"nis2-early\",\"draft\":\"" DRAFT
		"\"}");
	until(l, "2026-03-13T03:11:00Z");
	assert_int_equal(told(l, OFFICER, sent), 1);
	assert_int_equal(told(l, DEPUTY, sent), 1);
	until(l, "2026-03-13T13:00:00Z");
	assert_int_equal(told(l, OFFICER, early), 2);
	lab_free(l);
}

static void test_course(void **state)
{
	(void)state;
	course(0, false);
}

/* Killed at any step, nobody is reminded twice and nobody is left out. */
static void test_killed(void **state)
{
	(void)state;
	for (size_t k = 1; k <= 40; k++)
		course(k, k % 2);
}

/* The clock moves when the hospital knew earlier: the reminder of before is taken back. */
static void test_moved(void **state)
{
	struct lab *l = fresh(0);

	(void)state;
	begin(l);
	until(l, "2026-03-12T15:00:00Z");
	assert_int_equal(told(l, OFFICER, ends), 1);
	say(l, "2026-03-12T15:30:00Z", "{\"say\":\"aware\",\"time\":\"2026-03-12T01:00:00Z\"}");
	until(l, "2026-03-12T15:40:00Z");
	assert_int_equal(told(l, OFFICER, "No longer due"), 1);
	assert_int_equal(told(l, OFFICER, ends), 2);
	say(l, "2026-03-12T16:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"no\"}");
	until(l, "2026-03-13T16:10:00Z");
	assert_int_equal(told(l, OFFICER, ends), 2);
	assert_int_equal(told(l, DEPUTY, ends), 0);
	lab_free(l);
}

/* Where nobody has the role that comes first, who comes after is reminded in its place. */
static void test_nobody(void **state)
{
	struct lab *l = fresh(0);

	(void)state;
	l->listener[OFFICER].n_role = l->listener[HEAD].n_role = 0;
	lab_life(l);
	begin(l);
	until(l, "2026-03-12T15:00:00Z");
	assert_int_equal(told(l, DEPUTY, ends), 1);
	l->listener[DEPUTY].n_role = 0;
	lab_life(l);
	until(l, "2026-03-13T00:40:00Z");
	assert_int_equal(told(l, DEPUTY, ends), 1);
	assert_true(ward_counter_get(&l->counters, "respond.reminders_for_nobody") > 0);
	lab_free(l);
}

/* It could not be sent: the clock runs on, and who comes after is reminded as ever. */
static void test_tried(void **state)
{
	struct lab *l = fresh(0);

	(void)state;
	begin(l);
	say(l, "2026-03-12T14:00:00Z", "{\"say\":\"tried\",\"of\":\"N24\"}");
	until(l, "2026-03-12T15:00:00Z");
	assert_int_equal(told(l, OFFICER, ends), 1);
	say(l, "2026-03-12T16:00:00Z", "{\"say\":\"tried\",\"of\":\"N24\"}");
	until(l, "2026-03-12T21:00:00Z");
	assert_int_equal(told(l, DEPUTY, ends), 1);
	until(l, "2026-03-13T00:40:00Z");
	assert_int_equal(told(l, HEAD, ends), 1);
	until(l, "2026-03-13T03:00:01Z");
	assert_int_equal(told(l, HEAD, over), 1);
	assert_int_equal(told(l, HEAD, sent), 0);
	lab_free(l);
}

/* What was sent and is other since is a task of its own, once, until it is sent anew; and again. */
static void update(size_t kill_at)
{
	struct lab *l = fresh(kill_at);

	begin(l);
	say(l, "2026-03-12T04:00:00Z", "{\"say\":\"sent\",\"of\":\"N24\"}");
	until(l, "2026-03-12T04:10:00Z");
	assert_int_equal(told(l, OFFICER, other), 0);
	say(l, "2026-03-12T05:00:00Z", "{\"say\":\"fact\",\"of\":\"harmed\",\"is\":\"yes\"}");
	until(l, "2026-03-12T05:01:00Z");
	assert_int_equal(told(l, OFFICER, other), 1);
	assert_int_equal(told(l, OFFICER, early), 1);
	say(l, "2026-03-12T05:30:00Z", "{\"say\":\"fact\",\"of\":\"diverted\",\"is\":\"yes\"}");
	until(l, "2026-03-12T06:00:00Z");
	lab_life(l);
	assert_int_equal(told(l, OFFICER, other), 1);
	assert_int_equal(told(l, DEPUTY, other), 0);
	say(l, "2026-03-12T06:10:00Z", "{\"say\":\"sent\",\"of\":\"N24\"}");
	until(l, "2026-03-12T06:11:00Z");
	assert_int_equal(told(l, OFFICER, sent), 1);
	say(l, "2026-03-12T06:20:00Z", "{\"say\":\"fact\",\"of\":\"diverted\",\"is\":\"no\"}");
	until(l, "2026-03-12T06:21:00Z");
	assert_int_equal(told(l, OFFICER, other), 2);
	lab_free(l);
}

static void test_update(void **state)
{
	(void)state;
	for (size_t k = 0; k <= 20; k++)
		update(k);
}

/* ---- the record ---- */

static struct ward_model *turin(void)
{
	char dir[512], content[512];
	struct ward_model *m = NULL;
	struct ward_limits lim;
	struct ward_diag diag;

	(void)snprintf(dir, sizeof(dir), "%s/pilots/turin", getenv("WARD_SOURCE_ROOT"));
	(void)snprintf(content, sizeof(content), "%s/content", getenv("WARD_SOURCE_ROOT"));
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	assert_int_equal(ward_model_load(dir, content, &lim, ward_mem_heap(), &diag, &m), WARD_OK);
	ward_diag_fini(&diag);
	return m;
}

#define SIGN                                                                                      \
	"{\"detection\":\"10000000-1111-8000-8000-000000000001\",\"title\":\"Unknown device\","   \
	"\"level\":\"high\",\"time\":\"2026-03-12T02:30:00Z\",\"last\":\"2026-03-12T02:30:00Z\"," \
	"\"count\":1,\"on\":\"Pump 1\",\"on_kind\":\"device\",\"subject\":\"pump-1\","            \
	"\"where\":\"Ward "                                                                       \
	"%u\",\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\",\"hops\":0}"

static void incident(struct lab *l, unsigned revision, const char *state, unsigned place)
{
	char json[1024];
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"" OF "\",\"revision\":%u,\"state\":\"%s\","
		"\"domain\":\"cyber\",\"level\":\"high\",\"first\":\"2026-03-12T02:30:00Z\","
		"\"last\":\"2026-03-12T02:%02u:00Z\",\"headline\":{\"threat\":\"Unknown device\","
		"\"on\":\"Pump 1\"},\"members\":[" SIGN "]}",
		revision, state, 30 + revision, place);

	lab_add(l, NULL, (struct ward_str){json, (size_t)n});
}

static void impact(struct lab *l, unsigned revision, unsigned service, const char *lo)
{
	char json[600];
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"impact\",\"id\":\"10000000-2222-8000-8000-00000000000%u\","
		"\"revision\":%u,\"incident\":\"" OF
		"\",\"asset\":\"service-%u\",\"asset_name\":\"Service %u\",\"threat\":\"outage\","
		"\"threat_name\":\"Outage\",\"service\":true,\"likelihood\":[%s,0.96],"
		"\"priority\":1,\"earliest\":\"2026-03-12T02:40:00Z\","
		"\"expected\":\"2026-03-12T03:40:00Z\",\"chain\":[]}",
		service, revision, service, service, lo);

	lab_add(l, NULL, (struct ward_str){json, (size_t)n});
}

/* As the console keeps it when the early warning is said to be sent, in Italian. */
static void sent_as_drafted(struct lab *l, const char *time)
{
	static const struct ward_law_record record = {.event = 0};
	enum { ROWS = 128 };
	static struct ward_report_row row[ROWS];
	static struct ward_record is[ROWS];
	struct ward_report report;
	struct ward_draft draft;
	struct ward_record_reader *reader;
	struct ward_arena a;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_report_ask ask = {.model = l->model, .lim = &l->lim, .row = row, .at = l->now};
	struct ward_draft_ask of = {.law = &law,
		.form = ward_law_form_of(&law, WARD_STR("nis2-early")),
		.record = &record,
		.report = &report,
		.lang = l->lang};

	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	assert_true(ward_id_parse(WARD_STR(OF), &ask.id));
	assert_int_equal(ward_record_reader_new(ward_mem_heap(), &l->lim, &reader), WARD_OK);
	for (size_t i = 0; i < l->n_row; i++) {
		struct ward_str json = ward_str_z(l->row[i].json);

		if (ward_str_find(json, WARD_STR("\"kind\":\"incident\"")) == SIZE_MAX &&
			ward_str_find(json, WARD_STR("\"kind\":\"impact\"")) == SIZE_MAX)
			continue;
		assert_true(ask.n_row < ROWS);
		assert_int_equal(ward_record_read(reader, json, &a, &is[ask.n_row]), WARD_OK);
		row[ask.n_row] = (struct ward_report_row){json, &is[ask.n_row], i + 1, l->now};
		ask.n_row++;
	}
	assert_int_equal(ward_report_gather(&ask, &a, &report), WARD_OK);
	assert_int_equal(ward_draft_make(&of, &a, &draft), WARD_OK);
	ward_wr_z(&w, "{\"say\":\"sent\",\"of\":\"N24\",\"form\":\"nis2-early\",\"lang\":\"it\","
		      "\"draft\":\"" DRAFT "\",\"kept\":[");
	for (size_t i = 0; i < draft.n; i++) {
		ward_wr_z(&w, i ? ",\"" : "\"");
		ward_draft_keep(&draft.field[i], &w);
		ward_wr_z(&w, "\"");
	}
	ward_wr_z(&w, "]}");
	ward_wr_ch(&w, '\0');
	say(l, time, (const char *)w.p);
	ward_wr_fini(&w);
	ward_record_reader_free(reader);
	ward_arena_fini(&a);
}

/* Nobody said a word, and another service is hit: who answers for the notice is told, once. That a
 * forecast is surer, or a sign later, is told to nobody. */
static void record(size_t kill_at, bool remembers, struct ward_model *m)
{
	struct lab *l = fresh(kill_at);

	l->model = m;
	l->remembers = remembers;
	lab_life(l);
	incident(l, 1, "suspected", 1);
	impact(l, 1, 1, "0.3");
	begin(l);
	sent_as_drafted(l, "2026-03-12T04:00:00Z");
	until(l, "2026-03-12T04:10:00Z");
	impact(l, 2, 1, "0.7");
	incident(l, 2, "suspected", 1);
	until(l, "2026-03-12T04:20:00Z");
	assert_int_equal(told(l, OFFICER, other), 0);
	impact(l, 1, 2, "0.4");
	until(l, "2026-03-12T04:30:00Z");
	assert_int_equal(told(l, OFFICER, other), 1);
	assert_int_equal(told(l, OFFICER, early), 1);
	incident(l, 3, "confirmed", 2);
	until(l, "2026-03-12T04:40:00Z");
	lab_life(l);
	until(l, "2026-03-12T04:50:00Z");
	assert_int_equal(told(l, OFFICER, other), 1);
	assert_int_equal(told(l, DEPUTY, other), 0);
	/* sent anew as it is now: done; and the next that is other is a task again */
	sent_as_drafted(l, "2026-03-12T05:00:00Z");
	until(l, "2026-03-12T05:10:00Z");
	assert_int_equal(told(l, OFFICER, sent), 1);
	incident(l, 4, "confirmed", 3);
	until(l, "2026-03-12T05:20:00Z");
	assert_int_equal(told(l, OFFICER, other), 2);
	lab_free(l);
}

static void test_record(void **state)
{
	struct ward_model *m = turin();

	(void)state;
	for (size_t k = 0; k <= 24; k++)
		record(k, k % 2, m);
	ward_model_free(m);
}

/* Another incident takes it up, of which nobody spoke: what was said counts there. */
static void test_taken_up(void **state)
{
	struct lab *l = fresh(0);

	(void)state;
	incident(l, 1, "suspected", 1);
	begin(l);
	lab_add(l, NULL,
		WARD_STR("{\"kind\":\"incident\",\"id\":\"20000000-0000-8000-8000-000000000002\","
			 "\"revision\":1,\"state\":\"suspected\",\"domain\":\"cyber\",\"level\":"
			 "\"high\",\"first\":\"2026-03-12T02:30:00Z\",\"last\":"
			 "\"2026-03-12T03:31:00Z\",\"supersedes\":[\"" OF
			 "\"],\"headline\":{\"threat\":\"Unknown device\",\"on\":\"Pump 1\"},"
			 "\"members\":[]}"));
	until(l, "2026-03-12T15:00:00Z");
	assert_int_equal(told(l, OFFICER, ends), 1);
	lab_life(l);
	until(l, "2026-03-12T21:00:00Z");
	assert_int_equal(told(l, DEPUTY, ends), 1);
	lab_free(l);
}

/* What an earlier version of Ward kept is by words that may have become others: nobody is told
 * that it is other when only Ward is. */
static void test_earlier(void **state)
{
	struct ward_model *m = turin();
	struct lab *l = fresh(0);

	(void)state;
	l->model = m;
	lab_life(l);
	incident(l, 1, "suspected", 1);
	begin(l);
	say(l, "2026-03-12T04:00:00Z",
		"{\"say\":\"sent\",\"of\":\"N24\",\"form\":\"nis2-early\",\"lang\":\"it\","
		"\"draft\":"
		"\"" DRAFT "\",\"kept\":[\"title 0123456789abcdef Dispositivo\"]}");
	until(l, "2026-03-12T04:10:00Z");
	assert_int_equal(told(l, OFFICER, other), 0);
	lab_free(l);
	ward_model_free(m);
}

static void test_exercise(void **state)
{
	struct lab *l = fresh(0);

	(void)state;
	l->exercise = true;
	lab_life(l);
	begin(l);
	until(l, "2026-03-13T03:00:01Z");
	assert_int_equal(l->n_got, 0);
	lab_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_course), T(test_killed), T(test_moved),
		T(test_nobody), T(test_tried), T(test_update), T(test_record), T(test_taken_up),
		T(test_earlier), T(test_exercise)};

	return cmocka_run_group_tests(tests, load_law, free_law);
}
