#include "made.h"

#include "sense/video/track.h"

struct lab {
	struct ward_tracks t;
	struct ward_blobs b;
	unsigned n;
};

static void put(struct lab *l, float x, float y, float w, float h)
{
	l->b.at[l->b.n++] = (struct ward_blob){.box = {x, y, x + w, y + h}};
}

static void step(struct lab *l)
{
	ward_tracks_step(&l->t, &l->b, (ward_ns)++l->n * WARD_NS_PER_S / MADE_FPS);
	l->b.n = 0;
}

/* The track of the blob that is at x; NULL for none that is sure. */
static const struct ward_track *at(const struct lab *l, float x)
{
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
		if (l->t.at[i].id && l->t.at[i].sure && l->t.at[i].now &&
			ward_track_x(&l->t.at[i]) > x - 6 && ward_track_x(&l->t.at[i]) < x + 6)
			return &l->t.at[i];
	return NULL;
}

static void test_one_walks(void **state)
{
	struct lab l = {0};
	uint32_t id = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		put(&l, (float)i * 4, 40, 16, 50);
		step(&l);
		if (i < 2)
			assert_null(at(&l, (float)i * 4 + 8)); /* not believed yet */
		if (i == 10)
			id = at(&l, 48)->id;
		if (i > 10)
			assert_int_equal(at(&l, (float)i * 4 + 8)->id, id);
	}
	const struct ward_track *t = at(&l, 59 * 4 + 8);

	assert_true(t->vx > 15 && t->vx < 25 && t->vy > -2 && t->vy < 2);
	assert_true(t->away > 200);
	assert_int_equal(l.t.n_given, 1);
}

/* Behind a pillar for a second and a half, at a constant pace. */
static void test_unseen_for_a_while(void **state)
{
	struct lab l = {0};

	(void)state;
	for (int i = 0; i < 60; i++) {
		if (i < 25 || i > 31)
			put(&l, (float)i * 3, 40, 16, 50);
		step(&l);
	}
	assert_int_equal(l.t.n_given, 1);
	for (int i = 0; i < 12; i++)
		step(&l);
	for (size_t i = 0; i < WARD_TRACKS_MAX; i++)
		assert_int_equal(l.t.at[i].id, 0); /* gone */
}

/* Two meet, are one blob for a while, and part. */
static void test_two_pass(void **state)
{
	struct lab l = {0};
	uint32_t left = 0, right = 0;

	(void)state;
	for (int i = 0; i < 80; i++) {
		float a = (float)i * 3, b = 240 - (float)i * 3;

		if (a + 16 > b && b + 16 > a) {
			put(&l, a < b ? a : b, 40, 16 + (a < b ? b - a : a - b), 50);
		} else {
			put(&l, a, 40, 16, 50);
			put(&l, b, 40, 16, 44);
		}
		step(&l);
		if (i == 20) {
			left = at(&l, a + 8)->id;
			right = at(&l, b + 8)->id;
		}
	}
	assert_int_not_equal(left, right);
	assert_int_equal(at(&l, 79 * 3 + 8)->id, left);
	assert_int_equal(at(&l, 240 - 79 * 3 + 8)->id, right);
}

/* An arm that is cut off is the same person; a bag that is put down is not. */
static void test_parts(void **state)
{
	struct lab l = {0};

	(void)state;
	for (int i = 0; i < 20; i++) {
		put(&l, 100, 40, 20, 60);
		if (i > 5)
			put(&l, 122, 60, 5, 12);
		step(&l);
	}
	assert_int_equal(l.t.n_given, 1);
	for (int i = 0; i < 20; i++) {
		put(&l, 100 - (float)i * 4, 40, 20, 60);
		put(&l, 118, 88, 12, 12);
		step(&l);
	}
	assert_int_equal(at(&l, 110 - 19 * 4)->id, 1);
	assert_int_equal(at(&l, 124)->id, 2);
	assert_true(at(&l, 110 - 19 * 4)->box.x1 < 60);
}

static void test_noise(void **state)
{
	struct lab l = {0};

	(void)state;
	for (int i = 0; i < 50; i++) {
		put(&l, (float)(i * 67 % 300), (float)(i * 41 % 170), 5, 5);
		step(&l);
		for (size_t k = 0; k < WARD_TRACKS_MAX; k++)
			assert_false(l.t.at[k].id && l.t.at[k].sure);
	}
}

static void test_too_many(void **state)
{
	struct lab l = {0};

	(void)state;
	for (int i = 0; i < WARD_TRACKS_MAX + 5; i++)
		put(&l, (float)(i % 8) * 40, (float)(i / 8) * 40, 10, 10);
	step(&l);
	assert_int_equal(l.t.n_refused, 5);
	assert_int_equal(l.t.n_given, WARD_TRACKS_MAX);
}

static void test_skip(void **state)
{
	struct lab l = {0};

	(void)state;
	for (int i = 0; i < 5; i++) {
		put(&l, 100, 40, 16, 50);
		step(&l);
	}
	for (int i = 0; i < 30; i++) /* the light was learned anew */
		ward_tracks_skip(&l.t, (ward_ns)++l.n * WARD_NS_PER_S / MADE_FPS);
	put(&l, 100, 40, 16, 50);
	step(&l);
	assert_int_equal(at(&l, 108)->id, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_walks),
		cmocka_unit_test(test_unseen_for_a_while),
		cmocka_unit_test(test_two_pass),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_skip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
