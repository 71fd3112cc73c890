/* Alarms of a past by rule and role: revisions, withdrawals, incidents that join, days and nights.
 */
#include "../model/lab.h"
#include "craft/past.h"
#include "story/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static const ward_ns hour = 3600 * WARD_NS_PER_S;

static const char rules[] = "title: Live\nid: live\nlogsource: {product: t}\n"
			    "detection: {s: {a: 1}, condition: s}\n---\n"
			    "title: Trial\nid: trial\nlogsource: {product: t}\n"
			    "ward: {stage: shadow}\ndetection: {s: {a: 1}, condition: s}\n---\n"
			    "title: Quiet\nid: quiet\nlogsource: {product: t}\n"
			    "detection: {s: {a: 1}, condition: s}\n---\n"
			    "title: Off\nid: off\nlogsource: {product: t}\n"
			    "ward: {stage: off}\ndetection: {s: {a: 1}, condition: s}\n";

static const char pipeline[] = "name: p\nlogsources: [{product: t, class: t.*}]\n";

struct fix {
	struct lab lab;
	struct ward_ruleset *rs;
	struct ward_past *p;
	ward_ns day; /* midnight of a day in the zone */
};

static int setup(void **state)
{
	struct fix *x = calloc(1, sizeof(*x));
	const struct ward_rule_text rule = {"r.yml", ward_str_bytes(ward_str_z(rules))};
	const struct ward_rule_text pipe = {"p.yml", ward_str_bytes(ward_str_z(pipeline))};

	assert_int_equal(lab_load(&x->lab, ward_mem_heap(), NULL, "more.yml", ""), WARD_OK);
	const struct ward_ruleset_texts t = {.rules = &rule,
		.n_rules = 1,
		.pipelines = &pipe,
		.n_pipelines = 1,
		.threats = ward_model_threats(x->lab.m)};

	assert_int_equal(
		ward_ruleset_parse(&t, &x->lab.lim, ward_mem_heap(), &x->lab.d, &x->rs), WARD_OK);
	assert_int_equal(x->lab.d.n, 0);
	assert_int_equal(ward_zone_use(WARD_STR("Europe/Rome")), WARD_OK);
	const struct ward_local l = {.year = 2026, .month = 3, .day = 12};

	assert_int_equal(ward_zone_at(&l, &x->day), WARD_OK);
	assert_int_equal(ward_past_new(x->lab.m, x->rs, x->day, ward_mem_heap(), &x->p), WARD_OK);
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fix *x = *state;

	ward_past_free(x->p);
	ward_ruleset_free(x->rs);
	lab_free(&x->lab);
	free(x);
	return 0;
}

static struct ward_id id(unsigned n)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "test");
	ward_idgen_u64(&g, n);
	return ward_idgen_final(&g);
}

static struct ward_detection detection(const char *rule, unsigned n, ward_ns at)
{
	return (struct ward_detection){.id = id(n),
		.revision = 1,
		.rule = ward_str_z(rule),
		.title = WARD_STR("Title"),
		.level = WARD_LEVEL_HIGH,
		.threat = 1,
		.asset = WARD_NONE,
		.place = WARD_NONE,
		.first = at,
		.last = at};
}

static void give(struct fix *x, struct ward_detection d)
{
	assert_int_equal(ward_past_detection(x->p, &d), WARD_OK);
}

static void incident(struct fix *x, unsigned n, bool stands, unsigned old, struct ward_detection d)
{
	struct ward_id former = id(old);
	struct ward_past_incident in = {id(n), stands, &former, old ? 1 : 0};

	assert_int_equal(ward_past_incident(x->p, &in), WARD_OK);
	assert_int_equal(ward_past_member(x->p, &d), WARD_OK);
}

static const struct ward_past_rule *rule(const struct ward_past_result *r, const char *name)
{
	for (size_t i = 0; i < r->n_rule; i++)
		if (ward_str_eqz(r->rule[i].id, name))
			return &r->rule[i];
	return NULL;
}

static void alarms(void **state)
{
	struct fix *x = *state;
	struct ward_past_result r;
	struct ward_detection d = detection("live", 1, x->day + 10 * hour);

	give(x, d);
	d.revision = 2; /* the same one, longer */
	d.last += hour;
	give(x, d);
	give(x, detection("live", 2, x->day + 23 * hour)); /* at night */
	give(x, detection("live", 3, x->day + 29 * hour)); /* the next day, before six */
	give(x, detection("live", 4, x->day - 1));         /* before */
	d = detection("live", 5, x->day + hour);
	give(x, d);
	d.revision = 2;
	d.withdrawn = true; /* taken back: it was none */
	give(x, d);
	d = detection("live", 6, x->day + 11 * hour);
	d.permit.id = WARD_STR("w-1");
	d.permit.expected = true;
	give(x, d);
	d = detection("trial", 7, x->day + 12 * hour);
	d.stage = WARD_STAGE_SHADOW;
	give(x, d);
	d = detection("learned", 8, x->day + 12 * hour); /* no rule: a baseline */
	d.level = WARD_LEVEL_LOW;
	give(x, d);
	assert_int_equal(ward_past_end(x->p, &r), WARD_OK);
	assert_int_equal(r.n_alarm, 6);
	assert_int_equal(r.n_rule, 4);
	assert_true(ward_str_eqz(r.rule[0].id, "live")); /* the busiest */
	assert_int_equal(r.rule[0].n_alarm, 4);
	assert_int_equal(r.rule[0].n_expected, 1);
	assert_int_equal(r.rule[0].first, x->day + 10 * hour);
	assert_int_equal(r.rule[0].last, x->day + 29 * hour);
	assert_int_equal(rule(&r, "trial")->stage, WARD_STAGE_SHADOW);
	assert_int_equal(rule(&r, "trial")->n_alarm, 1);
	assert_int_equal(rule(&r, "learned")->stage, WARD_STAGE_LIVE);
	assert_int_equal(rule(&r, "off")->n_alarm, 0); /* silent, and not live: shown */
	assert_null(rule(&r, "quiet"));
	/* shadow, expected and weak ones call nobody */
	assert_int_equal(r.n_role, 1);
	assert_true(ward_str_eqz(r.role[0].code, "engineer"));
	assert_true(ward_str_eqz(r.role[0].reach, "call 12"));
	assert_int_equal(r.role[0].n_alarm, 3);
	assert_int_equal(r.role[0].n_night, 2);
	assert_int_equal(r.role[0].n_busiest, 2);
	assert_int_equal(r.role[0].busiest, 20524); /* 12 March 2026 */
	assert_int_equal(r.rule[0].roles, 1);
}

static void incidents(void **state)
{
	struct fix *x = *state;
	struct ward_past_result r;
	struct ward_detection a = detection("live", 1, x->day), b = detection("other", 2, x->day);

	give(x, a);
	give(x, b);
	incident(x, 10, true, 0, a);
	incident(x, 10, true, 0, b); /* a revision without a: a is of it no more */
	incident(x, 11, true, 0, a);
	incident(x, 12, true, 11, a); /* which became part of this one */
	incident(x, 13, true, 0, a);
	incident(x, 13, false, 0, a); /* dismissed */
	assert_int_equal(ward_past_end(x->p, &r), WARD_OK);
	assert_int_equal(r.n_incident, 2);
	assert_int_equal(rule(&r, "live")->n_incident, 1);
	assert_int_equal(rule(&r, "other")->n_incident, 1);
	assert_int_equal(r.role[0].n_incident, 2);
}

static void nothing(void **state)
{
	struct fix *x = *state;
	struct ward_past_result r;

	assert_int_equal(ward_past_end(x->p, &r), WARD_OK);
	assert_int_equal(r.n_alarm + r.n_incident + r.n_role, 0);
	assert_int_equal(r.n_rule, 2); /* on trial and off */
	assert_int_equal(r.rule[0].first, 0);
}

static void no_memory(void **state)
{
	struct fix *x = *state;
	enum ward_err err = WARD_ERR_NOMEM;

	for (uint64_t at = 1; err; at++) {
		struct ward_mem_failing mem;
		struct ward_past *p = NULL;
		struct ward_past_result r;
		struct ward_detection d = detection("live", 1, x->day);
		struct ward_past_incident in = {id(10), true, NULL, 0};

		ward_mem_failing_init(&mem, at);
		err = ward_past_new(x->lab.m, x->rs, x->day, &mem.mem, &p);
		if (!err)
			err = ward_past_detection(p, &d);
		if (!err)
			err = ward_past_incident(p, &in);
		if (!err)
			err = ward_past_member(p, &d);
		if (!err)
			err = ward_past_end(p, &r);
		assert_true(!err || err == WARD_ERR_NOMEM);
		ward_past_free(p);
	}
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(alarms), T(incidents), T(nothing), T(no_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
