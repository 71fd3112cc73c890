#include "../model/lab.h"
#include "fuse/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { N = 9, MINUTE = 60, MEDIUM = 300000, HIGH = 600000, CRITICAL = 900000 };

/* Their places in the list. */
enum { OUTAGE, FORCED, FIRE, COMMAND, SCAN, WARM, BLIND };

static const char threats[] =
	"threats:\n"
	"  - {code: outage, name: Outage, domain: both, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: forced, name: Forced, act: true, domain: physical, need: integrity,\n"
	"     idmef: A.B, first_step: {role: engineer, text: Look.}}\n"
	"  - {code: fire, name: Fire, domain: physical, need: safety, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: bms.command, name: Command, act: true, domain: cyber, need: integrity,\n"
	"     idmef: A.B, first_step: {role: engineer, text: Look.}}\n"
	"  - {code: scan, name: Scan, act: true, domain: cyber, need: confidentiality,\n"
	"     idmef: A.B, first_step: {role: engineer, text: Look.}}\n"
	"  - {code: warm, name: Warm, domain: physical, need: availability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n"
	"  - {code: blind, name: Blind, domain: both, need: traceability, idmef: A.B,\n"
	"     first_step: {role: engineer, text: Look.}}\n";

struct fix {
	struct lab lab;
	uint32_t house, hall, theatre, ahu;
};

static int setup(void **state)
{
	static struct fix x;

	ward_limits_default(&x.lab.lim);
	ward_diag_init(&x.lab.d, ward_mem_heap());
	assert_int_equal(lab_load_content(&x.lab, NULL, threats), WARD_OK);
	x.house = lab_node(&x.lab, "b");
	x.hall = lab_node(&x.lab, "hall");
	x.theatre = lab_node(&x.lab, "or-1");
	x.ahu = lab_node(&x.lab, "ahu-1");
	*state = &x;
	return 0;
}

static int teardown(void **state)
{
	lab_free(&((struct fix *)*state)->lab);
	return 0;
}

/* The places in t of what it is called after; N: nothing. */
static void named(struct fix *x, const struct ward_threat_on *t, size_t n, size_t what, size_t then)
{
	const struct ward_incident in = {.threat = t, .n_threat = n};
	struct ward_incident_name name = ward_incident_name(&in, x->lab.m);

	assert_ptr_equal(name.what, what == N ? NULL : &t[what]);
	assert_ptr_equal(name.effect, then == N ? NULL : &t[then]);
}

static void an_act_leads_and_its_effect_follows(void **state)
{
	struct fix *x = *state;
	const struct ward_threat_on t[] = {{x->ahu, COMMAND, 5 * MINUTE, HIGH, CRITICAL, 0},
		{x->theatre, WARM, 9 * MINUTE, HIGH, CRITICAL, 0},
		{x->hall, FORCED, 0, HIGH, CRITICAL, 0}};

	named(x, t, 0, N, N);
	named(x, t, 1, 0, N);
	named(x, t, 3, 0, 1);
	named(x, t + 1, 1, 0, N); /* what happens alone */
}

static void what_is_surer_or_harms_care_more_goes_first(void **state)
{
	struct fix *x = *state;
	const struct ward_threat_on acts[] = {{x->ahu, COMMAND, 0, HIGH, CRITICAL, 0},
		{x->ahu, SCAN, 5 * MINUTE, HIGH, CRITICAL, 0},
		{x->hall, FORCED, 5 * MINUTE, MEDIUM, HIGH, 0}};
	const struct ward_threat_on effects[] = {{x->hall, BLIND, 0, HIGH, CRITICAL, 0},
		{x->theatre, WARM, 5 * MINUTE, HIGH, CRITICAL, 0},
		{x->hall, FIRE, 9 * MINUTE, MEDIUM, HIGH, 0},
		{x->ahu, COMMAND, 0, HIGH, CRITICAL, 0}};

	named(x, acts, 3, 0, N);
	named(x, effects, 3, 1, N);
	named(x, effects, 4, 3, 1);
}

static void who_breaks_a_door_as_it_burns_is_no_cause(void **state)
{
	struct fix *x = *state;
	struct ward_threat_on t[] = {{x->hall, FIRE, 5 * MINUTE, CRITICAL, CRITICAL, 0},
		{x->hall, FORCED, 6 * MINUTE, HIGH, CRITICAL, 0}};

	named(x, t, 2, 0, N);
	t[1].since = 0; /* before it burnt */
	named(x, t, 2, 1, 0);
	t[1].lo_micro = MEDIUM; /* perhaps somebody was only in a hurry */
	named(x, t, 2, 0, N);
}

static void an_effect_is_named_where_it_is_and_counted(void **state)
{
	struct fix *x = *state;
	const struct ward_threat_on t[] = {{x->house, WARM, MINUTE, HIGH, CRITICAL, 0},
		{x->theatre, WARM, 3 * MINUTE, HIGH, CRITICAL, 0},
		{x->hall, WARM, 2 * MINUTE, HIGH, CRITICAL, 0},
		{x->ahu, COMMAND, 0, HIGH, CRITICAL, 0}, {x->ahu, BLIND, 0, 0, MEDIUM, 0}};
	const struct ward_incident in = {.threat = t, .n_threat = 4};

	named(x, t, 4, 3, 2); /* a room, the first one; not the house */
	assert_int_equal(ward_incident_name(&in, x->lab.m).n_effect, 2);
	named(x, t + 3, 2, 0, N); /* too unsure to be said */
}

static void the_gravest_sign_says_by_which_means(void **state)
{
	struct fix *x = *state;
	const struct ward_threat_on t = {x->ahu, COMMAND, 0, HIGH, CRITICAL, 0};
	const struct ward_detection d[] = {
		{.threat = COMMAND, .asset = x->ahu, .level = WARD_LEVEL_MEDIUM},
		{.threat = COMMAND,
			.asset = x->ahu,
			.level = WARD_LEVEL_CRITICAL,
			.permit = {.expected = true}},
		{.threat = COMMAND, .asset = WARD_NONE, .place = x->ahu, .level = WARD_LEVEL_HIGH},
		{.threat = COMMAND, .asset = x->ahu, .level = WARD_LEVEL_HIGH},
		{.threat = COMMAND, .asset = x->hall, .level = WARD_LEVEL_CRITICAL}};
	const struct ward_member m[] = {{&d[0], 1, WARD_JOIN_FIRST, WARD_NONE, 0},
		{&d[1], 1, WARD_JOIN_ASSET, 0, 0}, {&d[2], 1, WARD_JOIN_ASSET, 0, 0},
		{&d[3], 1, WARD_JOIN_ASSET, 0, 0}, {&d[4], 1, WARD_JOIN_ASSET, 0, 0}};
	const struct ward_incident in = {
		.threat = &t, .n_threat = 1, .member = m, .n_member = WARD_ARRAY_LEN(m)};

	assert_ptr_equal(ward_incident_name(&in, x->lab.m).sign, &d[2]);
}

/* What is critical of more than one threat is listed, each by its first sign; of one, of what is
 * less and of what a permit expects nothing is. */
static void what_is_critical_of_two_kinds_is_listed(void **state)
{
	struct fix *x = *state;
	struct ward_detection d[] = {
		{.title = WARD_STR("Fire"), .threat = FIRE, .asset = x->hall, .first = 1},
		{.title = WARD_STR("Fire again"), .threat = FIRE, .asset = x->theatre, .first = 2},
		{.title = WARD_STR("Expected"), .threat = WARM, .asset = x->hall, .first = 3},
		{.title = WARD_STR("Scan"), .threat = SCAN, .asset = x->ahu, .first = 4},
		{.title = WARD_STR("Commanded"), .threat = COMMAND, .asset = x->ahu, .first = 5}};
	struct ward_member member[WARD_ARRAY_LEN(d)];
	const struct ward_threat_on t[] = {{x->hall, FIRE, 0, HIGH, CRITICAL, 0}};
	struct ward_incident in = {.level = WARD_LEVEL_CRITICAL, .threat = t, .n_threat = 1};

	for (size_t i = 0; i < WARD_ARRAY_LEN(d); i++) {
		d[i].level = WARD_LEVEL_CRITICAL;
		d[i].place = WARD_NONE;
		member[i] = (struct ward_member){.d = &d[i], .count = 1, .with = WARD_NONE};
	}
	d[2].permit.expected = true;
	d[3].level = WARD_LEVEL_HIGH;
	in.member = member;
	for (in.n_member = 1; in.n_member <= WARD_ARRAY_LEN(d); in.n_member++) {
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), WARD_INCIDENT_BYTES_MAX);

		ward_incident_write_json(&in, x->lab.m, &w);
		ward_wr_ch(&w, 0);
		assert_false(ward_wr_bad(&w));
		const char *at = strstr(ward_wr_text(&w).p, "\"critical\":[");

		assert_int_equal(at != NULL, in.n_member == WARD_ARRAY_LEN(d));
		if (at) {
			assert_non_null(strstr(at, "{\"threat\":\"fire\",\"domain\":\"physical\","
						   "\"sign\":\"Fire\","));
			assert_non_null(
				strstr(at, "{\"threat\":\"bms.command\",\"domain\":\"cyber\","
					   "\"sign\":\"Commanded\","));
			assert_non_null(strstr(at, "\"text\":\"Look.\"}],\"members\""));
		}
		ward_wr_fini(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_critical_of_two_kinds_is_listed),
		cmocka_unit_test(an_act_leads_and_its_effect_follows),
		cmocka_unit_test(what_is_surer_or_harms_care_more_goes_first),
		cmocka_unit_test(who_breaks_a_door_as_it_burns_is_no_cause),
		cmocka_unit_test(an_effect_is_named_where_it_is_and_counted),
		cmocka_unit_test(the_gravest_sign_says_by_which_means),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
