#include "made.h"

#include "sense/video/plan_json.h"

struct lab {
	struct ward_arena arena;
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_plan plan;
	enum ward_err err;
};

static void read(struct lab *l, const char *yaml)
{
	ward_limits_default(&l->lim);
	ward_arena_init(&l->arena, ward_mem_heap(), 1 << 22);
	ward_diag_init(&l->diag, ward_mem_heap());
	l->err = ward_plan_read(&l->arena, &l->lim, WARD_STR("p.yml"),
		ward_str_bytes(ward_str_z(yaml)), &l->diag, &l->plan);
}

static void end(struct lab *l)
{
	ward_diag_fini(&l->diag);
	ward_arena_fini(&l->arena);
}

/* Written and read again it is the same: so is what is written of that. */
static void read_again(const struct lab *l, struct lab *again)
{
	struct ward_wr first = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_wr second = ward_wr_grow(ward_mem_heap(), 1 << 16);

	ward_plan_write(&l->plan, &first);
	ward_wr_ch(&first, 0);
	read(again, (const char *)first.p);
	assert_int_equal(again->err, WARD_OK);
	ward_plan_write(&again->plan, &second);
	ward_wr_ch(&second, 0);
	assert_string_equal(first.p, second.p);
	ward_wr_fini(&first);
	ward_wr_fini(&second);
}

/* For a page: all that it says, lengths in seconds, days by their number. */
static void test_json(void **state)
{
	struct lab l;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_json j = ward_json_on(&w);

	(void)state;
	read(&l, "zones:\n"
		 "  - id: z\n"
		 "    polygon: [[0.25, 0], [1, 0], [1, 1]]\n"
		 "    loiter: 1500ms\n"
		 "    hours: [{days: sat-sun, from: 20:00, to: 06:00}]\n"
		 "lines:\n"
		 "  - {id: l, from: [0, 0.5], to: [1, 0.5], door: D1, wrong_way: out}\n"
		 "masks: [{id: m, polygon: [[0, 0], [1, 0], [1, 1]]}]\n");
	assert_int_equal(l.err, WARD_OK);
	ward_plan_json(&l.plan, &j);
	ward_wr_ch(&w, 0);
	assert_string_equal(w.p,
		"{\"camera\":\"\",\"utc_offset_s\":0,\"left_s\":60,\"patient_room\":false,"
		"\"perspective\":false,\"zones\":[{\"id\":\"z\",\"points\":[[0.25,0],[1,0],[1,1]],"
		"\"hours\":[{\"days\":[5,6],\"from\":\"20:00\",\"to\":\"06:00\"}],\"intrusion\":"
		"false,"
		"\"loiter_s\":1.5,\"left_s\":0,\"crowd\":0,\"fall\":false,\"agitation\":false,"
		"\"smoke\":false,\"alive_s\":0,\"inertia_s\":0.6,\"displacement\":0.1}],\"lines\":["
		"{\"id\":\"l\","
		"\"points\":[[0,0.5],[1,0.5]],\"door\":\"D1\",\"wrong_way\":\"out\"}],\"masks\":[{"
		"\"id\":\"m\",\"points\":[[0,0],[1,0],[1,1]],\"hours\":[]}]}");
	ward_wr_fini(&w);
	end(&l);
}

static void test_whole(void **state)
{
	struct lab l;

	(void)state;
	read(&l, "camera: C-1\n"
		 "utc_offset: \"+01:00\"\n"
		 "left: 0s\n"
		 "zones:\n"
		 "  - id: pharmacy\n"
		 "    polygon: [[0.25, 0.00001], [1, 0], [1, 1], [0.25, 1]]\n"
		 "    intrusion: true\n"
		 "    loiter: 45s\n"
		 "    left: 2min\n"
		 "    inertia: 1s\n"
		 "    displacement: 0.2\n"
		 "    hours: [{days: sat-mon, from: 20:00, to: 06:00}, {from: 12:00, to: 12:30}]\n"
		 "lines:\n"
		 "  - {id: door, from: [0, 0.5], to: [1, 0.5], door: AU-D1, wrong_way: out}\n"
		 "masks:\n"
		 "  - {id: \"ward: 3\", polygon: [[0, 0], [0.5, 0], [0.5, 1]]}\n"
		 "  - id: till\n"
		 "    polygon: [[0.5, 0], [1, 0], [1, 1]]\n"
		 "    hours: [{from: 08:00, to: 17:00}]\n");
	assert_int_equal(l.err, WARD_OK);
	const struct ward_plan_zone *z = &l.plan.zone[0];

	assert_int_equal(l.plan.n_zone, 1);
	assert_int_equal(l.plan.utc_offset_s, 3600);
	assert_int_equal(l.plan.left, 0);
	assert_true(ward_str_eqz(l.plan.camera, "C-1") && ward_str_eqz(z->id, "pharmacy"));
	assert_true(z->intrusion && z->loiter == 45 * WARD_NS_PER_S &&
		    z->left == 120 * WARD_NS_PER_S && z->inertia == WARD_NS_PER_S &&
		    z->displacement == 0.2F);
	assert_int_equal(z->n_hours, 2);
	assert_int_equal(z->hours[0].days, 0x61); /* saturday, sunday, monday */
	assert_int_equal(z->hours[1].days, 0x7f);
	assert_true(ward_str_eqz(l.plan.line[0].door, "AU-D1") &&
		    ward_str_eqz(l.plan.line[0].wrong_way, "out"));
	assert_int_equal(l.plan.n_mask, 2);
	assert_true(ward_str_eqz(l.plan.mask[0].id, "ward: 3") && l.plan.mask[0].n == 3);
	assert_int_equal(l.plan.mask[1].n_hours, 1);

	struct lab again;

	read_again(&l, &again);
	assert_memory_equal(again.plan.zone[0].at, z->at, sizeof(z->at));
	assert_memory_equal(again.plan.zone[0].hours, z->hours, sizeof(z->hours));
	assert_true(again.plan.zone[0].displacement == z->displacement &&
		    again.plan.zone[0].loiter == z->loiter && again.plan.left == 0 &&
		    again.plan.n_mask == 2 && ward_str_eqz(again.plan.mask[0].id, "ward: 3"));
	end(&again);
	end(&l);
}

static void test_cues(void **state)
{
	struct lab l, again;

	(void)state;
	read(&l, "perspective: {floor: [[0.4, 0.3], [0.6, 0.3], [0.9, 1], [0.1, 1]], metres: [3, "
		 "7.5]}\n"
		 "zones:\n"
		 "  - id: hall\n"
		 "    polygon: [[0, 0], [1, 0], [1, 1]]\n"
		 "    crowd: 8\n"
		 "    fall: true\n"
		 "    agitation: true\n"
		 "    smoke: true\n");
	assert_int_equal(l.err, WARD_OK);
	assert_true(l.plan.zone[0].crowd == 8 && l.plan.zone[0].fall && l.plan.zone[0].agitation &&
		    l.plan.zone[0].smoke);
	assert_true(l.plan.perspective.width == 3 && l.plan.perspective.depth == 7.5F);
	assert_int_equal(ward_plan_fps(&l.plan), WARD_PLAN_FPS_OF_BODIES);
	assert_int_equal(
		ward_plan_zones_at(&l.plan, (struct ward_point){0.9F, 0.5F}, ward_plan_of_fall), 1);
	read_again(&l, &again);
	assert_memory_equal(
		&again.plan.perspective, &l.plan.perspective, sizeof(l.plan.perspective));
	assert_true(again.plan.zone[0].crowd == 8 && again.plan.zone[0].fall &&
		    again.plan.zone[0].agitation && again.plan.zone[0].smoke);
	end(&again);
	end(&l);
	read(&l, "perspective: {persons: [[0.9, 0.5], [0.4, 0.2]]}\n");
	assert_int_equal(l.err, WARD_OK);
	assert_int_equal(l.plan.perspective.n_person, 2);
	assert_true(l.plan.perspective.person[0].foot == 0.4F); /* the upper row first */
	assert_int_equal(ward_plan_fps(&l.plan), 1);
	read_again(&l, &again);
	assert_memory_equal(again.plan.perspective.person, l.plan.perspective.person,
		sizeof(l.plan.perspective.person));
	end(&again);
	end(&l);
}

/* In a patient room bodies are not judged, whoever says that it is one: the plan, or the model. */
static void test_patient_room(void **state)
{
	static const char zones[] = "zones:\n"
				    "  - {id: a, smoke: true, polygon: [[0, 0], [1, 0], [1, 1]]}\n"
				    "  - {id: b, fall: true, polygon: [[0, 0], [1, 0], [1, 1]]}\n"
				    "  - {id: c, agitation: true, polygon: [[0, 0], [1, 0], [1, "
				    "1]]}\n";
	char yaml[512];
	struct lab l;

	(void)state;
	(void)snprintf(yaml, sizeof(yaml), "%spatient_room: true\n", zones);
	read(&l, yaml);
	assert_int_equal(l.err, WARD_ERR_CONFIG);
	assert_int_equal(l.diag.n, 2);
	assert_true(l.diag.item[0].line == 3 && l.diag.item[1].line == 4);
	end(&l);
	read(&l, zones);
	assert_int_equal(l.err, WARD_OK);
	assert_int_equal(
		ward_plan_in_patient_room(&l.plan, WARD_STR("p.yml"), WARD_STR("room 12"), &l.diag),
		WARD_ERR_CONFIG);
	assert_int_equal(l.diag.n, 2);
	assert_true(ward_str_find(l.diag.item[0].what, WARD_STR("room 12")) != SIZE_MAX);
	assert_int_equal(
		ward_plan_of_keyframes(&l.plan, WARD_STR("p.yml"), &l.diag), WARD_ERR_CONFIG);
	assert_true(l.diag.n == 4 && l.diag.item[2].line == 3);
	end(&l);
	read(&l, "patient_room: true\nzones:\n"
		 "  - {id: a, smoke: true, polygon: [[0, 0], [1, 0], [1, 1]]}\n");
	assert_int_equal(l.err, WARD_OK);
	end(&l);
}

#define ZONE "zones:\n  - id: a\n    intrusion: true\n    polygon: "
#define GOOD "[[0, 0], [1, 0], [1, 1]]\n"

static const struct {
	const char *yaml;
	uint32_t line;
	const char *says;
} mistakes[] = {
	{"[]\n", 1, "no plan of a camera"},
	{"", 1, "no plan of a camera"},
	{"zone: []\n", 1, "zone"},
	{"zones: 5\n", 1, "no list"},
	{"zones: [5]\n", 1, "not what belongs here"},
	{"zones:\n  - polygon: " GOOD "    loiter: 5s\n", 2, "id"},
	{"zones:\n  - id: ''\n    polygon: " GOOD "    loiter: 5s\n", 2, "empty text"},
	{"zones:\n  - id: a\n    polygon: " GOOD, 2, "watches for nothing"},
	{"zones:\n  - id: a\n    loiter: 5s\n", 2, "'polygon'"},
	{ZONE "[[0, 0], [1, 0]]\n", 4, "'polygon'"},
	{ZONE "[[0, 0], [1, 0], 5]\n", 4, "no point"},
	{ZONE "[[0, 0], [1, 0], [1, 2]]\n", 4, "no point"},
	{ZONE "[[0, 0], [1, 0], [1, -1]]\n", 4, "no point"},
	{ZONE "[[0, 0], [0.5, 0.5], [1, 1]]\n", 4, "no area"},
	{ZONE GOOD "    loiter: 500ms\n", 5, "too short"},
	{ZONE GOOD "    loiter: 25h\n", 5, "too short or too long"},
	{ZONE GOOD "    crowd: 20\n", 5, "how tall"},
	{ZONE GOOD "    crowd: 1\n", 5, "crowd"},
	{ZONE GOOD "    fall: 1\n", 5, "fall"},
	{"perspective: 5\n", 1, "by persons or by the floor"},
	{"perspective: {}\n", 1, "by persons or by the floor"},
	{"perspective: {persons: 5}\n", 1, "one or two"},
	{"perspective: {persons: [5]}\n", 1, "no person"},
	{"perspective: {persons: [[0.5, 0]]}\n", 1, "no person"},
	{"perspective: {persons: [[0.5, 0.5], [0.51, 0.6]]}\n", 1, "how size grows"},
	{"perspective: {persons: [[0.5, 0.5], [0.9, 0.2]]}\n", 1, "how size grows"},
	{"perspective: {floor: [[0, 0]], metres: [1, 1]}\n", 1, "four points"},
	{"perspective: {floor: [[0, 0], [1, 0], [1, 1], [0, 1]]}\n", 1, "sides"},
	{"perspective: {floor: [[0, 0], [1, 0], [1, 1], [0, 1]], metres: [1, 0]}\n", 1, "sides"},
	{"perspective: {floor: [[0, 0], [1, 0], [1, 1], [0, 1]], metres: [1, 1.25]}\n", 1, "sides"},
	{"perspective: {floor: [[0, 0], [0, 1], [1, 1], [1, 0]], metres: [3, 3]}\n", 1,
		"no rectangle"},
	{"perspective: {floor: [[0, 0], [1, 0], [0, 1], [1, 1]], metres: [3, 3]}\n", 1,
		"no rectangle"},
	{ZONE GOOD "    hours: []\n", 5, "'hours'"},
	{ZONE GOOD "    hours: [5]\n", 5, "no hours"},
	{ZONE GOOD "    hours: [{days: mo, from: 01:00, to: 02:00}]\n", 5, "days"},
	{ZONE GOOD "    hours: [{from: 1:0, to: 02:00}]\n", 5, "times of day"},
	{ZONE GOOD "    hours: [{from: 25:00, to: 02:00}]\n", 5, "times of day"},
	{"zones:\n  - id: a\n    smoke: true\n    polygon: [[0.2, 0.2], [0.3, 0.2], [0.25, 0.4]]\n",
		3, "too small for 'smoke'"},
	{"zones:\n  - id: a\n    intrusion: true\n    fall: true\n"
	 "    polygon: [[0.2, 0.201], [0.9, 0.201], [0.9, 0.204], [0.2, 0.204]]\n",
		4, "too small for 'fall'"},
	{ZONE GOOD "  - id: a\n    intrusion: true\n    polygon: " GOOD, 5, "already"},
	{"lines: [{id: a, from: [0, 0]}]\n", 1, "'from' and 'to'"},
	{"lines: [{id: a, from: [0, 0], to: [0.01, 0]}]\n", 1, "too short"},
	{"lines: [{id: a, from: [0, 0], to: [1, 0], wrong_way: up}]\n", 1, "in or out"},
	{"lines: [{id: a, from: [0, 0], to: [1, 0]},\n {id: a, from: [0, 0], to: [1, "
	 "0]}]\n",
		2, "already"},
	{"masks: [{id: a}]\n", 1, "a mask needs 'polygon'"},
	{"masks: [{id: a, polygon: [[0, 0], [1, 0], [1, 1]], loiter: 5s}]\n", 1, "loiter"},
	{"masks:\n  - id: a\n    polygon: " GOOD "  - id: a\n    polygon: " GOOD, 4, "already"},
	{"utc_offset: 1\n", 1, "offset"},
	{"utc_offset: \"+15:00\"\n", 1, "offset"},
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(mistakes); i++) {
		struct lab l;
		struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
		bool found = false;

		read(&l, mistakes[i].yaml);
		for (size_t k = 0; k < l.diag.n; k++) {
			const struct ward_diag_item *d = &l.diag.item[k];

			ward_wr_reset(&w);
			ward_wr_str(&w, d->what);
			ward_wr_str(&w, d->mend);
			found = found || (d->line == mistakes[i].line &&
						 ward_str_find(ward_wr_text(&w),
							 ward_str_z(mistakes[i].says)) != SIZE_MAX);
		}
		if (l.err != WARD_ERR_CONFIG || !found)
			fail_msg("row %zu: %s", i, mistakes[i].yaml);
		ward_wr_fini(&w);
		end(&l);
	}
}

static void test_inside(void **state)
{
	/* an L: the upper right quarter is not in it */
	const struct ward_plan_zone z = {
		.n = 6, .at = {{0, 0}, {0.5F, 0}, {0.5F, 0.5F}, {1, 0.5F}, {1, 1}, {0, 1}}};
	static const struct {
		float x, y;
		bool in;
	} rows[] = {{0.25F, 0.25F, true}, {0.75F, 0.25F, false}, {0.75F, 0.75F, true}, {0, 0, true},
		{1, 1, true}, {0.5F, 0.25F, true}, {0.51F, 0.49F, false}, {1, 0, false}};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++)
		if (ward_plan_inside(&z, (struct ward_point){rows[i].x, rows[i].y}) != rows[i].in)
			fail_msg("%zu", i);
}

static void test_lines(void **state)
{
	const struct ward_plan_line l = {.from = {0.2F, 0.5F}, .to = {0.8F, 0.5F}};
	const struct ward_point above = {0.5F, 0.4F}, below = {0.5F, 0.7F}, far = {0.9F, 0.7F},
				far_up = {0.9F, 0.4F};

	(void)state;
	assert_true(ward_plan_side(&l, above, 160, 120) < 0);
	assert_true(ward_plan_side(&l, below, 160, 120) > 23.9F);
	assert_true(ward_plan_side(&l, below, 160, 120) < 24.1F);
	assert_true(ward_plan_crosses(&l, above, below));
	assert_false(ward_plan_crosses(&l, far_up, far));
	assert_false(ward_plan_crosses(&l, below, far));
}

static void test_hours(void **state)
{
	/* 1970-01-01 was a Thursday */
	static const struct {
		const char *time;
		bool open;
	} rows[] = {{"1970-01-02T21:59:00Z", false}, {"1970-01-02T22:00:00Z", true},
		{"1970-01-03T05:59:59Z", true}, {"1970-01-03T06:00:00Z", false},
		{"1970-01-03T23:00:00Z", false}, {"1970-01-01T23:00:00Z", false},
		{"1970-01-02T05:00:00Z", false}, {"2026-11-27T23:00:00Z", true}};
	struct ward_plan p;
	struct ward_plan_zone z = {
		.n_hours = 1, .hours = {ward_week_turn(1 << 4, 22 * 60, 6 * 60)}};

	(void)state;
	ward_plan_default(&p);
	for (size_t i = 0; i < WARD_ARRAY_LEN(rows); i++) {
		ward_ns t;

		assert_int_equal(ward_time_parse(ward_str_z(rows[i].time), &t), WARD_OK);
		if (ward_plan_open(&p, &z, t) != rows[i].open)
			fail_msg("%s", rows[i].time);
	}
	p.utc_offset_s = -3600; /* an hour later by UTC */
	assert_false(ward_plan_open(&p, &z, (ward_ns)(24 + 22) * 3600 * WARD_NS_PER_S));
	assert_true(ward_plan_open(&p, &z, (ward_ns)(24 + 23) * 3600 * WARD_NS_PER_S));
	assert_false(ward_plan_open(&p, &z, 0)); /* still Wednesday there */
	z.n_hours = 0;
	assert_true(ward_plan_open(&p, &z, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cues),
		cmocka_unit_test(test_patient_room),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_hours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
