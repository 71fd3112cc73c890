#include "made.h"

#include "sense/video/loop.h"

struct lab {
	struct made m;
	struct ward_loop *l;
	struct made_signs s;
};

static void begin(struct lab *l)
{
	*l = (struct lab){.m = {.seed = 9}};
	assert_int_equal(ward_loop_new(ward_mem_heap(), MADE_W, MADE_H, MADE_FPS, &l->l), WARD_OK);
}

static void see(struct lab *l, int noise)
{
	struct ward_sign_sink sink = {made_put, &l->s};

	assert_int_equal(ward_loop_step(l->l, made_done(&l->m, noise), &sink), WARD_OK);
}

/* Somebody's way at picture i: never the same again. */
static void walk(struct lab *l, int i)
{
	struct made way = {.seed = (uint32_t)(i / 7 * 977 + 13)};
	int x0 = (int)(made_random(&way) % 120), y0 = (int)(made_random(&way) % 50);
	int dx = (int)(made_random(&way) % 9) - 4, dy = (int)(made_random(&way) % 5) - 2;

	made_room(&l->m, 0, 0, 0);
	made_box(&l->m, x0 + dx * (i % 7), y0 + dy * (i % 7), 24, 60, 30);
}

static void test_replay(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 60 * MADE_FPS; i++) {
		walk(&l, i);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 0);
	for (int i = 40 * MADE_FPS; i < 60 * MADE_FPS; i++) { /* the last 20 s again */
		walk(&l, i);
		see(&l, 3); /* with another noise */
	}
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_TAMPER_LOOPED);
	assert_int_equal(l.s.at[0].lag, 20 * WARD_NS_PER_S);
	assert_true(l.s.at[0].time < 67 * WARD_NS_PER_S);
	ward_loop_free(l.l);
}

/* A lamp that blinks, for three minutes. */
static void test_rhythm(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 180 * MADE_FPS; i++) {
		made_room(&l.m, 0, 0, 0);
		if (i % 12 < 5)
			made_box(&l.m, 70, 10, 30, 30, 250);
		see(&l, 2);
	}
	assert_int_equal(l.s.n, 0);
	ward_loop_free(l.l);
}

/* Nothing moves: nothing can be said. */
static void test_still(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 60 * MADE_FPS; i++) {
		made_room(&l.m, 0, 0, 0);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 0);
	ward_loop_free(l.l);
}

/* The ring goes round. */
static void test_long(void **state)
{
	struct lab l;
	int all = 620 * MADE_FPS;

	(void)state;
	begin(&l);
	for (int i = 0; i < all; i++) {
		walk(&l, i);
		see(&l, 0);
	}
	assert_int_equal(l.s.n, 0);
	for (int i = all - 590 * MADE_FPS; i < all - 580 * MADE_FPS; i++) {
		walk(&l, i);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].lag, 590 * WARD_NS_PER_S);
	ward_loop_free(l.l);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 3; i++) {
		struct ward_mem_failing f;
		struct ward_loop *l;

		ward_mem_failing_init(&f, i);
		assert_int_equal(ward_loop_new(&f.mem, MADE_W, MADE_H, 5, &l), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_rhythm),
		cmocka_unit_test(test_still),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
