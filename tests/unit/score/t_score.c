/* A hospital whose most worthwhile answers are known by hand. */
#include "../impact/lab.h"

#include "score/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* `a` feeds `b`; `k` needs b, `l` one of b and c. b's outage costs k (10 a minute); a's the same, a
 * moment later; nothing else costs anything. */
static const char hospital[] =
	"assets:\n"
	"  - {id: a, name: A, class: device.n.a, criticality: 5, recovery: 2h}\n"
	"  - {id: b, name: B, class: device.n.b, criticality: 4}\n"
	"  - {id: c, name: C, class: device.n.c}\n"
	"relations:\n"
	"  - {from: a, relation: powers, to: b}\n"
	"  - {from: b, relation: powers, to: c}\n"
	"services:\n"
	"  - {id: k, name: K, class: service.care, criticality: 5, weight: 10, staff: 3, mtpd: "
	"1h,\n"
	"     requires: [{of: [b]}]}\n"
	"  - {id: l, name: L, class: service.care, criticality: 3, weight: 99, patients: 2,\n"
	"     requires: [{name: x, need: 1, of: [b, c]}, {name: y, any: [b, c]}]}\n"
	"facts:\n"
	"  - {on: k, as_of: 2026-01-01, by: guess, assumed: true}\n"
	"  - {on: k, key: staff, as_of: 2026-01-01, by: ward}\n";
static const char rules[] =
	"rules:\n  - {id: feed, when: {threat: outage, class: device}, relation: powers, to: "
	"{class: device}, gives: outage, mode: supply, likelihood: 1, delay: {earliest: 0s, "
	"expected: "
	"60min}, why: w}\n";

static void score(struct lab *l, struct ward_score *s)
{
	lab_open(l, hospital, rules);
	assert_int_equal(ward_score_make(l->m, l->m, l->e, s), WARD_OK);
}

static void areas(void **state)
{
	struct ward_score s;
	struct lab l;

	(void)state;
	score(&l, &s);
	const struct ward_score_row *r = s.row;

	assert_int_equal(r[WARD_SCORE_REQUIREMENTS].n, 2);
	assert_int_equal(r[WARD_SCORE_REQUIREMENTS].stated, 1);
	assert_int_equal(
		r[WARD_SCORE_REQUIREMENTS].missing[0], ward_model_find(l.m, WARD_STR("k")));
	assert_int_equal(r[WARD_SCORE_RECOVERY].n, 3); /* a, b, k */
	assert_int_equal(r[WARD_SCORE_RECOVERY].stated, 1);
	assert_int_equal(r[WARD_SCORE_TOLERANCE].stated, 1);
	assert_int_equal(r[WARD_SCORE_TOLERANCE].assumed, 1);
	assert_int_equal(ward_score_percent(&r[WARD_SCORE_TOLERANCE]), 25);
	assert_int_equal(r[WARD_SCORE_POWER].n, 0);
	assert_int_equal(ward_score_percent(&r[WARD_SCORE_POWER]), 100);
	lab_close(&l);
}

static void the_best_answer(void **state)
{
	struct ward_score s;
	struct lab l;

	(void)state;
	score(&l, &s);
	uint32_t a = ward_model_find(l.m, WARD_STR("a")), b = ward_model_find(l.m, WARD_STR("b"));

	assert_int_equal(s.n_incident, 2);
	assert_int_equal(s.incident[0], b);
	assert_int_equal(s.incident[1], a);
	/* b: 24 h and, when a fails, the 23 h that are left of the day; a: only the latter. */
	assert_int_equal(s.n_answer, 2);
	assert_int_equal(s.answer[0].node, b);
	assert_int_equal(s.answer[0].incident, b);
	assert_int_equal(s.answer[0].lost_micro[0], (int64_t)(24 + 23) * 60 * 10 * 1000000);
	assert_int_equal(s.answer[0].lost_micro[1], 0);
	assert_int_equal(s.answer[1].node, a);
	assert_int_equal(s.answer[1].lost_micro[0], (int64_t)(24 + 23) * 60 * 10 * 1000000);
	assert_int_equal(s.answer[1].lost_micro[1], (int64_t)24 * 60 * 10 * 1000000);
	assert_int_equal(s.n_asked, 2);
	assert_int_equal(s.n_could, 2);
	assert_int_equal(s.n_run, 2 + 2 * 2 * 2);
	lab_close(&l);
}

static void texts(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_score s;
	struct lab l;

	(void)state;
	score(&l, &s);
	ward_score_write_text(&s, l.m, NULL, &w);
	assert_true(
		ward_str_find(ward_wr_text(&w),
			WARD_STR("Can something take over from \"B\" when it fails?")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_score_write_json(&s, l.m, NULL, &w);
	assert_true(
		ward_str_find(ward_wr_text(&w),
			WARD_STR("{\"kind\":\"answer\",\"ask\":\"takeover\",\"asset\":\"b\"")) !=
		SIZE_MAX);
	ward_wr_fini(&w);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas),
		cmocka_unit_test(the_best_answer),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
