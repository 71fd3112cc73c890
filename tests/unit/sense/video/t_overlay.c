/* What is drawn over a picture: letters as they are, nothing outside of it, zones by their state.
 */
#include "made.h"

#include "sense/video/overlay.h"

enum { W = 160, H = 120, EDGE = 8 };

struct paper {
	uint8_t y[H + 2 * EDGE][W], u[H / 2 + EDGE][W / 2], v[H / 2 + EDGE][W / 2];
	struct ward_canvas c;
};

static void blank(struct paper *p)
{
	memset(p, 60, sizeof(*p));
	p->c = (struct ward_canvas){
		W, H, {&p->y[EDGE][0], &p->u[EDGE / 2][0], &p->v[EDGE / 2][0]}, {W, W / 2, W / 2}};
}

/* Rows before and after the picture. */
static bool kept(const struct paper *p)
{
	for (size_t i = 0; i < EDGE * W; i++)
		if ((&p->y[0][0])[i] != 60 || (&p->y[H + EDGE][0])[i] != 60)
			return false;
	return true;
}

static void test_letters(void **state)
{
	static const char *const h[] = {
		"#   #", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"};
	static struct paper p;
	const struct ward_colour ink = {200, 90, 90};

	(void)state;
	blank(&p);
	ward_draw_text(&p.c, 10, 20, WARD_STR("H"), ink);
	for (unsigned y = 0; y < 7; y++)
		for (unsigned x = 0; x < 5; x++)
			assert_int_equal(p.y[EDGE + 21 + y][10 + x] == 200, h[y][x] == '#');
	/* moved into the picture; what has no room is cut */
	ward_draw_text(&p.c, 1000, 1000, WARD_STR("corner"), ink);
	assert_int_equal(p.y[EDGE + H - 1][W - 1], 24);
	ward_draw_text(&p.c, -50, -50,
		WARD_STR("a text that is much longer than the picture is wide, by far"), ink);
	ward_draw_line(&p.c, -1e6F, -50, 1e6F, 300, ink);
	ward_draw_box(&p.c, (struct ward_box){-20, -20, 500, 500}, ink);
	assert_true(kept(&p));
	/* a letter of two bytes is one mark */
	blank(&p);
	ward_draw_text(&p.c, 0, 0, WARD_STR("\xc3\xa9H"), ink);
	assert_true(p.y[EDGE + 1][6] == 200 && p.y[EDGE + 1][12] == 60);
}

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)ctx;
	(void)e;
	return WARD_OK;
}

static void test_zones(void **state)
{
	static struct paper p;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_plan plan;
	struct ward_arena arena;
	struct ward_event e;
	struct ward_video *v;
	struct made m = {.seed = 1};

	(void)state;
	ward_counters_init(&counters);
	ward_limits_default(&lim);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	ward_arena_init(&arena, ward_mem_heap(), 1 << 16);
	ward_plan_default(&plan);
	plan.n_zone = 1;
	plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("room"),
		.n = 4,
		.at = {{0.1F, 0.4F}, {0.9F, 0.4F}, {0.9F, 0.7F}, {0.1F, 0.7F}}};
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &names,
		.counters = &counters,
		.plan = &plan,
		.sink = {put, NULL},
		.source = WARD_STR("c"),
		.fps = MADE_FPS};
	struct ward_overlay over = {.plan = &plan, .w = MADE_W, .h = MADE_H};

	assert_int_equal(ward_video_new(&o, &v), WARD_OK);
	made_room(&m, 0, 0, 0);
	assert_int_equal(ward_video_picture(v, made_done(&m, 0)), WARD_OK);
	blank(&p);
	ward_overlay_draw(&over, v, 0, 0, &p.c);
	uint8_t quiet = p.y[EDGE + 60][16], ground = p.y[EDGE + 60][80];

	assert_true(quiet != 60 && ground == 60);
	assert_true(kept(&p));
	/* something was told of it: another colour, and a text below, for a while */
	ward_event_init(&e, &arena);
	e.class = ward_name(&names, WARD_STR("video.intrusion"));
	assert_int_equal(ward_event_set(&e, ward_name(&names, WARD_STR("zone")),
				 ward_value_str(WARD_STR("room"))),
		WARD_OK);
	ward_overlay_event(&over, &e, &names, 0);
	assert_string_equal(over.news[0].text, "video.intrusion room");
	blank(&p);
	ward_overlay_draw(&over, v, WARD_NS_PER_S, 0, &p.c);
	assert_true(p.y[EDGE + 60][16] != quiet && p.y[EDGE + H - 1][0] == 24);
	blank(&p);
	ward_overlay_draw(&over, v, 9 * WARD_NS_PER_S, 0, &p.c);
	assert_true(p.y[EDGE + 60][16] == quiet && p.y[EDGE + H - 1][0] == 60);
	ward_video_free(v);
	ward_arena_fini(&arena);
	ward_names_fini(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters), cmocka_unit_test(test_zones)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
