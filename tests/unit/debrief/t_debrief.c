/* Rows that are told on a clock, against the truth of a scenario. */
#include "../exercise/stage.h"
#include "debrief/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

#define RULE "fd949a25-1aad-48bc-b4bf-539360d5562a"
#define D1 "00000000-0000-8000-8000-0000000000d1"
#define D2 "00000000-0000-8000-8000-0000000000d2"
#define D3 "00000000-0000-8000-8000-0000000000d3"
#define I1 "00000000-0000-8000-8000-0000000000a1"
#define I2 "00000000-0000-8000-8000-0000000000a2"
#define E1 "00000000-0000-8000-8000-0000000000e1"

static const char story[] =
	"id: s\ntitle: A test\nhospital: h\nsynthetic: true\nstart: 2026-03-12T03:10:00+01:00\n"
	"expect:\n"
	"  incidents: 1\n"
	"  kind: physical\n"
	"  rules: [" RULE "]\n"
	"  impacts: [{threat: outage, on: ahu-1}]\n"
	"  untouched: [surgery]\n"
	"  told: [{role: engineer, within: 20s}]\n"
	"  playbooks: [bms-takeover]\n"
	"  care: [{threat: outage, on: surgery, at: 1000s}]\n"
	"steps:\n"
	"  - at: 0s\n"
	"    note: A badge\n"
	"    syslog: {source: doors, host: dc-1, class: door.granted, fields: {reader: R9}}\n"
	"  - at: 10s\n"
	"    note: A door is broken\n"
	"    truth: {phase: get-in, by: [syslog],\n"
	"      signs: [{threat: bms.discovery, on: d-1, within: 5s}]}\n"
	"    syslog: {source: doors, host: dc-1, class: door.forced, fields: {door: D1}}\n"
	"  - at: 40s\n"
	"    note: The unit stops\n"
	"    truth: {phase: control, by: [bacnet],\n"
	"      signs: [{threat: bms.command, on: ahu-1, within: 5s}]}\n"
	"  - at: 60s\n"
	"    note: Somebody looks at the plan\n"
	"    truth: {phase: know, signs: [{threat: bms.command, on: ahu-2}]}\n";

static struct stage st;
static struct ward_scenario *scenario;
static struct ward_debrief *d;

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	enum ward_err err =
		stage_load(&st, ward_mem_heap(), ward_str_bytes(ward_str_z(story)), &scenario);

	for (size_t i = 0; i < st.d.n; i++)
		printf("%.*s\n", WARD_STR_ARG(st.d.item[i].what));
	return err ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	ward_scenario_free(scenario);
	stage_close(&st);
	return 0;
}

static void begin(void)
{
	const struct ward_debrief_in in = {scenario, &st.lab.lim, ward_mem_heap()};

	assert_int_equal(ward_debrief_new(&in, &d), WARD_OK);
}

static const struct ward_debrief_score *end(void)
{
	const struct ward_debrief_score *s;

	assert_int_equal(ward_debrief_end(d, &s), WARD_OK);
	return s;
}

static void row(unsigned after_s, const char *fmt, ...) WARD_PRINTF(2, 3);
static void row(unsigned after_s, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_int_equal(
		ward_debrief_row(d, ward_str_z(text), scenario->start + after_s * WARD_NS_PER_S),
		WARD_OK);
}

/* Of a rule that no scenario names. */
static void other(unsigned after_s, const char *id, const char *on)
{
	row(after_s,
		"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{\"id\":\"" D2
		"\",\"title\":\"Other\",\"level\":\"high\"},\"threat\":\"outage\",\"asset\":"
		"\"%s\",\"first\":\"2026-03-12T02:10:12Z\",\"last\":\"2026-03-12T02:10:12Z\","
		"\"evidence\":[\"" E1 "\"]}",
		id, on);
}

static void sign(unsigned after_s, const char *id, const char *threat, const char *on)
{
	char t[40];
	struct ward_wr w = ward_wr_fixed(t, sizeof(t));

	ward_time_write(&w, scenario->start + after_s * WARD_NS_PER_S);
	row(after_s,
		"{\"kind\":\"detection\",\"id\":\"%s\",\"revision\":1,\"rule\":{\"id\":\"" RULE
		"\",\"title\":\"Sign\",\"level\":\"high\"},\"threat\":\"%s\",\"asset\":\"%s\","
		"\"first\":\"%.*s\",\"last\":\"%.*s\",\"evidence\":[\"" E1 "\"]}",
		id, threat, on, (int)w.len, t, (int)w.len, t);
}

static void incident(unsigned after_s, const char *id, const char *domain, const char *takes,
	const char *first, const char *second)
{
	char member[2][512] = {"", ""};
	const char *of[2] = {first, second};

	for (size_t i = 0; i < 2 && of[i]; i++)
		(void)snprintf(member[i], sizeof(member[i]),
			"%s{\"detection\":\"%s\",\"title\":\"Sign\",\"level\":\"high\","
			"\"time\":\"2026-03-12T02:10:10Z\",\"on\":\"x\",\"where\":\"\","
			"\"joined_by\":\"first\",\"with\":\"\",\"hops\":0}",
			i ? "," : "", of[i]);
	row(after_s,
		"{\"kind\":\"incident\",\"id\":\"%s\",\"revision\":1,\"state\":\"suspected\","
		"\"domain\":\"%s\",\"level\":\"high\",\"first\":\"2026-03-12T02:10:10Z\","
		"\"last\":\"2026-03-12T02:10:10Z\",\"headline\":{\"threat\":\"Sign\"},"
		"\"members\":[%s%s]%s%s%s}",
		id, domain, member[0], member[1], takes ? ",\"supersedes\":[\"" : "",
		takes ? takes : "", takes ? "\"]" : "");
}

static void impact(unsigned after_s, const char *on, bool service, const char *likelihood)
{
	row(after_s,
		"{\"kind\":\"impact\",\"id\":\"00000000-0000-8000-8000-0000000000f%d\","
		"\"revision\":1,\"incident\":\"" I1 "\",\"asset\":\"%s\",\"asset_name\":\"x\","
		"\"threat\":\"outage\",\"threat_name\":\"x\",\"service\":%s,\"need\":"
		"\"availability\",\"likelihood\":[%s],\"earliest\":\"2026-03-12T02:20:00Z\","
		"\"expected\":\"2026-03-12T02:28:20Z\",\"priority\":1,\"chain\":[]}",
		(int)service, on, service ? "true" : "false", likelihood);
}

static void says_event(unsigned after_s)
{
	struct ward_id id;

	assert_true(ward_id_parse(WARD_STR(E1), &id));
	assert_int_equal(ward_debrief_event(d, id, WARD_STR("doors.syslog"),
				 scenario->start + after_s * WARD_NS_PER_S),
		WARD_OK);
}

/* All that the truth asks for is told, as one story. */
static void held(void **state)
{
	(void)state;
	begin();
	says_event(10);
	sign(12, D1, "bms.discovery", "d-1");
	incident(12, I2, "physical", NULL, D1, NULL);
	sign(41, D2, "bms.command", "ahu-1");
	incident(41, I1, "physical", I2, D1, D2);
	impact(41, "ahu-1", false, "0.5,1");
	impact(41, "surgery", true, "0.5,1");
	assert_int_equal(ward_debrief_alert(d, WARD_STR("pager"),
				 ward_model_find(st.lab.m, WARD_STR("engineer")),
				 scenario->start + 25 * WARD_NS_PER_S),
		WARD_OK);
	assert_int_equal(ward_debrief_playbook(d, WARD_STR("bms-takeover")), WARD_OK);
	const struct ward_debrief_score *s = end();

	assert_int_equal(s->n_step, 3);
	assert_int_equal(s->step[0].seen, WARD_DEBRIEF_SEEN);
	assert_int_equal(s->step[0].after, 2 * WARD_NS_PER_S);
	assert_true(ward_str_eqz(s->step[0].sign[0].sensors, "doors.syslog"));
	assert_true(s->step[1].sign[0].linked);
	assert_int_equal(s->step[2].seen, WARD_DEBRIEF_INVISIBLE); /* nobody could */
	assert_int_equal(s->n_incident, 1);                        /* one took up the other */
	assert_int_equal(s->n_stranger, 0);
	assert_int_equal(s->mark[WARD_DEBRIEF_TO_INCIDENT].value, 2 * WARD_NS_PER_S);
	assert_int_equal(s->mark[WARD_DEBRIEF_NAMED].value, 1000000);
	assert_int_equal(s->mark[WARD_DEBRIEF_CARE].value, 1000000);
	assert_int_equal(s->mark[WARD_DEBRIEF_FORECAST].value, 101010); /* 100 s of 990 s */
	assert_true(s->role[0].held);
	assert_int_equal(s->role[0].after, 15 * WARD_NS_PER_S);
	/* surgery is in `untouched`, and was said to be hit: that alone is wrong here */
	assert_false(s->mark[WARD_DEBRIEF_SPARED].held);
	assert_false(s->held);
	for (unsigned m = 0; m < WARD_DEBRIEF_MARK_N; m++)
		assert_true(s->mark[m].held || m == WARD_DEBRIEF_SPARED);
	ward_debrief_free(d);
}

/* A play that was too short for it: who had to be told later is not judged, and who was told is;
 * nor is the time of a forecast where the steps came sooner. */
static void of_a_play(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 5; round++) {
		/* over before those 20 s, as soon as they are gone by, and told though it was short
		 */
		unsigned until = round == 1 || round == 2 ? 30 : 29;

		begin();
		says_event(10);
		sign(12, D1, "bms.discovery", "d-1");
		incident(12, I1, "physical", NULL, D1, D1);
		impact(12, "surgery", true, "0.5,1");
		if (round >= 2 && round < 4)
			assert_int_equal(ward_debrief_alert(d, WARD_STR("pager"),
						 ward_model_find(st.lab.m, WARD_STR("engineer")),
						 scenario->start + 25 * WARD_NS_PER_S),
				WARD_OK);
		if (round < 4)
			ward_debrief_play(
				d, scenario->start + until * WARD_NS_PER_S, round % 2 == 0);
		const struct ward_debrief_score *s = end();

		assert_int_equal(s->role[0].open, round == 0);
		assert_int_equal(s->role[0].held, round == 2 || round == 3);
		assert_int_equal(s->mark[WARD_DEBRIEF_ROLES].known, round != 0);
		assert_int_equal(
			s->mark[WARD_DEBRIEF_FORECAST].known, round % 2 == 1 || round == 4);
		assert_true(s->mark[WARD_DEBRIEF_CARE].known);
		ward_debrief_free(d);
	}
}

/* Late, missed, apart, with a stranger, and an incident of no story. */
static void short_of_it(void **state)
{
	(void)state;
	begin();
	sign(30, D1, "bms.discovery", "d-1");
	other(31, D3, "ahu-2");
	incident(31, I1, "hybrid", NULL, D1, D3);
	incident(32, I2, "cyber", NULL, D3, NULL);
	const struct ward_debrief_score *s = end();

	assert_int_equal(s->step[0].seen, WARD_DEBRIEF_LATE);
	assert_int_equal(s->step[0].after, 20 * WARD_NS_PER_S);
	assert_int_equal(s->step[1].seen, WARD_DEBRIEF_MISSED);
	assert_int_equal(s->mark[WARD_DEBRIEF_SIGNS].value, 0);
	assert_int_equal(s->mark[WARD_DEBRIEF_KIND].value, 0);
	assert_int_equal(s->mark[WARD_DEBRIEF_PURE].value, 500000);
	assert_int_equal(s->mark[WARD_DEBRIEF_FALSE_ALARMS].value, 1);
	assert_int_equal(s->n_stranger, 2);
	assert_int_equal(s->n_overlooked, 1);
	assert_int_equal(s->mark[WARD_DEBRIEF_ROLES].value, 0);
	assert_int_equal(s->n_unnamed, 1); /* the outage of ahu-1 */
	assert_false(s->held);
	ward_debrief_free(d);
}

/* What is told before a step is no sign of it; a sign is of its step by its evidence, too. */
static void whose(void **state)
{
	(void)state;
	begin();
	sign(5, D1, "bms.discovery", "d-1");
	says_event(10);
	other(11, D3, "d-2"); /* not foreseen, of what the step sent */
	incident(11, I1, "physical", NULL, D3, NULL);
	const struct ward_debrief_score *s = end();

	assert_int_equal(s->step[0].seen, WARD_DEBRIEF_MISSED);
	assert_int_equal(s->mark[WARD_DEBRIEF_PURE].value, 1000000);
	ward_debrief_free(d);
}

/* Nothing is told of anything. */
static void silent(void **state)
{
	(void)state;
	begin();
	const struct ward_debrief_score *s = end();

	assert_int_equal(s->mark[WARD_DEBRIEF_INCIDENTS].value, 0);
	assert_false(s->mark[WARD_DEBRIEF_PURE].known);
	assert_int_equal(s->mark[WARD_DEBRIEF_FALSE_ALARMS].value, 0);
	assert_false(s->held);
	ward_debrief_free(d);
}

/* Rows are not trusted. */
static void bad_rows(void **state)
{
	(void)state;
	begin();
	assert_int_equal(
		ward_debrief_row(d, WARD_STR("{\"kind\":\"incident\""), 0), WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_debrief_row(d, WARD_STR("{\"kind\":\"detection\"}"), 0), WARD_ERR_MALFORMED);
	assert_int_equal(
		ward_debrief_row(d, WARD_STR("{\"kind\":\"permit\",\"id\":\"" D1 "\"}"), 0),
		WARD_OK);
	sign(12, D1, "nothing.such", "gone");
	ward_debrief_free(d);
}

/* What people and programs read of it. */
static void written(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_doc doc;

	(void)state;
	begin();
	sign(30, D1, "bms.discovery", "d-1");
	incident(31, I1, "physical", NULL, D1, NULL);
	const struct ward_debrief_score *s = end();

	ward_debrief_json(s, &w);
	struct ward_str json = ward_wr_text(&w);

	assert_true(ward_str_find(json, WARD_STR("\"seen\":\"late\",\"after_s\":20")) != SIZE_MAX);
	assert_true(ward_str_find(json, WARD_STR("\"scenario\":\"s\",\"held\":false")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_doc_init(&doc, WARD_STR("en"));
	ward_debrief_tell(s, NULL, &doc);
	assert_int_equal(doc.err, WARD_OK);
	ward_doc_markdown(&doc, &w);
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("late, after 20 s")) != SIZE_MAX);
	ward_doc_fini(&doc);
	ward_wr_fini(&w);
	ward_debrief_free(d);
}

/* Messages are counted by recipient, and the most of them within a shift, whenever it begins. */
static void interrupted(void **state)
{
	static const unsigned hours[] = {0, 1, 11, 12, 13, 30};

	(void)state;
	begin();
	for (size_t i = 0; i < WARD_ARRAY_LEN(hours); i++) {
		ward_ns at = scenario->start + hours[i] * 3600 * WARD_NS_PER_S;

		assert_int_equal(ward_debrief_message(d, WARD_STR("guard"), at), WARD_OK);
		if (i % 3 == 0)
			assert_int_equal(ward_debrief_message(d, WARD_STR("it"), at), WARD_OK);
	}
	const struct ward_debrief_score *s = end();

	assert_int_equal(s->n_message, 8);
	assert_int_equal(s->n_got, 2);
	assert_true(ward_str_eqz(s->got[0].recipient, "guard"));
	assert_int_equal(s->got[0].n, 6);
	assert_int_equal(s->got[0].most, 3); /* 1, 11 and 12 h; what is 12 h later is another */
	assert_int_equal(s->got[1].n, 2);
	assert_int_equal(s->got[1].most, 1);
	ward_debrief_free(d);
}

/* What somebody decided stands in its order, after the first step that could be noticed. */
static void test_decisions(void **state)
{
	const struct ward_debrief_score *s;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	begin();
	ward_ns act = ward_debrief_first_act(d);

	assert_int_equal(ward_debrief_decide(d, WARD_DEBRIEF_CONTAINED, WARD_STR("Engineer"),
				 act + 90 * WARD_NS_PER_S),
		WARD_OK);
	assert_int_equal(ward_debrief_decide(d, WARD_DEBRIEF_ACKNOWLEDGED, WARD_STR("Guard"),
				 act + 30 * WARD_NS_PER_S),
		WARD_OK);
	assert_int_equal(ward_debrief_decide_on(d,
				 &(struct ward_debrief_decision){.what = WARD_DEBRIEF_REFUSED,
					 .action = {.on = WARD_NONE},
					 .who = WARD_STR("IT"),
					 .policy = true},
				 act + 99 * WARD_NS_PER_S),
		WARD_OK);
	assert_int_equal(ward_debrief_end(d, &s), WARD_OK);
	assert_int_equal(s->n_decision, 3);
	assert_int_equal(s->decision[0].after, 30 * WARD_NS_PER_S);
	assert_int_equal(s->decision[1].what, WARD_DEBRIEF_CONTAINED);
	ward_debrief_json(s, &w);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("\"decisions\":[{\"after_s\":30,\"who\":\"Guard\",\"what\":"
				     "\"acknowledged\"}")) != SIZE_MAX);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("{\"after_s\":99,\"who\":\"IT\",\"policy\":true,\"what\":"
				     "\"refused\"}")) != SIZE_MAX);
	ward_wr_fini(&w);
	ward_debrief_free(d);
}

static bool says(const struct ward_debrief_score *s, const char *json, const char *text)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_doc doc;

	ward_debrief_json(s, &w);
	bool is = ward_str_find(ward_wr_text(&w), ward_str_z(json)) != SIZE_MAX;

	ward_wr_reset(&w);
	ward_doc_init(&doc, WARD_STR("en"));
	ward_debrief_tell(s, NULL, &doc);
	ward_doc_markdown(&doc, &w);
	assert_int_equal(doc.err, WARD_OK);
	is = is && ward_str_find(ward_wr_text(&w), ward_str_z(text)) != SIZE_MAX;
	ward_doc_fini(&doc);
	ward_wr_fini(&w);
	return is;
}

/* A forecast for surgery, by seconds of the story, with its chain. */
static void forecast(unsigned after_s, unsigned revision, unsigned from_s, unsigned at_s)
{
	char t[2][40];
	const unsigned s[2] = {from_s, at_s};

	for (size_t i = 0; i < 2; i++) {
		struct ward_wr w = ward_wr_fixed(t[i], sizeof(t[i]));

		ward_time_write(&w, scenario->start + s[i] * WARD_NS_PER_S);
		t[i][w.len] = 0;
	}
	row(after_s,
		"{\"kind\":\"impact\",\"id\":\"00000000-0000-8000-8000-0000000000f1\","
		"\"revision\":%u,\"incident\":\"" I1 "\",\"asset\":\"surgery\","
		"\"asset_name\":\"Surgery\",\"threat\":\"outage\",\"threat_name\":\"Does not "
		"work\","
		"\"service\":true,\"need\":\"availability\",\"likelihood\":[0.5,1],"
		"\"earliest\":\"%s\",\"expected\":\"%s\",\"priority\":1,\"chain\":["
		"{\"asset\":\"ahu-1\",\"asset_name\":\"Unit\",\"threat\":\"x\",\"threat_name\":"
		"\"Too warm\",\"group\":\"\"},"
		"{\"asset\":\"ahu-1\",\"asset_name\":\"Unit\",\"threat\":\"outage\",\"threat_"
		"name\":"
		"\"Does not work\",\"group\":\"\"},"
		"{\"asset\":\"surgery\",\"asset_name\":\"Surgery\",\"threat\":\"outage\","
		"\"threat_name\":\"Does not work\",\"group\":\"\"}]}",
		revision, t[0], t[1]);
}

/* Of such a truth; the first visible step is at 10 s. */
static const struct ward_debrief_score *timed(
	struct ward_truth_care truth, unsigned from_s, unsigned at_s)
{
	truth.node = scenario->expect.care[0].node;
	truth.threat = scenario->expect.care[0].threat;
	scenario->expect.care[0] = truth;
	begin();
	sign(12, D1, "bms.discovery", "d-1");
	incident(12, I1, "physical", NULL, D1, D1);
	forecast(12, 1, from_s, 410);
	forecast(13, 2, from_s, at_s);
	return end();
}

/* A time that is off says by how much, and what both believed; of a loss within a minute of the
 * first visible step the share is of a minute, and without that beside it. */
static void test_times(void **state)
{
	const struct ward_truth_care before = scenario->expect.care[0];
	const struct ward_truth_cause cause[] = {
		{ward_model_find(st.lab.m, WARD_STR("ahu-1")), WARD_RANGE_WHY_STOPPED},
		{before.node, WARD_RANGE_WHY_WITHOUT}};
	struct ward_truth_care t = {.at = 30 * WARD_NS_PER_S,
		.early = 25 * WARD_NS_PER_S,
		.late = 40 * WARD_NS_PER_S,
		.cause = cause,
		.n_cause = 2};

	(void)state;
	const struct ward_debrief_score *s = timed(t, 40, 90);

	assert_int_equal(s->mark[WARD_DEBRIEF_FORECAST].value, 1000000); /* 60 s of 20 s */
	assert_false(s->mark[WARD_DEBRIEF_FORECAST].held);
	assert_int_equal(s->n_timed, 1);
	assert_int_equal(s->off, 60 * WARD_NS_PER_S);
	assert_int_equal(s->off_bare_micro, 3000000);
	assert_true(says(s,
		"\"at_s\":30,\"early_s\":25,\"late_s\":40,\"cause\":[{\"on\":\"ahu-1\",\"is\":"
		"\"stopped\"},{\"on\":\"surgery\",\"is\":\"without\"}],",
		"too late, 100 %"));
	assert_true(says(s,
		"\"earliest_s\":40,\"said_s\":[90,410],\"off_s\":60,\"off\":1,\"off_bare\":3,"
		"\"chain\":[{\"on\":\"Unit\",\"threat\":\"Too warm\"},",
		"Lost after 30 s (25 s to 40 s), forecast for after 90 s (from 40 s on; said "
		"meanwhile: 90 s to 7 min). The forecast believed: Unit: Too warm, then Does "
		"not "
		"work → Surgery: Does not work. In truth: "));
	assert_true(says(s, "\"times\":{\"n\":1,\"off_s\":60,\"off_bare\":3}",
		"The middle of the times is 60 s off; as a share of the time to the loss, however "
		"short that is, 300 %."));
	ward_debrief_free(d);

	/* ten seconds of fifty: a sixth of a minute */
	t = (struct ward_truth_care){.at = 60 * WARD_NS_PER_S};
	t.early = t.late = t.at;
	s = timed(t, 70, 70);
	assert_int_equal(s->mark[WARD_DEBRIEF_FORECAST].value, 166666);
	assert_true(s->mark[WARD_DEBRIEF_FORECAST].held);
	assert_int_equal(s->off_bare_micro, 200000);
	assert_true(says(s, "\"cause\":[]", "10 s too late, 17 %"));
	assert_false(says(s, "\"cause\":[]", "The forecast believed"));
	ward_debrief_free(d);

	/* at that very step it counts, before it nobody could know */
	t.at = t.early = t.late = 10 * WARD_NS_PER_S;
	s = timed(t, 10, 10);
	assert_int_equal(s->n_timed, 1);
	assert_int_equal(s->mark[WARD_DEBRIEF_FORECAST].value, 0);
	ward_debrief_free(d);
	t.at = t.early = t.late = 9 * WARD_NS_PER_S;
	s = timed(t, 10, 10);
	assert_false(s->mark[WARD_DEBRIEF_FORECAST].known);
	assert_int_equal(s->n_timed, 0);
	ward_debrief_free(d);
	scenario->expect.care[0] = before;
}

/* Beside a published figure stands what this run measured of the same, and nothing else: no time of
 * a forecast unless one was taken, no reaction where nobody was told. */
static void test_beside(void **state)
{
	const struct ward_debrief_timed timed[] = {{.took = 523000, .runs = 11, .assets = 1601},
		{.took = 18 * WARD_NS_PER_MS, .runs = 3}};

	(void)state;
	begin();
	const struct ward_debrief_score *s = end();

	assert_true(says(s, "\"beside\":[{\"figure\":\"f_score\"", "| above 0\\.75 | 0\\.00 |"));
	assert_false(says(s, "reaction", ""));
	assert_false(says(s, "propagation", ""));
	ward_debrief_free(d);

	begin();
	sign(12, D1, "bms.discovery", "d-1");
	incident(12, I1, "physical", NULL, D1, D1);
	assert_int_equal(
		ward_debrief_message(d, WARD_STR("guard"), scenario->start + 13 * WARD_NS_PER_S),
		WARD_OK);
	assert_int_equal(ward_debrief_decide(d, WARD_DEBRIEF_ACKNOWLEDGED, WARD_STR("Guard"),
				 scenario->start + 190 * WARD_NS_PER_S),
		WARD_OK);
	s = end();
	assert_true(says(s, "\"ours\":{\"incident_s\":2,\"told_s\":3,\"acted_s\":180}",
		"| the incident stands after 2 s; somebody is told after 3 s; somebody acts on it "
		"after 3 min |"));
	assert_false(says(s, "propagation", ""));
	ward_debrief_time(d, &timed[0]);
	assert_true(says(s, "\"ours\":{\"s\":0.000523,\"assets\":1601,\"runs\":11}",
		"| below 1 s at 500 assets | 0\\.52 ms at 1,601 assets |"));
	ward_debrief_time(d, &timed[1]);
	assert_true(says(s, "\"s\":0.018", "| 18 ms at 0 assets |"));
	ward_debrief_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(held), cmocka_unit_test(of_a_play),
		cmocka_unit_test(short_of_it), cmocka_unit_test(whose), cmocka_unit_test(silent),
		cmocka_unit_test(bad_rows), cmocka_unit_test(written),
		cmocka_unit_test(interrupted), cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_beside), cmocka_unit_test(test_times)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
