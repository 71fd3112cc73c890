/* Facts that would change which services are hit: found on a small hospital by hand, and each equal
 * to what a propagation with it from the beginning says. */
#include "impact/pivot.h"

#include "lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* na feeds nb and nc, one of which is enough for `care`; a worm on na comes to nd, which is
 * protected, and on which `data` hangs; ne is struck, and nobody needs it. */
static const char hospital[] =
	"assets:\n"
	"  - {id: na, name: A, class: device.n.a}\n  - {id: nb, name: B, class: device.n.b}\n"
	"  - {id: nc, name: C, class: device.n.c}\n  - {id: nd, name: D, class: device.n.d}\n"
	"  - {id: ne, name: E, class: device.n.e}\n"
	"relations:\n"
	"  - {from: na, relation: powers, to: nb}\n  - {from: na, relation: powers, to: nc}\n"
	"  - {from: na, relation: powers, to: ne}\n  - {from: na, relation: supplies, to: nd}\n"
	"protections:\n"
	"  - {id: p1, on: nd, against: malware.worm, degree: 1}\n"
	"services:\n"
	"  - {id: care, name: Care, class: service.care, weight: 1, requires: [{need: 1, of: [nb, "
	"nc]}]}\n"
	"  - {id: data, name: Data, class: service.care, weight: 1, requires: [{of: [nd]}]}\n";

static const char rules[] =
	"rules:\n"
	"  - {id: feed, when: {threat: outage}, relation: powers, to: {class: device.n}, gives: "
	"outage,\n"
	"     mode: supply, keep: 1, why: w, likelihood: 1, delay: {earliest: 0s, expected: "
	"1min}}\n"
	"  - {id: worm, when: {threat: malware.worm}, relation: supplies, to: {class: device.n},\n"
	"     gives: malware.worm, why: w, likelihood: 1, delay: {earliest: 0s, expected: 1min}}\n"
	"  - {id: stop, when: {threat: malware.worm, class: device.n.d}, relation: self, gives: "
	"outage,\n"
	"     why: w, likelihood: 1, delay: {earliest: 0s, expected: 1min}}\n";

static bool told(const struct lab *l, const struct ward_pivots *p, enum ward_change_kind kind,
	const char *asset, const char *service, bool hit)
{
	uint32_t a = ward_model_find(l->m, ward_str_z(asset));
	uint32_t s = ward_model_find(l->m, ward_str_z(service));

	for (size_t i = 0; i < p->n; i++)
		if (p->item[i].fact.kind == kind && p->item[i].fact.asset == a &&
			p->item[i].service == s && p->item[i].hit == hit)
			return true;
	return false;
}

static struct ward_seed_threat seed(const struct lab *l, const char *asset, const char *threat)
{
	return (struct ward_seed_threat){.asset = ward_model_find(l->m, ward_str_z(asset)),
		.threat = ward_threats_find(ward_model_threats(l->m), ward_str_z(threat)),
		.lo_micro = 1000000,
		.hi_micro = 1000000};
}

static void test_facts(void **state)
{
	struct ward_pivots p;
	struct lab l;

	(void)state;
	lab_open(&l, hospital, rules);
	lab_run(&l, WARD_IMPACT_FULL, "na outage na malware.worm");
	char *before = lab_json(&l);

	assert_non_null(lab_find(&l, "care", "outage"));
	assert_non_null(lab_barrier(&l, "nd", "malware.worm"));
	assert_int_equal(ward_pivots_find(l.e, l.m, &l.all, NULL, 0, ward_mem_heap(), &p), WARD_OK);
	assert_true(p.whole);
	/* either member is enough, though only one is on the way that is told */
	assert_true(told(&l, &p, WARD_CHANGE_FAILED_OVER, "na", "care", false));
	assert_true(told(&l, &p, WARD_CHANGE_FAILED_OVER, "nb", "care", false));
	assert_true(told(&l, &p, WARD_CHANGE_FAILED_OVER, "nc", "care", false));
	assert_false(told(&l, &p, WARD_CHANGE_FAILED_OVER, "ne", "care", false));
	/* one protection alone keeps the other service */
	assert_true(told(&l, &p, WARD_CHANGE_PROTECTED, "nd", "data", true));
	assert_int_equal(p.n, 4);
	/* the engine is as before */
	assert_int_equal(ward_engine_result(l.e, &l.all), WARD_OK);
	char *after = lab_json(&l);

	assert_string_equal(before, after);
	free(before);
	free(after);
	/* each is what a propagation from the beginning says */
	struct ward_seed_threat from[] = {seed(&l, "na", "outage"), seed(&l, "na", "malware.worm")};

	for (size_t i = 0; i < p.n; i++) {
		struct ward_brief brief;

		assert_int_equal(
			ward_engine_what_if(l.e, from, 2, &p.item[i].fact, 1, &l.all), WARD_OK);
		assert_int_equal(
			ward_engine_brief(l.e, p.item[i].service, p.item[i].threat, &brief),
			p.item[i].hit);
	}
	ward_pivots_fini(&p);
	lab_close(&l);
}

/* What somebody has said already is no news, and is not unsaid by trying. */
static void test_beside_changes(void **state)
{
	struct ward_pivots p;
	struct lab l;

	(void)state;
	lab_open(&l, hospital, rules);
	struct ward_seed_threat from = seed(&l, "na", "outage");
	struct ward_change given = {
		.kind = WARD_CHANGE_FAILED_OVER, .asset = ward_model_find(l.m, WARD_STR("nb"))};

	assert_int_equal(ward_engine_what_if(l.e, &from, 1, &given, 1, &l.all), WARD_OK);
	assert_null(lab_find(&l, "care", "outage"));
	assert_int_equal(
		ward_pivots_find(l.e, l.m, &l.all, &given, 1, ward_mem_heap(), &p), WARD_OK);
	assert_int_equal(p.n, 0);
	assert_int_equal(ward_engine_result(l.e, &l.all), WARD_OK);
	assert_null(lab_find(&l, "care", "outage"));
	ward_pivots_fini(&p);
	lab_close(&l);
}

static void test_no_memory(void **state)
{
	struct lab l;
	enum ward_err err = WARD_ERR_NOMEM;

	(void)state;
	lab_open(&l, hospital, rules);
	for (uint64_t at = 1; err == WARD_ERR_NOMEM; at++) {
		struct ward_mem_failing f;
		struct ward_pivots p;

		lab_run(&l, WARD_IMPACT_FULL, "na outage");
		ward_mem_failing_init(&f, at);
		err = ward_pivots_find(l.e, l.m, &l.all, NULL, 0, &f.mem, &p);
		ward_pivots_fini(&p);
		assert_true(at < 100);
	}
	assert_int_equal(err, WARD_OK);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_beside_changes),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
