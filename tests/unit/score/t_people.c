/* What is asked about staff and ways, in a hospital where the answers are known by hand. */
#include "../evacuate/travel_text.h"
#include "../impact/lab.h"

#include "score/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Two doors with readers on a corridor of unknown length. */
static const char hospital[] =
	"rooms:\n"
	"  - {id: r-1, name: R1, floor: f, class: room}\n"
	"  - {id: r-2, name: R2, floor: f, class: room}\n"
	"  - {id: long, name: Long, floor: f, class: room.corridor}\n"
	"  - {id: known, name: Known, floor: f, class: room.corridor, metres: 9}\n"
	"doors:\n"
	"  - {id: d-1, name: D1, class: door.controlled, from: r-1, to: long}\n"
	"  - {id: d-2, name: D2, class: door.controlled, from: long, to: r-2}\n"
	"services:\n"
	"  - {id: k, name: K, class: service.care, patients: 4, requires: [{of: [r-1]}]}\n"
	"  - {id: l, name: L, class: service.care, patients: 7, requires: [{of: [r-2]}]}\n";
static const char leave[] = "plan: P\nreviewed: 2026-01-01\n"
			    "brigade: {arrives: 10min}\n"
			    "shifts: [{id: day, name: Day, from: \"00:00\", to: \"00:00\"}]\n"
			    "compartments:\n"
			    "  - {id: a, places: [r-1]}\n"
			    "  - {id: b, places: [r-2], area: 100}\n"
			    "doors: [{id: x, name: X, between: [a, b], width: 1200}]\n"
			    "wards: [{service: k, at: a, bed: 4}]\n";

struct house {
	struct lab l;
	struct ward_evac *e;
	struct ward_score s;
};

static void make(struct house *h, const char *text)
{
	struct ward_diag diag;
	struct ward_limits lim;
	const struct ward_evac_text file[] = {
		{WARD_STR("travel.yml"), ward_str_bytes(ward_str_z(travel))},
		{WARD_STR("evacuation.yml"), ward_str_bytes(ward_str_z(text ? text : ""))}};

	lab_open(&h->l, hospital, "rules: []\n");
	ward_limits_default(&lim);
	ward_diag_init(&diag, ward_mem_heap());
	h->e = NULL;
	if (text && ward_evac_parse(&file[0], &file[1], h->l.m, &lim, ward_mem_heap(), &diag,
			    &h->e) != WARD_OK)
		fail_msg("%.*s", WARD_STR_ARG(diag.item[0].what));
	ward_diag_fini(&diag);
	const struct ward_score_world world = {h->l.m, h->l.m, h->l.e, h->e, ward_mem_heap(), 0};

	assert_int_equal(ward_score_make(&world, &h->s), WARD_OK);
}

static void unmake(struct house *h)
{
	ward_evac_free(h->e);
	lab_close(&h->l);
}

/* The question of that kind about that thing. */
static const struct ward_score_person *asked(
	const struct house *h, enum ward_score_people ask, const char *name)
{
	static const struct ward_score_person none = {.ask = WARD_SCORE_PEOPLE_N};

	for (size_t i = 0; i < h->s.n_person; i++)
		if (h->s.person[i].ask == ask && ward_str_eqz(h->s.person[i].name, name))
			return &h->s.person[i];
	return &none;
}

static void two(const struct ward_score_person *p, int64_t late, int64_t late_then, int64_t s,
	int64_t s_then)
{
	assert_int_not_equal(p->ask, WARD_SCORE_PEOPLE_N);
	assert_int_equal(p->late[0], late);
	assert_int_equal(p->late[1], late_then);
	assert_int_equal(p->ms[0], s * 1000);
	assert_int_equal(p->ms[1], s_then * 1000);
}

/* One alone moves no bed. Two go again and again: 20 s until a bed moves, 20 m that nobody has
 * stated, 5 s through the door, 10 s there, 20 m back: out after 75, 150, 225, 300 s, and 100 are
 * there. */
static void staff(void **state)
{
	struct house h;

	(void)state;
	make(&h, leave);
	const struct ward_score_person *p = asked(&h, WARD_SCORE_PEOPLE_STAFF, "K");

	two(p, 4, 3, 0, 300);
	assert_int_equal(p->low, 1);
	assert_int_equal(p->high, 2);
	assert_true(ward_str_eqz(p->shift, "Day"));
	assert_true(ward_str_eqz(p->place, "a"));
	assert_false(p->known);
	/* Of those in no plan, all are open: they come first. What was tried is as it was. */
	assert_int_equal(h.s.person[0].ask, WARD_SCORE_PEOPLE_WARD);
	assert_true(ward_str_eqz(h.s.person[0].name, "L"));
	assert_int_equal(h.s.person[0].late[0], 7);
	assert_int_equal(h.e->ward[0].staff[0], 0);
	unmake(&h);
}

/* 5 m: out after 60, 105, 150, 195 s; 60 m: the first after 115, the last after 580. */
static void ways(void **state)
{
	struct house h;
	char text[1024];

	(void)state;
	(void)snprintf(text, sizeof(text), "%.*s, staff: 2}]\n", (int)strlen(leave) - 3, leave);
	make(&h, text);
	two(asked(&h, WARD_SCORE_PEOPLE_WAY, "X"), 3, 4, 195, 580);
	assert_int_equal(h.e->way[0].mm, WARD_EVAC_METRES * 1000);
	assert_int_equal(
		asked(&h, WARD_SCORE_PEOPLE_STAFF, "K")->ask, WARD_SCORE_PEOPLE_N); /* said */
	unmake(&h);
}

/* Between two doors, one walk, at four metres a second. */
static void walks(void **state)
{
	struct house h;

	(void)state;
	make(&h, NULL);
	const struct ward_score_person *p = asked(&h, WARD_SCORE_PEOPLE_WALK, "Long");

	assert_int_equal(p->n_walk, 1);
	assert_int_equal(p->ms[0], 1250);
	assert_int_equal(p->ms[1], 15000);
	assert_int_equal(asked(&h, WARD_SCORE_PEOPLE_WALK, "Known")->ask, WARD_SCORE_PEOPLE_N);
	assert_int_equal(asked(&h, WARD_SCORE_PEOPLE_WARD, "K")->late[0], 4);
	unmake(&h);
}

static void texts(void **state)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	struct house h;

	(void)state;
	make(&h, leave);
	ward_score_write_text(&h.s, h.l.m, NULL, &w);
	assert_true(
		ward_str_find(ward_wr_text(&w),
			WARD_STR("When it burns there: patients too late with 1 staff: 4, the "
				 "last out after –; with 2 staff: 3, after 5 min.\n"
				 "    Write it into evacuation.yml:9, row k: staff, spare\n")) !=
		SIZE_MAX);
	ward_wr_reset(&w);
	ward_score_write_json(&h.s, h.l.m, NULL, &w);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("\"tried\":[1,2],\"assumed\":false,\"too_late\":[4,3],"
				     "\"ms\":[0,300000],")) != SIZE_MAX);
	ward_wr_fini(&w);
	unmake(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(staff),
		cmocka_unit_test(ways),
		cmocka_unit_test(walks),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
