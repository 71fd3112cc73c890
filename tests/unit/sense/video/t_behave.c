#include "made.h"

#include "sense/video/behave.h"

struct lab {
	struct ward_plan plan;
	struct ward_tracks t;
	struct ward_behave b;
	struct made_signs s;
	unsigned n;
};

/* A zone in the right half, a line down the middle. */
static void begin(struct lab *l)
{
	*l = (struct lab){0};
	ward_plan_default(&l->plan);
	l->plan.n_zone = 1;
	l->plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("z"),
		.n = 4,
		.at = {{0.5F, 0}, {1, 0}, {1, 1}, {0.5F, 1}},
		.intrusion = true,
		.loiter = 5 * WARD_NS_PER_S,
		.inertia = 600 * WARD_NS_PER_MS,
		.displacement = 0.1F};
	l->plan.n_line = 1;
	l->plan.line[0] = (struct ward_plan_line){.id = WARD_STR("l"),
		.from = {0.5F, 1},
		.to = {0.5F, 0},
		.wrong_way = WARD_STR("out")};
	ward_behave_init(&l->b, &l->plan, 160, 120, 0);
}

/* The track of that place has its foot at (x, y); now: it is seen. */
static void step(struct lab *l, size_t place, float x, float y, bool now)
{
	struct ward_sign_sink sink = {made_put, &l->s};
	struct ward_track *t = &l->t.at[place];

	if (!t->id)
		*t = (struct ward_track){.id = 7 + (uint32_t)place, .sure = true};
	t->box = (struct ward_box){x - 8, y - 50, x + 8, y};
	t->now = now;
	t->hits += now;
	assert_int_equal(
		ward_behave_step(&l->b, &l->t, (ward_ns)++l->n * WARD_NS_PER_S / MADE_FPS, &sink),
		WARD_OK);
}

static void test_intrusion(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 10; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(l.s.n, 0); /* it has not moved */
	l.t.at[0].away = 13;
	step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION), 1);
	assert_true(ward_str_eqz(l.s.at[0].zone, "z") && l.s.at[0].track == 7);
	for (int i = 0; i < 5; i++) /* out for a second, and in again: the same visit */
		step(&l, 0, 70, 100, true);
	for (int i = 0; i < 10; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION), 1);
	for (int i = 0; i < 12; i++) /* out for longer: another one */
		step(&l, 0, 70, 100, true);
	for (int i = 0; i < 4; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION), 2);
}

static void test_inertia(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	step(&l, 0, 70, 100, true);
	l.t.at[0].away = 50;
	for (int i = 0; i < 3; i++) {
		step(&l, 0, 120, 100, true);
		assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION), 0);
	}
	step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION), 1);
	assert_int_equal(l.s.at[l.s.n - 1].duration, 600 * WARD_NS_PER_MS);
}

static void test_loiter(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 25; i++) {
		/* unseen for a second meanwhile */
		step(&l, 0, 120, 100, i < 10 || i > 14);
		assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LOITER), 0);
	}
	for (int i = 0; i < 50; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LOITER), 1);
	assert_int_equal(l.s.at[0].duration, 5 * WARD_NS_PER_S);
}

/* Behind somebody else for longer than a gap may be. */
static void test_hidden(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 10; i++)
		step(&l, 0, 120, 100, true);
	l.t.at[0].hidden = true;
	for (int i = 0; i < 14; i++)
		step(&l, 0, 120, 100, false);
	l.t.at[0].hidden = false;
	for (int i = 0; i < 3; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LOITER), 1);
}

static void test_closed(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	l.plan.zone[0].n_hours = 1;
	l.plan.zone[0].hours[0] = ward_week_turn(0x7f, 12 * 60, 13 * 60);
	step(&l, 0, 120, 100, true);
	l.t.at[0].away = 50;
	for (int i = 0; i < 50; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(l.s.n, 0);
}

/* Hours are the wall clock's: from 22:00, of a stream that begins at 21:59:55. */
static void test_hours(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	l.b.start = (ward_ns)(22 * 3600 - 5) * WARD_NS_PER_S;
	l.plan.zone[0].n_hours = 1;
	l.plan.zone[0].hours[0] = ward_week_turn(0x7f, 22 * 60, 23 * 60);
	step(&l, 0, 120, 100, true);
	l.t.at[0].away = 50;
	while ((ward_ns)l.n * WARD_NS_PER_S / MADE_FPS < 5 * WARD_NS_PER_S - 1)
		step(&l, 0, 120, 100, true);
	for (int i = 0; i < 20; i++) {
		step(&l, 0, 120, 100, true);
		if (made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION))
			break;
	}
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION), 1);
	assert_int_equal(l.s.at[0].time,
		5 * WARD_NS_PER_S + 600 * WARD_NS_PER_MS); /* the stream's, as all times here */
}

static void test_line(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 9; i++)
		step(&l, 0, 60 + (float)i * 5, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LINE_CROSSED), 1);
	const struct ward_sign *s = &l.s.at[0];

	assert_string_equal(s->direction, "in");
	assert_null(s->reason);
	assert_int_equal(s->total, 1);
	for (int i = 0; i < 20; i++) /* feet jitter on the line */
		step(&l, 0, 80 + (float)(i % 2 ? 1.5 : -1.5), 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LINE_CROSSED), 1);
	for (int i = 0; i < 9; i++)
		step(&l, 0, 100 - (float)i * 5, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LINE_CROSSED), 2);
	s = &l.s.at[l.s.n - 1];
	assert_string_equal(s->direction, "out");
	assert_string_equal(s->reason, "wrong_way");
	assert_int_equal(s->total, 1);
}

/* Past the end of a line is not over it. */
static void test_past_the_end(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	l.plan.line[0].from.y = 0.6F;
	for (int i = 0; i < 9; i++)
		step(&l, 0, 60 + (float)i * 5, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LINE_CROSSED), 0);
}

/* A place that another track takes begins anew. */
static void test_place_given_anew(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 20; i++)
		step(&l, 0, 120, 100, true);
	l.t.at[0].id = 99;
	for (int i = 0; i < 25; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LOITER), 0);
	step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LOITER), 1);
	assert_int_equal(l.s.at[0].track, 99);
}

/* Two pass a door, a third comes later: a group of two and one of one. */
static void test_groups(void **state)
{
	struct ward_sign_sink sink;
	struct lab l;

	(void)state;
	begin(&l);
	sink = (struct ward_sign_sink){made_put, &l.s};
	l.plan.line[0].door = WARD_STR("D-1");
	for (int i = 0; i < 9; i++)
		step(&l, 0, 60 + (float)i * 5, 100, true);
	for (int i = 0; i < 9; i++)
		step(&l, 1, 60 + (float)i * 5, 100, true);
	for (int i = 0; i < 20; i++)
		step(&l, 1, 105, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_COUNT), 1);
	assert_int_equal(l.s.at[l.s.n - 1].persons, 2);
	assert_string_equal(l.s.at[l.s.n - 1].direction, "in");
	assert_true(ward_str_eqz(l.s.at[l.s.n - 1].door, "D-1"));
	for (int i = 0; i < 9; i++)
		step(&l, 2, 60 + (float)i * 5, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_COUNT), 1);
	assert_int_equal(ward_behave_end(&l.b, 60 * WARD_NS_PER_S, &sink), WARD_OK);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_COUNT), 2);
	assert_int_equal(l.s.at[l.s.n - 1].persons, 1);
}

/* At 100 and at 40 pixels a second, 50 tall. */
static void test_running(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	l.plan.n_zone = l.plan.n_line = 0;
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < 6; i++) {
			l.t.at[k].away = 120;
			l.t.at[k].vx = k ? 40 : 100;
			step(&l, (size_t)k, 20 + (float)i * (k ? 8 : 20), 100, true);
			l.t.at[k].vx = k ? 40 : 100;
		}
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_RUNNING);
	assert_int_equal(l.s.at[0].track, 7);
}

/* By the plan's perspective: 40 pixels a second are 1.4 m/s, or 3.4 where people look smaller. */
static void test_running_metres(void **state)
{
	struct lab l;

	(void)state;
	for (int far = 0; far < 2; far++) {
		begin(&l);
		l.plan.n_zone = l.plan.n_line = 0;
		l.plan.perspective = (struct ward_plan_perspective){
			.n_person = 1, .person = {{0.8F, far ? 20.0F / 120 : 50.0F / 120}}};
		ward_behave_init(&l.b, &l.plan, 160, 120, 0);
		for (int i = 0; i < 12; i++) {
			l.t.at[0].away = 120;
			step(&l, 0, 20 + (float)i * 8, 100, true);
		}
		assert_int_equal(l.s.n, far);
	}
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_RUNNING);
	assert_true(l.s.at[0].speed > 2.5F && l.s.at[0].speed < 3.5F);
}

/* Who walks on the spot with feet that jitter by some pixels does not run; nor does anybody so far
 * away that a row of pixels is more than a step. */
static void test_running_jitter(void **state)
{
	struct lab l;

	(void)state;
	for (int far = 0; far < 2; far++) {
		begin(&l);
		l.plan.n_zone = l.plan.n_line = 0;
		l.plan.perspective = (struct ward_plan_perspective){
			.n_person = 2, .person = {{0.52F, 0.02F}, {0.9F, 0.5F}}};
		ward_behave_init(&l.b, &l.plan, 160, 120, 0);
		for (int i = 0; i < 40; i++) {
			float by = i % 2 ? 1.5F : -1.5F;

			l.t.at[0].away = 120;
			step(&l, 0, 80 + by * (far ? 0.2F : 8), far ? 63 + (float)i / 12 : 100 + by,
				true);
		}
		assert_int_equal(l.s.n, 0);
	}
}

/* One who is as wide as two is counted as one, and as a suspicion. */
static void test_wide(void **state)
{
	struct lab l;

	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		begin(&l);
		l.plan.n_zone = 0;
		l.plan.line[0].door = WARD_STR("D-1");
		for (int i = 0; i < 12; i++) {
			step(&l, 0, 50 + (float)i * 6, 100, true);
			l.t.at[0].tall = wide ? 22 : 50; /* its box is 16 wide */
		}
		assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LINE_CROSSED), 1);
		assert_int_equal(l.s.at[0].suspected, wide);
		ward_ns passed = l.s.at[0].time;

		for (int i = 0; i < 20; i++)
			step(&l, 0, 116, 100, true);
		assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_COUNT), 1);
		const struct ward_sign *s = &l.s.at[l.s.n - 1];

		assert_true(s->persons == 1 && s->suspected == wide);
		assert_int_equal(s->time, passed); /* not when it was told */
	}
}

static enum ward_err refuse(void *ctx, const struct ward_sign *s)
{
	(void)ctx;
	(void)s;
	return WARD_ERR_IO;
}

static void test_sink_fails(void **state)
{
	struct ward_sign_sink sink = {refuse, NULL};
	struct lab l;

	(void)state;
	begin(&l);
	for (int i = 0; i < 25; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(ward_behave_step(&l.b, &l.t, 6 * WARD_NS_PER_S, &sink), WARD_ERR_IO);
}

/* What is told as flames is nobody: it does not stay, nor enter; who comes after it does. */
static void test_flames(void **state)
{
	struct lab l;

	(void)state;
	begin(&l);
	l.t.at[0] = (struct ward_track){.id = 7, .sure = true, .away = 13};
	for (int i = 0; i < 60; i++) {
		if (i % 5 == 0) /* low for a moment, again and again */
			l.t.at[0].burnt = (ward_ns)(l.n + 1) * WARD_NS_PER_S / MADE_FPS;
		step(&l, 0, 120, 100, true);
	}
	assert_int_equal(l.s.n, 0);
	for (int i = 0; i < 45; i++)
		step(&l, 0, 120, 100, true);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_INTRUSION), 1);
	assert_int_equal(made_count(&l.s, WARD_CLASS_VIDEO_LOITER), 1);
	assert_true(l.s.at[0].duration < 2 * WARD_NS_PER_S); /* since it burns no more */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intrusion),
		cmocka_unit_test(test_inertia),
		cmocka_unit_test(test_loiter),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_past_the_end),
		cmocka_unit_test(test_place_given_anew),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_running_metres),
		cmocka_unit_test(test_running_jitter),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_flames),
		cmocka_unit_test(test_sink_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
