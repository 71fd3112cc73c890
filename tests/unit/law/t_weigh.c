/* What a fact rests on: answers, numbers against thresholds, the record, parts; and what is other
 * since something was sent. */
#include "law/law.h"
#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA = 64 << 20 };

struct fix {
	struct ward_law law;
	struct ward_law_case c;
	struct ward_law_record r;
	struct ward_law_clock clock[WARD_LAW_RULES];
	struct ward_arena a;
	struct ward_limits lim;
};

static ward_ns at(const char *text)
{
	ward_ns t;

	assert_int_equal(ward_time_parse(ward_str_z(text), &t), WARD_OK);
	return t;
}

/* With the hospital's own file, which may be empty. */
static enum ward_err load(struct fix *x, const char *own, char *ret_what, size_t size)
{
	char dir[4096], hospital[] = "/tmp/ward-weigh-XXXXXX", path[64];
	struct ward_diag d;

	assert_non_null(mkdtemp(hospital));
	(void)snprintf(path, sizeof(path), "%s/law.yml", hospital);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	(void)fputs(own, f);
	assert_int_equal(fclose(f), 0);
	(void)snprintf(dir, sizeof(dir), "%s/content/law", getenv("WARD_SOURCE_ROOT"));
	ward_diag_init(&d, ward_mem_heap());
	enum ward_err err =
		ward_law_load(dir, hospital, WARD_STR("IT"), &x->a, &x->lim, &d, &x->law);

	(void)snprintf(ret_what, size, "%.*s", d.n ? (int)d.item[0].what.len : 0,
		d.n ? d.item[0].what.p : "");
	ward_diag_fini(&d);
	(void)unlink(path);
	(void)rmdir(hospital);
	return err;
}

static int begin(void **state)
{
	static struct fix x;
	char what[200];

	x = (struct fix){.r = {.event = at("2026-05-04T03:00:00Z"),
				 .detected = at("2026-05-04T03:10:00Z"),
				 .counted = {true, true, false, false}}};
	ward_limits_default(&x.lim);
	ward_arena_init(&x.a, ward_mem_heap(), ARENA);
	ward_law_case_init(&x.c, ward_mem_heap());
	*state = &x;
	return ward_zone_use(WARD_STR("Europe/Rome")) != WARD_OK ||
	       load(&x, "{}", what, sizeof(what)) != WARD_OK;
}

static int end(void **state)
{
	struct fix *x = *state;

	ward_law_case_fini(&x->c);
	ward_arena_fini(&x->a);
	return 0;
}

static void say(struct fix *x, const char *time, const char *args, const char *text)
{
	const struct ward_conf *row;
	struct ward_diag d;
	char json[512];

	(void)snprintf(json, sizeof(json),
		"{\"what\":\"law\",\"time\":\"%s\",\"person\":\"e-r\",\"role\":\"dpo\",\"text\":"
		"\"%s\",\"args\":%s}",
		time, text, args);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_conf_json(&x->a, &x->lim, WARD_STR("row"), 1,
				 ward_str_bytes(ward_str_z(json)), &d, &row),
		WARD_OK);
	ward_diag_fini(&d);
	assert_int_equal(ward_law_take(&x->c, &x->law, row), WARD_OK);
}

static struct ward_law_weighed weigh(struct fix *x, const char *fact)
{
	size_t of = ward_law_fact_of(&x->law, ward_str_z(fact));

	assert_true(of != SIZE_MAX);
	return ward_law_weigh(&x->law, of, &x->c, &x->r);
}

static const struct ward_law_clock *clock_of(struct fix *x, const char *id)
{
	size_t n = ward_law_clocks(&x->law, &x->c, &x->r, at("2026-05-04T12:00:00Z"), x->clock);

	for (size_t i = 0; i < n; i++)
		if (ward_str_eqz(x->clock[i].rule->id, id))
			return &x->clock[i];
	fail_msg("no clock %s", id);
	return NULL;
}

static void numbers_as_people_write_them(void **state)
{
	static const struct {
		const char *text;
		uint64_t n;
	} all[] = {{"1200", 1200}, {"about 1,200 persons", 1200}, {"1.200", 1200}, {"1 200", 1200},
		{"1\u202f200\u202f000 euro", 1200000}, {"1'200", 1200}, {"12, 13", 12}, {"3.5", 3},
		{"12.0000", 12}, {"0", 0}, {"~7", 7}};
	static const char *const none[] = {"", "nobody knows", "99999999999999999999999", "10k",
		"about 1.5 million euro", "3 mila", "2 Tsd."};
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_true(ward_law_number(ward_str_z(all[i].text), &n));
		if (n != all[i].n)
			fail_msg("%s: %llu", all[i].text, (unsigned long long)n);
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(none); i++)
		assert_false(ward_law_number(ward_str_z(none[i]), &n));
}

/* The record makes likely from the threshold on, and never says no; a number that a person wrote is
 * an answer; an answer overrules it. */
static void a_number_against_its_threshold(void **state)
{
	struct fix *x = *state;

	x->r.measured[WARD_LAW_MEASURE_MINUTES] = 59;
	assert_int_equal(weigh(x, "care-long").is, WARD_LAW_UNKNOWN);
	assert_true(weigh(x, "care-long").measured);
	assert_int_equal(weigh(x, "care-long").value, 59);
	x->r.measured[WARD_LAW_MEASURE_MINUTES] = 60;
	assert_int_equal(weigh(x, "care-long").is, WARD_LAW_LIKELY);
	assert_false(weigh(x, "again").measured);
	assert_false(weigh(x, "great-loss").measured);
	assert_int_equal(weigh(x, "great-loss").is, WARD_LAW_UNKNOWN);
	say(x, "2026-05-04T05:00:00Z", "{\"say\":\"field\",\"of\":\"loss\"}", "499,999 euro");
	assert_int_equal(weigh(x, "great-loss").is, WARD_LAW_NO);
	say(x, "2026-05-04T05:10:00Z", "{\"say\":\"field\",\"of\":\"loss\"}", "500.000 and more");
	assert_int_equal(weigh(x, "great-loss").is, WARD_LAW_YES);
	assert_string_equal(weigh(x, "great-loss").by->person, "e-r");
	say(x, "2026-05-04T05:20:00Z", "{\"say\":\"fact\",\"of\":\"great-loss\",\"is\":\"no\"}",
		"it is insured");
	assert_int_equal(weigh(x, "great-loss").is, WARD_LAW_NO);
	/* the hospital has set no threshold: a number alone says nothing */
	say(x, "2026-05-04T05:00:00Z", "{\"say\":\"field\",\"of\":\"persons\"}", "4000");
	assert_int_equal(weigh(x, "data-many").value, 4000);
	assert_int_equal(weigh(x, "data-many").is, WARD_LAW_UNKNOWN);
}

static void the_hospital_sets_thresholds(void **state)
{
	struct fix *x = *state;
	char what[200];

	assert_int_equal(
		load(x, "thresholds: {data-many: 500, care-long: 15}\n", what, sizeof(what)),
		WARD_OK);
	say(x, "2026-05-04T05:00:00Z", "{\"say\":\"field\",\"of\":\"persons\"}", "4000");
	assert_int_equal(weigh(x, "data-many").is, WARD_LAW_YES);
	x->r.measured[WARD_LAW_MEASURE_MINUTES] = 20;
	assert_int_equal(weigh(x, "care-long").is, WARD_LAW_LIKELY);
	assert_int_equal(load(x, "thresholds: {harmed: 5}\n", what, sizeof(what)), WARD_ERR_CONFIG);
	assert_non_null(strstr(what, "nothing is measured for 'harmed'"));
	assert_int_equal(
		load(x, "thresholds: {care-long: soon}\n", what, sizeof(what)), WARD_ERR_CONFIG);
	assert_non_null(strstr(what, "no threshold: 'soon'"));
}

/* Parts propose, and a named person decides: their yes makes likely, their no nobody's word. */
static void parts_propose_and_a_person_decides(void **state)
{
	struct fix *x = *state;

	assert_int_equal(weigh(x, "significant").is, WARD_LAW_UNKNOWN);
	say(x, "2026-05-04T05:00:00Z", "{\"say\":\"fact\",\"of\":\"harmed\",\"is\":\"yes\"}",
		"two");
	assert_int_equal(weigh(x, "significant").proposed, WARD_LAW_YES);
	assert_int_equal(weigh(x, "significant").is, WARD_LAW_LIKELY);
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_WAITS);
	say(x, "2026-05-04T05:01:00Z", "{\"say\":\"aware\"}", "seen");
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_RUNS); /* likely opens it */
	say(x, "2026-05-04T06:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"no\"}",
		"scratches");
	assert_int_equal(weigh(x, "significant").is, WARD_LAW_NO);
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_OFF);
	/* another rule's facts are the country's, too */
	x->r.seen[WARD_LAW_SEEN_ACCESS] = true;
	assert_int_equal(weigh(x, "it-is4").is, WARD_LAW_LIKELY);
	/* all parts denied: what it is nobody has said */
	say(x, "2026-05-04T06:00:00Z", "{\"say\":\"field\",\"of\":\"patients\"}", "3");
	assert_int_equal(weigh(x, "long").is, WARD_LAW_UNKNOWN);
}

/* Not notified, and yet an entry in the register, with the reason in it. */
static void what_is_not_notified_is_registered(void **state)
{
	struct fix *x = *state;
	const struct ward_law_said *said;
	size_t form, reason, i = 0;

	say(x, "2026-05-04T05:00:00Z", "{\"say\":\"aware\"}", "seen");
	say(x, "2026-05-04T05:00:00Z", "{\"say\":\"fact\",\"of\":\"personal-data\",\"is\":\"yes\"}",
		"a lost stick");
	say(x, "2026-05-04T05:10:00Z", "{\"say\":\"fact\",\"of\":\"no-risk\",\"is\":\"yes\"}",
		"it is encrypted");
	assert_int_equal(clock_of(x, "G33")->state, WARD_LAW_OFF);
	assert_int_equal(clock_of(x, "G33reg")->state, WARD_LAW_RUNS);
	form = ward_law_form_of(&x->law, WARD_STR("gdpr-33-register"));
	reason = ward_law_field_of(&x->law, WARD_STR("no-risk"));
	while (i < x->law.form[form].n && x->law.form[form].field[i] != reason)
		i++;
	assert_true(i < x->law.form[form].n);
	(void)ward_law_fact_is(&x->law, x->law.field[reason].of[0], &x->c, &x->r, &said);
	assert_string_equal(said->why, "it is encrypted");
}

/* What was said after sending: only what its form or its rule hangs on; told with the next report
 * of the series, by that one's end. */
static void what_changed_after_sending(void **state)
{
	struct fix *x = *state;
	const struct ward_law_said *said[4];
	const struct ward_law_clock *k;

	say(x, "2026-05-04T04:00:00Z", "{\"say\":\"aware\"}", "seen");
	say(x, "2026-05-04T04:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"yes\"}",
		"y");
	say(x, "2026-05-04T05:00:00Z",
		"{\"say\":\"sent\",\"of\":\"IT-N24\",\"form\":\"it-pre\",\"lang\":\"it\",\"draft\":"
		"\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}",
		"portal");
	say(x, "2026-05-04T05:10:00Z", "{\"say\":\"fact\",\"of\":\"device\",\"is\":\"no\"}",
		"none");
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_SENT);
	say(x, "2026-05-04T05:20:00Z", "{\"say\":\"fact\",\"of\":\"diverted\",\"is\":\"yes\"}",
		"all");
	k = clock_of(x, "IT-N24");
	assert_int_equal(k->state, WARD_LAW_CHANGED);
	assert_int_equal(ward_law_changes(&x->law, &x->c, k->said, said, 4), 1);
	assert_string_equal(said[0]->why, "all");
	assert_true(ward_str_eqz(x->clock[k->next].rule->id, "IT-N72"));
	assert_true(x->clock[k->next].due == at("2026-05-07T04:00:00Z"));
	say(x, "2026-05-04T06:00:00Z", "{\"say\":\"aware\",\"time\":\"2026-05-04T03:30:00Z\"}",
		"x");
	k = clock_of(x, "IT-N24");
	assert_int_equal(ward_law_changes(&x->law, &x->c, k->said, said, 4), 2);
	assert_true(ward_law_said(&x->c, WARD_LAW_SAY_AWARE, 0)->was == at("2026-05-04T04:00:00Z"));
	/* the next one was sent, too: what is new goes with the same form again */
	say(x, "2026-05-04T07:00:00Z", "{\"say\":\"sent\",\"of\":\"IT-N72\"}", "portal");
	say(x, "2026-05-04T07:00:00Z", "{\"say\":\"waived\",\"of\":\"IT-N1m\"}", "one report");
	k = clock_of(x, "IT-N24");
	assert_true(x->clock[k->next].rule == k->rule);
}

/* Not sent yet, as it failed: what it is due by stands, and how often it was tried. */
static void what_could_not_be_sent_is_due(void **state)
{
	struct fix *x = *state;
	size_t of = ward_law_rule_of(&x->law, WARD_STR("IT-N24"));

	say(x, "2026-05-04T04:00:00Z", "{\"say\":\"aware\"}", "seen");
	say(x, "2026-05-04T04:00:00Z", "{\"say\":\"fact\",\"of\":\"significant\",\"is\":\"yes\"}",
		"y");
	say(x, "2026-05-04T05:00:00Z", "{\"say\":\"tried\",\"of\":\"IT-N24\"}",
		"the portal is down");
	say(x, "2026-05-04T06:00:00Z", "{\"say\":\"tried\",\"of\":\"IT-N24\"}", "it still is");
	assert_int_equal(clock_of(x, "IT-N24")->state, WARD_LAW_RUNS);
	assert_true(clock_of(x, "IT-N24")->due == at("2026-05-05T04:00:00Z"));
	assert_int_equal(ward_law_said(&x->c, WARD_LAW_SAY_TRIED, of)->times, 2);
}

static void only_questions_that_rules_ask(void **state)
{
	struct fix *x = *state;
	char what[200];
	size_t of = ward_law_fact_of(&x->law, WARD_STR("exploited"));

	assert_false(ward_law_is_asked(&x->law, of));
	assert_true(ward_law_is_asked(
		&x->law, ward_law_fact_of(&x->law, WARD_STR("it-is2")))); /* as a part */
	assert_int_equal(load(x, "roles: maker\n", what, sizeof(what)), WARD_OK);
	assert_true(ward_law_is_asked(&x->law, of));
}

static void files_that_say_it_wrongly(void **state)
{
	static const struct {
		const char *own, *what;
	} all[] = {{"facts: [{id: f, ask: F?, measure: rumours}]\n", "not measured"},
		{"facts: [{id: f, ask: F?, measure: field}]\n", "not measured"},
		{"facts: [{id: f, ask: F?, measure: minutes extra}]\n", "not measured"},
		{"facts: [{id: f, ask: F?, measure: field nowhere}]\n", "no field 'nowhere'"},
		{"facts: [{id: f, ask: F?, measure: minutes, at_least: 0}]\n", "no threshold"},
		{"facts: [{id: f, ask: F?, mark: sure}]\n", "how well the text is known"},
		{"facts: [{id: f, ask: F?, into: [f]}]\n", "no part can be made of"},
		{"facts: [{id: f, ask: F?, any: [harmed], into: [significant]}]\n", "both `into:`"},
		{"facts: [{id: f, ask: F?, any: [significant]}, {id: g, ask: G?, any: [f]}]\n",
			"too many facts within facts"},
		{"rules: [{id: a, law: L, name: N, to: T, mark: confirmed, when: harmed, clock: "
		 "aware, phase: nis2 soon}]\n",
			"no step of reports"},
		{"rules: [{id: a, law: L, name: N, to: T, mark: confirmed, clock: event, of: "
		 "rumour}]\n",
			"about nothing that is known"}};
	struct fix *x = *state;
	char what[200];

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		assert_int_equal(load(x, all[i].own, what, sizeof(what)), WARD_ERR_CONFIG);
		if (!strstr(what, all[i].what))
			fail_msg("%s: %s", all[i].own, what);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {T(numbers_as_people_write_them),
		T(a_number_against_its_threshold), T(the_hospital_sets_thresholds),
		T(parts_propose_and_a_person_decides), T(what_is_not_notified_is_registered),
		T(what_changed_after_sending), T(what_could_not_be_sent_is_due),
		T(only_questions_that_rules_ask), T(files_that_say_it_wrongly)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
