#include "made.h"

#include "sense/video/ground.h"
#include "sense/video/smoke.h"

struct lab {
	struct ward_plan plan;
	struct ward_smoke *smoke;
	struct ward_ground *ground;
	uint8_t mask[MADE_N];
	struct made m;
	struct made_signs s;
};

static void begin(struct lab *l)
{
	memset(l, 0, sizeof(*l));
	ward_plan_default(&l->plan);
	l->plan.n_zone = 1;
	l->plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("store"),
		.n = 4,
		.at = {{0, 0}, {1, 0}, {1, 1}, {0, 1}},
		.smoke = true};
	assert_int_equal(
		ward_smoke_new(ward_mem_heap(), &l->plan, MADE_W, MADE_H, &l->smoke), WARD_OK);
	assert_int_equal(
		ward_ground_new(ward_mem_heap(), MADE_W, MADE_H, MADE_FPS, &l->ground), WARD_OK);
}

static void end(struct lab *l)
{
	ward_smoke_free(l->smoke);
	ward_ground_free(l->ground);
}

static void look(struct lab *l)
{
	struct ward_sign_sink sink = {made_put, &l->s};
	const struct ward_image *image = made_done(&l->m, 3);

	(void)ward_ground_step(l->ground, image, l->mask);
	if (ward_smoke_due(l->smoke, image->time))
		assert_int_equal(ward_smoke_step(l->smoke, image, ward_ground_picture(l->ground),
					 image->time, &sink),
			WARD_OK);
}

static void room(struct lab *l, int pictures, int light)
{
	for (int i = 0; i < pictures; i++) {
		made_room(&l->m, 0, 0, light);
		look(l);
	}
}

/* A grey plume over (x, y), so tall; the further up the wider and thinner. */
static void plume(struct lab *l, int x, int y, float tall)
{
	for (int row = y; row > y - (int)tall && row >= 0; row--) {
		float wide = 8 + (float)(y - row) * 0.5F;
		float thick = 0.75F - 0.25F * (float)(y - row) / 100;

		for (int c = x - (int)wide; c <= x + (int)wide; c++)
			if (c >= 0 && c < MADE_W) {
				uint8_t *p = &l->m.y[row * MADE_W + c];

				*p = made_byte((int)((float)*p * (1 - thick) + 175 * thick));
			}
	}
}

static void test_smoke(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	room(&l, 50, 0);
	for (int i = 0; i < 100; i++) {
		made_room(&l.m, 0, 0, 0);
		plume(&l, 80, 100, (float)i);
		look(&l);
	}
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_SMOKE);
	assert_string_equal(l.s.at[0].state, "on");
	assert_true(ward_str_eqz(l.s.at[0].zone, "store"));
	assert_true(l.s.at[0].time < 25 * WARD_NS_PER_S);
	assert_true(l.s.at[0].box.x0 > 20 && l.s.at[0].box.x1 < 140);
	room(&l, 80, 0);
	assert_int_equal(l.s.n, 2);
	assert_string_equal(l.s.at[1].state, "off");
	end(&l);
}

/* Somebody in grey comes, stands and goes; a grey box is put down; the light fades and comes back;
 * the picture gets out of focus. */
static void test_others(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	room(&l, 50, 0);
	for (int i = 0; i < 150; i++) {
		made_room(&l.m, 0, 0, 0);
		made_box(&l.m, i < 60 ? i : i < 100 ? 60 : i - 40, 40, 20, 60, 130);
		look(&l);
	}
	for (int i = 0; i < 60; i++) {
		made_room(&l.m, 0, 0, 0);
		made_box(&l.m, 100, 70, 30, 30, 120);
		look(&l);
	}
	for (int i = 0; i < 100; i++)
		room(&l, 1, i < 50 ? -i : i - 100);
	for (int i = 0; i < 60; i++) {
		made_room(&l.m, 0, 0, 0);
		for (int k = 1; k + 1 < MADE_N; k++)
			l.m.y[k] = (uint8_t)((l.m.y[k - 1] + l.m.y[k] + l.m.y[k + 1]) / 3);
		look(&l);
	}
	assert_int_equal(l.s.n, 0);
	end(&l);
}

/* A plume that spreads, but is only looked at in moments far apart: what was before a gap does not
 * count. */
static void test_gaps(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	room(&l, 50, 0);
	for (int i = 0; i < 100; i++) {
		made_room(&l.m, 0, 0, 0);
		plume(&l, 80, 100, (float)i);
		look(&l);
		if (i % 20 == 19)
			l.m.n += 60 * MADE_FPS;
	}
	assert_int_equal(l.s.n, 0);
	end(&l);
}

/* Haze that sinks and shrinks is none. */
static void test_falls(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	room(&l, 50, 0);
	for (int i = 100; i > 0; i--) {
		made_room(&l.m, 0, 0, 0);
		plume(&l, 80, 100, (float)i);
		look(&l);
	}
	assert_int_equal(l.s.n, 0);
	end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smoke),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_falls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
