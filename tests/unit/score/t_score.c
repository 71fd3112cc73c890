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

static enum ward_err make(const struct ward_model *m, const struct ward_model *trial,
	struct ward_engine *e, struct ward_evac *evac, struct ward_score *ret)
{
	const struct ward_score_world world = {m, trial, e, evac, ward_mem_heap(), 0};

	return ward_score_make(&world, ret);
}

static void score(struct lab *l, struct ward_score *s)
{
	lab_open(l, hospital, rules);
	assert_int_equal(make(l->m, l->m, l->e, NULL, s), WARD_OK);
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

/* Node WARD_NONE: there is none. */
static const struct ward_score_answer *find(
	const struct ward_score *s, enum ward_score_ask ask, uint32_t node)
{
	static const struct ward_score_answer none = {.node = WARD_NONE};

	for (size_t i = 0; i < s->n_answer; i++)
		if (s->answer[i].ask == ask && s->answer[i].node == node)
			return &s->answer[i];
	return &none;
}

/* Its two forecasts, in care units, and how many conclusions differ. */
static void two(const struct ward_score_answer *a, int64_t first, int64_t second, uint32_t changed)
{
	assert_int_not_equal(a->node, WARD_NONE);
	assert_int_equal(a->lost_micro[0], first * 1000000);
	assert_int_equal(a->lost_micro[1], second * 1000000);
	assert_int_equal(a->changed, changed);
}

/* k loses 600 an hour: b's outage costs the 24 h of the day; a's, which is back after 2 h, that
 * from 10 to 11. */
static void the_best_answer(void **state)
{
	struct ward_score s;
	struct lab l;

	(void)state;
	score(&l, &s);
	uint32_t a = ward_model_find(l.m, WARD_STR("a")), b = ward_model_find(l.m, WARD_STR("b"));
	uint32_t k = ward_model_find(l.m, WARD_STR("k"));

	assert_int_equal(s.n_incident, 2);
	assert_int_equal(s.incident[0].node, b);
	assert_int_equal(s.incident[1].node, a);
	two(find(&s, WARD_SCORE_ASK_TAKEOVER, b), 14400 + 600, 0, 2);
	two(find(&s, WARD_SCORE_ASK_TAKEOVER, a), 14400 + 600, 14400, 1);
	/* b is back after 30 min, or not that day; it is not open of a, which says it. */
	two(find(&s, WARD_SCORE_ASK_RECOVERY, b), 300 + 600, 14400 + 600, 0);
	assert_int_equal(find(&s, WARD_SCORE_ASK_RECOVERY, a)->node, WARD_NONE);
	/* Borne for 30 min: what comes after that; for 24 h: nothing. */
	two(find(&s, WARD_SCORE_ASK_TOLERANCE, k), (14400 - 300) + 300, 0, 2);
	/* By office hours 9 h, 1 h and a tenth of 14 h of the day count. */
	two(find(&s, WARD_SCORE_ASK_HOURS, k), 6840 + 600, 14400 + 600, 0);
	/* k's 10 is only assumed; the least and the most that services say is 10 and 99. */
	two(find(&s, WARD_SCORE_ASK_WEIGHT, k), 15000, 148500, 0);
	assert_true(find(&s, WARD_SCORE_ASK_WEIGHT, k)->known);
	static const enum ward_score_ask order[] = {WARD_SCORE_ASK_WEIGHT, WARD_SCORE_ASK_TAKEOVER,
		WARD_SCORE_ASK_TOLERANCE, WARD_SCORE_ASK_RECOVERY, WARD_SCORE_ASK_HOURS,
		WARD_SCORE_ASK_TAKEOVER};

	assert_int_equal(s.n_answer, WARD_ARRAY_LEN(order));
	for (size_t i = 0; i < WARD_ARRAY_LEN(order); i++)
		assert_int_equal(s.answer[i].ask, order[i]);
	assert_int_equal(find(&s, WARD_SCORE_ASK_TAKEOVER, b)->incident.node, b);
	assert_int_equal(s.n_asked, 6 + 1); /* and where the patients of l are led */
	assert_int_equal(s.n_could, 6 + 1);
	assert_int_equal(s.n_run, 2 + 2 + 2 * (1 + 2));
	lab_close(&l);
}

/* `a` feeds r-1, and nothing feeds r-2, which is of its class: is it fed by a, too? */
static const char rooms[] =
	"rooms:\n"
	"  - {id: r-1, name: R1, floor: f, class: room.technical}\n"
	"  - {id: r-2, name: R2, floor: f, class: room.technical}\n"
	"assets:\n"
	"  - {id: a, name: A, class: device.n.a}\n"
	"services:\n"
	"  - {id: j, name: J, class: service.care, criticality: 4, weight: 1, requires: [{of: "
	"[r-1]}]}\n"
	"  - {id: k, name: K, class: service.care, criticality: 5, weight: 10, requires: [{of: "
	"[r-2]}]}\n"
	"facts:\n"
	"  - {on: j, as_of: 2025-01-01, by: x, half_life: 30d}\n"
	"  - {on: a, as_of: 2026-01-01, by: x, half_life: 30d}\n"
	"relations:\n"
	"  - {from: a, relation: powers, to: r-1}\n";
static const char warm[] =
	"rules:\n"
	"  - {id: warm, when: {threat: outage, class: device}, relation: powers, to: {class: "
	"room}, gives: heat, likelihood: 1, why: w}\n"
	"  - {id: shut, when: {threat: heat, class: room}, relation: self, gives: outage, "
	"likelihood: 1, why: w}\n";

static void what_is_missing(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct ward_score s, plain;
	struct lab l, trial;

	(void)state;
	lab_open(&l, rooms, warm);
	ward_score_trial(l.m, &w);
	ward_wr_ch(&w, '\0');
	const char *added = strstr((const char *)w.p, "relations:\n");
	char text[4096];

	assert_non_null(added);
	snprintf(text, sizeof(text), "%s%s", rooms, added + strlen("relations:\n"));
	lab_open(&trial, text, warm);
	assert_int_equal(make(l.m, trial.m, trial.e, NULL, &s), WARD_OK);
	assert_int_equal(make(l.m, l.m, l.e, NULL, &plain), WARD_OK);
	uint32_t a = ward_model_find(l.m, WARD_STR("a")),
		 r1 = ward_model_find(l.m, WARD_STR("r-1"));
	uint32_t j = ward_model_find(l.m, WARD_STR("j"));
	const struct ward_score_answer *fed =
		find(&s, WARD_SCORE_ASK_RELATION, ward_model_find(l.m, WARD_STR("r-2")));
	const struct ward_score_answer *guard = find(&s, WARD_SCORE_ASK_PROTECTED, r1);

	two(fed, 1440, 15840, 1);
	assert_int_equal(fed->other, a);
	assert_int_equal(fed->rel, WARD_REL_POWERS);
	two(guard, 1440, 0, 1);
	assert_true(ward_str_eqz(
		ward_threats_at(ward_model_threats(l.m), guard->threat)->code, "heat"));
	/* What the trial adds changes no other answer. */
	two(find(&plain, WARD_SCORE_ASK_WEIGHT, j), 1440, 14400, 0);
	assert_int_equal(find(&plain, WARD_SCORE_ASK_RELATION, fed->node)->node, WARD_NONE);
	/* What is a year old with a half-life of a month counts half, and is asked again. */
	assert_int_equal(s.row[WARD_SCORE_AGE].n, 2);
	assert_int_equal(s.row[WARD_SCORE_AGE].stated, 1);
	assert_int_equal(s.row[WARD_SCORE_AGE].missing[0], j);
	assert_int_equal(s.row[WARD_SCORE_WEIGHT].assumed, 1);
	two(find(&s, WARD_SCORE_ASK_WEIGHT, j), 1440, 14400, 0);
	/* In 2027 nobody has looked again: all are old, however many there are of one day. */
	struct ward_score_world later = {.m = l.m,
		.trial = trial.m,
		.e = trial.e,
		.mem = ward_mem_heap(),
		.now = (ward_ns)1798761600 * WARD_NS_PER_S};

	assert_int_equal(ward_score_make(&later, &s), WARD_OK);
	assert_int_equal(s.row[WARD_SCORE_AGE].stated, 0);
	assert_int_equal(s.as_of, later.now);
	ward_wr_fini(&w);
	lab_close(&trial);
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
	/* Where it is written: the row of k, its key. */
	assert_true(ward_str_find(ward_wr_text(&w), WARD_STR("\"line\":14,\"keys\":\"mtpd\"}")) !=
		    SIZE_MAX);
	ward_wr_fini(&w);
	lab_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas),
		cmocka_unit_test(the_best_answer),
		cmocka_unit_test(what_is_missing),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
