#include "made.h"

#include "sense/video/tamper.h"

static const ward_ns noon = 12 * 3600 * WARD_NS_PER_S;

struct lab {
	struct made m;
	struct ward_tamper *t;
	struct made_signs s;
};

/* Sees the picture that was drawn. */
static void see(struct lab *l, int noise)
{
	struct ward_sign_sink sink = {made_put, &l->s};

	const struct ward_image *i = made_done(&l->m, noise);

	assert_int_equal(ward_tamper_step(l->t, i, noon + i->time, &sink), WARD_OK);
}

static void normal(struct lab *l, int seconds)
{
	for (int i = 0; i < seconds * MADE_FPS; i++) {
		made_room(&l->m, 0, 0, 0);
		made_box(&l->m, 20 + i * 2 % 120, 40, 20, 70, 30); /* somebody walks */
		see(l, 3);
	}
}

static void black(struct made *m)
{
	memset(m->y, 16, sizeof(m->y));
}
static void dazzled(struct made *m)
{
	made_room(m, 0, 0, 0);
	for (int y = 0; y < MADE_H; y++)
		memset(m->y + y * MADE_W, 250, 130);
}
static void covered(struct made *m)
{
	memset(m->y, 50, sizeof(m->y));
}
static void covered_partly(struct made *m)
{
	made_room(m, 0, 0, 0);
	for (int y = 0; y < MADE_H; y++)
		memset(m->y + y * MADE_W, 40, 100);
}
/* A mean over 11 by 11, by columns and rows. */
static void blurred(struct made *m)
{
	static uint8_t tmp[MADE_N];

	made_room(m, 0, 0, 0);
	for (int pass = 0; pass < 2; pass++) {
		memcpy(tmp, m->y, sizeof(tmp));
		for (int y = 0; y < MADE_H; y++)
			for (int x = 0; x < MADE_W; x++) {
				int sum = 0, n = 0;

				for (int k = -5; k <= 5; k++) {
					int u = pass ? x : x + k, v = pass ? y + k : y;

					if (u < 0 || v < 0 || u >= MADE_W || v >= MADE_H)
						continue;
					sum += tmp[v * MADE_W + u];
					n++;
				}
				m->y[y * MADE_W + x] = (uint8_t)(sum / n);
			}
	}
}
static void turned(struct made *m)
{
	made_room(m, 19, 23, 0);
}
static void as_it_was(struct made *m)
{
	made_room(m, 0, 0, 0);
}

static const struct {
	void (*draw)(struct made *m);
	int noise;
	enum ward_class class;
	int after_s; /* at most */
} faults[] = {
	{black, 0, WARD_CLASS_VIDEO_TAMPER_BLACK, 3},
	{dazzled, 1, WARD_CLASS_VIDEO_TAMPER_WASHED_OUT, 4},
	{covered, 1, WARD_CLASS_VIDEO_TAMPER_COVERED, 4},
	{covered_partly, 2, WARD_CLASS_VIDEO_TAMPER_COVERED, 4},
	{blurred, 2, WARD_CLASS_VIDEO_TAMPER_DEFOCUSED, 6},
	{turned, 3, WARD_CLASS_VIDEO_TAMPER_MOVED, 6},
	{as_it_was, 0, WARD_CLASS_VIDEO_TAMPER_FROZEN, 11},
};

/* Each is told once, alone, in time, and so is its end. */
static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(faults); i++) {
		struct lab l = {.m = {.seed = 5}};

		assert_int_equal(ward_tamper_new(ward_mem_heap(), NULL, MADE_W, MADE_H, NULL, &l.t),
			WARD_OK);
		normal(&l, 20);
		assert_int_equal(l.s.n, 0);
		for (int k = 0; k < 20 * MADE_FPS; k++) {
			faults[i].draw(&l.m);
			see(&l, faults[i].noise);
		}
		if (l.s.n != 1 || l.s.at[0].class != faults[i].class)
			fail_msg("fault %zu: %zu signs, of %d", i, l.s.n,
				l.s.n ? (int)l.s.at[0].class : -1);
		assert_string_equal(l.s.at[0].state, "on");
		assert_true(l.s.at[0].time <= (20 + faults[i].after_s) * WARD_NS_PER_S);
		assert_int_equal(
			ward_tamper_blind(l.t), faults[i].class != WARD_CLASS_VIDEO_TAMPER_FROZEN);
		assert_int_equal(ward_tamper_dull(l.t),
			faults[i].class != WARD_CLASS_VIDEO_TAMPER_FROZEN &&
				faults[i].class != WARD_CLASS_VIDEO_TAMPER_MOVED);
		normal(&l, 15);
		assert_int_equal(l.s.n, 2);
		assert_string_equal(l.s.at[1].state, "off");
		assert_int_equal(l.s.at[1].class, faults[i].class);
		assert_false(ward_tamper_blind(l.t) || ward_tamper_dull(l.t));
		ward_tamper_free(l.t);
	}
}

/* For a moment only: the hand that cleans the lens. */
static void test_moment(void **state)
{
	struct lab l = {.m = {.seed = 5}};

	(void)state;
	assert_int_equal(
		ward_tamper_new(ward_mem_heap(), NULL, MADE_W, MADE_H, NULL, &l.t), WARD_OK);
	for (int round = 0; round < 5; round++) {
		normal(&l, 10);
		for (int k = 0; k < MADE_FPS; k++) {
			covered(&l.m);
			see(&l, 1);
		}
	}
	assert_int_equal(l.s.n, 0);
	ward_tamper_free(l.t);
}

/* It gets dark, and light again, slowly. */
static void test_evening(void **state)
{
	struct lab l = {.m = {.seed = 5}};

	(void)state;
	assert_int_equal(
		ward_tamper_new(ward_mem_heap(), NULL, MADE_W, MADE_H, NULL, &l.t), WARD_OK);
	normal(&l, 10);
	for (int k = 0; k < 200 * MADE_FPS; k++) {
		made_room(&l.m, 0, 0, k < 100 * MADE_FPS ? -k / 10 : k / 10 - 100);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 0);
	ward_tamper_free(l.t);
}

/* A camera that was turned for good: told once, and after ten minutes its view is the usual one. */
static void test_new_view(void **state)
{
	struct lab l = {.m = {.seed = 5}};

	(void)state;
	assert_int_equal(
		ward_tamper_new(ward_mem_heap(), NULL, MADE_W, MADE_H, NULL, &l.t), WARD_OK);
	normal(&l, 10);
	for (int k = 0; k < 620 * MADE_FPS; k++) {
		turned(&l.m);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 2);
	assert_string_equal(l.s.at[1].state, "off");
	for (int k = 0; k < 10 * MADE_FPS; k++) {
		made_room(&l.m, 0, 0, 0);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 3);
	assert_string_equal(l.s.at[2].state, "on");
	ward_tamper_free(l.t);
}

/* A mask hides a third of the picture from the moment on when the camera is covered: only what no
 * mask hides is judged, and that is covered. Without that, a mask comes and goes, and nothing is
 * told. */
static void test_mask(void **state)
{
	static uint8_t unseen[MADE_N];

	(void)state;
	for (int y = 0; y < MADE_H; y++)
		memset(unseen + y * MADE_W, 1, 55);
	for (int covers = 0; covers < 2; covers++) {
		struct lab l = {.m = {.seed = 4}};

		assert_int_equal(
			ward_tamper_new(ward_mem_heap(), NULL, MADE_W, MADE_H, unseen, &l.t),
			WARD_OK);
		normal(&l, 20);
		for (int i = 0; i < 20 * MADE_FPS; i++) {
			made_room(&l.m, 0, 0, 0);
			if (covers)
				covered(&l.m);
			for (int y = 0; y < MADE_H; y++)
				memset(l.m.y + y * MADE_W, 16, 55);
			see(&l, 3);
		}
		assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_TAMPER_COVERED), covers);
		assert_int_equal(l.s.n, covers);
		ward_tamper_free(l.t);
	}
	/* where all is hidden nothing can be judged */
	struct lab l = {.m = {.seed = 4}};

	memset(unseen, 1, sizeof(unseen));
	assert_int_equal(
		ward_tamper_new(ward_mem_heap(), NULL, MADE_W, MADE_H, unseen, &l.t), WARD_OK);
	normal(&l, 10);
	assert_int_equal(l.s.n, 0);
	ward_tamper_free(l.t);
}

static void test_no_memory(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 11; i++) {
		struct ward_mem_failing f;
		struct ward_tamper *t;

		ward_mem_failing_init(&f, i);
		assert_int_equal(
			ward_tamper_new(&f.mem, NULL, MADE_W, MADE_H, NULL, &t), WARD_ERR_NOMEM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_moment),
		cmocka_unit_test(test_evening),
		cmocka_unit_test(test_new_view),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
