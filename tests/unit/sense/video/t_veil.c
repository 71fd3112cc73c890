/* Veils: who is in a made room is hidden with a margin, the room is not; while the background is
 * learned all is; of what was hidden only coarse means are left. */
#include "made.h"

#include "sense/video/veil.h"

struct lab {
	unsigned n_event;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_counters counters;
	struct ward_plan plan;
	struct ward_video *video;
	struct ward_veiler veiler;
	struct made m;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	(void)e;
	((struct lab *)ctx)->n_event++;
	return WARD_OK;
}

static void begin(struct lab *l)
{
	struct ward_video_opts o = {.mem = ward_mem_heap(),
		.names = &l->names,
		.counters = &l->counters,
		.plan = &l->plan,
		.sink = {put, l},
		.source = WARD_STR("c"),
		.fps = MADE_FPS};

	*l = (struct lab){.m = {.seed = 1}};
	ward_counters_init(&l->counters);
	ward_limits_default(&l->lim);
	ward_plan_default(&l->plan);
	assert_int_equal(ward_names_init(&l->names, ward_mem_heap(), &l->lim), WARD_OK);
	assert_int_equal(ward_video_new(&o, &l->video), WARD_OK);
}

static void end(struct lab *l)
{
	ward_video_free(l->video);
	ward_names_fini(&l->names);
}

static struct ward_veil step(struct lab *l)
{
	const struct ward_image *image = made_done(&l->m, 1);
	struct ward_veil v;

	assert_int_equal(ward_video_picture(l->video, image), WARD_OK);
	ward_veil_make(&l->veiler, l->video, &v);
	return v;
}

static size_t hidden(const struct ward_veil *v)
{
	size_t n = 0;

	for (unsigned y = 0; y < WARD_VEIL_ROWS; y++)
		n += (size_t)__builtin_popcountll(v->row[y]);
	return n;
}

static bool all_hidden(const struct ward_veil *v, int x0, int y0, int w, int h)
{
	for (int y = y0; y < y0 + h; y++)
		for (int x = x0; x < x0 + w; x++)
			if (!ward_veil_has(v, MADE_W, MADE_H, (unsigned)x, (unsigned)y))
				return false;
	return true;
}

static void test_who_is_there(void **state)
{
	enum { ALL = WARD_VEIL_COLUMNS * WARD_VEIL_ROWS };
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 60; i++) {
		made_room(&l.m, 0, 0, 0);
		if (i >= 30)
			made_box(&l.m, 2 * i - 20, 40, 20, 60, 20);
		struct ward_veil v = step(&l);

		if (i == 0)
			assert_int_equal(hidden(&v), ALL);
		if (i > MADE_FPS && i < 30)
			assert_int_equal(hidden(&v), 0);
		if (i >= 30) {
			assert_true(all_hidden(&v, 2 * i - 24, 37, 28, 66)); /* with a margin */
			assert_true(hidden(&v) < ALL / 3);
		}
	}
	/* a grey like the wall's differs little, and moves: what moved is hidden */
	for (int i = 0; i < 20; i++) {
		made_room(&l.m, 0, 0, 0);
		made_box(&l.m, 3 * i + 40, 50, 14, 30, 158);
		struct ward_veil v = step(&l);

		if (i > 2)
			assert_true(ward_veil_has(&v, MADE_W, MADE_H, (unsigned)(3 * i + 52), 65));
	}
	/* most of it changed: nobody knows who is there */
	made_room(&l.m, 40, 30, 60);
	(void)step(&l);
	made_room(&l.m, 40, 30, 60);
	struct ward_veil v = step(&l);

	assert_int_equal(hidden(&v), ALL);
	end(&l);
}

/* Somebody comes, lies down and does not move: the background takes them in, and is learned anew.
 */
static void test_lies_still(void **state)
{
	enum { COMES = 30, LIES = 60, RESUMES = 120 * MADE_FPS, GOES = 150 * MADE_FPS };
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < GOES + 90 * MADE_FPS; i++) {
		int x = i < COMES ? -100 : i < LIES ? 3 * (i - COMES) - 40 : 47;

		made_room(&l.m, 0, 0, 0);
		if (i < GOES)
			made_box(&l.m, x, 70, 50, 20, 20);
		if (i == RESUMES)
			ward_video_resume(l.video);
		struct ward_veil v = step(&l);

		if (i >= LIES && i < GOES && !all_hidden(&v, 45, 68, 54, 24))
			fail_msg("picture %d, %d s: somebody can be seen", i, i / MADE_FPS);
		if (i == RESUMES - 1 || i == GOES - 1) /* they are background, the room is shown */
			assert_true(hidden(&v) < WARD_VEIL_COLUMNS * WARD_VEIL_ROWS / 4);
		if (i == GOES + 90 * MADE_FPS - 1)
			assert_int_equal(hidden(&v), 0);
	}
	end(&l);
}

/* The process that watches begins anew while somebody stands there, and its veil's memory is kept:
 * they are hidden, and when they have gone their place is known to be as it was. */
static void test_new_life(void **state)
{
	enum { COMES = 30, NEW = 50, GOES = 90, END = GOES + 20 * MADE_FPS };
	struct lab l, next;

	(void)state;
	begin(&l);
	for (int i = 0; i < END; i++) {
		made_room(&l.m, 0, 0, 0);
		if (i >= COMES && i < GOES)
			made_box(&l.m, 60, 40, 20, 60, 20);
		if (i == NEW) {
			begin(&next);
			next.veiler = l.veiler;
			next.plan.left = 5 * WARD_NS_PER_S;
			memcpy(next.m.y, l.m.y, sizeof(l.m.y)); /* the picture in hand */
			end(&l);
			l = next;
			l.m.seed = 7;
		}
		struct ward_veil v = step(&l);

		if (i > COMES && i < GOES && !all_hidden(&v, 58, 38, 24, 64))
			fail_msg("picture %d: somebody can be seen", i);
	}
	/* once the analysis, to which they were background, knows what was taken away */
	assert_int_equal(hidden(&l.veiler.kept), 0);
	end(&l);
}

/* Whoever is behind a mask leaves no trace: what is told, and the veil, are as if nobody were. A
 * mask that ends is no reason to hide its place for hours. */
static void test_masks_first(void **state)
{
	enum { ENDS = 16 * MADE_FPS }; /* with the minute */
	struct lab l[2];
	size_t n = 0;

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		begin(&l[k]);
		l[k].plan.n_mask = 1;
		l[k].plan.mask[0] = (struct ward_plan_zone){.id = WARD_STR("bed"),
			.n = 4,
			.at = {{0.25F, 0.25F}, {0.75F, 0.25F}, {0.75F, 0.9F}, {0.25F, 0.9F}},
			.n_hours = 1,
			.hours = {{0x7f, 0, 1}}};
		ward_video_clock_set(l[k].video, 44 * WARD_NS_PER_S);
	}
	for (int i = 0; i < ENDS + 12 * MADE_FPS; i++) {
		struct ward_veil veil[2];

		for (unsigned k = 0; k < 2; k++) {
			made_room(&l[k].m, 0, 0, 0);
			if (k && i > 30 && i < ENDS)
				made_box(&l[k].m, 44 + i % 40, 40, 20, 60, i % 3 ? 20 : 240);
			veil[k] = step(&l[k]);
		}
		if (i < ENDS)
			assert_memory_equal(&veil[0], &veil[1], sizeof(veil[0]));
		n = hidden(&veil[0]);
	}
	assert_int_equal(n, 0);
	assert_int_equal(l[0].n_event, l[1].n_event);
	end(&l[0]);
	end(&l[1]);
}

/* Every shape of picture that is used, also the longest strips. */
static void test_shapes(void **state)
{
	static uint8_t y[1 << 16], u[1 << 16], v[1 << 16];
	struct ward_veil all;
	unsigned n = 0;

	(void)state;
	memset(&all, 0xff, sizeof(all));
	for (unsigned h = WARD_IMAGE_SIDE_MIN; h <= 64; h++)
		for (unsigned w = WARD_IMAGE_SIDE_MIN; w <= 16 * 64; w += 1 + w / 16) {
			const struct ward_canvas c = {
				w & ~1u, h & ~1u, {y, u, v}, {w, w / 2, w / 2}};

			if (!ward_image_shape(w, h))
				continue;
			ward_veil_draw(&all, &c, WARD_VEIL_BLOCKS);
			n++;
		}
	const struct ward_canvas strip = {400, 24, {y, u, v}, {400, 200, 200}};

	assert_true(ward_image_shape(400, 25) && !ward_image_shape(401, 25) && n > 1000);
	ward_veil_draw(&all, &strip, WARD_VEIL_BLOCKS);
}

static void test_blurred(void **state)
{
	enum { W = 320, H = 180 };
	static uint8_t y[H][W], was[H][W], u[H / 2][W / 2], v[H / 2][W / 2];
	const struct ward_canvas c = {W, H, {&y[0][0], &u[0][0], &v[0][0]}, {W, W / 2, W / 2}};
	struct ward_veil veil = {{0}};
	struct made m = {.seed = 3};
	long step_max = 0;

	(void)state;
	for (unsigned i = 12; i < 36; i++)
		veil.row[i] = 0xffffffffULL << 16;
	for (unsigned i = 0; i < W * H; i++)
		(&y[0][0])[i] = (uint8_t)made_random(&m); /* nothing but detail */
	memset(u, 100, sizeof(u));
	memset(v, 130, sizeof(v));
	memcpy(was, y, sizeof(y));
	ward_veil_draw(&veil, &c, WARD_VEIL_BLOCKS);
	for (unsigned py = 0; py < H; py++)
		for (unsigned px = 0; px < W; px++) {
			if (!ward_veil_has(&veil, W, H, px, py)) {
				assert_int_equal(y[py][px], was[py][px]);
				continue;
			}
			assert_true(px >= 80 && px < 240 && py >= 45 && py < 135);
			if (px > 80)
				step_max = labs(y[py][px] - y[py][px - 1]) > step_max
						   ? labs(y[py][px] - y[py][px - 1])
						   : step_max;
		}
	assert_true(step_max <= 4); /* even from block to block */
	assert_true(u[H / 4][W / 4] == 96 && u[0][0] == 100);
	assert_int_equal(v[H / 4][W / 4], 128); /* grey stays grey */
	/* what differs by less than a step is the same */
	memcpy(y, was, sizeof(y));
	for (unsigned i = 0; i < W * H; i += 2)
		(&y[0][0])[i] ^= 1;
	static uint8_t once[H][W];

	ward_veil_draw(&veil, &c, WARD_VEIL_BLOCKS);
	memcpy(once, y, sizeof(y));
	memcpy(y, was, sizeof(y));
	ward_veil_draw(&veil, &c, WARD_VEIL_BLOCKS);
	assert_memory_equal(&once[60][100], &y[60][100], 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_who_is_there),
		cmocka_unit_test(test_lies_still), cmocka_unit_test(test_masks_first),
		cmocka_unit_test(test_new_life), cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_blurred)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
