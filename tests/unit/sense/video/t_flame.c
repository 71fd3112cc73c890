#include "made.h"

#include "sense/video/flame.h"

enum { C_W = MADE_W / 2, C_H = MADE_H / 2 };

struct lab {
	struct made m;
	struct ward_flame *f;
	struct made_signs s;
	uint8_t u[C_W * C_H], v[C_W * C_H];
};

static void begin(struct lab *l)
{
	*l = (struct lab){.m = {.seed = 21}};
	assert_int_equal(ward_flame_new(ward_mem_heap(), MADE_W, MADE_H, MADE_FPS, &l->f), WARD_OK);
}

/* A room with a patch of fire's colour, as light as light(n) says, at x. */
static void see(struct lab *l, int seconds, int (*light)(struct made *m), int step)
{
	struct ward_sign_sink sink = {made_put, &l->s};

	for (int i = 0; i < seconds * MADE_FPS; i++) {
		int x = 20 + i * step % 100;
		struct ward_image image;

		made_room(&l->m, 0, 0, -40);
		memset(l->u, 128, sizeof(l->u));
		memset(l->v, 128, sizeof(l->v));
		for (int y = 50; y < 70; y++)
			for (int k = x; k < x + 20; k++) {
				l->m.y[y * MADE_W + k] = made_byte(light(&l->m));
				l->u[y / 2 * C_W + k / 2] = 70;
				l->v[y / 2 * C_W + k / 2] = 170;
			}
		image = *made_done(&l->m, 2);
		image.u = l->u;
		image.v = l->v;
		assert_int_equal(ward_flame_step(l->f, &image, &sink), WARD_OK);
	}
}

static int flickering(struct made *m)
{
	return 180 + (int)(made_random(m) % 60);
}

static int steady(struct made *m)
{
	(void)m;
	return 220;
}

static int dark(struct made *m)
{
	(void)m;
	return 60;
}

/* Told once within four seconds, and its end. */
static void test_fire(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	see(&l, 20, flickering, 0);
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_FLAME);
	assert_true(l.s.at[0].time < 4 * WARD_NS_PER_S);
	assert_true(l.s.at[0].box.x0 >= 18 && l.s.at[0].box.x1 <= 42 && l.s.at[0].box.y0 >= 48 &&
		    l.s.at[0].box.y1 <= 72);
	see(&l, 10, dark, 0);
	assert_int_equal(l.s.n, 2);
	assert_string_equal(l.s.at[1].state, "off");
	ward_flame_free(l.f);
}

/* While it is told, and where what differs from the background is the fire. */
static void test_burns(void **state)
{
	static uint8_t mask[MADE_N];
	const struct ward_box fire = {18, 48, 42, 72}, wall = {100, 40, 116, 90},
			      much = {0, 0, MADE_W, MADE_H}, beyond = {-9, -9, 999, 999};
	struct lab l;

	(void)state;
	begin(&l);
	memset(mask, 0, sizeof(mask));
	for (int y = 50; y < 70; y++)
		memset(mask + (ptrdiff_t)y * MADE_W + 20, 1, 20);
	see(&l, 1, flickering, 0);
	assert_false(ward_flame_burns(l.f, mask, fire)); /* nobody was told yet */
	see(&l, 9, flickering, 0);
	assert_true(ward_flame_burns(l.f, mask, fire));
	assert_true(ward_flame_burns(l.f, mask, beyond));
	assert_false(ward_flame_burns(l.f, mask, wall));
	for (int y = 40; y < 90; y++) /* somebody, five times as large */
		memset(mask + (ptrdiff_t)y * MADE_W + 80, 1, 40);
	assert_false(ward_flame_burns(l.f, mask, wall));
	assert_false(ward_flame_burns(l.f, mask, much));
	assert_true(ward_flame_burns(l.f, mask, fire));
	see(&l, 10, dark, 0);
	assert_false(ward_flame_burns(l.f, mask, fire));
	ward_flame_free(l.f);
}

/* A lamp of that colour, and a coat of it that goes by. */
static void test_lamp_and_coat(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	see(&l, 20, steady, 0);
	see(&l, 60, steady, 6);
	assert_int_equal(l.s.n, 0);
	ward_flame_free(l.f);
}

static void test_grey(void **state)
{
	struct ward_sign_sink sink = {made_put, NULL};
	struct lab l;

	(void)state;
	begin(&l);
	made_room(&l.m, 0, 0, 0);
	assert_int_equal(ward_flame_step(l.f, made_done(&l.m, 2), &sink), WARD_OK);
	ward_flame_free(l.f);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 8; i++) {
		struct ward_mem_failing f;
		struct ward_flame *l;

		ward_mem_failing_init(&f, i);
		assert_int_equal(ward_flame_new(&f.mem, MADE_W, MADE_H, 5, &l), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fire),
		cmocka_unit_test(test_burns),
		cmocka_unit_test(test_lamp_and_coat),
		cmocka_unit_test(test_grey),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
