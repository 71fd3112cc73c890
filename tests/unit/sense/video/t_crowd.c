#include "made.h"

#include "sense/video/crowd.h"

struct lab {
	struct ward_plan plan;
	struct ward_crowd *c;
	struct made_signs s;
	uint8_t mask[MADE_N];
	unsigned n; /* pictures */
};

/* A zone of all but the left quarter; somebody in the lowest row is half the picture tall. */
static void begin(struct lab *l, int64_t limit)
{
	memset(l, 0, sizeof(*l));
	ward_plan_default(&l->plan);
	l->plan.perspective = (struct ward_plan_perspective){
		.n_person = 2, .person = {{0.4F, 0.2F}, {0.9F, 0.45F}}};
	l->plan.n_zone = 1;
	l->plan.zone[0] = (struct ward_plan_zone){.id = WARD_STR("hall"),
		.n = 4,
		.at = {{0.25F, 0}, {1, 0}, {1, 1}, {0.25F, 1}},
		.crowd = limit};
	assert_int_equal(ward_crowd_new(ward_mem_heap(), &l->plan, MADE_W, MADE_H, &l->c), WARD_OK);
}

/* Somebody with feet at (x, y), of the size that is expected there. */
static void person(struct lab *l, int x, int y)
{
	struct ward_floor f;

	ward_floor_init(&f, &l->plan.perspective, MADE_W, MADE_H);
	int tall = (int)ward_floor_person(&f, (float)x, (float)y);
	int wide = tall / 5;

	for (int row = y - tall < 0 ? 0 : y - tall; row <= y; row++)
		for (int c = x - wide / 2; c < x - wide / 2 + wide; c++)
			if (c >= 0 && c < MADE_W)
				l->mask[row * MADE_W + c] = 1;
}

static void watch(struct lab *l, int seconds)
{
	struct ward_sign_sink sink = {made_put, &l->s};

	for (int i = 0; i < seconds * MADE_FPS; i++, l->n++) {
		ward_ns t = (ward_ns)l->n * WARD_NS_PER_S / MADE_FPS;

		assert_int_equal(ward_crowd_step(l->c, l->mask, t, t, &sink), WARD_OK);
	}
}

static void test_counts(void **state)
{
	static const int at[][2] = {{60, 115}, {90, 100}, {120, 118}, {140, 80}, {70, 60},
		{100, 65}, {150, 110}, {80, 90}};
	struct lab l;

	(void)state;
	for (size_t n = 0; n <= WARD_ARRAY_LEN(at); n++) {
		begin(&l, 50);
		for (size_t i = 0; i < n; i++)
			person(&l, at[i][0], at[i][1]);
		person(&l, 15, 110); /* not in the zone */
		watch(&l, 20);
		float counted = ward_crowd_count(l.c, 0);

		/* right to a third, where one stands before another, too */
		assert_true(
			counted <= 1.3F * (float)n + 0.3F && counted >= 0.65F * (float)n - 0.3F);
		assert_int_equal(l.s.n, 0);
		ward_crowd_free(l.c);
	}
}

static void test_too_many(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, 3);
	for (int i = 0; i < 4; i++)
		person(&l, 55 + 28 * i, 110);
	watch(&l, 9);
	assert_int_equal(l.s.n, 0); /* not for long enough */
	watch(&l, 12);
	assert_int_equal(l.s.n, 1);
	assert_int_equal(l.s.at[0].class, WARD_CLASS_VIDEO_CROWD);
	assert_string_equal(l.s.at[0].state, "on");
	assert_int_equal(l.s.at[0].persons, 4);
	assert_true(ward_str_eqz(l.s.at[0].zone, "hall"));
	/* three is not fewer enough */
	memset(l.mask, 0, sizeof(l.mask));
	for (int i = 0; i < 3; i++)
		person(&l, 55 + 28 * i, 110);
	watch(&l, 40);
	assert_int_equal(l.s.n, 1);
	memset(l.mask, 0, sizeof(l.mask));
	person(&l, 80, 110);
	watch(&l, 9);
	assert_int_equal(l.s.n, 1);
	watch(&l, 20);
	assert_int_equal(l.s.n, 2);
	assert_string_equal(l.s.at[1].state, "off");
	ward_crowd_free(l.c);
}

/* Many for five seconds, few for five: never long enough. */
static void test_comes_and_goes(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, 3);
	for (int turn = 0; turn < 8; turn++) {
		memset(l.mask, 0, sizeof(l.mask));
		for (int i = 0; turn % 2 == 0 && i < 4; i++)
			person(&l, 55 + 28 * i, 110);
		watch(&l, 6);
	}
	assert_int_equal(l.s.n, 0);
	ward_crowd_free(l.c);
}

/* Many for some seconds; then the stream is gone for a minute, and when it is back nobody is there.
 */
static void test_gap(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, 3);
	for (int i = 0; i < 4; i++)
		person(&l, 55 + 28 * i, 110);
	watch(&l, 9);
	l.n += 60 * MADE_FPS;
	memset(l.mask, 0, sizeof(l.mask));
	watch(&l, 1);
	assert_int_equal(l.s.n, 0);
	assert_true(ward_crowd_count(l.c, 0) < 0.1F);
	ward_crowd_free(l.c);
}

/* What a zone is not watched for is not told, and what lasted ends with its hours. */
static void test_closed(void **state)
{
	struct lab l;

	(void)state;
	begin(&l, 3);
	l.plan.zone[0].n_hours = 1;
	l.plan.zone[0].hours[0] = ward_week_turn(0x7f, 0, 1);
	for (int i = 0; i < 4; i++)
		person(&l, 55 + 28 * i, 110);
	watch(&l, 50);
	assert_int_equal(l.s.n, 1);
	watch(&l, 25); /* one minute past midnight */
	assert_int_equal(l.s.n, 2);
	assert_string_equal(l.s.at[1].state, "off");
	ward_crowd_free(l.c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_comes_and_goes),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
