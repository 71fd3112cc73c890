/* Frozen pictures with noise over them, as the camera's faults are told: through ward_tamper. */
#include "made.h"

#include "sense/video/alive.h"
#include "sense/video/tamper.h"

static const ward_ns noon = 12 * 3600 * WARD_NS_PER_S;

struct lab {
	struct made m;
	struct ward_plan plan;
	struct ward_tamper *t;
	struct made_signs s;
};

static void begin(struct lab *l)
{
	l->m.seed = 7;
	assert_int_equal(
		ward_tamper_new(ward_mem_heap(), &l->plan, MADE_W, MADE_H, NULL, &l->t), WARD_OK);
}

static void see(struct lab *l, int noise)
{
	struct ward_sign_sink sink = {made_put, &l->s};
	const struct ward_image *i = made_done(&l->m, noise);

	assert_int_equal(ward_tamper_step(l->t, i, noon + i->time, &sink), WARD_OK);
}

/* The last digit of a clock's seconds, of seven strokes, 8 by 12 pixels at the lower right. */
static void clock_at(struct made *m, int second)
{
	static const uint8_t strokes[] = {
		0x77, 0x24, 0x5d, 0x6d, 0x2e, 0x6b, 0x7b, 0x25, 0x7f, 0x6f};
	static const struct {
		int x, y, w, h;
	} at[] = {{0, 0, 8, 2}, {0, 0, 2, 6}, {6, 0, 2, 6}, {0, 5, 8, 2}, {0, 6, 2, 6},
		{6, 6, 2, 6}, {0, 10, 8, 2}};

	made_box(m, 140, 100, 8, 12, 20);
	for (int i = 0; i < 7; i++)
		if (strokes[second % 10] >> i & 1)
			made_box(m, 140 + at[i].x, 100 + at[i].y, at[i].w, at[i].h, 230);
}

enum what { NOTHING, CLOCK, STOPPED, SCREEN, DARK };

/* An empty room, and what is in it. */
static void room(struct lab *l, int seconds, enum what what, int noise)
{
	for (int i = 0; i < seconds * MADE_FPS; i++) {
		made_room(&l->m, 0, 0, 0);
		if (what == CLOCK || what == STOPPED)
			clock_at(&l->m, what == CLOCK ? (int)l->m.n / MADE_FPS : 4);
		if (what == SCREEN) /* films: another light each second */
			made_box(&l->m, 20, 20, 24, 16, 60 + (int)l->m.n / MADE_FPS % 3 * 60);
		if (what == DARK)
			made_box(&l->m, 20, 20, 24, 16, 16);
		see(l, noise);
	}
}

/* A clock that always ran stands still, under noise as of the camera, and under more. */
static void test_clock(void **state)
{
	(void)state;
	for (int noise = 3; noise <= 12; noise += 9) {
		struct lab l = {0};

		begin(&l);
		room(&l, 320, CLOCK, 3);
		assert_int_equal(l.s.n, 0);
		room(&l, 60, STOPPED, noise);
		assert_int_equal(l.s.n, 1);
		assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_TAMPER_FROZEN);
		assert_string_equal(l.s.at[0].state, "on");
		assert_int_equal(l.s.at[0].zone.len, 0);
		assert_true(l.s.at[0].time <= (320 + 20) * WARD_NS_PER_S);
		room(&l, 10, CLOCK, 3);
		assert_int_equal(l.s.n, 2);
		assert_string_equal(l.s.at[1].state, "off");
		ward_tamper_free(l.t);
	}
}

/* What was not there for three minutes is no place that always changes. */
static void test_not_known(void **state)
{
	struct lab l = {0};

	(void)state;
	begin(&l);
	room(&l, 150, CLOCK, 3);
	room(&l, 60, STOPPED, 3);
	assert_int_equal(l.s.n, 0);
	ward_tamper_free(l.t);
}

/* Somebody walks for long, then leaves: the room is empty, and nothing was known of it. */
static void test_empty(void **state)
{
	struct lab l = {0};

	(void)state;
	begin(&l);
	for (int i = 0; i < 400 * MADE_FPS; i++) {
		made_room(&l.m, 0, 0, 0);
		made_box(&l.m, i * 2 % 200 - 20, 40, 20, 70, 30);
		see(&l, 3);
	}
	room(&l, 400, NOTHING, 3);
	assert_int_equal(l.s.n, 0);
	ward_tamper_free(l.t);
}

/* A screen that was on for long is switched off: it is dark, not frozen. Frozen it is told. */
static void test_screen(void **state)
{
	struct lab l = {0};

	(void)state;
	begin(&l);
	room(&l, 320, SCREEN, 3);
	room(&l, 120, DARK, 3);
	assert_int_equal(l.s.n, 0);
	room(&l, 320, SCREEN, 3);
	for (int i = 0; i < 40 * MADE_FPS; i++) {
		made_room(&l.m, 0, 0, 0);
		made_box(&l.m, 20, 20, 24, 16, 120);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_TAMPER_FROZEN);
	ward_tamper_free(l.t);
}

/* A clock runs, then all stands still for half a minute: who is covered is not frozen as well. */
static void test_covered(void **state)
{
	struct lab l = {0};

	(void)state;
	begin(&l);
	room(&l, 320, CLOCK, 3);
	for (int i = 0; i < 60 * MADE_FPS; i++) {
		memset(l.m.y, 50, sizeof(l.m.y));
		see(&l, 1);
	}
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_TAMPER_COVERED);
	ward_tamper_free(l.t);
}

/* The plan says where something always changes: nothing has to be learned, and the zone is named.
 * Outside of its hours it says nothing. */
static void test_zone(void **state)
{
	static const struct ward_plan_zone clock = {.id = {"clock", 5},
		.at = {{0.8F, 0.7F}, {1, 0.7F}, {1, 1}, {0.8F, 1}},
		.n = 4,
		.alive = 10 * WARD_NS_PER_S};

	(void)state;
	for (int at_night = 0; at_night < 2; at_night++) {
		struct lab l = {.plan = {.zone = {clock}, .n_zone = 1}};

		if (at_night) {
			l.plan.zone[0].hours[0] = ward_week_turn(0x7f, 22 * 60, 6 * 60);
			l.plan.zone[0].n_hours = 1;
		}
		begin(&l);
		room(&l, 30, CLOCK, 3);
		assert_int_equal(l.s.n, 0);
		for (int i = 0; i < 30 * MADE_FPS; i++) { /* elsewhere somebody walks */
			made_room(&l.m, 0, 0, 0);
			made_box(&l.m, i * 2 % 60, 40, 20, 70, 30);
			clock_at(&l.m, 4);
			see(&l, 3);
		}
		room(&l, 10, CLOCK, 3);
		assert_int_equal(l.s.n, at_night ? 0 : 2);
		for (size_t i = 0; i < l.s.n; i++) {
			assert_int_equal(l.s.at[i].class, WARD_CLASS_VIDEO_TAMPER_FROZEN);
			assert_string_equal(l.s.at[i].state, i ? "off" : "on");
			assert_true(ward_str_eqz(l.s.at[i].zone, "clock"));
		}
		if (!at_night)
			assert_true(l.s.at[0].time <= (30 + 12) * WARD_NS_PER_S);
		ward_tamper_free(l.t);
	}
}

/* What changes once in twenty seconds is alive for who says so. A zone that a mask hides is not
 * judged. */
static void test_slow_zone(void **state)
{
	static uint8_t unseen[MADE_N];
	struct lab l = {.plan = {.zone = {{.id = {"dose", 4},
					 .at = {{0.8F, 0.7F}, {1, 0.7F}, {1, 1}, {0.8F, 1}},
					 .n = 4,
					 .alive = 30 * WARD_NS_PER_S}},
				.n_zone = 1}};

	(void)state;
	begin(&l);
	for (int i = 0; i < 200 * MADE_FPS; i++) {
		made_room(&l.m, 0, 0, 0);
		clock_at(&l.m, i / MADE_FPS / 20);
		see(&l, 3);
	}
	assert_int_equal(l.s.n, 0);
	room(&l, 40, STOPPED, 3);
	assert_int_equal(l.s.n, 1);
	assert_true(ward_str_eqz(l.s.at[0].zone, "dose"));
	ward_tamper_free(l.t);

	for (int y = MADE_H / 2; y < MADE_H; y++)
		memset(unseen + y * MADE_W, 1, MADE_W);
	assert_int_equal(
		ward_tamper_new(ward_mem_heap(), &l.plan, MADE_W, MADE_H, unseen, &l.t), WARD_OK);
	l.s.n = 0;
	room(&l, 60, NOTHING, 3);
	assert_int_equal(l.s.n, 0);
	ward_tamper_free(l.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_covered),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_slow_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
