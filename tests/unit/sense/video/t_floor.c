#include "made.h"

#include "sense/video/floor.h"

#include <math.h>

static bool near(float a, float b, float by)
{
	return fabsf(a - b) <= by;
}

static void test_none(void **state)
{
	struct ward_plan_perspective v = {0};
	struct ward_floor f;
	struct ward_point p;

	(void)state;
	ward_floor_init(&f, &v, 320, 240);
	assert_false(f.given);
	assert_false(ward_floor_at(&f, 100, 100, &p));
	assert_true(ward_floor_person(&f, 100, 100) == 0);
}

/* Heights between and beyond the two rows follow the line; above the horizon nobody stands. */
static void test_persons(void **state)
{
	struct ward_plan_perspective v = {.n_person = 2, .person = {{0.4F, 0.2F}, {0.9F, 0.5F}}};
	struct ward_floor f;
	struct ward_point a, b;

	(void)state;
	ward_floor_init(&f, &v, 320, 240);
	assert_true(near(ward_floor_person(&f, 100, 0.4F * 240), 0.2F * 240, 0.5F));
	assert_true(near(ward_floor_person(&f, 300, 0.9F * 240), 0.5F * 240, 0.5F));
	assert_true(near(ward_floor_person(&f, 160, 0.65F * 240), 0.35F * 240, 0.5F));
	assert_true(ward_floor_person(&f, 160, 5) == 0);
	/* two metres from left to right, at any row, are so many pixels there */
	for (float y = 120; y < 230; y += 20) {
		float metre = ward_floor_person(&f, 160, y) / 1.7F;

		assert_true(
			ward_floor_at(&f, 160, y, &a) && ward_floor_at(&f, 160 + 2 * metre, y, &b));
		assert_true(near(hypotf(a.x - b.x, a.y - b.y), 2, 0.05F));
	}
}

static void test_one_person(void **state)
{
	struct ward_plan_perspective v = {.n_person = 1, .person = {{0.5F, 0.25F}}};
	struct ward_floor f;
	struct ward_point a, b;

	(void)state;
	ward_floor_init(&f, &v, 320, 240);
	assert_true(near(ward_floor_person(&f, 10, 10), 60, 0.1F));
	assert_true(ward_floor_at(&f, 0, 0, &a) && ward_floor_at(&f, 0, 60, &b));
	assert_true(near(hypotf(a.x - b.x, a.y - b.y), 1.7F, 0.01F));
}

/* The corners are where they were measured, and the middle of the rectangle is not that of the
 * picture's. */
static void test_rectangle(void **state)
{
	struct ward_plan_perspective v = {
		.floor = {{0.35F, 0.3F}, {0.65F, 0.3F}, {0.95F, 1}, {0.05F, 1}},
		.width = 3,
		.depth = 8};
	static const struct ward_point corner[4] = {{0, 0}, {3, 0}, {3, 8}, {0, 8}};
	struct ward_floor f;
	struct ward_point p;

	(void)state;
	ward_floor_init(&f, &v, 320, 240);
	for (size_t i = 0; i < 4; i++) {
		assert_true(ward_floor_at(&f, v.floor[i].x * 320, v.floor[i].y * 240, &p));
		assert_true(near(p.x, corner[i].x, 0.01F) && near(p.y, corner[i].y, 0.01F));
	}
	assert_true(ward_floor_at(&f, 160, 0.65F * 240, &p));
	assert_true(near(p.x, 1.5F, 0.01F) && p.y > 4.5F && p.y < 8);
	assert_true(near(ward_floor_person(&f, 160, 239), 0.9F * 320 / 3 * 1.7F, 3));
	assert_false(ward_floor_at(&f, 160, -20, &p)); /* beyond the horizon */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_persons),
		cmocka_unit_test(test_one_person),
		cmocka_unit_test(test_rectangle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
