/* evacuation.yml as people write it: what each mistake is told as, and that no failing allocation
 * leaks or is swallowed. */
#include "travel.h"

#include "evacuate/say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(name) cmocka_unit_test(name)

static const char head[] = "plan: Plan\nreviewed: 2026-01-01\nbrigade:\n"
			   "  {arrives: 5min, access: [{building: b, place: yard, text: Gate}]}\n"
			   "shifts: [{id: day, from: '06:00', to: '20:00'}, {id: night, from: "
			   "'20:00', to: '06:00'}]\n";
static const char body[] =
	"compartments:\n"
	"  - {id: a, name: East, places: [r-1], holds: 90min}\n"
	"  - {id: b, places: [g], area: 40}\n"
	"  - {id: c, places: [f], area: 40}\n"
	"doors:\n"
	"  - {id: x, between: [a, b], width: 1200, metres: 10}\n"
	"  - {door: d-1, between: [a, c], width: 1200, metres: 10}\n"
	"stairs: [{id: s, stops: [a, b, c], width: 1200, metres: 10}]\n"
	"lifts: [{lift: ahu-1, kind: evacuation, stops: [b, c], bed: true, metres: 3}]\n"
	"wards:\n"
	"  - {service: w-1, at: a, bed: 2, ventilated: 1, staff: {day: 4, night: 2},\n"
	"     spare: {day: 1}, shelter: 30min}\n"
	"  - {service: surgery, at: c, bed: 3, staff: 2}\n"
	"help: [{name: Team, staff: {night: 3}, arrives: 4min}]\n"
	"oxygen: [{id: v, name: Valve, place: r-2, serves: [a, b]}]\n"
	"hazards: [{kind: mri, place: r-1, text: Magnet}]\n";

static struct lab lab;

static int open_lab(void **state)
{
	(void)state;
	return lab_load(&lab, ward_mem_heap(), NULL, "more.yml", more) != WARD_OK;
}

static int close_lab(void **state)
{
	(void)state;
	lab_free(&lab);
	return 0;
}

/* Said by the check, and beside each time that it makes. */
static void unmeasured(void **state)
{
	char text[4096], *at;
	static const char stated[] = ", metres: 10}\n";
	struct ward_evac *e = NULL;
	struct ward_diag d;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	(void)state;
	(void)snprintf(text, sizeof(text), "%s%s", head, body);
	at = strstr(text, stated);
	assert_non_null(at);
	memmove(at, at + 12, strlen(at + 12) + 1);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(evac_parse(&lab, text, ward_mem_heap(), &d, &e), WARD_OK);
	assert_int_equal(d.n_warning, 1);
	for (size_t i = 0; i < d.n; i++)
		if (d.item[i].level == WARD_DIAG_WARNING)
			assert_true(ward_str_find(d.item[i].what,
					    WARD_STR("nobody says how far it is to 'x'")) == 0);
	assert_int_equal(ward_evac_assumed(e, e->compartment[0].building), 1);
	assert_int_equal(ward_evac_assumed(e, e->compartment[0].building + 1), 0);

	const struct ward_evac_ask ask = {
		.room = WARD_NONE, .at = 0, .threat = WARD_EVAC_FIRE, .shift = 0, .staff = -1};
	struct ward_evac_plan plan;
	struct ward_evac_say o = {.e = e, .ask = &ask, .plan = &plan, .to = &w};
	const uint32_t *building = &e->compartment[0].building;
	const struct ward_str say = WARD_STR("ASSUMED: 20 m for each door, stairs or lift of this "
					     "building whose length nobody has stated: 1 of them.");

	assert_int_equal(ward_evac_make(e, &ask, ward_mem_heap(), &plan), WARD_OK);
	ward_evac_write_text(&o);
	assert_true(ward_str_find(ward_wr_text(&w), say) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_evac_write_json(&o);
	assert_true(ward_str_find(ward_wr_text(&w),
			    WARD_STR("\"ways_assumed\":1,\"assumed_metres\":20")) != SIZE_MAX);
	ward_wr_reset(&w);
	ward_evac_write_sheet(&o, building, 1);
	assert_true(ward_str_find(ward_wr_text(&w), say) != SIZE_MAX);
	ward_wr_reset(&w);
	o.plan = NULL;
	o.ask = NULL;
	ward_evac_write_sheet(&o, building, 1);
	assert_true(ward_str_find(ward_wr_text(&w), say) != SIZE_MAX);
	ward_evac_plan_fini(&plan);
	ward_evac_free(e);
	ward_diag_fini(&d);
	ward_wr_fini(&w);
}

static void well_written(void **state)
{
	char text[4096];
	struct ward_evac *e = NULL;
	struct ward_diag d;

	(void)state;
	(void)snprintf(text, sizeof(text), "%s%s", head, body);
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(evac_parse(&lab, text, ward_mem_heap(), &d, &e), WARD_OK);
	assert_int_equal(d.n_error + d.n_warning, 0);
	assert_int_equal(e->n_compartment, 3);
	assert_int_equal(e->of[lab_node(&lab, "r-1")], 0);
	assert_int_equal(e->of[lab_node(&lab, "r-2")], 1); /* the rest of the floor */
	assert_int_equal(e->of[lab_node(&lab, "or-1")], 2);
	assert_int_equal(e->compartment[0].level, 0);
	assert_int_equal(e->compartment[2].level, -1);
	assert_int_equal(ward_evac_floors(e, 0, 2), 1);
	assert_int_equal(e->compartment[1].area_dm2, 4000);
	assert_int_equal(e->n_way, 4);
	assert_true(ward_str_eqz(e->way[1].id, "d-1"));
	assert_int_equal(e->way[3].lift, WARD_EVAC_LIFT_EVACUATION);
	assert_int_equal(e->ward[0].staff[1], 2);
	assert_int_equal(e->ward[1].staff[1], 2);
	assert_int_equal(e->ward[0].shelter, 1800000);
	assert_int_equal(e->help[0].staff[0], 0);
	assert_int_equal(e->brigade, 300000);
	assert_int_equal(e->travel.how[WARD_EVAC_BED].stairs_staff, 4);
	ward_evac_free(e);
	ward_diag_fini(&d);
}

/* Each takes the place of a part of the good file. */
static const struct {
	const char *part, *instead, *says;
} wrong[] = {
	{"plan: Plan\n", "", "'plan' is missing"},
	{"shifts: [{id: day, from: '06:00'", "shifts: [{id: day, from: '6 am'", "no time of day"},
	{"id: night", "id: day", "the shift is there twice"},
	{"{building: b,", "{building: z,", "no building 'z'"},
	{"places: [r-1]", "places: [r-9]", "no room or floor 'r-9'"},
	{"places: [r-1]", "places: r-1", "no list"},
	{"places: [r-1]", "places: [r-1, r-3]", "on another floor"},
	{"places: [r-1]", "places: [r-1, r-1]", "is in two compartments"},
	{"id: b, places", "id: a, places", "the compartment is there twice"},
	{"holds: 90min", "holds: soon", "'holds'"},
	{"holds: 90min", "hold: 90min", "hold"},
	{"holds: 90min", "kind: smoke", "within: does not fit the kind"},
	{"holds: 90min", "within: q", "within: does not fit the kind"},
	{"holds: 90min", "kind: steel", "'kind' can't be 'steel'"},
	{"between: [a, b]", "between: [a, q]", "no compartment 'q'"},
	{"between: [a, b]", "between: [a]", "does not join compartments"},
	{"between: [a, b]", "between: [a, a]", "stops there twice"},
	{"id: x,", "id: s,", "the way is there twice"},
	{"door: d-1", "door: d-9", "no door 'd-9'"},
	{"lift: ahu-1", "lift: d-1", "no asset 'd-1'"},
	{"width: 1200, metres: 10}\n", "metres: 10}\n", "'width' is missing"},
	{"bed: true, ", "", "'bed' is missing"},
	{"service: w-1", "service: w-7", "no service 'w-7'"},
	{"service: surgery, at: c", "service: w-1, at: a", "the ward is there twice"},
	{"bed: 2,", "bed: many,", "'bed' has the bad value"},
	{"spare: {day: 1}", "spare: {day: 9}", "more to spare than staff"},
	{"spare: {day: 1}", "spare: {noon: 1}", "no shift 'noon'"},
	{"spare: {day: 1}", "spare: {day: x}", "not a number of people"},
	{"arrives: 4min", "arrives: 300h", "over a day"},
	{"place: r-2, serves", "place: r-8, serves", "no room 'r-8'"},
	{"serves: [a, b]", "serves: []", "serves no compartment"},
	{"places: [f]", "places: [f, g]", "the floor is named twice: 'g'"},
	{"serves: [a, b]", "serves: [a, b, a]", "serves it twice: 'a'"},
	{"kind: mri", "kind: dragon", "'kind' can't be 'dragon'"},
	{"brigade:\n", "Brigade:\n", "Brigade"},
	/* warnings: the file still loads */
	{"stops: [a, b, c], width: 1200, metres: 10}]\nlifts: [{lift: ahu-1, kind: evacuation,",
		"stops: [a, b], width: 1200, metres: 10}]\nlifts: [{lift: ahu-1,", "one way out"},
	{"  - {service: surgery, at: c, bed: 3, staff: 2}\n", "",
		"has beds and no compartment: service 'surgery'"},
	{"bed: 3, staff", "bed: 30, staff", "more patients than beds"},
	{"to: '20:00'", "to: '19:00'", "no shift at 19:00"},
	{"places: [g]", "level: 0", "1 rooms are in no compartment, 'r-2' first"},
	{"area: 40}\n  - {id: c, places: [f], area: 40}",
		"area: 1}\n  - {id: c, places: [f], area: 1}",
		"have 1 m2 for those who need 10 m2"},
};

static void mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(wrong); i++) {
		char good[4096], text[4096];
		struct ward_evac *e = NULL;
		struct ward_diag d;
		bool told = false;

		(void)snprintf(good, sizeof(good), "%s%s", head, body);
		const char *at = strstr(good, wrong[i].part);

		if (!at)
			fail_msg("no '%s' in the good file", wrong[i].part);
		(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - good), good,
			wrong[i].instead, at + strlen(wrong[i].part));
		ward_diag_init(&d, ward_mem_heap());
		enum ward_err err = evac_parse(&lab, text, ward_mem_heap(), &d, &e);

		assert_int_equal(err == WARD_ERR_CONFIG, d.n_error > 0);
		for (size_t k = 0; k < d.n; k++) {
			told = told ||
			       ward_str_find(d.item[k].what, ward_str_z(wrong[i].says)) != SIZE_MAX;
			assert_true(d.item[k].mend.len > 0);
		}
		if (!told) {
			for (size_t k = 0; k < d.n; k++)
				print_message("said: %.*s\n", WARD_STR_ARG(d.item[k].what));
			fail_msg("'%s' is not told of '%s'", wrong[i].says, wrong[i].instead);
		}
		ward_evac_free(e);
		ward_diag_fini(&d);
	}
}

static void no_memory(void **state)
{
	char text[4096];

	(void)state;
	(void)snprintf(text, sizeof(text), "%s%s", head, body);
	for (uint64_t at = 1;; at++) {
		struct ward_mem_failing f;
		struct ward_evac *e = NULL;
		struct ward_diag d;

		ward_mem_failing_init(&f, at);
		ward_diag_init(&d, ward_mem_heap());
		enum ward_err err = evac_parse(&lab, text, &f.mem, &d, &e);

		ward_diag_fini(&d);
		ward_evac_free(e);
		if (!err)
			break;
		assert_int_equal(err, WARD_ERR_NOMEM);
	}
}

static void no_file(void **state)
{
	struct ward_evac *e = NULL;
	struct ward_diag d;

	(void)state;
	ward_diag_init(&d, ward_mem_heap());
	assert_int_equal(ward_evac_load("/nonexistent", "/nonexistent", lab.m, &lab.lim,
				 ward_mem_heap(), &d, &e),
		WARD_ERR_NOT_FOUND);
	assert_int_equal(d.n, 0);
	ward_diag_fini(&d);
}

/* A hospital sets them in limits.yml; what is beyond is told, and what an answer may take is kept.
 */
static void limits(void **state)
{
	static const struct {
		enum ward_limit limit;
		uint64_t v;
		const char *says;
	} row[] = {{WARD_LIMIT_EVACUATE_COMPARTMENTS, 2, "'compartments' is no list of at most 2"},
		{WARD_LIMIT_EVACUATE_WARDS, 1, "'wards' is no list of at most 1"},
		{WARD_LIMIT_EVACUATE_PATIENTS, 1, "'bed'"}, {WARD_LIMIT_EVACUATE_TRIPS, 77, NULL}};
	char text[4096];

	(void)state;
	(void)snprintf(text, sizeof(text), "%s%s", head, body);
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		struct ward_evac *e = NULL;
		struct ward_diag d;
		bool told = false;

		ward_diag_init(&d, ward_mem_heap());
		ward_limits_default(&lab.lim);
		lab.lim.v[row[i].limit] = row[i].v;
		enum ward_err err = evac_parse(&lab, text, ward_mem_heap(), &d, &e);

		for (size_t k = 0; k < d.n && row[i].says; k++)
			told = told ||
			       ward_str_find(d.item[k].what, ward_str_z(row[i].says)) != SIZE_MAX;
		assert_int_equal(err, row[i].says ? WARD_ERR_CONFIG : WARD_OK);
		assert_true(told == (row[i].says != NULL));
		assert_true(err || e->trips_max == 77);
		ward_evac_free(e);
		ward_diag_fini(&d);
	}
	ward_limits_default(&lab.lim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(well_written), T(unmeasured), T(mistakes), T(no_memory), T(no_file), T(limits)};

	return cmocka_run_group_tests(tests, open_lab, close_lab);
}
