/* Privacy masks: what they hide is black, also where an edge only touches it, and nothing else is;
 * what is behind one is seen by no stage. */
#include "made.h"

#include "sense/video/mask.h"
#include "sense/video/video.h"

enum { W = 31, H = 17, CW = (W + 1) / 2, CH = (H + 1) / 2 };

static void test_drawn(void **state)
{
	static uint8_t y[H][W], u[CH][CW], v[CH][CW];
	const struct ward_canvas c = {W, H, {&y[0][0], &u[0][0], &v[0][0]}, {W, CW, CW}};
	struct ward_plan p = {.n_mask = 2,
		.mask = {{.n = 4,
				 .at = {{0.25F, 0.25F}, {0.75F, 0.25F}, {0.75F, 0.5F},
					 {0.25F, 0.5F}}},
			{.n = 3, .at = {{0, 0}, {1, 0}, {0, 1}}}}};
	size_t n = 0;

	(void)state;
	memset(y, 200, sizeof(y));
	memset(u, 90, sizeof(u));
	memset(v, 90, sizeof(v));
	ward_masks_draw(&p, 1, &c);
	for (unsigned py = 0; py < H; py++)
		for (unsigned px = 0; px < W; px++) {
			/* does the pixel touch the mask? does its middle lie in it? */
			bool touches = (float)(px + 1) / W > 0.25F && (float)px / W < 0.75F &&
				       (float)(py + 1) / H > 0.25F && (float)py / H < 0.5F;

			if (touches != (y[py][px] == 16))
				fail_msg("pixel %u %u is %u", px, py, y[py][px]);
			n += touches;
		}
	assert_true(n > 60);
	assert_true(u[CH / 3][CW / 2] == 128 && v[CH / 3][CW / 2] == 128 && u[CH - 1][0] == 90);
	assert_int_equal(y[0][0], 200); /* of the other mask */
	ward_masks_draw(&p, 2, &c);
	assert_true(
		y[0][0] == 16 && y[0][W - 1] == 16 && y[H - 1][0] == 16 && y[H - 1][W - 1] == 200);
}

/* A border that crosses itself, as one is drawn in a hurry, twice around: no hole. */
static void test_crosses_itself(void **state)
{
	static uint8_t y[H][W];
	const struct ward_canvas c = {W, H, {&y[0][0]}, {W}};
	struct ward_plan p = {.n_mask = 1,
		.mask = {{.n = 8,
			.at = {{0.1F, 0.1F}, {0.9F, 0.1F}, {0.9F, 0.9F}, {0.1F, 0.9F}, {0.1F, 0.2F},
				{0.8F, 0.2F}, {0.8F, 0.8F}, {0.1F, 0.8F}}}}};

	(void)state;
	memset(y, 200, sizeof(y));
	ward_masks_draw(&p, 1, &c);
	assert_true(y[H / 2][W / 2] == 16 && y[2][W / 2] == 16 && y[0][W / 2] == 200);
	assert_true(y[H / 2][2 * W / 10] == 16 && y[H / 2][W - 1] == 200);
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)e;
	++*(size_t *)ctx;
	return WARD_OK;
}

/* Somebody walks behind a mask: nobody is seen. A mask that has hours hides only then. */
static void test_unseen(void **state)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	size_t n_event = 0, seen[2] = {0};
	struct ward_plan p;
	struct ward_video *v;
	struct made m = {.seed = 1};

	(void)state;
	ward_counters_init(&counters);
	ward_limits_default(&lim);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	ward_plan_default(&p);
	p.n_mask = 1;
	p.mask[0] = (struct ward_plan_zone){.id = WARD_STR("bed"),
		.n = 4,
		.at = {{0, 0}, {1, 0}, {1, 1}, {0, 1}},
		.hours = {{0x7f, 0, 1}}, /* the first minute of each day */
		.n_hours = 1};
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &names,
		.counters = &counters,
		.plan = &p,
		.sink = {put, &n_event},
		.source = WARD_STR("c"),
		.start = 40 * WARD_NS_PER_S,
		.fps = MADE_FPS};

	assert_int_equal(ward_video_new(&o, &v), WARD_OK);
	for (int i = 0; i < 60 * MADE_FPS; i++) {
		made_room(&m, 0, 0, 0);
		if (i % 100 > 30)
			made_box(&m, i % 100 + 20, 40, 20, 60, 20);
		assert_int_equal(ward_video_picture(v, made_done(&m, 2)), WARD_OK);
		bool hidden = i < 20 * MADE_FPS;

		assert_int_equal(ward_video_masks(v), hidden);
		for (size_t k = 0; k < WARD_TRACKS_MAX; k++)
			seen[hidden] += ward_video_tracks(v)->at[k].id != 0;
	}
	assert_int_equal(seen[true], 0);
	assert_true(seen[false] > 50);
	ward_video_free(v);
	ward_names_fini(&names);
}

struct heard {
	struct ward_names *names;
	size_t covered;
};

static enum ward_err hear(void *ctx, const struct ward_event *e)
{
	struct heard *h = ctx;

	h->covered += ward_str_eqz(ward_name_text(h->names, e->class), "video.tamper.covered");
	return WARD_OK;
}

/* Somebody knows a mask's hours and covers the camera when it goes: that is told all the same. */
static void test_covered_as_it_goes(void **state)
{
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct heard heard = {.names = &names};
	static struct ward_plan p;
	struct ward_video *v;
	struct made m = {.seed = 1};

	(void)state;
	ward_counters_init(&counters);
	ward_limits_default(&lim);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	ward_plan_default(&p);
	p.n_mask = 1;
	p.mask[0] = (struct ward_plan_zone){.id = WARD_STR("bed"),
		.n = 4,
		.at = {{0, 0}, {0.4F, 0}, {0.4F, 1}, {0, 1}},
		.hours = {{0x7f, 0, 1}},
		.n_hours = 1};
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &names,
		.counters = &counters,
		.plan = &p,
		.sink = {hear, &heard},
		.source = WARD_STR("c"),
		.start = 30 * WARD_NS_PER_S,
		.fps = MADE_FPS};

	assert_int_equal(ward_video_new(&o, &v), WARD_OK);
	for (int i = 0; i < 60 * MADE_FPS; i++) {
		made_room(&m, 0, 0, 0);
		if (i >= 30 * MADE_FPS)
			memset(m.y, 50, sizeof(m.y));
		assert_int_equal(ward_video_picture(v, made_done(&m, 3)), WARD_OK);
	}
	assert_int_equal(heard.covered, 1);
	ward_video_free(v);
	ward_names_fini(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_drawn),
		cmocka_unit_test(test_crosses_itself), cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_covered_as_it_goes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
