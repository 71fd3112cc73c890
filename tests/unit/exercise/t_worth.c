/* What decisions were worth in a play: what they prevented, by whom, and the minutes of a service
 * that can be reckoned by hand. */
#include "exercise/worth.h"

#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define S WARD_NS_PER_S

static const char steps[] =
	"  - at: 1s\n"
	"    real: 10s\n"
	"    truth: {phase: find, by: [syslog]}\n"
	"  - at: 5s\n"
	"    real: 600s\n"
	"    id: off\n"
	"    note: The unit is switched off\n"
	"    truth: {phase: control, does: [{on: ahu-1, what: stops}]}\n"
	"  - at: 8s\n"
	"    real: 4200s\n"
	"    id: look\n"
	"    truth: {by: [syslog]}\n"
	"  - at: 9s\n"
	"    real: 4200s\n"
	"    id: warm\n"
	"    note: It is warm\n"
	"    truth: {by: [mqtt]}\n"
	"    mqtt: {source: sensors, kind: temperature, sensor: t-1, payload: {state: high}}\n"
	"  - at: 10s\n"
	"    real: 4200s\n"
	"    truth: {by: [syslog]}\n"
	"injects:\n"
	"  - id: again\n"
	"    title: It stops for a while\n"
	"    steps:\n"
	"      - {after: 0s, truth: {does: [{on: ahu-1, what: stops}]}}\n"
	"      - {after: 1s, truth: {does: [{on: ahu-1, what: starts}]}}\n"
	"branches:\n"
	"  - id: saved\n"
	"    note: It is not switched off\n"
	"    when: {contained: ahu-1, before: off}\n"
	"    without: [off, warm]\n"
	"  - id: mended\n"
	"    note: It runs again\n"
	"    when: {decided: by-hand, before: look}\n"
	"    without: [warm]\n"
	"    steps:\n"
	"      - {after: 0s, truth: {does: [{on: ahu-1, what: starts}]}}\n"
	"  - id: silent\n"
	"    note: Somebody answers\n"
	"    when: {acknowledged: engineer, before: off}\n"
	"    steps:\n"
	"      - {after: 0s, note: They say so, truth: {}}\n"
	"  - id: late\n"
	"    note: It is off, and does not get warm\n"
	"    when: {contained: ahu-1, before: warm}\n"
	"    without: [warm]\n";

static const char house[] = "assets:\n"
			    "  - {id: ahu-1, class: device.building.ahu}\n"
			    "services:\n"
			    "  - {id: surgery, class: service.support.facility, requires: [{of: "
			    "[ahu-1]}]}\n";

static struct stage st;
static struct ward_scenario *s;
static struct ward_course *c;
static struct ward_range *r;
static struct ward_arena a;
static struct ward_worth w;
static struct ward_str bad;

static struct ward_range *load(const char *text)
{
	struct ward_range *is = NULL;

	assert_int_equal(ward_range_parse(WARD_STR("house.yml"), ward_str_bytes(ward_str_z(text)),
				 &st.lab.lim, ward_mem_heap(), &st.d, &is),
		WARD_OK);
	return is;
}

static int setup(void **state)
{
	(void)state;
	stage_open(&st);
	s = stage_steps(&st, steps);
	ward_arena_init(&a, ward_mem_heap(), 64 << 20);
	assert_int_equal(ward_course_new(ward_mem_heap(), s, &c), WARD_OK);
	r = load(house);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ward_range_free(r);
	ward_course_free(c);
	ward_arena_fini(&a);
	ward_scenario_free(s);
	stage_close(&st);
	return 0;
}

static void take(struct ward_course_entry e)
{
	const char *why;

	assert_int_equal(ward_course_take(c, &e, &why), WARD_OK);
}

static void decide(enum ward_lead_decided what, const char *of, const char *by, const char *text)
{
	take((struct ward_course_entry){.what = WARD_COURSE_DECIDE,
		.played = S,
		.decided = what,
		.of = ward_str_z(of),
		.by = ward_str_z(by),
		.text = ward_str_z(text)});
}

/* All that comes of itself. */
static void play(void)
{
	struct ward_course_entry e;

	while (ward_course_next(c, &e))
		take(e);
	assert_int_equal(ward_worth_find(c, &a, &w), WARD_OK);
	assert_int_equal(ward_worth_reckon(&w, r, &a, &bad), WARD_OK);
}

/* Within the ten seconds of a step of the physics. */
static void about(ward_ns is, ward_ns should)
{
	assert_in_range((uint64_t)(is - should + 60 * S), 40 * S, 80 * S);
}

static const ward_ns day = 24 * 3600 * S;

static void nobody_decides(void **state)
{
	(void)state;
	play();
	assert_int_equal(w.n_branch, 0);
	assert_false(w.reckoned); /* there is nothing to compare with */
}

static void prevented(void **state)
{
	(void)state;
	decide(WARD_LEAD_CONTAINED, "", "engineers", "policy");
	play();
	assert_int_equal(w.n_branch, 1);
	const struct ward_worth_branch *b = &w.branch[0];

	assert_true(ward_str_eqz(b->is->id, "saved"));
	assert_int_equal(ward_course_way(c, 3), WARD_COURSE_NOT_TAKEN); /* it is too late for it */
	assert_true(ward_str_eqz(b->by, "engineers"));
	assert_true(b->policy);
	assert_int_equal(b->decided, S);
	assert_int_equal(b->n_prevented, 2);
	assert_true(ward_str_eqz(w.step[b->prevented[0]].note, "The unit is switched off"));
	assert_true(w.reckoned);
	assert_int_equal(w.n_service, 1);
	assert_true(w.service[0].hit[WARD_WORTH_WITHOUT]);
	assert_false(w.service[0].hit[WARD_WORTH_PLAYED]);
	about(w.service[0].at[WARD_WORTH_WITHOUT], 600 * S); /* when the story has it */
	about(w.away[WARD_WORTH_WITHOUT], day - 600 * S);
	assert_int_equal(w.away[WARD_WORTH_PLAYED], 0);
	assert_int_equal(ward_worth_saved(&w, b), w.away[WARD_WORTH_WITHOUT]);
}

/* An early branch and a late one on the same thing: only one of them can be true. */
static void early_or_late(void **state)
{
	struct ward_course_entry e;

	(void)state;
	for (;;) {
		assert_true(ward_course_next(c, &e));
		if (e.what == WARD_COURSE_STEP && e.index == 2)
			break;
		take(e);
	}
	decide(WARD_LEAD_CONTAINED, "ahu-1", "x", "");
	play();
	assert_int_equal(ward_course_way(c, 0), WARD_COURSE_NOT_TAKEN); /* it was off by then */
	assert_int_equal(ward_course_way(c, 3), WARD_COURSE_TAKEN);
	assert_int_equal(w.n_branch, 1);
	assert_int_equal(w.branch[0].n_prevented, 1);
	assert_true(ward_str_eqz(w.step[w.branch[0].prevented[0]].note, "It is warm"));
}

/* It was done, and undone: only what came after is saved. */
static void mended(void **state)
{
	(void)state;
	decide(WARD_LEAD_DECIDED, "by-hand", "t-villa", "");
	play();
	assert_int_equal(w.n_branch, 1);
	assert_false(w.branch[0].policy);
	assert_true(ward_str_eqz(w.branch[0].by, "t-villa"));
	about(w.away[WARD_WORTH_PLAYED], 3600 * S);
	about(ward_worth_saved(&w, &w.branch[0]), day - 4200 * S);
}

/* Two of them: each for itself, and a step is prevented once. */
static void both(void **state)
{
	(void)state;
	decide(WARD_LEAD_CONTAINED, "ahu-1", "", "");
	decide(WARD_LEAD_DECIDED, "by-hand", "t-villa", "");
	play();
	assert_int_equal(w.n_branch, 2);
	assert_int_equal(w.branch[0].n_prevented, 2);
	assert_int_equal(w.branch[1].n_prevented, 0);
	assert_int_equal(w.branch[0].by.len, 0); /* by the record, which says no name */
	about(w.away[WARD_WORTH_WITHOUT], day - 600 * S);
	assert_int_equal(w.away[WARD_WORTH_PLAYED], 0);
	about(ward_worth_saved(&w, &w.branch[0]), 3600 * S); /* the other would have mended it */
	assert_int_equal(ward_worth_saved(&w, &w.branch[1]), 0);
}

/* A branch that does nothing to the hospital is worth what nobody knows. */
static void silent(void **state)
{
	(void)state;
	decide(WARD_LEAD_ACKNOWLEDGED, "engineer", "engineer", "");
	play();
	assert_int_equal(w.n_branch, 1);
	assert_false(w.branch[0].says);
	assert_false(w.reckoned);
}

/* What a trainer brings in, twice, is in both. */
static void brought(void **state)
{
	(void)state;
	decide(WARD_LEAD_CONTAINED, "ahu-1", "x", "");
	take((struct ward_course_entry){.what = WARD_COURSE_INJECT, .played = 2 * S});
	struct ward_course_entry e;

	for (unsigned i = 0; i < 3; i++) {
		assert_true(ward_course_next(c, &e));
		take(e);
	}
	play();
	assert_int_equal(w.acts[WARD_WORTH_PLAYED].n, 2);
	assert_int_equal(w.acts[WARD_WORTH_WITHOUT].n, 3);
	for (size_t i = 1; i < 3; i++)
		assert_true(w.acts[WARD_WORTH_WITHOUT].act[i].at >=
			    w.acts[WARD_WORTH_WITHOUT].act[i - 1].at);
	assert_true(w.away[WARD_WORTH_PLAYED] > 0);
	assert_true(w.away[WARD_WORTH_PLAYED] < w.away[WARD_WORTH_WITHOUT]);
}

static void unknown(void **state)
{
	struct ward_range *other = load("assets:\n  - {id: ahu-2, class: device.building.ahu}\n");
	char text[8192];
	struct ward_wr to = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(&to);

	(void)state;
	decide(WARD_LEAD_CONTAINED, "ahu-1", "x", "");
	play();
	w.reckoned = false;
	assert_int_equal(ward_worth_reckon(&w, other, &a, &bad), WARD_ERR_NOT_FOUND);
	assert_true(ward_str_eqz(bad, "ahu-1"));
	assert_false(w.reckoned);
	ward_worth_write(&w, &j); /* what was prevented is known all the same */
	assert_true(ward_str_find(ward_wr_text(&to),
			    WARD_STR("\"saved_ms\":null,\"prevented\":"
				     "[{\"step\":2,\"story_ms\":600000")) != SIZE_MAX);
	ward_range_free(other);
}

static void little_memory(void **state)
{
	(void)state;
	decide(WARD_LEAD_CONTAINED, "ahu-1", "x", "");
	play();
	for (size_t most = 1; most < 2048; most += 64) {
		struct ward_arena few;
		struct ward_worth x = {.n_branch = 77};

		ward_arena_init(&few, ward_mem_heap(), most);
		enum ward_err err = ward_worth_find(c, &few, &x);

		assert_true(err == WARD_OK || (err == WARD_ERR_NOMEM && x.n_branch == 77));
		if (!err)
			err = ward_worth_reckon(&x, r, &few, &bad);
		assert_true(err == WARD_OK || (err == WARD_ERR_NOMEM && !x.reckoned));
		ward_arena_fini(&few);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(nobody_decides), T(prevented), T(early_or_late),
		T(mended), T(both), T(silent), T(brought), T(unknown), T(little_memory)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
