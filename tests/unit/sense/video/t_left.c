#include "made.h"

#include "sense/video/left.h"

/* A room, its background, tracks and the stage, with a plan of five seconds. */
struct lab {
	struct made m;
	struct ward_plan plan;
	struct ward_ground *g;
	struct ward_blob_finder *f;
	struct ward_tracks t;
	struct ward_left *left;
	struct made_signs s;
	uint8_t mask[MADE_N];
};

static void begin_at(struct lab *l, ward_ns start)
{
	struct ward_left_opts o = {ward_mem_heap(), &l->plan, MADE_W, MADE_H, MADE_FPS, start};

	*l = (struct lab){.m = {.seed = 3}};
	ward_plan_default(&l->plan);
	l->plan.left = 5 * WARD_NS_PER_S;
	assert_int_equal(
		ward_ground_new(ward_mem_heap(), MADE_W, MADE_H, MADE_FPS, &l->g), WARD_OK);
	assert_int_equal(ward_blob_finder_new(ward_mem_heap(), MADE_W, MADE_H, &l->f), WARD_OK);
	assert_int_equal(ward_left_new(&o, &l->left), WARD_OK);
}

static void begin(struct lab *l)
{
	begin_at(l, 0);
}

/* One picture: a thing (grey > 0), somebody at x (>= 0). */
static void step(struct lab *l, int grey, int x)
{
	struct ward_sign_sink sink = {made_put, &l->s};
	struct ward_blobs b;

	made_room(&l->m, 0, 0, 0);
	if (grey)
		made_box(&l->m, 100, 90, 16, 14, grey);
	if (x >= 0)
		made_box(&l->m, x, 40, 16, 60, 25);
	const struct ward_image *i = made_done(&l->m, 3);

	if (ward_ground_step(l->g, i, l->mask) != WARD_GROUND_STEADY) {
		ward_left_forget(l->left, i->time);
		return;
	}
	ward_blobs_find(l->f, l->mask, 16, &b);
	ward_tracks_step(&l->t, &b, i->time);
	assert_int_equal(
		ward_left_step(l->left, &(struct ward_left_view){i, l->mask, l->g, &l->t}, &sink),
		WARD_OK);
}

static void steps(struct lab *l, int seconds, int grey, int x)
{
	for (int i = 0; i < seconds * MADE_FPS; i++)
		step(l, grey, x);
}

static void end(struct lab *l)
{
	ward_left_free(l->left);
	ward_blob_finder_free(l->f);
	ward_ground_free(l->g);
}

/* Somebody comes, puts a bag down, waits, and goes. */
static void leave_bag(struct lab *l)
{
	steps(l, 3, 0, -1);
	for (int x = 0; x < 84; x += 4)
		step(l, 0, x);
	steps(l, 8, 30, 84); /* beside it: nobody left it */
	assert_int_equal(l->s.n, 0);
	for (int x = 84; x > -20; x -= 4)
		step(l, 30, x);
	assert_int_equal(l->s.n, 0);
}

static void test_left(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	leave_bag(&l);
	steps(&l, 6, 30, -1);
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_OBJECT_LEFT);
	assert_true(l.s.at[0].box.x0 > 96 && l.s.at[0].box.x1 < 120 && l.s.at[0].box.y0 > 86);
	assert_true(l.s.at[0].track > 0); /* whose it was */
	steps(&l, 20, 30, -1);
	assert_int_equal(l.s.n, 1); /* once */
	end(&l);
}

/* Taken away by the one who left it, or by another, before it was due. */
static void test_fetched(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	leave_bag(&l);
	steps(&l, 2, 30, -1);
	steps(&l, 20, 0, -1);
	assert_int_equal(l.s.n, 0);
	end(&l);
}

static void test_passer_by(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	leave_bag(&l);
	for (int x = 0; x < 160; x += 12) /* before it, for a moment */
		step(&l, 30, x);
	steps(&l, 7, 30, -1);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_OBJECT_LEFT), 1);
	end(&l);
}

/* Told as left, it belongs to the room; then somebody takes it. */
static void test_removed(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	steps(&l, 40, 30, -1); /* it was always there */
	for (int x = 0; x < 84; x += 4)
		step(&l, 30, x);
	steps(&l, 1, 0, 84);
	for (int x = 84; x > -20; x -= 4)
		step(&l, 0, x);
	steps(&l, 12, 0, -1);
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_OBJECT_REMOVED);
	end(&l);
}

/* Whoever stands still is no thing, and nobody's. */
static void test_waiting(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	steps(&l, 3, 0, -1);
	for (int x = -14; x < 84; x += 4)
		step(&l, 0, x);
	steps(&l, 60, 0, 84);
	assert_int_equal(l.s.n, 0);
	end(&l);
}

/* A zone has a time of its own, and hours. */
static void test_zone(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	l.plan.left = 0;
	l.plan.n_zone = 1;
	l.plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("hall"),
		.n = 4,
		.at = {{0, 0}, {1, 0}, {1, 1}, {0, 1}},
		.left = 8 * WARD_NS_PER_S};
	leave_bag(&l);
	steps(&l, 5, 30, -1);
	assert_int_equal(l.s.n, 0);
	steps(&l, 5, 30, -1);
	assert_int_equal(l.s.n, 1);
	assert_true(ward_str_eqz(l.s.at[0].zone, "hall"));
	end(&l);
}

/* Hours are the wall clock's: from 22:00, of a stream that begins then or a minute earlier. */
static void test_hours(void **state)
{
	(void)state;
	for (unsigned early = 0; early < 2; early++) {
		struct lab l;

		begin_at(&l, ((ward_ns)22 * 3600 - 60 * early) * WARD_NS_PER_S);
		l.plan.n_zone = 1;
		l.plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("hall"),
			.n = 4,
			.at = {{0, 0}, {1, 0}, {1, 1}, {0, 1}},
			.left = 5 * WARD_NS_PER_S,
			.n_hours = 1,
			.hours = {{0x7f, 22 * 60, 60}}};
		leave_bag(&l);
		steps(&l, 10, 30, -1);
		assert_int_equal(l.s.n, early ? 0 : 1);
		end(&l);
	}
}

static void test_no_memory(void **state)
{
	struct ward_plan plan;

	(void)state;
	ward_plan_default(&plan);
	for (uint64_t i = 1; i <= 9; i++) {
		struct ward_mem_failing f;
		struct ward_left *l;
		struct ward_left_opts o = {&f.mem, &plan, MADE_W, MADE_H, MADE_FPS, 0};

		ward_mem_failing_init(&f, i);
		assert_int_equal(ward_left_new(&o, &l), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_fetched),
		cmocka_unit_test(test_passer_by),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
