#include "made.h"

#include "sense/video/ground.h"

struct lab {
	struct made m;
	struct ward_ground *g;
	uint8_t mask[MADE_N];
};

static void begin(struct lab *l)
{
	*l = (struct lab){.m = {.seed = 1}};
	assert_int_equal(
		ward_ground_new(ward_mem_heap(), MADE_W, MADE_H, MADE_FPS, &l->g), WARD_OK);
	for (int i = 0; i < 15; i++) {
		made_room(&l->m, 0, 0, 0);
		(void)ward_ground_step(l->g, made_done(&l->m, 3), l->mask);
	}
}

/* Pixels of the mask, all and in a box. */
static size_t count(const struct lab *l, int x0, int y0, int w, int h)
{
	size_t n = 0;

	for (int y = y0; y < y0 + h; y++)
		for (int x = x0; x < x0 + w; x++)
			n += l->mask[y * MADE_W + x];
	return n;
}

static void test_noise_is_ground(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 50; i++) {
		made_room(&l.m, 0, 0, 0);
		assert_int_equal(
			ward_ground_step(l.g, made_done(&l.m, 5), l.mask), WARD_GROUND_STEADY);
		assert_int_equal(count(&l, 0, 0, MADE_W, MADE_H), 0);
	}
	ward_ground_free(l.g);
}

/* Who stands still for two minutes does not fade, and leaves no ghost. */
static void test_who_stands_stays(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 120 * MADE_FPS; i++) {
		made_room(&l.m, 0, 0, 0);
		made_box(&l.m, 60, 30, 20, 60, 20);
		(void)ward_ground_step(l.g, made_done(&l.m, 3), l.mask);
	}
	assert_true(count(&l, 61, 31, 18, 58) == 18 * 58);
	assert_true(count(&l, 0, 0, MADE_W, MADE_H) < 22 * 62);
	made_room(&l.m, 0, 0, 0);
	(void)ward_ground_step(l.g, made_done(&l.m, 3), l.mask);
	assert_int_equal(count(&l, 0, 0, MADE_W, MADE_H), 0);
	ward_ground_free(l.g);
}

static void test_light(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 20; i++) { /* lighter by 16 grey levels, at once */
		made_room(&l.m, 0, 0, 16);
		assert_int_equal(
			ward_ground_step(l.g, made_done(&l.m, 3), l.mask), WARD_GROUND_STEADY);
		assert_int_equal(count(&l, 0, 0, MADE_W, MADE_H), 0);
	}
	ward_ground_free(l.g);
}

static void test_shadow(void **state)
{
	struct lab l;
	size_t n;

	(void)state;
	begin(&l);
	made_room(&l.m, 0, 0, 0);
	for (int y = 40; y < 90; y++)
		for (int x = 50; x < 90; x++) {
			uint8_t *p = &l.m.y[y * MADE_W + x];

			*p = (uint8_t)(*p * 4 / 5);
		}
	(void)ward_ground_step(l.g, made_done(&l.m, 0), l.mask);
	n = count(&l, 50, 40, 40, 50);
	/* of even tiles it can't be told; over joints, which are a third of it, it is */
	assert_true(n < 40 * 50 * 9 / 10);
	ward_ground_free(l.g);
}

static void test_everything_changes(void **state)
{
	struct lab l;
	enum ward_ground_state s[3];

	(void)state;
	begin(&l);
	for (int i = 0; i < 3; i++) {
		made_room(&l.m, 0, 0, -80);
		s[i] = ward_ground_step(l.g, made_done(&l.m, 3), l.mask);
	}
	assert_true(ward_ground_share(l.g) < 0.1F);
	assert_int_equal(s[1], WARD_GROUND_CHANGED);
	assert_int_equal(s[2], WARD_GROUND_LEARNING);
	assert_int_equal(count(&l, 0, 0, MADE_W, MADE_H), 0);
	ward_ground_free(l.g);
}

static void test_take(void **state)
{
	uint8_t area[MADE_N] = {0};
	struct lab l;

	(void)state;
	begin(&l);
	made_room(&l.m, 0, 0, 0);
	made_box(&l.m, 60, 30, 20, 20, 20);
	memset(area, 1, sizeof(area));
	ward_ground_take(l.g, made_done(&l.m, 0), area);
	assert_int_equal(ward_ground_picture(l.g)[40 * MADE_W + 70], l.m.y[40 * MADE_W + 70]);
	(void)ward_ground_step(l.g, &l.m.image, l.mask);
	assert_int_equal(count(&l, 0, 0, MADE_W, MADE_H), 0);
	ward_ground_free(l.g);
}

static void test_majority(void **state)
{
	uint8_t in[16 * 16] = {0}, tmp[16 * 16], out[16 * 16];

	(void)state;
	in[5 * 16 + 5] = 1; /* alone */
	for (int y = 9; y < 13; y++)
		for (int x = 9; x < 13; x++)
			in[y * 16 + x] = 1;
	in[10 * 16 + 10] = 0; /* a hole */
	ward_mask_majority(in, 16, 16, tmp, out);
	assert_int_equal(out[5 * 16 + 5], 0);
	assert_int_equal(out[10 * 16 + 10], 1);
	assert_int_equal(out[9 * 16 + 9], 0); /* a corner has 4 of 9 */
	for (int i = 0; i < 16; i++)
		assert_int_equal(out[i] | out[15 * 16 + i] | out[i * 16] | out[i * 16 + 15], 0);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 6; i++) {
		struct ward_mem_failing f;
		struct ward_ground *g;

		ward_mem_failing_init(&f, i);
		assert_int_equal(ward_ground_new(&f.mem, MADE_W, MADE_H, 5, &g), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noise_is_ground),
		cmocka_unit_test(test_who_stands_stays),
		cmocka_unit_test(test_light),
		cmocka_unit_test(test_shadow),
		cmocka_unit_test(test_everything_changes),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_majority),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
